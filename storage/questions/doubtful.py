"""Letters that may have gone out after a pack was made: those that were still on their way in it."""

import sqlalchemy as sa

from statemachines.letter import LetterState
from storage.case import TABLE as CASES
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work
from storage.letter import TABLE as LETTERS
from storage.questions.verification import Record

_UNDER_WAY = [word(s) for s in (LetterState.queued, LetterState.claimed, LetterState.sending)]
_L = LETTERS.c
_DOUBTFUL = Question(
    sa.select(
        *(_L.id, CASES.c.number, _L.kind, _L.statutory, _L.recipient_name, _L.recipient),
        *(_L.subject, _L.state, _L.created_at, _L.message_id),
    )
    .select_from(LETTERS.outerjoin(CASES, CASES.c.id == _L.case_id))
    .where(_L.state.in_(_UNDER_WAY), _L.id > sa.bindparam("after"))
    .order_by(_L.id)
    .limit(1000)
)


def letters(work: Work) -> list[Record]:
    """All letters that are on their way, statutory ones marked, in the order of their making."""
    found: list[Record] = []
    while page := work.records(_DOUBTFUL, after=found[-1]["id"] if found else 0):
        found += page
    return found
