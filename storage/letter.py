"""Letters, the notice lines that become letters, and the questions of the post."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from guapai.people import Role
from statemachines.letter import LetterCause, LetterState
from statemachines.nouns import NOUNS
from storage.case import TABLE as CASES
from storage.database.columns import (
    FROZEN,
    changing,
    identity,
    long_text,
    maybe_reference,
    whole,
    word,
    words,
)
from storage.database.statement import Question
from storage.database.work import Work
from storage.duty import TABLE as DUTIES

SEAL = (
    *("subject", "text", "html"),
    *("recipient", "message_id", "sealed_at", "sha256", "mime"),
)
"""How a letter was sealed; until then the address may be mended and a reminder be told anew."""
_ENDED_ILL = "state IN ('failed', 'uncertain', 'suppressed')"


class Letter(SQLModel, table=True):
    """One letter to one person; once sealed, neither its words nor its bytes change.

    ``attempts`` are tries that a server answered; ``deaths`` are ends of a sender that were this
    letter's doing as far as anybody can tell. ``suspect`` names the group of letters one of which
    may have ended a sender: a group goes out by itself, and is halved when it happens again.
    ``domain`` is that of the sealed address. ``organisation_id`` is the organisation it was written
    to, whoever reads it there or in its stead; a digest is written to a person, and has none.
    ``version`` grows with what people do.
    """

    __tablename__ = "letters"
    __table_args__ = (
        sa.Index(
            "ix_letters_next_try_at",
            "next_try_at",
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        ),
        sa.Index(
            "ix_letters_recipient_case_id",
            "recipient",
            "case_id",
            sqlite_where=sa.text("state IN ('queued', 'claimed', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'claimed', 'sending')"),
        ),
        sa.Index(
            "ix_letters_domain",
            "domain",
            sqlite_where=sa.text("state = 'queued' AND domain IS NOT NULL"),
            postgresql_where=sa.text("state = 'queued' AND domain IS NOT NULL"),
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
        changing(
            *("version", "state", "next_try_at", "attempts", "token", "lease_until", "maybe_twice"),
            *("answer_code", "answer", "ended_at", "cause", "deaths", "suspect"),
            *("first_tried_at", "domain"),
            *SEAL,
        ),
    )

    id: int = identity()
    case_id: int | None = maybe_reference("cases.id", index=True)
    event_id: int | None = whole()
    paper_id: int | None = maybe_reference("papers.id")
    kind: str = Field(max_length=40)
    person_id: int | None = maybe_reference("persons.id", index=True)
    organisation_id: int | None = maybe_reference("organisations.id")
    recipient: str = Field(max_length=254)
    recipient_name: str = Field(max_length=80)
    subject: str = long_text()
    text: str = long_text()
    html: str = long_text()
    statutory: bool
    version: int = 1
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
    deaths: int = 0
    suspect: str | None = Field(default=None, max_length=40)
    first_tried_at: datetime | None = None
    domain: str | None = Field(default=None, max_length=253)
    cause: LetterCause | None = Field(default=None, sa_type=words(LetterCause))


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
        changing("settled_at", "dropped"),
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
    __table_args__ = FROZEN

    letter_id: int = Field(sa_type=sa.BigInteger, foreign_key="letters.id", primary_key=True)
    line_id: int = Field(
        sa_type=sa.BigInteger, foreign_key="notice_lines.id", primary_key=True, index=True
    )


TABLE: sa.Table = Letter.__table__  # type: ignore[attr-defined]
LINES: sa.Table = NoticeLine.__table__  # type: ignore[attr-defined]
LETTER_LINES: sa.Table = LetterLine.__table__  # type: ignore[attr-defined]

_MENDS: list[sa.ColumnElement[str]] = [
    sa.literal_column(f"'{n.name}'") for n in NOUNS.values() if n.mends
]
_UNREACHED = Question(
    sa.select(TABLE.c.id, TABLE.c.case_id, TABLE.c.version)
    .join(CASES, CASES.c.id == TABLE.c.case_id)
    .where(
        CASES.c.noun.not_in(_MENDS),  # which are themselves duties to mend it
        TABLE.c.state.in_([word(LetterState.failed), word(LetterState.suppressed)]),
        ~sa.exists().where(
            DUTIES.c.row_id == TABLE.c.id,
            DUTIES.c.kind == "mend_contact",
            DUTIES.c.slot == sa.literal_column("'v'", sa.Text) + sa.cast(TABLE.c.version, sa.Text),
        ),
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


def unreached(work: Work) -> list[tuple[int, int, int]]:
    """Letters, with case and version, that reached nobody and nobody was asked to mend as they stand."""
    return [(r["id"], r["case_id"], r["version"]) for r in work.records(_UNREACHED)]


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
