"""Letters, the notice lines that become letters, and the questions of the post."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.people import Role
from statemachines.letter import LetterState
from storage.case import TABLE as CASES
from storage.database.columns import identity, long_text, maybe_reference, whole, word, words
from storage.database.statement import Question
from storage.database.work import Work
from storage.duty import TABLE as DUTIES
from storage.history.event import TABLE as EVENTS
from storage.paper import TABLE as PAPERS
from storage.paper import PaperState

_ENDED_ILL = "state IN ('failed', 'uncertain', 'suppressed')"


class Letter(SQLModel, table=True):
    """One letter to one person; what it says never changes, and its bytes not once sealed."""

    __tablename__ = "letters"
    __table_args__ = (
        sa.Index(
            "ix_letters_next_try_at",
            "next_try_at",
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        ),
        sa.Index(
            "ix_letters_lease_until",
            "lease_until",
            sqlite_where=sa.text("state IN ('claimed', 'sending')"),
            postgresql_where=sa.text("state IN ('claimed', 'sending')"),
        ),
        sa.Index(
            "ix_letters_ended_ill",
            "id",
            sqlite_where=sa.text(_ENDED_ILL),
            postgresql_where=sa.text(_ENDED_ILL),
        ),
    )

    id: int = identity()
    case_id: int | None = maybe_reference("cases.id", index=True)
    event_id: int | None = whole()
    paper_id: int | None = maybe_reference("papers.id")
    kind: str = Field(max_length=40)
    person_id: int | None = maybe_reference("persons.id", index=True)
    recipient: str = Field(max_length=254)
    recipient_name: str = Field(max_length=80)
    subject: str = long_text()
    text: str = long_text()
    html: str = long_text()
    statutory: bool
    state: LetterState = Field(sa_type=words(LetterState))
    created_at: datetime
    next_try_at: datetime
    attempts: int = 0
    token: str | None = Field(default=None, max_length=32)
    lease_until: datetime | None = None
    message_id: str | None = Field(default=None, max_length=200)
    sealed_at: datetime | None = None
    sha256: str | None = Field(default=None, max_length=64)
    mime: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    answer_code: int | None = None
    answer: str = long_text()
    ended_at: datetime | None = None
    maybe_twice: bool = False


class NoticeLine(SQLModel, table=True):
    """One reminder, waiting to be gathered into its readers' next letter."""

    __tablename__ = "notice_lines"
    __table_args__ = (
        sa.Index("ix_notice_lines_case_id_id", "case_id", "id"),
        sa.Index(
            "ix_notice_lines_waiting",
            "id",
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        ),
    )

    id: int = identity()
    case_id: int = Field(sa_type=sa.BigInteger, foreign_key="cases.id")
    duty_id: int = Field(sa_type=sa.BigInteger, foreign_key="duties.id")
    event_id: int = Field(sa_type=sa.BigInteger)
    rung: str = Field(max_length=40)
    organisation_id: int | None = whole()
    role: Role = Field(sa_type=words(Role))
    created_at: datetime
    settled_at: datetime | None = None
    dropped: bool = False


class LetterLine(SQLModel, table=True):
    """The proof of notice: which letter carried which line."""

    __tablename__ = "letter_lines"

    letter_id: int = Field(sa_type=sa.BigInteger, foreign_key="letters.id", primary_key=True)
    line_id: int = Field(
        sa_type=sa.BigInteger, foreign_key="notice_lines.id", primary_key=True, index=True
    )


TABLE: sa.Table = Letter.__table__  # type: ignore[attr-defined]
LINES: sa.Table = NoticeLine.__table__  # type: ignore[attr-defined]
LETTER_LINES: sa.Table = LetterLine.__table__  # type: ignore[attr-defined]

