"""What an organisation has to do with a case: of whom it learns nothing, and which letters are its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from guapai.people import Role
from statemachines.side import APART, FORMER, LED, OF_UNIT, UNIT
from storage.files.kind import PICTURES


@dataclass(frozen=True)
class Part:
    """The part of one organisation: ``others`` are those on its side, of whom it learns nothing.

    ``own_letters``: of the letters of the case it reads those that were written to itself.
    ``is_unit``: it has to remove the hazard, and no other part.
    """

    organisation_id: int
    others: frozenset[int]
    own_letters: bool
    is_unit: bool

    def reads(self, addressee: int | None) -> bool:
        """Whether it reads the letters to an organisation; old ones say to none."""
        return not self.own_letters or addressee == self.organisation_id

    def sees(self, file: Mapping[str, Any]) -> bool:
        """Whether it sees a file, by its kind and by who handed it in with which event.

        What came with a lead tells who gave it, by its words, its place and its device: the unit
        sees its photos, which are shown re-encoded, and nothing else.
        """
        if file["organisation_id"] in self.others:
            return False
        lead = file["row_id"] == file["case_id"] and file["source"] is None
        lead = lead and Role(file["role"]) not in OF_UNIT
        return not (self.is_unit and lead) or file["media_type"] in PICTURES


def part_of(root: Any, parties: Iterable[Mapping[str, Any]], organisation_id: int) -> Part:
    """The part of an organisation in a case, by who leads its sides and who is a party on them.

    Who had to remove the hazard before learns nothing of who has to now; who follows sees all.
    """
    joined = [(p["side"], p["organisation_id"]) for p in parties]
    led = [(s, getattr(root, c)) for s, c in LED.items()]
    leads = organisation_id in (o for _, o in led)
    apart = {s for s, o in (*joined, *led) if o == organisation_id} & APART
    hidden = apart | ({UNIT} if FORMER in apart and UNIT not in apart else set())
    there = {o for s, o in (*joined, *led) if s in hidden}
    others = frozenset(there - {None, organisation_id})
    own_letters = bool(others) or (bool(apart) and not leads)
    sides = {s for s, o in (*joined, *led) if o == organisation_id}
    return Part(organisation_id, others, own_letters, bool(sides) and sides <= {UNIT, FORMER})
