"""Decisions that several people sign: parked facts, one hash, distinct natural persons."""

from typing import Any

from pydantic import BaseModel, ValidationError

from actions.hand.case import Case, Row
from actions.hand.record import Record
from guapai.errors import Overtaken, Refused
from guapai.personal import personal_fields
from guapai.text import Said
from statemachines.procedure import Move, Signatures
from storage import pending as pendings
from storage.history.event import canonical
from storage.pending import Pending, PendingState, Signature


def waiting_for(case: Case, move: Move, row: Row) -> dict[str, Any] | None:
    """The parked decision of that move about the row as it stands, if one waits."""
    waiting = case.waiting(row)
    return next((p for p in waiting if p["a"] == move.name and p["m"] == row.version), None)


_ENDED = {
    PendingState.open: "案件情况已变化，原等待签署的“%(what)s”已失效，请重新填写内容",
    PendingState.dropped: "案件情况已变化，原等待签署的“%(what)s”已失效，请重新填写内容",
    PendingState.withdrawn: "原等待签署的“%(what)s”已由签署人撤回，请重新填写内容",
    PendingState.refused: "原等待签署的“%(what)s”已被退回，请按理由修改后重新填写内容",
}
"""Why a decision can be signed no more, by what became of it; an open one is of an older row."""


def parked_decision(case: Case, move: Move, row: Row, seen: int | None = None) -> Pending:
    """The decision that waits; ``seen`` is the id of the one that the signer has read.

    Raises Refused when none waits (any more), and Overtaken when it is another one.
    """
    what = Said(move.title)
    waiting = waiting_for(case, move, row)
    last = pendings.last_of_move(case.work, row.id, move.name)
    if waiting is None or last is None:
        ended = last and _ENDED.get(last.state)
        raise Refused(Said(ended or "没有等待签署的“%(what)s”，请重新填写内容", what=what))
    if seen not in (None, last.id):
        raise Overtaken(Said("等待签署的“%(what)s”已换成另一份内容，请核对后再办", what=what))
    return last


def parked_facts(move: Move, parked: Pending) -> BaseModel:
    """What a decision that waits says; Refused when it breaks the limits of today."""
    try:
        return move.facts.model_validate_json(parked.facts)
    except ValidationError:
        what = Said(move.title)
        raise Refused(
            Said("等待签署的“%(what)s”不符合现行填写要求，请退回或撤回后重新填写内容", what=what)
        ) from None


def has_signed(case: Case, signed: list[Signature]) -> bool:
    """Whether the actor, or whom they stand in for, is among those who signed, on either side."""
    ours = {case.actor.person_id, case.actor.on_behalf_of} - {None}
    return any(ours & {s.person_id, s.behalf_of} for s in signed)


def quorum_of(case: Case, needs: Signatures) -> int:
    """How many signatures are needed: a number, or one of the rule pack."""
    if isinstance(needs.quorum, int):
        return needs.quorum
    section, key = needs.quorum.split(".")
    return int(getattr(getattr(case.pack.parameters, section), key).value)


def sign(
    case: Case, record: Record, move: Move, row: Row, facts: BaseModel, facts_hash: str
) -> int:
    """Sign a decision, parking it if it is the first signature; how many are still missing.

    Raises Refused when the person, or whom they stand in for, has signed already, or when other
    facts wait. 0 means complete; the parked row is then marked as performed.
    """
    assert move.needs is not None
    waiting = waiting_for(case, move, row)
    if waiting is not None and waiting["b"] != facts_hash:
        raise Refused(
            Said(
                "已有一份内容不同的“%(what)s”等待签署，请签署那一份，或将其退回（签署人可撤回）后重提",
                what=Said(move.title),
            )
        )
    signed = pendings.signatures(case.work, waiting["n"]) if waiting else []
    pending_id = waiting["n"] if waiting else _park(case, record, move, row, facts, facts_hash)
    if has_signed(case, signed):
        raise Refused("您（或您代理的人）已经签署，须由另一人签署")
    _write(case, record, pending_id)
    roles = {s.role for s in signed} | {case.actor.role}
    missing = max(0, quorum_of(case, move.needs) - len(signed) - 1)
    if not missing and move.needs.leaders and not roles & move.needs.leaders:
        missing = 1
    if not missing:
        record.update(pendings.TABLE, Row(id=pending_id), {"state": "performed"})
        case.pending = [p for p in case.pending if p["n"] != pending_id]
    return missing


def _park(
    case: Case, record: Record, move: Move, row: Row, facts: BaseModel, facts_hash: str
) -> int:
    pending_id = case.work.take_id()
    record.insert(
        pendings.TABLE,
        {
            "id": pending_id,
            "case_id": case.id,
            "noun": record.noun,
            "row_id": row.id,
            "version": row.version,
            "move": move.name,
            "facts": canonical(facts.model_dump(mode="json")),
            "facts_hash": facts_hash,
            "state": "open",
            "opened_at": case.work.now,
        },
        personal=frozenset({"facts"} if personal_fields(type(facts)) else ()),
    )
    return pending_id


def _write(case: Case, record: Record, pending_id: int) -> None:
    actor = case.actor
    record.insert(
        pendings.SIGNATURES,
        {
            "id": case.work.take_id(),
            "case_id": case.id,
            "pending_id": pending_id,
            "person_id": actor.person_id,
            "behalf_of": actor.on_behalf_of,
            "role": actor.role.value,
            "organisation_id": actor.organisation_id,
            "at": case.work.now,
        },
    )
