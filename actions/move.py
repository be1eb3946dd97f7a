"""One row moves: fire, apply the facts, settle duties, move the related rows, write, tell."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel

from actions import deferral, hazard, listing
from actions.case import Case, Row
from actions.duty import hand_over, open_kind, settle
from actions.letter import read_people, write_letters
from actions.paper import issue_paper
from actions.recipients import SIDES
from actions.record import Record
from guapai.errors import BadInput
from statemachines.duty import DUTIES
from statemachines.procedure import Move, Procedure
from statemachines.procedures import PROCEDURES
from storage import case as cases
from storage import duty as duties
from storage import evidence
from storage import pending as pendings
from storage.columns import defaults

_COMPUTED: dict[str, Mapping[str, Callable[[Case, Row, Any], dict[str, Any]]]] = {
    "hazard": hazard.COMPUTED,
    "listing": listing.COMPUTED,
    "deferral": deferral.COMPUTED,
}
_CARRIED: dict[tuple[str, str], Callable[[Case, Row, Any], dict[str, Any]]] = {
    ("hazard", "extend_term"): deferral.extension,
    ("hazard", "change_supervision"): listing.supervision,
}
_RELATED = {
    "listing_proposed": ("listing", ("proposed",)),
    "listing_on": ("listing", ("listed",)),
    "deferral_open": ("deferral", ("applied", "endorsed")),
}
"""Relations a move may name in ``then``, as a noun and the states of the rows meant."""


def needs_related(noun: str, move: Move) -> bool:
    """Whether a move touches other rows of its case than the hazard."""
    return noun != "hazard" or bool(move.then or move.papers)


def move_row(
    case: Case,
    act_id: int,
    procedure: Procedure,
    row: Row,
    move: Move,
    facts: BaseModel,
    *,
    before: Callable[[Record], None] | None = None,
) -> Record:
    """Take one row through one move, with all that follows from it; answers the event written.

    ``before`` may add to the event what belongs to the same act (a signature, a rung).
    Raises Refused with the guard's sentence.
    """
    source = row.state if move.source else None
    procedure.fire(row, move, case.situation(row, facts))
    record = Record(
        case=case,
        act_id=act_id,
        event_id=case.work.take_id(),
        noun=procedure.noun,
        row_id=row.id,
        move=move.name,
        basis=move.basis,
        source=source,
        dest=str(row.state),
    )
    if before is not None:
        before(record)
    _apply(case, record, procedure, row, move, facts)
    _drop_pending(case, record, row)
    final = bool(move.dest) and row.state in procedure.final
    settle(case, record, move, row, facts, final=final)
    _take_evidence(case, record, facts)
    _start_children(case, record, move, facts)
    _move_related(case, record, move, facts)
    _tell(case, record, move, facts)
    record.write(facts)
    return record


def _apply(
    case: Case, record: Record, procedure: Procedure, row: Row, move: Move, facts: BaseModel
) -> None:
    table = cases.table_of(procedure.noun)
    values: dict[str, Any] = {"state": str(row.state), "version": row.version + 1}
    values |= kept(move, facts, table)
    values |= dict(move.sets)
    compute = _COMPUTED[procedure.noun].get(move.name)
    if compute is not None:
        values |= compute(case, row, facts)
    if not move.source:
        for name, value in values.items():
            setattr(row, name, value)
        record.insert(table, vars(row))
        return
    overtaken = "这一行刚刚被别人修改，请刷新后再办"
    before = {c: getattr(row, c, None) for c in (*SIDES.values(), "deadline")}
    record.update(table, row, values, where="version", guarded=overtaken)
    if procedure.noun == "hazard":
        _follow(case, record, row, move, before)


def _follow(case: Case, record: Record, row: Row, move: Move, before: dict[str, Any]) -> None:
    """Duties follow their hazard: to its new organisations, and to its new date."""
    if any(getattr(row, c) != before[c] for c in SIDES.values()):
        hand_over(case, record)
        case.holders, case.organisations = [], {}
    if row.deadline == before["deadline"]:
        return
    dated = [d for d in case.duties if DUTIES[d.kind].dated_by == "deadline"]
    for duty in dated:
        if duty.kind not in (*move.meets, *move.replaces, *move.cancels):
            record.update(
                duties.TABLE,
                duty,
                {"state": "replaced", "closed_at": case.work.now, "next_rung_at": None},
            )
            case.duties.remove(duty)
            open_kind(case, record, row, duty.kind)


def kept(move: Move, facts: BaseModel, table: sa.Table) -> dict[str, Any]:
    """The facts that become columns: those that have a column of their name and a value."""
    out: dict[str, Any] = {}
    for name in type(facts).model_fields:
        value = getattr(facts, name)
        if name not in table.columns or value is None:
            continue
        if move.keeps is None or name in move.keeps:
            out[name] = "\n".join(value) if isinstance(value, tuple) else value
    return out


def _drop_pending(case: Case, record: Record, row: Row) -> None:
    """A decision that waits for signatures was about the row as it stood before."""
    for waiting in case.pending:
        record.update(pendings.TABLE, Row(id=waiting["n"]), {"state": "dropped"})
    case.pending = []


def _take_evidence(case: Case, record: Record, facts: BaseModel) -> None:
    for item in getattr(facts, "evidence", ()):
        if not evidence.is_stored(case.work, item.file):
            raise BadInput("附件尚未上传完成，请重新上传后再提交")
        if item.supersedes is not None and not evidence.is_in(
            case.work, item.supersedes, case.hazard.id
        ):
            raise BadInput("要替代的附件不在本案中，请重新选择")
        record.subjects.append(("evidence", case.work.take_id()))
    taken = [s[1] for s in record.subjects if s[0] == "evidence"]
    record.after = [
        (
            evidence.TABLE,
            {
                "id": evidence_id,
                "case_id": case.hazard.id,
                "event_id": record.event_id,
                "file": item.file,
                "kind": item.kind.value,
                "caption": item.caption,
                "point": item.point,
                "supersedes": item.supersedes,
            },
        )
        for evidence_id, item in zip(taken, getattr(facts, "evidence", ()), strict=True)
    ]


def _start_children(case: Case, record: Record, move: Move, facts: BaseModel) -> None:
    for noun, name in move.starts:
        procedure = PROCEDURES[noun]
        birth = procedure.birth(name)
        row = new_row(case, noun)
        move_row(case, record.act_id, procedure, row, birth, carried(case, noun, birth, row, facts))
        record.subjects.append((noun, row.id))


def new_row(case: Case, noun: str) -> Row:
    """A child row of the case, about to be born."""
    table = cases.table_of(noun)
    row = Row(**defaults(table))
    row.id, row.version, row.hazard_id = case.work.take_id(), 0, case.hazard.id
    return row


def _move_related(case: Case, record: Record, move: Move, facts: BaseModel) -> None:
    for relation, name in move.then:
        noun, rows = _related(case, relation)
        procedure = PROCEDURES[noun]
        for row in rows:
            child = procedure.move(name, row.state)
            given = carried(case, noun, child, row, facts)
            move_row(case, record.act_id, procedure, row, child, given)
            record.subjects.append((noun, row.id))


def _related(case: Case, relation: str) -> tuple[str, list[Row]]:
    if relation == "hazard":
        return "hazard", [case.hazard]
    noun, states = _RELATED[relation]
    return noun, [r for r in case.related[noun] if r.state in states]


def carried(case: Case, noun: str, move: Move, row: Row, facts: BaseModel) -> BaseModel:
    """The facts of a related row's move: those of the same names, and what is computed."""
    compute = _CARRIED.get((noun, move.name))
    if compute is not None:
        return move.facts.model_validate(compute(case, row, facts))
    wanted = move.facts.model_fields
    return move.facts.model_validate(
        {n: getattr(facts, n) for n in type(facts).model_fields if n in wanted}
    )


def _tell(case: Case, record: Record, move: Move, facts: BaseModel) -> None:
    if not (move.letters or move.papers):
        return
    if not case.organisations:
        read_people(case)
    paper_id = None
    for template in move.papers:
        paper_id = issue_paper(case, record, template)
    write_letters(case, record, move.letters, facts, paper_id)
