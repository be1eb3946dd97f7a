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
from actions.people.together import lapse
from actions.post.contact import ask_to_mend
from actions.post.digest import gather
from actions.post.posting import post
from actions.upkeep.alert import alert
from actions.upkeep.housekeeping import drop_unneeded, end_sessions, forget_old_keys
from actions.upkeep.incidents import tend
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
from storage.upkeep.tally import Figure as F
from storage.upkeep.tally import Tally
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
    ``certificate`` is the web server's, whose end is tended.
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


Need = Callable[[Ground], object]
"""What a job cannot do without, taken from the ground."""


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
    local time. ``even_held``: it also runs while the clock is not believed. Where the ground has
    not what it ``needs``, nobody has a use for it, and it is in no timetable (`jobs_on`).
    ``by_place``: what it does looks at the ground's span, so it can be run for each place by
    itself, and ``then`` is done when all places are. ``patience``, ``timeout``, ``retries`` and
    ``tags`` are for those who watch and for Prefect.
    """

    name: str
    title: str
    cadence: Cadence
    run: Callable[[Ground], str]
    leased: bool = False
    makes_up: bool = True
    at: time = time(0, 0)
    even_held: bool = False
    needs: Need | None = None
    by_place: bool = False
    then: Callable[[Ground], str] | None = None
    patience: timedelta | None = None
    timeout: timedelta = timedelta(minutes=30)
    retries: int = 0
    tags: tuple[str, ...] = ()


def _sweep(ground: Ground) -> str:
    swept = sweep(ground.engine, ground.clock, span=ground.span)
    said = Tally({F.rungs: swept.fired, F.periods: swept.opened})
    if swept.failed:
        raise Alarm(said, Tally({F.stuck: len(swept.failed)}))
    return said


def _digests(ground: Ground) -> str:
    """What is of no place: a person may read several places' cases, one letter is about all of them."""
    written = gather(ground.engine, ground.clock)
    asked = ask_to_mend(ground.engine, ground.clock)
    over = lapse(ground.engine, ground.clock)
    return Tally({F.digests: written, F.contacts: asked, F.lapsed: over})


def _papers(ground: Ground) -> str:
    sealed = print_papers(ground.engine, ground.files, ground.clock, ground.span)
    return Tally({F.papers: sealed})


def _post(ground: Ground) -> str:
    posted = asyncio.run(post(ground.engine, ground.office, ground.clock))
    ended = (F.sent, F.later, F.failed, F.uncertain, F.suppressed, F.cancelled)
    resting = "" if posted.held or posted.alarm else posted.trouble
    counted = {figure: int(getattr(posted, figure.name)) for figure in ended}
    said = Tally({**counted, F.held: posted.held, F.resting: resting})
    if posted.alarm:
        raise Alarm(said, Tally({F.way_out: posted.alarm}))
    return said


def _incidents(ground: Ground) -> str:
    tended = tend(ground.engine, ground.clock)
    joined = {F.joined: tended.joined, F.cleared: tended.cleared}
    said = Tally({F.opened: tended.opened, **joined})
    if tended.failed:
        raise Alarm(said, Tally({F.untended: len(tended.failed)}))
    return said


def _housekeeping(ground: Ground) -> str:
    keys = forget_old_keys(ground.engine, ground.clock)
    end_sessions(ground.engine, ground.clock)
    store = store_at(ground.files)
    uploads = forget_stale(ground.engine, ground.clock, store)
    entries, files = drop_unneeded(ground.engine, ground.clock, store, ground.unattached)
    return Tally({F.keys: keys, F.uploads: uploads, F.entries: entries, F.swept: files})


def _mark(ground: Ground) -> str:
    return _told(*keep_mark(ground.engine, ground.clock, store_at(ground.files)))


def _backup(ground: Ground) -> str:
    assert ground.keeping is not None
    return _told(*back_up_by_night(ground.engine, ground.clock, ground.files, ground.keeping))


def _verify(ground: Ground) -> str:
    return _told(*verify_by_night(ground.engine, ground.clock, ground.files))


def _told(said: str, why: str) -> str:
    if why:
        raise Alarm(said, why)
    return said


def _watch(ground: Ground) -> str:
    with unit_of_work(ground.engine, ground.clock) as work:
        if ground.believed:
            shards = shards_of(work)
            beats = [beat for job in jobs_on(ground) for beat in beats_of(job, shards)]
            heartbeat.enrol(work, beats)
        found = concerns(look_around(work, ground.files, ground.certificate))
    if not ground.believed:
        found = of_the_clock(found)
    told = asyncio.run(alert(ground.engine, ground.office, ground.clock, found))
    return Tally({F.troubles: told.there, F.told: told.written, F.untold: told.failed})


_KEPT: Need = lambda ground: ground.keeping  # noqa: E731
"""For jobs that look after what is kept."""
_HEARD: Need = lambda ground: ground.heart  # noqa: E731
"""For jobs that look after runs of which somebody hears."""
_NIGHT: Any = {
    **{"cadence": Cadence.day, "leased": True, "makes_up": False, "needs": _KEPT},
    **{"timeout": timedelta(hours=6), "retries": 1},
}
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
    Job(name="mark", title="数据位置记录", cadence=Cadence.minute, run=_mark, needs=_KEPT),
    Job(name="backup", title="数据备份", run=_backup, at=time(1, 40), **_NIGHT),
    Job(name="verify", title="数据核验", run=_verify, at=time(2, 20), **_NIGHT),
    # after the others: what they have just settled is no incident
    Job(name="incidents", title="运行事件处理", cadence=Cadence.minute, run=_incidents),
    Job(
        name="watch",
        title="运行监视",
        cadence=Cadence.minute,
        run=_watch,
        even_held=True,
        needs=_HEARD,
    ),
)


def jobs_on(ground: Ground) -> tuple[Job, ...]:
    """The timetable of a ground: every job that it has a use for."""
    return tuple(job for job in TIMETABLE if job.needs is None or job.needs(ground) is not None)


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


_MOST_MADE_UP = 31  # days that are made up after a long silence (own)
