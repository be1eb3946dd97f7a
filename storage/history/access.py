"""Entries of the security log: who came in, who was refused, who changed a password; never changed.

They go after half a year and more (housekeeping), which is all that may happen to them.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.word import Word
from storage.database.columns import ERASABLE, identity, whole, words
from storage.database.statement import Question
from storage.database.work import Work
from storage.people.person import Person

KEPT = timedelta(days=200)
"""How long an entry is kept (own): the Cybersecurity Law asks for six months at least."""
PAGE = 100


class Access(Word):
    """What somebody wanted."""

    sign_in = "sign_in", "登录"
    sign_out = "sign_out", "退出登录"
    password = "password", "修改密码"
    page = "page", "访问页面"
    form = "form", "提交表单"


class Outcome(Word):
    """What came of it."""

    ok = "ok", "成功"
    failed = "failed", "失败"
    locked = "locked", "尝试过多"
    refused = "refused", "已拒绝"
    forged = "forged", "来源不符"


class AccessEntry(SQLModel, table=True):
    """One entry. ``more``: so many others like it, of the same sender, were only counted.

    ``person_id`` None: somebody unknown. What was typed is in none.
    """

    __tablename__ = "entries"
    __table_args__ = ERASABLE

    id: int = identity()
    at: datetime = Field(index=True)
    what: Access = Field(sa_type=words(Access))
    outcome: Outcome = Field(sa_type=words(Outcome))
    person_id: int | None = whole()
    address: str = Field(max_length=64)
    detail: str = Field(default="", max_length=200)
    request: str = Field(default="", max_length=16)
    more: int = Field(default=0)


TABLE: sa.Table = AccessEntry.__table__  # type: ignore[attr-defined]
_P: sa.Table = Person.__table__  # type: ignore[attr-defined]
_LATEST = Question(
    sa.select(TABLE, _P.c.name.label("person"))
    .outerjoin(_P, _P.c.id == TABLE.c.person_id)
    .where(TABLE.c.id < sa.bindparam("before", type_=sa.BigInteger))
    .order_by(TABLE.c.id.desc())
    .limit(sa.bindparam("most", type_=sa.BigInteger))
)
_SINCE = Question(
    sa.select(
        sa.cast(TABLE.c.what, sa.Text).label("what"),
        sa.cast(TABLE.c.outcome, sa.Text).label("outcome"),
        sa.func.sum(1 + TABLE.c.more).label("n"),
    )
    .where(TABLE.c.at >= sa.bindparam("since", type_=TABLE.c.at.type))
    .group_by(TABLE.c.what, TABLE.c.outcome)
)


def note(
    work: Work,
    what: Access,
    outcome: Outcome,
    *,
    person_id: int | None,
    address: str = "",
    detail: str = "",
    request: str = "",
    more: int = 0,
) -> None:
    """Write an entry, in the transaction that does what it tells of where there is one."""
    entry = AccessEntry(
        id=work.take_id(),
        at=work.now,
        what=what,
        outcome=outcome,
        person_id=person_id,
        address=address[:64],
        detail=detail[:200],
        request=request,
        more=more,
    )
    work.insert(TABLE, entry.model_dump())


def latest(work: Work, before: int, most: int) -> list[dict[str, object]]:
    """The entries before an id, the latest first, with the names of the persons."""
    return work.records(_LATEST, before=before, most=most)


def counted(work: Work, span: timedelta) -> dict[tuple[str, str], int]:
    """How many there were within a span, by what was wanted and what came of it."""
    rows = work.records(_SINCE, since=work.now - span)
    return {(r["what"], r["outcome"]): int(r["n"]) for r in rows}


def forget_old(work: Work, kept: timedelta = KEPT) -> int:
    """Drop entries that have served their time; how many."""
    found = work.execute(sa.delete(TABLE).where(TABLE.c.at < work.now - kept))
    return int(found.rowcount)
