"""Counts over the whole database, for the demo and for reports."""

from dataclasses import dataclass

import sqlalchemy as sa

from storage import deferral, duty, hazard, letter, listing
from storage.database.work import Work
from storage.history import event


@dataclass(frozen=True)
class Figures:
    """How much of everything there is."""

    hazards: int
    listed: int
    closed: int
    overdue: int
    events: int
    duties_opened: int
    duties_met: int
    rungs_fired: int
    letters_sent: int
    letters_failed: int
    letters_uncertain: int
    deferrals: int
    upgrades: int


def figures(work: Work) -> Figures:
    """Count what there is now."""

    def count(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
        statement = sa.select(sa.func.count()).select_from(table).where(*conditions)
        return int(work.execute(statement).scalar() or 0)

    h, d, le = hazard.TABLE, duty.TABLE, letter.TABLE
    return Figures(
        hazards=count(h),
        listed=count(listing.TABLE, listing.TABLE.c.listed_at.is_not(None)),
        closed=count(h, h.c.state == "closed"),
        overdue=count(d, d.c.state == "open", d.c.due_at <= work.now),
        events=count(event.TABLE),
        duties_opened=count(d),
        duties_met=count(d, d.c.state == "met"),
        rungs_fired=count(duty.RUNGS, duty.RUNGS.c.outcome == "fired"),
        letters_sent=count(le, le.c.state == "sent"),
        letters_failed=count(le, le.c.state.in_(["failed", "suppressed"])),
        letters_uncertain=count(le, le.c.state == "uncertain"),
        deferrals=count(deferral.TABLE),
        upgrades=count(listing.TABLE, listing.TABLE.c.upgraded_at.is_not(None)),
    )
