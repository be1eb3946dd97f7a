"""The one list of periodic work; both engines read it, and every entry is safe to run twice."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from actions.clock.ladder import sweep
from actions.files.sweeping import UNATTACHED
from actions.files.upload import forget_stale
from actions.papers.printing import print_papers
from actions.post.contact import ask_to_mend
from actions.post.digest import gather
from actions.post.posting import post
from actions.upkeep.alert import alert
from actions.upkeep.housekeeping import drop_unneeded, end_sessions, forget_old_keys
from actions.upkeep.incidents import watch
from actions.upkeep.marking import keep_mark
from actions.upkeep.nightly import Keeping, back_up_by_night, verify_by_night
from actions.upkeep.watch import concerns, look_around, of_the_clock
from flows.places import Shard, shards_of
from guapai.clock import Clock, local_time
from guapai.machine import Machine, this_machine
from law.place import EVERYWHERE, Span
from notifications.post.offices import PostOffice
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.files.place import store_at
from storage.upkeep import heartbeat
from storage.upkeep.heartbeat import Heartbeat
from storage.upkeep.watermark import Server, server_of


class Alarm(Exception):
    """A job did what it could, and a person has to look: ``said`` what it did, ``why`` to look."""

    def __init__(self, said: str, why: str) -> None:
        super().__init__(f"{said}; ALARM: {why}")
        self.said, self.why = said, why


@dataclass(frozen=True)
class Heart:
    """Who runs the jobs, and what the machine and the database's server say about time."""

    engine: str
    machine: Machine = this_machine
    server: Callable[[Work], Server | None] = server_of


@dataclass(frozen=True)
class Ground:
    """What jobs stand on: the database, the clock, the way out for mail, the file store.

    Without a ``heart`` nobody hears of the runs and the clock is taken at its word: so live the
    sample city and the tests, where time is a story. ``believed``: the clock was found right.
    ``certificate`` is the web server's, whose end is watched.
    """

    engine: Engine
    clock: Clock
    office: PostOffice
    files: Path
    heart: Heart | None = None
    believed: bool = True
    certificate: Path | None = None
    unattached: timedelta = UNATTACHED
    """How long a file may lie about that no case names."""
    keeping: Keeping | None = None
    """Where packs go; None where nothing is kept, as in a life that is only played through."""
    span: Span = EVERYWHERE
    """Which places' cases the run is about; only jobs that are done by place look at it."""


class Cadence(StrEnum):
    """How often a job runs."""

    minute = "minute"
    day = "day"


_PATIENCE = {Cadence.minute: timedelta(minutes=5), Cadence.day: timedelta(hours=26)}
"""How long after its last success a job counts as not running (five minutes; a
day and two hours, own)."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One periodic work.

    ``leased`` jobs run once per period, wherever they run (design §7), and make up the periods
    that were missed, or with ``makes_up`` False only the latest. A daily job runs from ``at`` on,
    local time. ``even_held``: it also runs while the clock is not believed. ``by_place``: what it
    does looks at the ground's span, so it can be run for each place by itself, and ``then`` is done
    when all places are. ``patience``,
    ``timeout``, ``retries`` and ``tags`` are for those who watch and for Prefect.
    """

    name: str
    title: str
    cadence: Cadence
    run: Callable[[Ground], str]
    leased: bool = False
    makes_up: bool = True
    at: time = time(0, 0)
    even_held: bool = False
    by_place: bool = False
    then: Callable[[Ground], str] | None = None
    patience: timedelta | None = None
    timeout: timedelta = timedelta(minutes=30)
    retries: int = 0
    tags: tuple[str, ...] = ()


def _sweep(ground: Ground) -> str:
    swept = sweep(ground.engine, ground.clock, span=ground.span)
    said = f"{swept.fired} rungs, {swept.opened} periods"
    if swept.failed:
        raise Alarm(said, f"{len(swept.failed)} duties whose rung failed; see the log")
    return said


def _digests(ground: Ground) -> str:
    """A person may read several places' cases and gets one letter about all of them."""
    written = gather(ground.engine, ground.clock)
    return f"{written} digests, {ask_to_mend(ground.engine, ground.clock)} contacts"


def _papers(ground: Ground) -> str:
    return f"{print_papers(ground.engine, ground.files, ground.clock, ground.span)} papers sealed"


def _post(ground: Ground) -> str:
    posted = asyncio.run(post(ground.engine, ground.office, ground.clock))
    said = (
        f"{posted.sent} sent, {posted.later} later, {posted.failed} failed, "
        f"{posted.uncertain} uncertain, {posted.suppressed} suppressed, "
        f"{posted.cancelled} cancelled"
    )
    if posted.held:
        said = f"{said}; HELD: {posted.held}"
    elif posted.trouble and not posted.alarm:
        said = f"{said}; resting: {posted.trouble}"
    if posted.alarm:
        raise Alarm(said, posted.alarm)
    return said


def _incidents(ground: Ground) -> str:
    watched = watch(ground.engine, ground.clock)
    return f"{watched.opened} incidents opened, {watched.joined} joined, {watched.cleared} cleared"


