"""Three hazards of two units, and a parley about them."""

from guapai.people import Actor, Role
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.people.organisation import OrganisationKind
from storage.questions.scope import Scope, scope_of
from tests.actions.conftest import PLACE, Office


def scope(role: Role, organisation_id: int, kind: OrganisationKind) -> Scope:
    return scope_of(role, organisation_id, kind, PLACE)


class Parley:
    """Three hazards of two units, and a parley about them."""

    def __init__(self, office: Office, hazards: int = 3) -> None:
        self.office = office
        self.units = office.city.units[PLACE][:3]
        self.about = [
            office.listed(unit_id=self.units[nth % 2], found_on=f"2026-02-{nth + 1:02d}")
            if nth % 2 == 0
            else self._other(nth)
            for nth in range(hazards)
        ]
        facts = {"title": "粉尘会商", "place_code": f"{PLACE}100", "about": self.about}
        self.id = office.act(Role.division_chief, "call", facts, noun="parley").case_id

    def _other(self, nth: int) -> int:
        """A listed hazard of the second unit."""
        kept, self.office.unit = self.office.unit, self.units[1]
        found = self.office.listed(unit_id=self.units[1], found_on=f"2026-02-{nth + 1:02d}")
        self.office.unit = kept
        return found

    def head(self, nth: int) -> Actor:
        return self.office.city.who(Role.enterprise_head, self.units[nth])

    def hold(self, minutes: str = "已会商") -> None:
        promises = [
            {"key": f"p{nth}", "organisation_id": u, "text": f"承诺{nth}", "due_on": "2026-05-20"}
            for nth, u in enumerate(self.units[:2])
        ]
        facts = {"minutes": minutes, "promises": promises}
        self.office.act(Role.division_chief, "hold", facts, self.id, noun="parley")

    def keep(self, who: Actor, promise: str) -> None:
        facts = {"promise": promise, "done": "已完成"}
        self.office.act(who.role, "keep", facts, self.id, noun="parley", actor=who)

    def keep_with_photo(self, nth: int) -> int:
        """A photo that a unit hands in; its id."""
        facts = {"promise": f"p{nth}", "done": "已完成", "evidence": self.office.photos()}
        who = self.head(nth)
        self.office.act(who.role, "keep", facts, self.id, noun="parley", actor=who)
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            return evidence.of_case(work, self.id)[-1].id
