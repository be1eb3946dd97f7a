"""Who gets a letter: the holders of a role, else who leads their side, else the level above."""

from dataclasses import dataclass
from typing import Any

from guapai.clock import local_date
from guapai.people import Role
from law.rung import Rung
from statemachines.secrecy import Secrecy
from statemachines.side import ABOVE, CLIMBED, HEADS, LED, UNIT
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people import person as people

_MOST_LEVELS = 5


@dataclass(frozen=True)
class Recipient:
    """One reader. ``vacant`` says that the post meant is empty and somebody stands for it."""

    person_id: int | None
    name: str
    email: str
    vacant: bool = False


NOBODY = Recipient(None, "", "", vacant=True)
"""Nobody can be reached; the letter is suppressed and somebody has to mend the contact."""


def find_recipients(
    work: Work,
    side: str,
    role: Role,
    organisation_id: int | None,
    known: list[dict[str, Any]],
) -> list[Recipient]:
    """The readers for a role at an organisation, never an empty list.

    ``known`` are holders read already, in the shape of `storage.people.person.HOLDERS_AT`.
    """
    if organisation_id is None:
        return [NOBODY]
    here = [h for h in known if h["organisation_id"] == organisation_id]
    heads = (HEADS.get(side, role), *sorted(set(HEADS.values())))
    for wanted in (role, *heads):
        found = _reachable(here, wanted, vacant=wanted != role)
        if found:
            return found
    return _above(work, side, organisation_id)


def _reachable(holders: list[dict[str, Any]], role: Role, *, vacant: bool) -> list[Recipient]:
    standing_in = {h["absent_id"] for h in holders if h["absent_id"] is not None}
    found = {
        h["person_id"]: Recipient(h["person_id"], h["name"], h["email"], vacant)
        for h in holders
        if h["role"] == role and h["email"] and h["person_id"] not in standing_in
    }
    return list(found.values())


def _above(work: Work, side: str, organisation_id: int) -> list[Recipient]:
    """The head of the nearest organisation above that has one who can be reached."""
    heads = set(HEADS.values())
    above = organisations.get(work, organisation_id)
    for _ in range(_MOST_LEVELS):
        if above is None or above.parent_id is None:
            break
        day = local_date(work.now)
        holders = work.records(people.HOLDERS_AT, organisation_id=above.parent_id, day=day)
        for role in (HEADS.get(side), *sorted(heads)):
            found = _reachable(holders, Role(role), vacant=True) if role else []
            if found:
                return found
        above = organisations.get(work, above.parent_id)
    return [NOBODY]


def readers(duty: Any, rung: Rung) -> list[tuple[Role, int | None]]:
    """Whom a rung speaks to, each once; where a side is empty, the department stands in.

    Nobody is told of their own lateness as if they were their own superior: the next one above is.
    What is late in a hidden case climbs to nobody who has no part in it.
    """
    out: dict[tuple[Role, int | None], None] = {}
    for reader in rung.to:
        if reader.partition(".")[0] == UNIT and duty.secrecy == Secrecy.unannounced:
            continue
        found = _reader(duty, reader)
        if found is not None and found[1] is None:
            found = (Role.division_chief, duty.department_id)
        if found is not None and (found[1] is not None or duty.secrecy != Secrecy.hidden):
            out[found] = None
    return list(out)


def _reader(duty: Any, reader: str) -> tuple[Role, int | None] | None:
    owner = (Role(duty.owner_role), duty.owner_id)
    if reader == "owner":
        return owner
    if reader == "head":
        found = (HEADS.get(duty.side, owner[0]), owner[1])
    elif reader in CLIMBED:
        if duty.secrecy == Secrecy.hidden:
            return None
        found = _climbed(duty, *CLIMBED[reader])
    else:
        side, _, role = reader.partition(".")
        found = (Role(role), getattr(duty, LED[side]))
    if found != owner or duty.secrecy == Secrecy.hidden:
        return found
    return _climbed(duty, *ABOVE.get(duty.side, ("department", Role.division_chief)))


def _climbed(duty: Any, side: str, role: Role) -> tuple[Role, int | None]:
    if duty.side == "upper":
        side = {"commission": "upper", "upper": "over"}.get(side, side)
    if side == "over":
        return role, duty.over_id if duty.over_id is not None else duty.upper_id
    return role, getattr(duty, LED[side])
