"""Decisions that several people sign: parked facts, one hash, distinct natural persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from actions.hand.case import Case, Row
from actions.hand.record import Record
from guapai.errors import Overtaken, Refused
from guapai.people import ROLE_TITLES, Role
from guapai.personal import personal_fields
from guapai.text import Said, joined
from statemachines.procedure import Among, Move, Procedure, Signatures
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


def _number(case: Case, said: int | str) -> int:
    """A number, or the one that is so called in the rule pack."""
    if isinstance(said, int):
        return said
    section, key = said.split(".")
    return int(getattr(getattr(case.pack.parameters, section), key).value)


@dataclass(frozen=True)
class Lack:
    """Who has yet to sign: at least so many ``people``, and of which kinds how many."""

    people: int
    kinds: tuple[tuple[Among, int], ...] = ()

    @property
    def said(self) -> str:
        """It in words."""
        kinds = [Said("%(who)s%(n)d人", who=_called(k), n=n) for k, n in self.kinds]
        if not kinds:
            return Said("还差%(n)d人签署", n=self.people)
        return Said("还缺：%(whom)s", whom=joined("%(before)s、%(next)s", kinds))


def _called(kind: Among) -> str:
    if kind.certified:
        return Said("持证执法人员")
    roles = [Said(ROLE_TITLES[r]) for r in Role if r in kind.roles]
    return joined("%(before)s或%(next)s", roles)


Signer = tuple[int, Role, int | None]
"""Who signed, in which role, for which organisation."""


def lack_of(case: Case, needs: Signatures, signed: Sequence[Signature], *more: Signer) -> Lack:
    """Who is missing among the people that have signed, and those who sign just now."""
    signers = [(s.person_id, Role(s.role), s.organisation_id) for s in signed] + [*more]
    kinds = []
    for kind in needs.kinds:
        there = [s for s in signers if s[1] in kind.roles]
        if kind.certified:
            there = [s for s in there if case.is_officer(s[2], s[0])]
        if (left := _number(case, kind.least) - len(there)) > 0:
            kinds.append((kind, left))
    apart, least = set[Role](), 0  # of kinds that share a role one person may stand for both
    for kind, left in kinds:
        if kind.roles.isdisjoint(apart):
            apart, least = apart | kind.roles, least + left
    most = max((left for _, left in kinds), default=0)
    people = max(_number(case, needs.quorum) - len(signers), least, most)
    return Lack(people, tuple(kinds)) if people > 0 else Lack(0)


def check_opposite(case: Case, procedure: Procedure, move: Move, row: Row) -> None:
    """Raise Refused for who has signed the opposite about the row as it stands.

    Who has come to think otherwise withdraws what they signed first, and says why.
    """
    for waiting in case.waiting(row):
        if waiting["m"] != row.version or waiting["a"] not in procedure.opposites(move):
            continue
        if has_signed(case, pendings.signatures(case.work, waiting["n"])):
            title = procedure.named(waiting["a"])[0].title
            raise Refused(
                Said(
                    "您（或您代理的人）已签署“%(what)s”，不能又办理“%(other)s”；改变意见的，请先撤回并说明理由",
                    what=Said(title),
                    other=Said(move.title),
                )
            )


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
    actor = case.actor
    assert actor.person_id is not None
    me = (actor.person_id, actor.role, actor.organisation_id)
    missing = lack_of(case, move.needs, signed, me).people
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
