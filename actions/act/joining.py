"""Who becomes a party of a case with a move, and which other cases it is about from then on."""

from collections.abc import Iterable

from pydantic import BaseModel

from actions import nouns
from actions.hand.case import NOT_THERE, Case, Row
from actions.hand.record import Record
from actions.hand.surroundings import scope_of_actor
from guapai.errors import BadInput
from guapai.people import Role
from statemachines.procedure import Move
from storage import case as cases
from storage.questions import casefile
from storage.questions.scope import Scope


def join(case: Case, record: Record, row: Row, move: Move, facts: BaseModel) -> None:
    """Write the parties and the links that a move brings; what is there already stays as it is.

    Raises BadInput for a case that is not there, or that the actor may not see: nobody learns of
    a case, or draws its unit into another one, by naming its id.
    """
    about = dict.fromkeys(nouns.about(record.noun, move.name, case, row, facts))
    known = set(cases.about(case.work, case.id)) if about and move.source else set[int]()
    _refuse_unseen(case, about.keys() - known)
    there = {(p["a"], p["n"]) for p in case.parties}
    for side, organisation_id in dict.fromkeys(
        nouns.parties(record.noun, move.name, case, row, facts)
    ):
        if (side, organisation_id) not in there:
            _write(case, record, organisation_id=organisation_id, side=side)
            case.parties.append({"a": side, "n": organisation_id})
            case.holders, case.organisations = [], {}
    for about_id in (a for a in about if a not in known):
        _write(case, record, about_id=about_id, kind=cases.ABOUT)


def _write(case: Case, record: Record, **values: object) -> None:
    table = cases.LINKS if "about_id" in values else cases.PARTIES
    head = {"id": case.work.take_id(), "case_id": case.id, "since": case.work.now}
    record.insert(table, {**head, **values})


def _refuse_unseen(case: Case, ids: Iterable[int]) -> None:
    if case.actor.role is Role.clock:
        return
    scope: Scope | None = None
    for about_id in ids:
        scope = scope or scope_of_actor(case.work, case.actor)
        if casefile.find(case.work, scope, about_id) is None:
            raise BadInput(NOT_THERE)
