"""Posts that nobody holds or may use: the next level acts, so that somebody can (domain.md §15.5)."""

from actions.hand.case import Case
from guapai.people import Actor
from law.place import above
from statemachines.side import OF_UNIT
from storage.people import organisation as organisations


def steps_in(case: Case, actor: Actor, sides: list[int]) -> bool:
    """Whether the actor holds the post at the next level whose counterpart here cannot act.

    It is vacant, or its organisation is the one that has to remove the hazard. The next level is
    the organisation of the same kind and sector at the place above. Nobody steps in for the unit.
    """
    if actor.role in OF_UNIT or actor.organisation_id is None:
        return False
    theirs = organisations.get(case.work, actor.organisation_id)
    for organisation_id in sides:
        below = organisations.get(case.work, organisation_id)
        if theirs is None or below is None or theirs.kind != below.kind:
            continue
        if theirs.place_code[:6] != above(below.place_code):
            continue
        if organisation_id == case.root.unit_id or case.is_vacant(organisation_id, actor.role):
            found = organisations.at_place(
                case.work, below.kind, theirs.place_code, below.sector or ""
            )
            return found is not None and found.id == theirs.id
    return False
