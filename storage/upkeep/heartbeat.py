"""What every job does: its last beat, its last success, and its last runs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from guapai.word import Word
from storage.database.columns import PASSING, words
from storage.database.statement import Question
from storage.database.work import Work
from storage.upkeep.tally import read, stored

KEPT = 30
"""Past runs that are kept of each job, shard and outcome (own)."""
SILENCE = timedelta(hours=1)
"""A job that was not heard for longer is said to have been silent (own)."""
_LONGEST = 1000


class RunOutcome(Word):
    """How a run ended."""

    running = "running", "运行中"
    ok = "ok", "已完成"
    alarm = "alarm", "有告警"
    failed = "failed", "失败"


class Heartbeat(SQLModel, table=True):
    """One job of the timetable, in one shard; without ``begun_at`` nobody has run it yet.

    ``period`` is the last one that an engine began. ``patience`` is how many seconds may pass
    after a success before the job counts as not running. ``silent_from`` and ``silent_until``
    bound the last long time in which nobody ran it.
    """

    __tablename__ = "heartbeats"
    __table_args__ = PASSING

    job: str = Field(max_length=40, primary_key=True)
    shard: str = Field(default="", max_length=20, primary_key=True)
    title: str = Field(max_length=40)
    patience: int
    period: str = Field(default="", max_length=40)
    token: str = Field(default="", max_length=32)
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    ok_at: datetime | None = None
    failures: int = 0
    said: str = Field(default="", max_length=_LONGEST)
    error: str = Field(default="", max_length=_LONGEST)
    engine: str = Field(default="", max_length=20)
    host: str = Field(default="", max_length=80)
    silent_from: datetime | None = None
    silent_until: datetime | None = None

    @property
    def told(self) -> str:
        """What went wrong in its last run, or else what that came to: a tally, if it was one."""
        return read(self.error or self.said)

    @property
    def is_running(self) -> bool:
        """Whether its last run has not ended, as far as anybody knows."""
        return self.begun_at is not None and (
            self.ended_at is None or self.ended_at < self.begun_at
        )

    @property
    def known_at(self) -> datetime | None:
        """When it was last known to be well."""
        return self.ok_at or self.begun_at


class PastRun(SQLModel, table=True):
    """One run of a job; the oldest are forgotten."""

    __tablename__ = "past_runs"

    token: str = Field(max_length=32, primary_key=True)
    job: str = Field(max_length=40)
    shard: str = Field(default="", max_length=20)
    period: str = Field(max_length=40)
    outcome: RunOutcome = Field(sa_type=words(RunOutcome, "outcome"))
    begun_at: datetime
    ended_at: datetime | None = None
    said: str = Field(default="", max_length=_LONGEST)
    error: str = Field(default="", max_length=_LONGEST)
    engine: str = Field(max_length=20)
    host: str = Field(max_length=80)

    __table_args__ = (sa.Index("ix_past_runs_job_begun_at", "job", "begun_at"), PASSING)


TABLE: sa.Table = Heartbeat.__table__  # type: ignore[attr-defined]
RUNS: sa.Table = PastRun.__table__  # type: ignore[attr-defined]
_JOB, _SHARD = (sa.bindparam(n, type_=sa.Text) for n in ("job", "shard"))
_OF_JOB = Question(
    sa.select(TABLE).where(TABLE.c.job == _JOB).order_by(TABLE.c.shard).with_for_update()
)
_EVERY = Question(sa.select(TABLE).order_by(TABLE.c.job, TABLE.c.shard))
_LATEST = Question(
    sa.select(RUNS)
    .where(RUNS.c.job == _JOB)
    .order_by(RUNS.c.begun_at.desc(), RUNS.c.token)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_FRESH = ("period", "token", "begun_at", "engine", "host")
_OLD = (
    sa.select(RUNS.c.token)
    .where(
        RUNS.c.job == _JOB,
        RUNS.c.shard == _SHARD,
        RUNS.c.outcome == sa.bindparam("outcome", type_=sa.Text),
    )
    .order_by(RUNS.c.begun_at.desc(), RUNS.c.token)
    .offset(KEPT)
    .limit(1000)
)


def enrol(work: Work, jobs: Sequence[Heartbeat]) -> None:
    """Name the jobs of the timetable, so that one that never runs is missed; forget all others."""
    there = {(b.job, b.shard): b for b in every(work)}
    wanted = {(b.job, b.shard): b for b in jobs}
    for key, job in wanted.items():
        found = there.get(key)
        if found is None:
            work.execute(_insert_of(work).values(job.model_dump()))
        elif (found.title, found.patience) != (job.title, job.patience):
            new = {"title": job.title, "patience": job.patience}
            work.update(TABLE, {"job": job.job, "shard": job.shard}, new)
    for name, shard in sorted(there.keys() - wanted.keys()):
        work.execute(sa.delete(TABLE).where(TABLE.c.job == name, TABLE.c.shard == shard))


def begin(work: Work, beats: Sequence[Heartbeat], run: PastRun, *, claim: bool) -> bool:
    """Write down that a run of a job begins, in one shard or in several at once.

    With ``claim`` only if nobody began its period in any of them: False then, and nothing is
    written.
    """
    found = _locked(work, beats)
    if claim and any(beat.period >= run.period for beat in found):
        return False
    for beat in found:
        given = {name: getattr(run, name) for name in _FRESH}
        last = beat.begun_at
        if last is not None and work.now - last > max(SILENCE, timedelta(seconds=beat.patience)):
            given |= {"silent_from": last, "silent_until": work.now}
        work.update(TABLE, {"job": beat.job, "shard": beat.shard}, given)
    work.insert(RUNS, run.model_dump())
    return True


def _locked(work: Work, beats: Sequence[Heartbeat]) -> list[Heartbeat]:
    """The rows of these beats as they stand, locked in the order of their shards; new ones added."""
    wanted = {beat.shard: beat for beat in beats}
    there = work.ask(_OF_JOB, Heartbeat, job=beats[0].job)
    if wanted.keys() - {b.shard for b in there}:
        for _, beat in sorted(wanted.items()):
            work.execute(_insert_of(work).values(beat.model_dump()))
        there = work.ask(_OF_JOB, Heartbeat, job=beats[0].job)
    return [b for b in there if b.shard in wanted]


def _insert_of(work: Work) -> Any:
    insert = postgresql.insert if work.is_postgresql else sqlite.insert
    return insert(TABLE).on_conflict_do_nothing()


def end(
    work: Work,
    run: PastRun,
    outcome: RunOutcome,
    said: str = "",
    error: str = "",
    shards: Sequence[str] = (),
) -> None:
    """Write down how a run ended, in its own shard or in those named; forget the oldest such ends."""
    if len(shards) > 1:  # an update locks in no order, and others that begin have one
        work.records(_OF_JOB, job=run.job)
    told = {
        "ended_at": work.now,
        "said": stored(said)[:_LONGEST],
        "error": stored(error)[:_LONGEST],
    }
    work.update(RUNS, {"token": run.token}, {**told, "outcome": outcome})
    well = outcome is RunOutcome.ok
    work.execute(
        sa.update(TABLE)
        .where(TABLE.c.job == run.job, TABLE.c.shard.in_(shards or [run.shard]))
        .values(
            **told,
            ok_at=work.now if well else TABLE.c.ok_at,
            failures=0 if well else TABLE.c.failures + 1,
        )
    )
    given = {"job": run.job, "shard": run.shard, "outcome": outcome.value}
    for done in (outcome, RunOutcome.running):
        old = work.execute(_OLD, {**given, "outcome": done.value}).scalars().all()
        if old:
            work.execute(sa.delete(RUNS).where(RUNS.c.token.in_(old)))


def every(work: Work) -> list[Heartbeat]:
    """The last beat of every job and shard."""
    return work.ask(_EVERY, Heartbeat)


def latest(work: Work, job: str, most: int = KEPT) -> list[PastRun]:
    """The last runs of a job, the newest first."""
    return work.ask(_LATEST, PastRun, job=job, most=most)


def forget_periods(work: Work) -> None:
    """Let every period be begun again: the clock was put right, and went back for it."""
    work.execute(sa.update(TABLE).values(period=""))