_SEALED = sa.or_(
    TABLE.c.paper_id.is_(None),
    sa.exists().where(PAPERS.c.id == TABLE.c.paper_id, PAPERS.c.state == word(PaperState.sealed)),
)
_READY = (
    sa.select(TABLE.c.id)
    .where(
        TABLE.c.state == word(LetterState.queued),
        TABLE.c.next_try_at <= sa.bindparam("now", type_=TABLE.c.next_try_at.type),
        _SEALED,
    )
    .order_by(TABLE.c.statutory.desc(), TABLE.c.next_try_at, TABLE.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True, of=TABLE)
)
_CLAIM = Question(
    sa.update(TABLE)
    .where(TABLE.c.id.in_(_READY.scalar_subquery()))
    .values(
        state=LetterState.claimed,
        attempts=TABLE.c.attempts + 1,
        token=sa.bindparam("token"),
        lease_until=sa.bindparam("lease_until", type_=TABLE.c.lease_until.type),
    )
    .returning(*TABLE.c)
)
_LAPSED = Question(
    sa.select(TABLE.c.id, TABLE.c.state, TABLE.c.attempts, TABLE.c.statutory)
    .where(
        TABLE.c.state.in_([word(LetterState.claimed), word(LetterState.sending)]),
        TABLE.c.lease_until < sa.bindparam("now", type_=TABLE.c.lease_until.type),
    )
    .order_by(TABLE.c.id)
    .limit(500)
    .with_for_update(skip_locked=True)
)
_REPEATABLE = Question(
    sa.select(TABLE.c.id)
    .where(
        TABLE.c.state == word(LetterState.uncertain),
        TABLE.c.statutory,
        TABLE.c.maybe_twice.is_(False),
        TABLE.c.ended_at <= sa.bindparam("before", type_=TABLE.c.ended_at.type),
    )
    .order_by(TABLE.c.id)
    .limit(500)
    .with_for_update(skip_locked=True)
)
_WAITING = Question(
    sa.select(
        LINES,
        DUTIES.c.state.label("duty_state"),
        DUTIES.c.kind,
        DUTIES.c.due_at,
        DUTIES.c.due_on,
        DUTIES.c.provisional,
        DUTIES.c.basis,
        CASES.c.title,
        CASES.c.number,
        sa.func.coalesce(EVENTS.c.pack_id, CASES.c.pack_id).label("pack_id"),
    )
    .join(DUTIES, DUTIES.c.id == LINES.c.duty_id)
    .join(CASES, CASES.c.id == LINES.c.case_id)
    .outerjoin(EVENTS, EVENTS.c.id == LINES.c.event_id)
    .where(LINES.c.settled_at.is_(None))
    .order_by(LINES.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(of=LINES, skip_locked=True)
)
_SETTLE = {
    "postgresql": (
        "UPDATE notice_lines SET settled_at = v.at FROM unnest(%s::bigint[], %s::timestamptz[]) "
        "AS v(id, at) WHERE notice_lines.id = v.id"
    ),
    "sqlite": "UPDATE notice_lines SET settled_at = ? WHERE id = ?",
}
_DROP = {
    "postgresql": (
        "UPDATE notice_lines SET dropped = v.dropped "
        "FROM unnest(%s::bigint[], %s::boolean[]) AS v(id, dropped) WHERE notice_lines.id = v.id"
    ),
    "sqlite": "UPDATE notice_lines SET dropped = ? WHERE id = ?",
}
_UNREACHED = Question(
    sa.select(TABLE.c.id, TABLE.c.case_id)
    .join(CASES, CASES.c.id == TABLE.c.case_id)
    .where(
        CASES.c.noun != "incident",  # which is itself a duty to mend it
        TABLE.c.state.in_([word(LetterState.failed), word(LetterState.suppressed)]),
        ~sa.exists().where(DUTIES.c.row_id == TABLE.c.id, DUTIES.c.kind == "mend_contact"),
    )
    .order_by(TABLE.c.id)
    .limit(200)
)
_OF_CASE = Question(
    sa.select(TABLE).where(TABLE.c.case_id == sa.bindparam("case_id")).order_by(TABLE.c.id)
)
_OF_PERSON = Question(
    sa.select(
        *(TABLE.c[c] for c in ("id", "case_id", "subject", "text", "state", "created_at")),
        TABLE.c.ended_at,
    )
    .where(TABLE.c.person_id == sa.bindparam("person_id"), TABLE.c.id < sa.bindparam("before"))
    .order_by(TABLE.c.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_BY_ID = Question(sa.select(TABLE).where(TABLE.c.id == sa.bindparam("id")))
_ALL = Question(sa.select(TABLE).order_by(TABLE.c.id))


def claim(work: Work, token: str, lease: timedelta, most: int) -> list[Letter]:
    """Take up to so many letters that are due; statutory ones first. Attempts grow here."""
    rows = work.ask(
        _CLAIM, Letter, now=work.now, most=most, token=token, lease_until=work.now + lease
    )
    return sorted(rows, key=lambda r: (not r.statutory, r.id))


def lapsed(work: Work) -> list[Letter]:
    """Letters whose sender has fallen silent; only id, state, attempts and statutory are read."""
    return work.ask(_LAPSED, Letter, now=work.now)


def repeatable(work: Work, before: datetime) -> list[int]:
    """Statutory letters of unknown end, not yet sent again, that ended before an instant."""
    return [r["id"] for r in work.records(_REPEATABLE, before=before)]


class Waiting(SQLModel):
    """A notice line that waits, with its duty, its case, and the pack that its rung stands in."""

    id: int
    case_id: int
    duty_id: int
    rung: str
    organisation_id: int | None
    role: Role
    duty_state: str
    kind: str
    due_at: datetime
    due_on: date
    provisional: bool
    basis: str
    title: str
    number: str
    pack_id: int


def waiting_lines(work: Work, most: int) -> list[Waiting]:
    """Notice lines that are in no letter yet, oldest first; locked against other gatherers."""
    return work.ask(_WAITING, Waiting, most=most)


def settle_lines(work: Work, ids: list[int], *, dropped: bool) -> None:
    """Mark lines as gathered into letters, or as dropped because their duty had ended."""
    work.run_many(_SETTLE, LINES.c.settled_at, [(i, work.now) for i in ids])
    if dropped:
        work.run_many(_DROP, LINES.c.dropped, [(i, True) for i in ids])


def unreached(work: Work) -> list[tuple[int, int]]:
    """Letters (with their cases) that reached nobody and that nobody has been asked to mend."""
    return [(r["id"], r["case_id"]) for r in work.records(_UNREACHED)]


def of_case(work: Work, case_id: int) -> list[Letter]:
    """The letters about a case."""
    return work.ask(_OF_CASE, Letter, case_id=case_id)


def get(work: Work, letter_id: int) -> Letter | None:
    """The letter with that id."""
    return next(iter(work.ask(_BY_ID, Letter, id=letter_id)), None)


def of_person(work: Work, person_id: int, before: int, most: int) -> list[dict[str, object]]:
    """The letters to a person, the latest first, with ids before one."""
    return list(work.records(_OF_PERSON, person_id=person_id, before=before, most=most))


def every(work: Work) -> list[Letter]:
    """All letters in the order of their ids; for the demo and the checks of small databases."""
    return work.ask(_ALL, Letter)
