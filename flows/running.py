"""Run a job: the right to fire lives in our database, so any number of engines may ask."""

import logging
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from actions.upkeep.timekeeping import TOLERANCE, ClockHeld, tick
from flows.hearing import heard, run_of
from flows.places import WHOLE, shards_of
from flows.sharing import Round, run_everywhere
from flows.timetable import Alarm, Ground, Heart, Job, beat_of, beats_of, jobs_on, periods_missing
from guapai.clock import utc_now
from guapai.errors import BadInput, Unready
from storage.database.work import unit_of_work
from storage.upkeep import heartbeat, hold, lease

LOG = logging.getLogger(__name__)
LEASE = timedelta(minutes=30)


class JobHeld(Unready):
    """People hold the job; it runs again when they let go of it."""


def run_job(ground: Ground, name: str) -> str:
    """Run a job now, whatever the timetable says; a sentence on what it did.

    Raises BadInput for a job that is none, ClockHeld while the clock is not believed, JobHeld, and Alarm
    when the job did what it could and a person has to look.
    """
    jobs = {job.name: job for job in jobs_on(ground)}
    if name not in jobs:
        raise BadInput(f"there is no job {name!r}; jobs: {', '.join(jobs)}")
    job = jobs[name]
    ground, heart = _believed(ground, job)
    if heart is None:
        return run_everywhere(ground, job)
    run = run_of(ground, heart, job)
    with unit_of_work(ground.engine, ground.clock) as work:
        beats = beats_of(job, shards_of(work))
        heartbeat.begin(work, beats, run, claim=False)
    with heard(ground, run, [beat.shard for beat in beats]):
        run.said = run_everywhere(ground, job)
    return run.said


def run_due(ground: Ground, job: Job) -> list[str]:
    """Run a job for the periods nobody has done yet; nothing when others did or do them.

    Raises what the job raises, of several places Alarm or Broken; ClockHeld, and JobHeld.
    """
    ground, heart = _believed(ground, job)
    if job.leased:
        return _run_leased(ground, heart, job)
    if heart is None:
        return [run_everywhere(ground, job)]
    return _round_of(ground, heart, job).run()


def open_round(ground: Ground, job: Job) -> Round | None:
    """The job's present period, to be shared by place; None for one that nobody hears of, or leased.

    Raises ClockHeld, and Held.
    """
    ground, heart = _believed(ground, job)
    return None if heart is None or job.leased else _round_of(ground, heart, job)


def _round_of(ground: Ground, heart: Heart, job: Job) -> Round:
    if not job.by_place:
        return Round(ground, heart, job, [WHOLE])
    with unit_of_work(ground.engine, ground.clock, write=False) as work:
        return Round(ground, heart, job, shards_of(work))


def _believed(ground: Ground, job: Job) -> tuple[Ground, Heart | None]:
    """The ground with a clock that no setting moves until the run is over, and who hears of it.

    Nobody does while the clock is not believed. Raises ClockHeld then, but not for a job that
    runs all the same, and JobHeld while people hold the job.
    """
    heart = ground.heart
    if heart is None:
        return ground, None
    now, witness = ground.clock(), heart.machine()
    with unit_of_work(ground.engine, lambda: now) as work:
        why = tick(work, witness, heart.server(work))
        holds = [h for h in hold.standing(work) if h.what == job.name]
    if why and not job.even_held:
        raise ClockHeld(f"the clock of {witness.host} is not believed: {why}")
    if holds:
        raise JobHeld(
            f"{job.name} is held since {holds[0].since:%Y-%m-%d %H:%M}Z: {holds[0].reason}"
        )

    def steady() -> datetime:
        return now + timedelta(seconds=heart.machine().uptime - witness.uptime)

    return replace(ground, clock=steady, believed=not why), None if why else heart


def _run_leased(ground: Ground, heart: Heart | None, job: Job) -> list[str]:
    with unit_of_work(ground.engine, ground.clock) as work:
        last = lease.last_settled(work, job.name)
        coming = periods_missing(job, last, work.now)
        missing = sorted({*lease.left(work, job.name), *coming})
        if not missing:
            return []
    said: list[str] = []
    for period in missing:
        token = secrets.token_hex(16)
        with unit_of_work(ground.engine, ground.clock) as work:
            given_up = lease.give_up(work, job.name)
            ours = lease.take(work, job.name, period, token, max(LEASE, job.timeout))
        if given_up:
            LOG.error("%s: given up for %s", job.name, ", ".join(given_up))
        if not ours and period in given_up:
            continue
        if not ours:
            break
        said.append(_run_period(ground, heart, job, period, token))
    return said


def _run_period(ground: Ground, heart: Heart | None, job: Job, period: str, token: str) -> str:
    run = None
    if heart is not None:
        run = run_of(ground, heart, job, period)
        with unit_of_work(ground.engine, ground.clock) as work:
            heartbeat.begin(work, [beat_of(job)], run, claim=False)
    try:
        with heard(ground, run):
            said = job.run(ground)
            if run is not None:
                run.said = said
    except Alarm:
        _finish(ground, job, period, token)
        raise
    except Exception:
        with unit_of_work(ground.engine, ground.clock) as work:
            if lease.give_up(work, job.name, token=token):
                LOG.error("%s: given up for %s", job.name, period)
        raise
    _finish(ground, job, period, token)
    return said


def _finish(ground: Ground, job: Job, period: str, token: str) -> None:
    with unit_of_work(ground.engine, ground.clock) as work:
        if not lease.finish(work, job.name, period, token):
            LOG.warning("%s %s: the lease was lost before the end", job.name, period)


def require_lived(ground: Ground) -> None:
    """Raise BadInput for a time that has not come, unless the database is a sample city's."""
    if ground.clock() <= utc_now() + TOLERANCE:
        return
    with unit_of_work(ground.engine, ground.clock, write=False) as work:
        if not lease.is_sample(work):
            raise BadInput(
                "--at names a time to come: duties would fall due and letters go out that must "
                "not yet; only a sample city (guapai demo) may live ahead"
            )
