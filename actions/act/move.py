"""One row moves: fire, apply the facts, settle duties, move the related rows, write, tell."""

from collections.abc import Callable
from functools import cache
from typing import Any

from pydantic import BaseModel

from actions import nouns
from actions.act.duty import replace, settle
from actions.act.handover import hand_over
from actions.act.joining import join
from actions.hand.case import Case, Row
from actions.hand.record import Record
from actions.letter import read_people, write_letters
from actions.paper import issue_paper
from guapai.errors import BadInput
from statemachines.nouns import KNOWN_DUTIES, NOUNS, PAPERS, PROCEDURES
from statemachines.procedure import Move, Procedure, relation_of
from statemachines.secrecy import Secrecy
from statemachines.side import LED
from storage import case as cases
from storage import pending as pendings
from storage.database.columns import defaults, names_of
from storage.files import evidence
from storage.nouns import TABLES, columns_of, tables_of

OVERTAKEN = "这一行刚刚被别人修改，请刷新后再办"


@cache
def reads(noun: str, name: str) -> frozenset[str]:
    """The nouns whose rows of the case a move may reach, in one step or in several."""
    found: set[str] = set()
    left, seen = [*PROCEDURES[noun].named(name)], set[tuple[str, str]]()
    while left:
        move = left.pop()
        found |= {n for p in move.papers for n in PAPERS[p].reads}
        for relation, name in move.then:
            noun, group = relation_of(relation)
            if group:
                found.add(noun)
            if (noun, name) not in seen:
                seen.add((noun, name))
                left += PROCEDURES[noun].named(name)
    return frozenset(found)


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
    procedure.fire(row, move, case.situation(procedure.noun, row, facts))
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
    join(case, record, row, move, facts)
    drop_pending(case, record, row)
    final = bool(move.dest) and row.state in procedure.final
    settle(case, record, move, row, facts, final=final)
    _take_evidence(case, record, facts)
    _start_children(case, record, move, facts)
    _move_related(case, record, move, facts)
    _tell(case, record, move, row, facts)
    record.write(facts)
    return record


def _apply(
    case: Case, record: Record, procedure: Procedure, row: Row, move: Move, facts: BaseModel
) -> None:
    values: dict[str, Any] = {"state": str(row.state), "version": row.version + 1}
    values |= kept(move, facts, columns_of(procedure.noun))
    values |= dict(move.sets)
    compute = nouns.computed(procedure.noun, move.name)
    if compute is not None:
        values |= compute(case, row, facts)
    if not move.source:
        _insert(case, record, procedure.noun, row, values)
        return
    if not NOUNS[procedure.noun].folded:
        was = {"id": row.id, "state": record.source, "version": row.version}
        case.work.update(TABLES[procedure.noun], was, values, guarded=OVERTAKEN)
        row.version += 1
        return
    changed = {n: getattr(row, n) for n, v in values.items() if v != getattr(row, n, None)}
    _update(record, procedure.noun, row, values)
    standing = {"state": values["state"], "version": values["version"]}
    case.work.update(cases.STANDINGS, {"row_id": row.id}, standing)
    if NOUNS[procedure.noun].root:
        _follow(case, record, row, move, changed)