def _housekeeping(ground: Ground) -> str:
    keys = forget_old_keys(ground.engine, ground.clock)
    end_sessions(ground.engine, ground.clock)
    store = store_at(ground.files)
    uploads = forget_stale(ground.engine, ground.clock, store)
    entries, files = drop_unneeded(ground.engine, ground.clock, store, ground.unattached)
    return (
        f"{keys} old keys forgotten, {uploads} uploads given up, {entries} entries dropped, "
        f"{files} files swept"
    )


def _kept(run: Callable[[Ground, Keeping], str]) -> Callable[[Ground], str]:
    return lambda ground: run(ground, ground.keeping) if ground.keeping else "nothing is kept here"


@_kept
def _mark(ground: Ground, _: Keeping) -> str:
    return keep_mark(ground.engine, ground.clock, store_at(ground.files))


@_kept
def _backup(ground: Ground, keeping: Keeping) -> str:
    return _told(*back_up_by_night(ground.engine, ground.clock, ground.files, keeping))


@_kept
def _verify(ground: Ground, _: Keeping) -> str:
    return _told(*verify_by_night(ground.engine, ground.clock, ground.files))


def _told(said: str, why: str) -> str:
    if why:
        raise Alarm(said, why)
    return said


def _watch(ground: Ground) -> str:
    if ground.heart is None:
        return "nobody hears of the runs: nothing to watch"
    with unit_of_work(ground.engine, ground.clock) as work:
        if ground.believed:
            shards = shards_of(work)
            heartbeat.enrol(work, [beat for job in TIMETABLE for beat in beats_of(job, shards)])
        found = concerns(look_around(work, ground.files, ground.certificate))
    if not ground.believed:
        found = of_the_clock(found)
    told = asyncio.run(alert(ground.engine, ground.office, ground.clock, found))
    failed = f", {told.failed} could not be" if told.failed else ""
    return f"{told.there} troubles, {told.written} administrators told{failed}"


_NIGHT: Any = {"leased": True, "makes_up": False, "timeout": timedelta(hours=6), "retries": 1}
"""Of what is done by night only the latest counts."""

TIMETABLE: tuple[Job, ...] = (
    Job(
        name="sweep",
        title="到期清扫与提醒",
        cadence=Cadence.minute,
        run=_sweep,
        by_place=True,
        then=_digests,
    ),
    Job(name="papers", title="文书制发", cadence=Cadence.minute, run=_papers, by_place=True),
    Job(name="post", title="信件投递", cadence=Cadence.minute, run=_post),
    Job(
        name="housekeeping",
        title="日常整理",
        cadence=Cadence.day,
        run=_housekeeping,
        leased=True,
        at=time(3, 20),
        retries=2,
    ),
    Job(name="mark", title="数据位置记录", cadence=Cadence.minute, run=_mark),
    Job(
        name="backup", title="数据备份", cadence=Cadence.day, run=_backup, **_NIGHT, at=time(1, 40)
    ),
    Job(
        name="verify", title="数据核验", cadence=Cadence.day, run=_verify, **_NIGHT, at=time(2, 20)
    ),
    # after the others: what they have just settled is no incident
    Job(name="incidents", title="运行事件", cadence=Cadence.minute, run=_incidents),
    Job(name="watch", title="运行监视", cadence=Cadence.minute, run=_watch, even_held=True),
)
JOBS: dict[str, Job] = {j.name: j for j in TIMETABLE}


def beat_of(job: Job, shard: str = "") -> Heartbeat:
    """The job, in a shard of it, as those who watch know it."""
    patience = int((job.patience or _PATIENCE[job.cadence]).total_seconds())
    return Heartbeat(job=job.name, shard=shard, title=job.title, patience=patience)


def beats_of(job: Job, shards: Sequence[Shard]) -> list[Heartbeat]:
    """The job in each of the shards it is run in, and for all of them where it does more then."""
    codes = [s.code for s in shards] if job.by_place else [""]
    if job.then is not None and "" not in codes:
        codes.append("")
    return [beat_of(job, code) for code in codes]


def period_of(job: Job, at: datetime) -> str:
    """The period an instant falls in: local time, rounded down to the job's cadence.

    A daily job's day begins at its time of day.
    """
    local = local_time(at)
    if job.cadence is Cadence.day:
        begun = local.time().replace(tzinfo=None) >= job.at
        return f"{local.date() - timedelta(days=0 if begun else 1):%Y-%m-%d}"
    return f"{local:%Y-%m-%dT%H:%M}"


def periods_missing(job: Job, last: str | None, at: datetime) -> list[str]:
    """The periods up to now that were not done, oldest first; only the latest for a new job."""
    now = period_of(job, at)
    if last is None or job.cadence is not Cadence.day:
        return [now] if last != now else []
    day = datetime.fromisoformat(last).date()
    day = max(day, datetime.fromisoformat(now).date() - timedelta(days=_MOST_MADE_UP))
    out: list[str] = []
    while f"{day:%Y-%m-%d}" < now:
        day += timedelta(days=1)
        out.append(f"{day:%Y-%m-%d}")
    return out if job.makes_up else out[-1:]


_MOST_MADE_UP = 31
"""Days that are made up after a long silence (own)."""
