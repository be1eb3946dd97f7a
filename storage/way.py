"""Ways out: how the mail server, and each domain behind it, has answered lately; all processes obey."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from storage.database.columns import PASSING, long_text
from storage.database.statement import Question
from storage.database.work import Work

CHANNEL = ""
"""The domain of the row that is about the server itself, not about a domain behind it."""


class Way(SQLModel, table=True):
    """One way out that goes slowly: in trouble lately, or with a rate of its own.

    ``troubles`` grows with every trouble and shrinks with every letter that is taken.
    ``probed_until`` is the lease of the line that tries first after a pause. ``alarm`` says that
    waiting will not help.
    """

    __tablename__ = "mail_ways"
    __table_args__ = PASSING

    domain: str = Field(max_length=253, primary_key=True)
    troubles: int
    since: datetime
    paused_until: datetime
    probed_until: datetime | None = None
    code: int
    alarm: bool
    said: str = long_text()


class Tally(SQLModel, table=True):
    """How many letters were offered to a domain in one short span."""

    __tablename__ = "mail_tallies"
    __table_args__ = PASSING

    domain: str = Field(max_length=253, primary_key=True)
    span: datetime = Field(primary_key=True)
    letters: int


TABLE: sa.Table = Way.__table__  # type: ignore[attr-defined]
TALLIES: sa.Table = Tally.__table__  # type: ignore[attr-defined]
_SPAN = TALLIES.c.span.type
_Insert = type[postgresql.Insert] | type[sqlite.Insert]
_ALL = Question(sa.select(TABLE).order_by(TABLE.c.domain))
_LOCKED = Question(
    sa.select(TABLE)
    .where(TABLE.c.domain != CHANNEL)
    .order_by(TABLE.c.paused_until)
    .limit(200)
    .with_for_update(skip_locked=True)
)
_ONE = Question(sa.select(TABLE).where(TABLE.c.domain == sa.bindparam("domain")).with_for_update())
_TURN = Question(
    sa.select(
        sa.func.pg_advisory_xact_lock(
            sa.literal_column("738203"), sa.bindparam("way", type_=sa.Integer)
        )
    )
)
_OFFERED = Question(
    sa.select(TALLIES.c.span, TALLIES.c.letters)
    .where(
        TALLIES.c.domain == sa.bindparam("domain"),
        TALLIES.c.span > sa.bindparam("after", type_=_SPAN),
    )
    .order_by(TALLIES.c.span)
)


def _put(insert: _Insert) -> Question:
    statement = insert(TABLE).values({c.name: sa.bindparam(c.name, type_=c.type) for c in TABLE.c})
    changed = {c.name: statement.excluded[c.name] for c in TABLE.c if c.name != "domain"}
    return Question(
        statement.on_conflict_do_update(index_elements=[TABLE.c.domain], set_=changed).returning(
            TABLE.c.domain
        )
    )


def _count(insert: _Insert) -> Question:
    statement = insert(TALLIES).values(
        {
            "domain": sa.bindparam("domain"),
            "span": sa.bindparam("span", type_=_SPAN),
            "letters": 1,
        }
    )
    return Question(
        statement.on_conflict_do_update(
            index_elements=[TALLIES.c.domain, TALLIES.c.span],
            set_={"letters": TALLIES.c.letters + 1},
        ).returning(TALLIES.c.letters)
    )


_PUT = {"postgresql": _put(postgresql.Insert), "sqlite": _put(sqlite.Insert)}
_COUNT = {"postgresql": _count(postgresql.Insert), "sqlite": _count(sqlite.Insert)}


def lock(work: Work, domains: Iterable[str]) -> None:
    """Wait until no other work looks at these ways out; also at such as go well, and have no row.

    Who changes the pace of more than one locks them so, before anything else.
    """
    keys = sorted({crc32(domain.encode()) - 2**31 for domain in domains})
    if keys and work.is_postgresql:
        work.ask_all([(_TURN, {"way": key}) for key in keys])


def every(work: Work) -> list[Way]:
    """The ways out that go slowly."""
    return work.ask(_ALL, Way)


def locked(work: Work) -> list[Way]:
    """The domains that go slowly, without those that another line is looking at."""
    return work.ask(_LOCKED, Way)


def get(work: Work, domain: str) -> Way | None:
    """One way out, if it goes slowly; locked."""
    return next(iter(work.ask(_ONE, Way, domain=domain)), None)


def put(work: Work, domain: str, **values: Any) -> None:
    """Write down how a way out goes."""
    work.records(_PUT[work.dialect.name], domain=domain, **values)


def forget(work: Work, domain: str) -> None:
    """A way out goes as it should."""
    work.execute(sa.delete(TABLE).where(TABLE.c.domain == domain))


def offered(work: Work, domain: str, after: datetime) -> list[tuple[datetime, int]]:
    """How many letters were offered to a domain in each span that began after an instant."""
    return [(r["span"], r["letters"]) for r in work.records(_OFFERED, domain=domain, after=after)]


def count(work: Work, domain: str, span: datetime) -> None:
    """One more letter is offered to a domain in a span."""
    work.records(_COUNT[work.dialect.name], domain=domain, span=span)


def forget_tallies(work: Work, older_than: timedelta) -> None:
    """Drop the counts that no rate looks back to any more."""
    work.execute(sa.delete(TALLIES).where(TALLIES.c.span < work.now - older_than))
