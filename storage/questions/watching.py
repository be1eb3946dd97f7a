"""What tells that something does not run: rungs and letters whose time has passed, open incidents."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from statemachines.duty import DutyState
from statemachines.incident import IncidentState
from statemachines.letter import LetterState
from storage import duty, incident, letter
from storage.database.columns import word
from storage.database.statement import Question
from storage.database.work import Work

_L, _D = letter.TABLE, duty.TABLE
_NOW = sa.bindparam("now", type_=_L.c.created_at.type)
_RUNGS = Question(
    sa.select(
        sa.func.count().label("n"),
        sa.func.min(_D.c.next_rung_at, type_=_D.c.next_rung_at.type).label("since"),
    ).where(_D.c.state == word(DutyState.open), _D.c.next_rung_at < _NOW)
)
_QUEUE = Question(
    sa.select(
        sa.func.count().label("n"),
        sa.func.min(_L.c.created_at, type_=_L.c.created_at.type).label("oldest"),
        sa.func.min(
            sa.case((_L.c.next_try_at < _NOW, _L.c.next_try_at)), type_=_L.c.created_at.type
        ).label("due"),
    ).where(_L.c.state == word(LetterState.queued))
)

_INCIDENTS = Question(
    sa.select(sa.func.count().label("n")).where(incident.TABLE.c.state == word(IncidentState.open))
)


def rungs_overdue(work: Work, grace: timedelta) -> tuple[int, datetime | None]:
    """How many rungs should have fired longer ago than this, and when the first of them should."""
    (found,) = work.records(_RUNGS, now=work.now - grace)
    return int(found["n"]), found["since"]


def queue(work: Work) -> tuple[int, datetime | None, datetime | None]:
    """How many letters wait, since when the oldest does, and since when one could have gone out."""
    (found,) = work.records(_QUEUE, now=work.now)
    return int(found["n"]), found["oldest"], found["due"]


def open_incidents(work: Work) -> int:
    """How many incidents of operation are open."""
    (found,) = work.records(_INCIDENTS)
    return int(found["n"])
