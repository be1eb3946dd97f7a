"""The ladder of a duty as steps in time: those past by now, those to come, and which are still owed."""

from datetime import datetime

from actions.hand.case import Case
from law.calendar import Calendar
from law.pack import Pack
from law.rung import Rung
from storage import duty as duties


def write_rung(case: Case, duty_id: int, rung: Rung, outcome: str) -> None:
    """Note that a rung needs no more attention."""
    case.work.insert(
        duties.RUNGS,
        {"duty_id": duty_id, "rung": rung.id, "outcome": outcome, "at": case.work.now},
    )


Instants = list[tuple[datetime, Rung]]


def still_owed(past: Instants, end: datetime) -> Instants:
    """Of the rungs already past after the last day: all that do something, and the last that tells."""
    after = [step for step in past if step[0] >= end]
    telling = [step for step in after if step[1].effect in ("send", "flag")]
    return [s for s in after if s not in telling or s is telling[-1]]


def ladder(
    pack: Pack, kind: str, anchor: datetime, end: datetime, calendar: Calendar, now: datetime
) -> tuple[Instants, Instants]:
    """The rungs of a duty with their instants, in order: those past by now, and those to come.

    There is always one to come: what is late climbs until it is done.
    """
    steps = [step for r in pack.rungs(kind) for step in r.times(anchor, end, calendar, now)]
    steps.sort(key=lambda step: step[0])
    return [s for s in steps if s[0] <= now], [s for s in steps if s[0] > now]