def _insert(case: Case, record: Record, noun: str, row: Row, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    for table in tables_of(noun):
        record.insert(table, vars(row))
    case.work.insert(
        cases.STANDINGS,
        {
            "row_id": row.id,
            "case_id": case.id,
            "noun": noun,
            "state": str(row.state),
            "version": row.version,
        },
    )


def _update(record: Record, noun: str, row: Row, values: dict[str, Any]) -> None:
    """New values of a row: those of its noun, and those that stand with its case."""
    own, names = TABLES[noun], names_of(TABLES[noun])
    if NOUNS[noun].root:
        head = {n: v for n, v in values.items() if n in names_of(cases.TABLE) and n not in names}
        if head or values["state"] != record.source:
            record.update(cases.TABLE, row, {**head, "state": values["state"]})
    mine = {n: v for n, v in values.items() if n in names}
    record.update(own, row, mine, where="version", guarded=OVERTAKEN)


def _follow(case: Case, record: Record, row: Row, move: Move, changed: dict[str, Any]) -> None:
    """Duties follow their root: to its new organisations, its new date, its corrected service.

    ``changed`` are the columns with what they said before. What counts from another moment (a plan
    that was sent back) does not move when service is corrected.
    """
    touched = {*move.opens, *move.may_open, *move.meets, *move.replaces, *move.cancels}
    if not changed.keys().isdisjoint(LED.values()):
        hand_over(case, record, touched)
        case.holders, case.organisations = [], {}
    for duty in [d for d in case.duties if d.row_id == row.id and d.kind not in touched]:
        kind = KNOWN_DUTIES[duty.kind]
        if kind.dated_by in changed or (
            kind.anchored_on in changed and duty.anchor == changed[kind.anchored_on]
        ):
            replace(case, record, row, duty)


def kept(move: Move, facts: BaseModel, columns: frozenset[str]) -> dict[str, Any]:
    """The facts that become columns: those that have a column of their name and a value."""
    out: dict[str, Any] = {}
    for name in type(facts).model_fields:
        value = getattr(facts, name)
        if value is None or name not in columns:
            continue
        if move.keeps is None or name in move.keeps:
            out[name] = "\n".join(value) if isinstance(value, tuple) else value
    return out


def drop_pending(case: Case, record: Record, row: Row) -> None:
    """A decision that waits for signatures was about the row as it stood before."""
    for waiting in case.waiting(row):
        record.update(pendings.TABLE, Row(id=waiting["n"]), {"state": "dropped"})
        case.pending.remove(waiting)


def _take_evidence(case: Case, record: Record, facts: BaseModel) -> None:
    for item in getattr(facts, "evidence", ()):
        if not evidence.is_stored(case.work, item.file):
            raise BadInput("附件尚未上传完成，请重新上传后再提交")
        if item.supersedes is not None and not evidence.is_in(case.work, item.supersedes, case.id):
            raise BadInput("要替代的附件不在本案中，请重新选择")
        evidence_id = case.work.take_id()
        record.subjects.append(("evidence", evidence_id))
        record.insert_after(
            evidence.TABLE,
            {
                "id": evidence_id,
                "case_id": case.id,
                "event_id": record.event_id,
                "file": item.file,
                "kind": item.kind.value,
                "caption": item.caption,
                "point": item.point,
                "supersedes": item.supersedes,
            },
        )


def _start_children(case: Case, record: Record, move: Move, facts: BaseModel) -> None:
    for noun, name in move.starts:
        procedure = PROCEDURES[noun]
        birth = procedure.birth(name)
        row = new_row(case, noun)
        given = carried(case, record.noun, noun, birth, row, facts)
        move_row(case, record.act_id, procedure, row, birth, given)
        record.subjects.append((noun, row.id))


def new_row(case: Case, noun: str) -> Row:
    """A row of a noun under the root of the case, about to be born."""
    row = Row(**defaults(TABLES[noun]))
    row.id, row.version, row.case_id = case.work.take_id(), 0, case.id
    return row


def _move_related(case: Case, record: Record, move: Move, facts: BaseModel) -> None:
    for relation, name in move.then:
        for there, noun, row in _related(case, relation):
            procedure = PROCEDURES[noun]
            child = procedure.move(name, row.state)
            given = carried(case, record.noun, noun, child, row, facts)
            move_row(there, record.act_id, procedure, row, child, given)
            if there is case or not _is_hidden(case):
                record.subjects.append((noun, row.id))


def _is_hidden(case: Case) -> bool:
    return bool(case.root.secrecy == Secrecy.hidden)


def _related(case: Case, relation: str) -> list[tuple[Case, str, Row]]:
    """The rows a relation means, each with the case it belongs to."""
    noun, group = relation_of(relation)
    if relation.startswith("about:"):
        return [(c, noun, c.root) for c in case.linked if c.noun == noun]
    if not group:
        return [(case, noun, case.root)] if case.noun == noun else []
    states = NOUNS[noun].relations[group]
    return [(case, noun, r) for r in case.related.get(noun, ()) if r.state in states]


def carried(case: Case, by: str, noun: str, move: Move, row: Row, facts: BaseModel) -> BaseModel:
    """The facts of a related row's move: those of the same names, and what is computed."""
    compute = nouns.carried(by, noun, move.name)
    if compute is not None:
        return move.facts.model_validate(compute(case, row, facts))
    wanted = move.facts.model_fields
    return move.facts.model_validate(
        {n: getattr(facts, n) for n in type(facts).model_fields if n in wanted}
    )


def _tell(case: Case, record: Record, move: Move, row: Row, facts: BaseModel) -> None:
    if not (move.letters or move.papers):
        return
    if not case.organisations:
        read_people(case)
    paper_id = None
    for name in move.papers:
        paper_id = issue_paper(case, record, name, row)
    write_letters(case, record, move.letters, facts, paper_id, row)
