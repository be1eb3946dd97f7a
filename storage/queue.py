"""The queue of the post: which letters are due, who has taken them, and who left them lying.

Nobody here waits for a letter while holding another one: all locks skip what is locked.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from statemachines.letter import LetterState
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.letter import TABLE, Letter
from storage.paper import TABLE as PAPERS
from storage.paper import PaperState
from storage.way import TABLE as WAYS

_NOW = sa.bindparam("now", type_=TABLE.c.next_try_at.type)
_EARLIER = TABLE.alias("earlier")
_HELD = [word(LetterState.claimed), word(LetterState.sending)]


def _printed(letter: Any) -> sa.ColumnElement[bool]:
    """A letter does not wait for a paper that is still to be printed."""
    return sa.or_(
        letter.c.paper_id.is_(None),
        sa.exists().where(
            PAPERS.c.id == letter.c.paper_id, PAPERS.c.state == word(PaperState.sealed)
        ),
    )


# What a person hears of a case comes in the order in which it was written, also when an earlier
# letter had to wait. One that waits for its paper holds nobody up.
_IN_TURN = ~sa.exists().where(
    _EARLIER.c.case_id == TABLE.c.case_id,
    _EARLIER.c.recipient == TABLE.c.recipient,
    _EARLIER.c.id < TABLE.c.id,
    _EARLIER.c.state.in_([word(LetterState.queued), *_HELD]),
    _printed(_EARLIER),
)
_DUE = (
    TABLE.c.state == word(LetterState.queued),
    TABLE.c.next_try_at <= _NOW,
    _printed(TABLE),
    _IN_TURN,
)
_PAUSED = sa.exists().where(WAYS.c.domain == TABLE.c.domain, WAYS.c.paused_until > _NOW)
_ORDER = (TABLE.c.statutory.desc(), TABLE.c.next_try_at, TABLE.c.id)


def _claim(*conditions: sa.ColumnElement[bool]) -> Question:
    """Take up to so many letters that are due and meet the conditions; statutory ones first."""
    ready = (
        sa.select(TABLE.c.id)
        .where(*_DUE, *conditions)
        .order_by(*_ORDER)
        .limit(sa.bindparam("most", type_=sa.Integer))
        .with_for_update(skip_locked=True, of=TABLE)
    )
    return Question(
        sa.update(TABLE)
        .where(TABLE.c.id.in_(ready.scalar_subquery()))
        .values(
            state=LetterState.claimed,
            token=sa.bindparam("token"),
            lease_until=sa.bindparam("lease_until", type_=TABLE.c.lease_until.type),
        )
        .returning(*TABLE.c)
    )


_FREE = _claim(TABLE.c.suspect.is_(None), ~sa.exists().where(WAYS.c.domain == TABLE.c.domain))
_BEHIND = _claim(TABLE.c.suspect.is_(None), TABLE.c.domain == sa.bindparam("domain"))
_SUSPECTS = _claim(TABLE.c.suspect == sa.bindparam("suspect"), ~_PAUSED)
_NEXT_SUSPECT = Question(
    sa.select(TABLE.c.suspect)
    .where(*_DUE, TABLE.c.suspect.is_not(None), ~_PAUSED)
    .order_by(*_ORDER)
    .limit(1)
)
_KEEP = Question(
    sa.update(TABLE)
    .where(TABLE.c.token == sa.bindparam("w_token"), TABLE.c.state == word(LetterState.claimed))
    .values(lease_until=sa.bindparam("until", type_=TABLE.c.lease_until.type))
    .returning(TABLE.c.id)
)
_HOLDERS = Question(
    sa.select(sa.func.count(TABLE.c.token.distinct()).label("n")).where(
        TABLE.c.state.in_(_HELD), TABLE.c.domain == sa.bindparam("domain")
    )
)
_LAPSED = Question(
    sa.select(TABLE.c.token, sa.func.count().label("letters"))
    .where(TABLE.c.state.in_(_HELD))
    .group_by(TABLE.c.token)
    .having(sa.func.max(TABLE.c.lease_until) < _NOW)
    .order_by(sa.func.min(TABLE.c.id))
    .limit(200)
)
_OF_BATCH = Question(
    sa.select(
        *(TABLE.c[c] for c in ("id", "state", "deaths", "token", "suspect")),
        TABLE.c.mime.is_(None).label("unsealed"),
    )
    .where(
        TABLE.c.token.is_not_distinct_from(sa.bindparam("token", type_=sa.Text)),
        TABLE.c.state.in_(_HELD),
        TABLE.c.lease_until < _NOW,
    )
    .order_by(TABLE.c.id)
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
_EARLY = (
    sa.select(TABLE.c.id)
    .where(
        TABLE.c.recipient == sa.bindparam("w_recipient"),
        TABLE.c.state.in_([word(LetterState.queued), *_HELD]),  # as the index says it
        TABLE.c.state == word(LetterState.queued),
        TABLE.c.next_try_at < sa.bindparam("until", type_=TABLE.c.next_try_at.type),
    )
    .with_for_update(skip_locked=True)  # who claims one just now will hear the same
)
_POSTPONE = Question(
    sa.update(TABLE)
    .where(TABLE.c.id.in_(_EARLY.scalar_subquery()))
    .values(next_try_at=sa.bindparam("until", type_=TABLE.c.next_try_at.type))
    .returning(TABLE.c.id)
)


class Lapsed(SQLModel):
    """A letter whose sender has fallen silent."""

    id: int
    state: LetterState
    deaths: int
    token: str | None
    suspect: str | None
    unsealed: bool


def claim(work: Work, token: str, lease: timedelta, most: int) -> list[Letter]:
    """Take letters that are due: none that is under suspicion, none whose domain goes slowly."""
    return _taken(work, _FREE, token, lease, most)


def claim_behind(work: Work, token: str, lease: timedelta, most: int, domain: str) -> list[Letter]:
    """Take letters that are due to a domain that goes slowly."""
    return _taken(work, _BEHIND, token, lease, most, domain=domain)


def claim_suspects(work: Work, token: str, lease: timedelta, most: int) -> list[Letter]:
    """Take the next group of letters one of which may have ended a sender; no others with them."""
    for row in work.records(_NEXT_SUSPECT, now=work.now):
        return _taken(work, _SUSPECTS, token, lease, most, suspect=row["suspect"])
    return []


def _taken(
    work: Work, question: Question, token: str, lease: timedelta, most: int, **more: str
) -> list[Letter]:
    until = work.now + lease
    given: dict[str, Any] = {"now": work.now, "most": most, "token": token, "lease_until": until}
    rows = work.ask(question, Letter, **given, **more)
    return sorted(rows, key=lambda r: (not r.statutory, r.next_try_at, r.id))


def keep(work: Work, token: str, until: datetime) -> set[int]:
    """Hold on to what was claimed under a token; the ids of the letters that are still ours."""
    return {r["id"] for r in work.records(_KEEP, w_token=token, until=until)}


def holders(work: Work, domain: str) -> int:
    """How many lines hold letters to a domain."""
    return int(work.records(_HOLDERS, domain=domain)[0]["n"])


def lapsed(work: Work) -> list[tuple[str | None, int]]:
    """The tokens of batches whose senders have fallen silent, and how many letters each holds."""
    return [(r["token"], r["letters"]) for r in work.records(_LAPSED, now=work.now)]


def take_up(work: Work, token: str | None, letters: int) -> list[Lapsed]:
    """All so many letters of a batch that lapsed, locked; none when its sender is not silent.

    Half a batch would look like a letter that was alone. Nobody is waited for: who holds a lock on
    one of them is writing it down, and letters are otherwise locked in no common order.
    """
    found = work.ask(_OF_BATCH, Lapsed, token=token, now=work.now)
    return found if len(found) == letters else []


def repeatable(work: Work, before: datetime) -> list[int]:
    """Statutory letters of unknown end, not yet sent again, that ended before an instant."""
    return [r["id"] for r in work.records(_REPEATABLE, before=before)]


def postpone(work: Work, recipient: str, until: datetime) -> None:
    """No letter to an address is tried before an instant."""
    work.records(_POSTPONE, w_recipient=recipient, until=until)
