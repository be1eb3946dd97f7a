"""What people do with a decision that waits, beside signing it: take it back, or send it back."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import ValidationError

from actions.act.perform import Done, done_with, find_row, key_of, replay
from actions.act.permission import check_permission
from actions.act.signature import has_signed, parked_decision
from actions.hand.case import NOT_THERE, Case, Row, open_case
from actions.hand.facts import FieldErrors, Subject, hash_facts
from actions.hand.record import Record
from guapai.errors import BadInput, Missing, Refused
from guapai.people import Actor
from guapai.text import Said
from statemachines.facts import Reasoned
from statemachines.noted import Parked
from statemachines.nouns import NOUNS, PROCEDURES
from statemachines.procedure import Move, Procedure, refusal
from storage import pending as pendings
from storage.database.work import Work
from storage.pending import Pending, PendingState

ENDS = {Parked.withdraw: PendingState.withdrawn, Parked.refuse: PendingState.refused}
"""What becomes of a decision, by what was done to it."""


def end_parked(
    work: Work,
    subject: Subject,
    name: str,
    how: Parked,
    reason: Mapping[str, object],
    actor: Actor,
    *,
    seen_version: int | None = None,
    seen_parked: int | None = None,
    key: str | None = None,
) -> Done:
    """Withdraw the decision that waits, or refuse to sign it: it ends, its row stays where it is.

    ``how`` is a key of `ENDS`: who has signed withdraws, who may sign and has not refuses; both
    say why (``reason``, as `Reasoned` reads it). The same move can then be filled in anew. Raises
    Missing, NotAllowed, BadInput, WrongState, Refused, Overtaken or KeyReused.
    """
    procedure = PROCEDURES[subject.noun]
    if not any(m.needs for m in procedure.named(name)):
        raise BadInput(Said("“%(name)s”不是须多人签署的事项", name=name))
    case_id = subject.row_id if NOUNS[subject.noun].root else subject.case_id
    if case_id is None or subject.row_id is None:
        raise Missing(NOT_THERE)
    given, said = _read(reason), f"{how}:{name}"
    fingerprint = hash_facts(subject, said, given)
    first = key_of(work, subject, said, actor, key, fingerprint)
    taken, case = open_case(work, actor, case_id, subject.noun, subject.row_id, first=first)
    if not taken:
        return replay(work, first[1], fingerprint)
    row, move = find_row(case, procedure, subject, name, actor, seen_version, signs=True)
    check_permission(case, move, actor, row)
    parked = parked_decision(case, move, row, seen_parked)
    _check_side(case, procedure, how, move, row, parked)
    record = Record(
        case=case,
        act_id=taken[0]["id"],
        event_id=work.take_id(),
        noun=procedure.noun,
        row_id=row.id,
        move=said,
        basis=move.basis,
        source=row.state,
        dest=row.state,
    )
    record.update(pendings.TABLE, Row(id=parked.id), {"state": ENDS[how]})
    record.write(given)
    return done_with(record, row)


def _read(reason: Mapping[str, object]) -> Reasoned:
    try:
        return Reasoned.model_validate(reason)
    except ValidationError as error:
        raise FieldErrors(Reasoned, error) from None


def _check_side(
    case: Case, procedure: Procedure, how: Parked, move: Move, row: Row, parked: Pending
) -> None:
    """Raise Refused unless the actor is one of those who signed, or of those who still may.

    Whom the separation of duties keeps from signing cannot refuse either; the other guards may
    well be why it is refused.
    """
    signed = has_signed(case, pendings.signatures(case.work, parked.id))
    if how is Parked.withdraw and not signed:
        raise Refused("您没有签署这份内容，不能撤回；不同意的，可以退回")
    if how is Parked.withdraw:
        return
    if signed:
        raise Refused("您（或您代理的人）已经签署，不能退回；要修改的，可以撤回")
    apart = replace(move, guards=tuple(g for g in move.guards if hasattr(g, "makers")))
    if why := refusal(apart, case.situation(procedure.noun, row, None)):
        raise Refused(why)
