"""The one list of periodic work; both engines read it, and every entry is safe to run twice."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from actions.clock.ladder import sweep
from actions.files.upload import forget_stale
from actions.papers.printing import print_papers
from actions.post.contact import ask_to_mend
from actions.post.digest import gather
from actions.post.posting import post
from actions.upkeep.housekeeping import end_sessions, forget_old_keys
from actions.upkeep.incidents import watch
from guapai.clock import Clock, local_time
from notifications.post.offices import PostOffice
from storage.database.engine import Engine
from storage.files.evidence import FileStore


@dataclass(frozen=True)
class Ground:
    """What jobs stand on: the database, the clock, the way out for mail, the file store."""

    engine: Engine
    clock: Clock
    office: PostOffice
    files: Path


class Cadence(StrEnum):
    """How often a job runs."""

    minute = "minute"
    day = "day"


@dataclass(frozen=True, kw_only=True)
class Job:
    """One periodic work. ``leased`` jobs run once per period, wherever they run (design §7)."""

    name: str
    title: str
    cadence: Cadence
    run: Callable[[Ground], str]
    leased: bool = False


def _sweep(ground: Ground) -> str:
    swept = sweep(ground.engine, ground.clock)
    written = gather(ground.engine, ground.clock)
    asked = ask_to_mend(ground.engine, ground.clock)
    failed = f", {len(swept.failed)} failed" if swept.failed else ""
    return (
        f"{swept.fired} rungs, {swept.opened} periods, {written} digests, {asked} contacts{failed}"
    )


def _papers(ground: Ground) -> str:
    return f"{print_papers(ground.engine, ground.files, ground.clock)} papers sealed"


def _post(ground: Ground) -> str:
    posted = asyncio.run(post(ground.engine, ground.office, ground.clock))
    said = (
        f"{posted.sent} sent, {posted.later} later, {posted.failed} failed, "
        f"{posted.uncertain} uncertain, {posted.suppressed} suppressed, "
        f"{posted.cancelled} cancelled"
    )
    more = {"HELD": posted.held, "ALARM": posted.alarm}
    if not posted.alarm:
        more["resting"] = posted.trouble
    return "; ".join([said, *(f"{name}: {why}" for name, why in more.items() if why)])


def _incidents(ground: Ground) -> str:
    watched = watch(ground.engine, ground.clock)
    return f"{watched.opened} incidents opened, {watched.joined} joined, {watched.cleared} cleared"


def _housekeeping(ground: Ground) -> str:
    keys = forget_old_keys(ground.engine, ground.clock)
    end_sessions(ground.engine, ground.clock)
    uploads = forget_stale(ground.engine, ground.clock, FileStore(ground.files))
    return f"{keys} old keys forgotten, {uploads} uploads given up"


TIMETABLE: tuple[Job, ...] = (
    Job(name="sweep", title="到期清扫与提醒", cadence=Cadence.minute, run=_sweep),
    Job(name="papers", title="文书制发", cadence=Cadence.minute, run=_papers),
    Job(name="post", title="信件投递", cadence=Cadence.minute, run=_post),
    # last of all: what the others have just settled is no incident
    Job(name="incidents", title="运行事件", cadence=Cadence.minute, run=_incidents),
    Job(
        name="housekeeping",
        title="日常整理",
        cadence=Cadence.day,
        run=_housekeeping,
        leased=True,
    ),
)
JOBS: dict[str, Job] = {j.name: j for j in TIMETABLE}


def period_of(job: Job, at: datetime) -> str:
    """The period an instant falls in: local time, rounded down to the job's cadence."""
    local = local_time(at)
    return f"{local:%Y-%m-%d}" if job.cadence is Cadence.day else f"{local:%Y-%m-%dT%H:%M}"


def periods_missing(job: Job, last: str | None, at: datetime) -> list[str]:
    """The periods up to now that were not done, oldest first; only today's for a new job."""
    now = period_of(job, at)
    if last is None or job.cadence is not Cadence.day:
        return [now] if last != now else []
    day = datetime.fromisoformat(last).date()
    out: list[str] = []
    while f"{day:%Y-%m-%d}" < now:
        day += timedelta(days=1)
        out.append(f"{day:%Y-%m-%d}")
    return out
