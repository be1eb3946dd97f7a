"""Who may make a move: the role, held today, at the organisation the move asks for."""

from collections.abc import Sequence

from actions.hand.case import Case, Row
from actions.hand.sides import organisations_of
from actions.hand.vacancy import steps_in
from guapai.errors import NotAllowed
from guapai.people import ROLE_TITLES, Actor, Role
from guapai.text import Said
from statemachines.procedure import Move, permit
from statemachines.side import ANY, OF_UNIT, SIDE


def check_any(case: Case, moves: Sequence[Move], actor: Actor, row: Row | None = None) -> None:
    """Raise NotAllowed unless the actor could make one of the moves of a name in some state.

    Asked before anything about the row is told: who may not act learns neither its state nor who
    acted last.
    """
    fitting = [m for m in moves if actor.role in m.by]
    check_permission(case, fitting[0] if fitting else moves[0], actor, row)


def check_permission(case: Case, move: Move, actor: Actor, row: Row | None = None) -> None:
    """Raise NotAllowed unless the actor holds the role, at the organisation the move asks for.

    Where nobody holds it there, or the organisation is itself to remove the hazard, the same role at
    the next level may.

    Nobody supervises the unit to which they belong themselves, whichever post they act in.
    """
    permit(move, actor.role)
    if actor.role is Role.clock:
        return
    holder = actor.on_behalf_of if actor.on_behalf_of is not None else actor.person_id
    covered = actor.on_behalf_of is None or case.stands_in
    if holder not in case.in_post or not covered:
        title = Said(ROLE_TITLES[actor.role])
        raise NotAllowed(Said("您今天不担任%(role)s，也没有代理关系", role=title))
    sides = str(move.at.get(actor.role, SIDE.get(actor.role, ANY))).split("|")
    ours = [o for s in sides for o in organisations_of(case.root, case.parties, s, row)]
    if ANY not in sides and actor.organisation_id not in ours and not steps_in(case, actor, ours):
        raise NotAllowed("没有这个案件，或不归您的单位办理")
    itself = bool(move.source) and actor.organisation_id in {case.root.unit_id} - {None}
    if (case.of_the_unit or itself) and actor.role in SIDE and actor.role not in OF_UNIT:
        raise NotAllowed(
            "您（或您所代理的人）在责任单位任职，或在本案中代表过责任单位，不能办理监管一方的事项"
        )
