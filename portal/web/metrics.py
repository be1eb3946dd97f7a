"""The figures of an installation in Prometheus' format; ops/prometheus/rules.yml alerts by them."""

from datetime import datetime, timedelta
from math import inf

from prometheus_client import CollectorRegistry, Gauge

from actions.upkeep.watch import Figures, concerns, look_around
from guapai.clock import local_date
from guapai.settings import Settings
from storage.database.work import Work
from storage.history import access
from storage.schema import health
from storage.upkeep.hold import Held


def registry_of(work: Work, settings: Settings) -> CollectorRegistry:
    """All figures, as they are now."""
    figures = look_around(work, settings.files, settings.certificate)
    registry = CollectorRegistry()
    _letters_and_duties(registry, work)
    _jobs(registry, figures)
    _work(registry, figures)
    _house(registry, figures)
    return registry


def _letters_and_duties(registry: CollectorRegistry, work: Work) -> None:
    letters = Gauge("guapai_letters", "Letters by state.", ["state"], registry=registry)
    for state, count in health.letter_states(work).items():
        letters.labels(state=state).set(count)
    overdue = Gauge("guapai_duties_overdue", "Open duties past their time.", registry=registry)
    overdue.set(health.overdue_duties(work))
    signed_in = Gauge("guapai_sessions", "Sessions that have not ended.", registry=registry)
    signed_in.set(health.sessions(work))
    entries = Gauge(
        "guapai_entries", "Security log, last day.", ["what", "outcome"], registry=registry
    )
    for (what, outcome), count in access.counted(work, timedelta(days=1)).items():
        entries.labels(what=what, outcome=outcome).set(count)


def _jobs(registry: CollectorRegistry, figures: Figures) -> None:
    labels = ["job", "shard"]
    since = Gauge(
        "guapai_job_last_success_seconds",
        "Seconds since a job last succeeded; +Inf when it never did.",
        labels,
        registry=registry,
    )
    patience = Gauge(
        "guapai_job_patience_seconds",
        "After so long without a success a job counts as not running.",
        labels,
        registry=registry,
    )
    duration = Gauge(
        "guapai_job_duration_seconds", "How long the last run took.", labels, registry=registry
    )
    failures = Gauge(
        "guapai_job_failures", "Runs in a row that did not succeed.", labels, registry=registry
    )
    for beat in figures.beats:
        of = {"job": beat.job, "shard": beat.shard}
        since.labels(**of).set(_seconds(figures.now, beat.ok_at) if beat.ok_at else inf)
        patience.labels(**of).set(beat.patience)
        failures.labels(**of).set(beat.failures)
        if beat.begun_at and beat.ended_at and beat.ended_at >= beat.begun_at:
            duration.labels(**of).set(_seconds(beat.ended_at, beat.begun_at))


def _work(registry: CollectorRegistry, figures: Figures) -> None:
    rungs = Gauge("guapai_rungs_overdue", "Rungs due that have not fired.", registry=registry)
    rungs.set(figures.rungs_overdue)
    queue = Gauge("guapai_queue_oldest_seconds", "Age of the oldest letter.", registry=registry)
    queue.set(_seconds(figures.now, figures.queue_oldest))
    due = Gauge(
        "guapai_queue_due_seconds",
        "For how long a letter could have gone out and has not.",
        registry=registry,
    )
    due.set(max(0.0, _seconds(figures.now, figures.queue_due)))
    incidents = Gauge("guapai_incidents_open", "Incidents that are open.", registry=registry)
    incidents.set(figures.incidents)
    clocks = Gauge("guapai_clocks_held", "Clocks that are not believed.", registry=registry)
    clocks.set(sum(bool(m.why) for m in figures.marks))
    holds = Gauge("guapai_holds", "What people hold.", ["what"], registry=registry)
    for what in Held:
        holds.labels(what=what).set(sum(h.what == what for h in figures.holds))
    troubles = Gauge("guapai_troubles", "What the watch finds.", ["state"], registry=registry)
    found = concerns(figures)
    for state in ("warning", "fault"):
        troubles.labels(state=state).set(sum(c.state == state for c in found))


def _house(registry: CollectorRegistry, figures: Figures) -> None:
    for name, free in figures.free.items():
        gauge = Gauge(f"guapai_{name}_free_bytes", f"Free space of the {name}.", registry=registry)
        gauge.set(free)
    year = local_date(figures.now).year
    calendar = Gauge(
        "guapai_calendar_confirmed",
        "Whether a year's holidays are confirmed.",
        ["year"],
        registry=registry,
    )
    for nth, which in ((year, "this"), (year + 1, "next")):
        calendar.labels(year=which).set(nth in figures.confirmed)
    if figures.certificate is not None:
        left = Gauge(
            "guapai_certificate_left_seconds", "Until the certificate ends.", registry=registry
        )
        left.set(_seconds(figures.certificate, figures.now))


def _seconds(until: datetime, since: datetime | None) -> float:
    return (until - since).total_seconds() if since else 0.0
