"""What goes wrong in operation and no incident tells of yet; one line for each source of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from statemachines.incident import Cause, IncidentState
from statemachines.letter import OVER, LetterCause
from statemachines.letter import LetterState as L
from storage import case, incident, letter, paper
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.files import damage
from storage.paper import PaperState
from storage.upkeep import lease

STUCK = timedelta(minutes=30)
"""A paper that is not printed by then is a mishap (own: the job comes every minute)."""
MOST = 200
"""So many are taken up in one go."""

_C, _D, _L, _N, _P, _R, _T = (
    case.TABLE,
    damage.TABLE,
    letter.TABLE,
    letter.LINES,
    paper.TABLE,
    lease.TABLE,
    incident.ITEMS,
)
_BEFORE = sa.bindparam("stuck_before", type_=_P.c.issued_at.type)


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """What an incident would be about: ``ground`` tells it from others, ``title`` is for people.

    ``joins`` is an incident that the thing tells of: what fails there belongs to it.
    """

    cause: Cause
    ground: str
    title: str
    joins: int | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """One kind of thing that may go wrong.

    ``bad`` selects what is wrong now: ``key``, ``row_id``, ``at`` (since when), and what ``tell``
    reads. ``lasts`` is the condition that a thing an incident is about is not over.
    """

    noun: str
    title: str
    bad: sa.Select[Any]
    lasts: sa.ColumnElement[bool]
    tell: Callable[[Mapping[str, Any]], Mishap]


_OF_INCIDENT = (
    sa.select(_C.c.id).where(_C.c.id == _L.c.case_id, _C.c.noun == "incident").scalar_subquery()
)
_TOLD_IN_LINES = (
    sa.select(sa.func.min(_C.c.id))
    .join_from(letter.LETTER_LINES, _N, _N.c.id == letter.LETTER_LINES.c.line_id)
    .join(_C, _C.c.id == _N.c.case_id)
    .where(
        letter.LETTER_LINES.c.letter_id == _L.c.id,
        _C.c.noun == "incident",
        _C.c.closed_at.is_(None),
    )
    .scalar_subquery()
)


def _of_letter(row: Mapping[str, Any]) -> Mishap:
    """Letters that fail for one reason are one mishap: one reader, or the way to one domain."""
    name, domain = row["recipient_name"], row["recipient"].rpartition("@")[2]
    joins = row["of_incident"]
    if row["state"] == L.uncertain:
        return _channel(Cause.lost, domain, joins)
    if row["cause"] == LetterCause.poison:
        ground, title = f"letter:{row['key']}", f"信件无法处理：第{row['key']}号"
        return Mishap(cause=Cause.poison, ground=ground, title=title, joins=joins)
    if row["cause"] == LetterCause.given_up:
        return _channel(Cause.refused, domain, joins)
    if row["person_id"] is None:
        title = "信件无法送达：收件岗位没有可用的邮箱"
        return Mishap(cause=Cause.refused, ground="nobody", title=title, joins=joins)
    ground = f"person:{row['person_id']}"
    return Mishap(cause=Cause.refused, ground=ground, title=f"信件无法送达：{name}", joins=joins)


def _channel(cause: Cause, domain: str, joins: int | None) -> Mishap:
    ground = f"{cause}:{domain[:150]}"
    return Mishap(cause=cause, ground=ground, title=f"{cause.label}：{domain[:150]}", joins=joins)


def _of_period(row: Mapping[str, Any]) -> Mishap:
    title = f"定时任务失败：{row['job']} {row['period']}"
    return Mishap(cause=Cause.period, ground=f"job:{row['job']}", title=title)


def _of_paper(row: Mapping[str, Any]) -> Mishap:
    ground, title = f"paper:{row['row_id']}", f"文书未能成文：{row['number']}"
    return Mishap(cause=Cause.paper, ground=ground, title=title)


def _of_file(row: Mapping[str, Any]) -> Mishap:
    title = f"文件损坏：{row['key'][:12]}"
    return Mishap(cause=Cause.file, ground=f"file:{row['key']}", title=title)


def _key_of_period(table: Any) -> Any:
    return table.c.job + "/" + table.c.period + "/" + table.c.shard


LETTERS = Source(
    noun="letter",
    title="信件",
    bad=sa.select(
        sa.cast(_L.c.id, sa.Text).label("key"),
        _L.c.id.label("row_id"),
        sa.func.coalesce(_L.c.ended_at, _L.c.created_at).label("at"),
        *(_L.c[c] for c in ("state", "recipient", "recipient_name", "person_id", "cause")),
        sa.func.coalesce(_OF_INCIDENT, _TOLD_IN_LINES).label("of_incident"),
    ).where(
        _L.c.state.in_([word(L.failed), word(L.uncertain), word(L.suppressed)]),
        # what the post will send once more by itself is no mishap yet
        sa.or_(
            _L.c.state != word(L.uncertain), _L.c.statutory.is_(False), _L.c.maybe_twice.is_(True)
        ),
    ),
    lasts=sa.exists().where(_L.c.id == _T.c.row_id, _L.c.state.not_in([word(s) for s in OVER])),
    tell=_of_letter,
)
PERIODS = Source(
    noun="run",
    title="定时任务",
    bad=sa.select(
        _key_of_period(_R).label("key"),
        sa.cast(sa.null(), sa.BigInteger).label("row_id"),
        _R.c.lease_until.label("at"),
        _R.c.job,
        _R.c.period,
    ).where(
        _R.c.state == word(lease.RunState.failed),
    ),
    lasts=sa.exists().where(
        _key_of_period(_R) == _T.c.key, _R.c.state != word(lease.RunState.done)
    ),
    tell=_of_period,
)
PAPERS = Source(
    noun="paper",
    title="文书",
    bad=sa.select(
        sa.cast(_P.c.id, sa.Text).label("key"),
        _P.c.id.label("row_id"),
        _P.c.issued_at.label("at"),
        _P.c.number,
    ).where(
        _P.c.state == word(PaperState.issued), sa.or_(_P.c.issued_at < _BEFORE, _P.c.fault != "")
    ),
    lasts=sa.exists().where(_P.c.id == _T.c.row_id, _P.c.state == word(PaperState.issued)),
    tell=_of_paper,
)
FILES = Source(
    noun="file",
    title="文件",
    bad=sa.select(
        _D.c.sha256.label("key"),
        sa.cast(sa.null(), sa.BigInteger).label("row_id"),
        _D.c.damaged_at.label("at"),
    ).where(_D.c.mended_at.is_(None)),
    lasts=sa.exists().where(_D.c.sha256 == _T.c.key, _D.c.mended_at.is_(None)),
    tell=_of_file,
)
SOURCES: tuple[Source, ...] = (LETTERS, PERIODS, PAPERS, FILES)
"""Everything that is watched: one line each."""


@dataclass(frozen=True)
class Found:
    """A thing that is wrong and in no incident: its key and row, since when, and what mishap it is."""

    key: str
    row_id: int | None
    at: datetime
    mishap: Mishap


@cache
def _unseen(source: Source) -> Question:
    """What is wrong and neither in an open incident, nor in one that ended after it went wrong."""
    bad = source.bad.subquery("bad")
    seen = (
        sa.exists()
        .select_from(_T.join(_C, _C.c.id == _T.c.case_id))
        .where(
            _T.c.noun == sa.literal_column(f"'{source.noun}'"),
            _T.c.key == bad.c.key,
            sa.or_(_C.c.closed_at.is_(None), _T.c.since >= bad.c.at),
        )
    )
    statement = sa.select(bad).where(~seen).order_by(bad.c.at, bad.c.key)
    return Question(statement.limit(sa.bindparam("most", type_=sa.Integer)))


_ALL_OVER = Question(
    sa.select(incident.TABLE.c.id)
    .where(
        incident.TABLE.c.state == word(IncidentState.open),
        ~sa.exists().where(
            _T.c.case_id == incident.TABLE.c.id,
            sa.or_(
                *(sa.and_(_T.c.noun == sa.literal_column(f"'{s.noun}'"), s.lasts) for s in SOURCES)
            ),
        ),
    )
    .order_by(incident.TABLE.c.ground)
    .limit(MOST)
)


_LINES_OF = Question(
    sa.select(letter.LETTER_LINES.c.line_id).where(
        letter.LETTER_LINES.c.letter_id == sa.bindparam("letter_id")
    )
)


def lines_of(work: Work, letter_id: int) -> list[int]:
    """The notice lines that a letter carries."""
    return [r["line_id"] for r in work.records(_LINES_OF, letter_id=letter_id)]


def unseen(work: Work, source: Source, most: int = MOST) -> list[Found]:
    """The longest wrong of a source that no incident tells of."""
    given: dict[str, Any] = {"stuck_before": work.now - STUCK, "most": most}
    rows = work.records(_unseen(source), **given)
    return [Found(r["key"], r["row_id"], r["at"], source.tell(r)) for r in rows]


def all_over(work: Work) -> list[int]:
    """Open incidents of which nothing that they are about lasts."""
    return [r["id"] for r in work.records(_ALL_OVER)]
