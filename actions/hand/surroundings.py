"""What lies outside a case: organisations, and other cases as far as the actor may see them."""

from dataclasses import dataclass

from guapai.people import Actor, Role
from statemachines.secrecy import Secrecy
from statemachines.side import OF_UNIT
from statemachines.situation import Body, Other
from storage import hazard as hazards
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.questions import casefile
from storage.questions.scope import ALL, NONE, Scope, scope_of


@dataclass(frozen=True)
class Surroundings:
    """Looks up what a guard asks beyond its case, in the eyes of an actor."""

    work: Work
    actor: Actor

    def body(self, organisation_id: int) -> Body | None:
        """The organisation with that id."""
        found = organisations.get(self.work, organisation_id)
        if found is None:
            return None
        return Body(
            id=found.id,
            kind=found.kind.value,
            name=found.name,
            sector=found.sector,
            place_code=found.place_code,
        )

    def case(self, case_id: int) -> Other | None:
        """The case with that id, if the actor may see it."""
        found = casefile.find(self.work, scope_of_actor(self.work, self.actor), case_id)
        return found and Other(
            id=found.id, noun=found.noun, number=found.number, state=str(found.state)
        )

    def alike(self, identity: str) -> list[Other]:
        """The live hazards of an identity; a unit is not told of what it does not know yet."""
        theirs = self.actor.role in OF_UNIT
        return [
            Other(id=h.id, noun=h.noun, number=h.number, state=h.state.value)
            for h in hazards.identified(self.work, identity)
            if h.closed_at is None and (h.secrecy == Secrecy.open or not theirs)
        ]


def scope_of_actor(work: Work, actor: Actor) -> Scope:
    """What an actor may see, in the post in which they act."""
    if actor.role is Role.clock:
        return ALL
    home = organisations.get(work, actor.organisation_id or 0)
    return NONE if home is None else scope_of(actor.role, home.id, home.kind, home.place_code)
