"""Duties follow the sides of their case: to another authority as they are, to another unit anew."""

from actions.act.duty import close
from actions.act.steps import ladder, still_owed, write_rung
from actions.hand.case import Case, Row
from actions.hand.record import Record
from actions.hand.sides import organisation_of
from statemachines.side import LED, UNIT
from storage import duty as duties
from storage.database.columns import names_of


def hand_over(case: Case, record: Record, but: set[str]) -> None:
    """Give the open duties to the organisations the case has now (a new unit, a higher level).

    ``but`` are kinds that the move itself opens or ends.
    """
    for duty in list(case.duties):
        owner = organisation_of(case.root, case.parties, duty.side)
        if duty.side not in LED or owner == duty.owner_id or _named(case, duty):
            continue
        if duty.side != UNIT or duty.owner_id is None:
            record.update(duties.TABLE, duty, {"owner_id": owner})
        elif duty.kind not in but:
            _pass_on(case, record, duty, owner)


def _named(case: Case, duty: Row) -> bool:
    """Whether a duty belongs to a party, and not to whoever leads its side."""
    return any(p["n"] == duty.owner_id and p["a"] == duty.side for p in case.parties)


def _pass_on(case: Case, record: Record, duty: Row, owner: int | None) -> None:
    """The same duty of somebody else by the same day: what was left undone stays with who left it."""
    old = {name: getattr(duty, name) for name in names_of(duties.TABLE)}
    close(case, record, duty, "replaced")
    item, _, _ = duty.slot.rpartition("v")
    new_id = case.work.take_id()
    calendar, now = case.calendar, case.work.now
    past, coming = ladder(case.pack, duty.kind, duty.anchor, duty.due_at, calendar, now)
    owing = still_owed(past, duty.due_at)
    coming, past = owing + coming, [step for step in past if step not in owing]
    open_still = old["state"] == "open"
    changed = {
        "id": new_id,
        "slot": f"{item}v{case.root.version}",
        "owner_id": owner,
        "opened_at": now,
        "next_rung_at": coming[0][0] if coming and open_still else None,
    }
    case.duties.append(record.insert(duties.TABLE, {**old, **changed}))
    for _, rung in past:
        write_rung(case, new_id, rung, "passed")
