"""The right to run a job for a period: taken for a while, done once."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from guapai.word import Word
from storage.database.columns import word, words
from storage.database.statement import Question
from storage.database.work import Work

MOST_ATTEMPTS = 3
SAMPLE = "demo"
"""The run that marks a database as a sample city's."""


class RunState(Word):
    """Whether the work of a period is under way, done, or given up after too many attempts."""

    taken = "taken", "进行中"
    done = "done", "已完成"
    failed = "failed", "已放弃"


class Run(SQLModel, table=True):
    """One period of one job. After three attempts without an end it is given up, and shown."""

    __tablename__ = "runs"

    job: str = Field(max_length=40, primary_key=True)
    period: str = Field(max_length=40, primary_key=True)
    shard: str = Field(default="", max_length=20, primary_key=True)
    state: RunState = Field(sa_type=words(RunState))
    token: str = Field(max_length=32)
    lease_until: datetime
    attempts: int
    done_at: datetime | None = None


TABLE: sa.Table = Run.__table__  # type: ignore[attr-defined]
_KEY = (TABLE.c.job, TABLE.c.period, TABLE.c.shard)


def _take(insert: type[postgresql.Insert] | type[sqlite.Insert]) -> Question:
    names = ("job", "period", "shard", "token", "lease_until")
    values = {c: sa.bindparam(c, type_=TABLE.c[c].type) for c in names}
    statement = insert(TABLE).values({**values, "state": RunState.taken, "attempts": 1})
    return Question(
        statement.on_conflict_do_update(
            index_elements=list(_KEY),
            set_={
                "token": statement.excluded.token,
                "lease_until": statement.excluded.lease_until,
                "attempts": TABLE.c.attempts + 1,
            },
            where=sa.and_(
                TABLE.c.state == word(RunState.taken),
                TABLE.c.lease_until < sa.bindparam("now", type_=TABLE.c.lease_until.type),
                TABLE.c.attempts < MOST_ATTEMPTS,
            ),
        ).returning(TABLE.c.token)
    )


_TAKE = {"postgresql": _take(postgresql.Insert), "sqlite": _take(sqlite.Insert)}
_DONE = Question(
    sa.update(TABLE)
    .where(
        *(c == sa.bindparam(f"w_{c.name}") for c in _KEY),
        TABLE.c.token == sa.bindparam("w_token"),
        TABLE.c.state == word(RunState.taken),
    )
    .values(state=RunState.done, done_at=sa.bindparam("done_at", type_=TABLE.c.done_at.type))
    .returning(TABLE.c.job)
)
_GIVE_UP = Question(
    sa.update(TABLE)
    .where(
        TABLE.c.job == sa.bindparam("w_job"),
        TABLE.c.shard == sa.bindparam("w_shard"),
        TABLE.c.state == word(RunState.taken),
        TABLE.c.attempts >= MOST_ATTEMPTS,
        sa.or_(
            TABLE.c.lease_until < sa.bindparam("w_now", type_=TABLE.c.lease_until.type),
            TABLE.c.token == sa.bindparam("w_token"),
        ),
    )
    .values(state=RunState.failed)
    .returning(TABLE.c.period)
)
_BEGUN = Question(sa.select(TABLE.c.period).where(TABLE.c.job == sa.bindparam("job")).limit(1))
_LAST = Question(
    sa.select(TABLE.c.period)
    .where(TABLE.c.job == sa.bindparam("job"), TABLE.c.state == word(RunState.done))
    .order_by(TABLE.c.period.desc())
    .limit(1)
)
_LEFT = Question(
    sa.select(TABLE.c.period)
    .where(
        TABLE.c.job == sa.bindparam("job"),
        TABLE.c.shard == sa.bindparam("shard"),
        TABLE.c.state == word(RunState.taken),
        TABLE.c.lease_until < sa.bindparam("now", type_=TABLE.c.lease_until.type),
    )
    .order_by(TABLE.c.period)
    .limit(50)
)
_SETTLED = Question(
    sa.select(TABLE.c.period)
    .where(
        TABLE.c.job == sa.bindparam("job"),
        TABLE.c.shard == sa.bindparam("shard"),
        TABLE.c.state != word(RunState.taken),
    )
    .order_by(TABLE.c.period.desc())
    .limit(1)
)
_NEWEST = sa.select(TABLE.c.job, sa.func.max(TABLE.c.period).label("period")).group_by(TABLE.c.job)
_LATEST = Question(
    sa.select(TABLE)
    .where(
        sa.or_(
            sa.tuple_(TABLE.c.job, TABLE.c.period).in_(_NEWEST),
            TABLE.c.state != word(RunState.done),
        )
    )
    .order_by(TABLE.c.job, TABLE.c.period.desc())
    .limit(50)
)


def take(work: Work, job: str, period: str, token: str, lease: timedelta, shard: str = "") -> bool:
    """Whether the period is ours now: nobody had it, or whoever had it let the lease lapse."""
    rows = work.records(
        _TAKE[work.dialect.name],
        job=job,
        period=period,
        shard=shard,
        token=token,
        lease_until=work.now + lease,
        now=work.now,
    )
    return bool(rows)


def finish(work: Work, job: str, period: str, token: str, shard: str = "") -> bool:
    """Mark a period as done, in the transaction of its last effect; False if it is not ours."""
    rows = work.records(
        _DONE, w_job=job, w_period=period, w_shard=shard, w_token=token, done_at=work.now
    )
    return bool(rows)


def give_up(work: Work, job: str, shard: str = "", token: str = "") -> list[str]:
    """Give up the periods that had all their attempts and nobody works on; which those are.

    ``token`` names an attempt that has just failed: its lease is not waited for.
    """
    rows = work.records(_GIVE_UP, w_job=job, w_shard=shard, w_now=work.now, w_token=token)
    return [r["period"] for r in rows]


def is_sample(work: Work) -> bool:
    """Whether the database is a sample city's, whose clock may be anything."""
    return was_taken(work, SAMPLE)


def left(work: Work, job: str, shard: str = "") -> list[str]:
    """The periods that were begun, are not done, and nobody works on; the oldest first."""
    return [r["period"] for r in work.records(_LEFT, job=job, shard=shard, now=work.now)]


def try_anew(work: Work, job: str, period: str, shard: str = "") -> None:
    """Let a period that was tried too often be taken once more."""
    where = {"job": job, "period": period, "shard": shard, "state": RunState.failed}
    work.update(TABLE, where, {"state": RunState.taken, "attempts": 0, "lease_until": work.now})


def latest(work: Work) -> list[Run]:
    """The latest period of each job that keeps its periods, and every one that is not done."""
    return work.ask(_LATEST, Run)


def was_taken(work: Work, job: str) -> bool:
    """Whether a job was ever begun, to its end or not."""
    return bool(work.records(_BEGUN, job=job))


def last_done(work: Work, job: str) -> str | None:
    """The latest period that was done."""
    return next((r["period"] for r in work.records(_LAST, job=job)), None)


def last_settled(work: Work, job: str, shard: str = "") -> str | None:
    """The latest period that is over, done or given up: what comes after it is still to do."""
    return next((r["period"] for r in work.records(_SETTLED, job=job, shard=shard)), None)
