"""What an act does to duties: open, meet, replace, suspend, resume, cancel, hand over."""

from datetime import datetime, timedelta
from typing import Any

from actions.act.period import coming_period, number_at
from actions.act.steps import ladder, still_owed, write_rung
from actions.hand.case import Case, Row
from actions.hand.record import Record
from actions.hand.sides import organisation_of
from guapai.clock import local_date
from guapai.errors import Unready
from guapai.text import Said
from law.deadlines import Due, Term, Unit, due, written
from law.pack import Pack
from statemachines.duty import DutyKind
from statemachines.nouns import KNOWN_DUTIES
from statemachines.procedure import Each, Move
from storage import duty as duties


def settle(case: Case, record: Record, move: Move, row: Row, facts: Any, *, final: bool) -> None:
    """Do to the duties what a move says; a final state cancels all that are left of its row."""
    for kind in move.meets:
        _close_all(case, record, _met(case, record, row, kind, facts), "met")
    for state, kinds in (("replaced", move.replaces), ("cancelled", move.cancels)):
        _close_all(case, record, _of_kinds(case, record, row, kinds), state)
    if final:
        _close_all(case, record, _ending(case, row), "cancelled")
    for duty in _of_kinds(case, record, row, move.suspends):
        _suspend(case, record, duty)
    for duty in _of_kinds(case, record, row, move.resumes):
        _resume(case, record, duty)
    for kind in _opening(case, record, row, move, facts):
        open_kind(case, record, row, kind, from_act=kind in move.counts_from_act)
    for each in move.opens_each:
        _open_each(case, record, row, each, facts)


def _ending(case: Case, row: Row) -> list[Row]:
    """The duties that end with their row."""
    mine = (d for d in case.duties if d.row_id == row.id)
    return [d for d in mine if not KNOWN_DUTIES[d.kind].outlives]


def _opening(case: Case, record: Record, row: Row, move: Move, facts: Any) -> list[str]:
    """The kinds of duty that a move opens: those owed, and not owed already where once will do."""
    named = [*move.opens]
    if move.opens_if:  # most moves have none, and a situation costs
        seen = case.situation(record.noun, row, facts)
        named += [kind for kind, so in move.opens_if if so(seen)]
    owed = [kind for kind in named if is_owed(case, row, KNOWN_DUTIES[kind])]
    return [k for k in owed if not (KNOWN_DUTIES[k].once and _of_kind(case, record, row, k))]


def is_owed(case: Case, row: Row, kind: DutyKind) -> bool:
    """Whether a kind of duty is owed about a row, or one of its siblings is, or nobody owes it."""
    return kind.owed_if is None or kind.owed_if(case.root, row)


def _close_all(case: Case, record: Record, found: list[Row], state: str) -> None:
    for duty in found:
        close(case, record, duty, state)


def _of_kinds(case: Case, record: Record, row: Row, kinds: tuple[str, ...]) -> list[Row]:
    return [d for kind in kinds for d in _of_kind(case, record, row, kind)]


def _of_kind(case: Case, record: Record, row: Row, kind: str) -> list[Row]:
    own = KNOWN_DUTIES[kind].noun == record.noun
    return [d for d in case.duties if d.kind == kind and (d.row_id == row.id or not own)]


def _met(case: Case, record: Record, row: Row, kind: str, facts: Any) -> list[Row]:
    found = _of_kind(case, record, row, kind)
    known = KNOWN_DUTIES[kind]
    if known.every is not None:
        return [d for d in found if d.slot[:7] == facts.period]
    if known.item:
        return _of_items(found, getattr(facts, known.item, None))
    if known.slots:
        return sorted(found, key=lambda d: d.due_at)[:1]
    return found


def _of_items(found: list[Row], said: Any) -> list[Row]:
    """The duties of the items that facts name, one or several; all, where they name none."""
    if said is None:
        return found
    names = said if isinstance(said, tuple) else (str(said),)
    return [d for d in found if d.slot.rpartition("/v")[0] in names]


def close(case: Case, record: Record, duty: Row, state: str) -> None:
    """End a duty: met, replaced or cancelled."""
    values = {"state": state, "closed_at": case.work.now, "next_rung_at": None}
    record.update(duties.TABLE, duty, values)
    case.duties.remove(duty)


def open_kind(
    case: Case, record: Record, row: Row, name: str, *, slot: str = "", from_act: bool = False
) -> None:
    """Open the duties of a kind for a row: one, or one for each slot of the pack.

    ``from_act``: the term counts from the act, though that of the kind usually counts from a column.
    """
    kind = KNOWN_DUTIES[name]
    if kind.slots:
        for span in number_at(case.pack, kind.slots).value:
            found = due(case.moment, span, case.calendar)
            slot = f"{span}/v{row.version}"
            open_duty(case, record, row, kind, slot, case.moment, found, str(span))
        return
    if kind.every is not None:
        period, found = coming_period(case.pack, case.calendar, kind.every, case.moment)
        if any(d.slot[:7] == period for d in _of_kind(case, record, row, name)):
            return  # that of this period is owed already
        slot = slot or f"{period}/v{row.version}"
        open_duty(case, record, row, kind, slot, case.moment, found, "")
        return
    anchor, found, term = _date(case, row, kind, from_act=from_act)
    open_duty(case, record, row, kind, slot or f"v{row.version}", anchor, found, term)


def _open_each(case: Case, record: Record, row: Row, each: Each, facts: Any) -> None:
    """One duty for each item of a fact, of the organisation that the item names."""
    for item in getattr(facts, each.items):
        slot = f"{getattr(item, each.key)}/v{row.version}"
        owner_id = getattr(item, each.owner) if each.owner else None
        found = written(getattr(item, each.day))
        kind = KNOWN_DUTIES[each.kind]
        open_duty(case, record, row, kind, slot, case.work.now, found, "", owner_id=owner_id)


_NO_TERM = (
    "规则包里没有“%(duty)s”的办理期限，这一步暂时不能办理；请系统管理员发布载明该期限的规则包"
    "（guapai pack publish），并将本案移用新版（guapai pack move）"
)


def _date(
    case: Case, row: Row, kind: DutyKind, *, from_act: bool = False
) -> tuple[datetime, Due, str]:
    """Anchor, due instant and term of a duty that opens now, be it late from the first."""
    if kind.dated_by is not None:
        return case.work.now, written(getattr(row, kind.dated_by)), ""
    within = case.pack.within(kind.name)
    if within is None:
        raise Unready(Said(_NO_TERM, duty=Said(kind.title)))
    term, anchor = within.value, case.moment
    if kind.anchored_on and not from_act:
        anchor = getattr(row, kind.anchored_on) or anchor
        if kind.term_in is not None and getattr(row, kind.term_in) is not None:
            term = Term(getattr(row, kind.term_in), Unit.day)
    return anchor, due(anchor, term, case.calendar), str(term)


def open_duty(
    case: Case,
    record: Record,
    row: Row,
    kind: DutyKind,
    slot: str,
    anchor: datetime,
    found: Due,
    term: str,
    *,
    owner_id: int | None = None,
) -> int:
    """Write a new duty with its ladder; rungs already past are recorded, unsent. Its id.

    Of a duty that is late from the first (its day came while the clock stood still, or its service
    was recorded late) the last thing to say is still said, and what a rung does is still done.
    """
    work = case.work
    duty_id = work.take_id()
    past, coming = ladder(case.pack, kind.name, anchor, found.at, case.calendar, work.now)
    owing = still_owed(past, found.at)
    coming, past = owing + coming, [s for s in past if s not in owing]
    values = {
        "id": duty_id,
        "case_id": case.id,
        "noun": kind.noun,
        "row_id": _subject_of(case, record, row, kind),
        "kind": kind.name,
        "slot": slot,
        "state": "open",
        "side": kind.side,
        "owner_role": kind.role.value,
        "owner_id": owner_id or organisation_of(case.root, case.parties, kind.side, row),
        "basis": basis_of(case.pack, kind) or record.basis,
        "anchor": anchor,
        "term": term,
        "due_at": found.at,
        "due_on": found.day,
        "provisional": found.provisional,
        "next_rung_at": coming[0][0] if coming else None,
        "opened_at": work.now,
    }
    case.duties.append(record.insert(duties.TABLE, values))
    if lender := case.pack.lender(*_asked_of(kind)):
        record.notes.setdefault("fallback", {})[kind.name] = lender
    for _, rung in past:
        write_rung(case, duty_id, rung, "passed")
    return duty_id


def _subject_of(case: Case, record: Record, row: Row, kind: DutyKind) -> int:
    """The row a duty is about: the one that moves, the root, or the only one of its noun."""
    if kind.noun == record.noun or record.noun == "duty":
        return int(row.id)
    if kind.noun == case.noun:
        return case.id
    there = [r.id for r in case.related.get(kind.noun, ())]
    if len(there) != 1:
        raise LookupError(f"{record.noun}.{record.move} opens {kind.name}: of which {kind.noun}?")
    return int(there[0])


def _asked_of(kind: DutyKind) -> tuple[str, ...]:
    """The paths of the pack that say when a kind of duty is due, and its ladder."""
    paths = [f"duties.{kind.name}"]
    if kind.slots:
        paths.append(f"parameters.{kind.slots}")
    if kind.every is not None:
        paths.append(f"parameters.{kind.every.day}")
    return (*paths, "climb")


def basis_of(pack: Pack, kind: DutyKind) -> str | None:
    """Where the term of a kind of duty comes from; None where the paper of the act dates it."""
    if kind.slots:
        return str(number_at(pack, kind.slots).basis)
    if kind.every is not None:
        return str(number_at(pack, kind.every.day).basis)
    within = pack.within(kind.name)
    return within.basis if within and not kind.dated_by else None


def _suspend(case: Case, record: Record, duty: Row) -> None:
    if duty.state == "open":
        values = {"state": "suspended", "suspended_at": case.work.now, "next_rung_at": None}
        record.update(duties.TABLE, duty, values)


def _resume(case: Case, record: Record, duty: Row) -> None:
    """The term goes on: days during which it stood still do not count, from the first on."""
    if duty.state != "suspended":
        return
    now, term = case.work.now, Term.parse(duty.term)
    paused = case.moment - duty.suspended_at
    if term.unit is not Unit.hour:
        over = local_date(case.moment + timedelta(microseconds=1))  # a day that ended is over
        paused = over - local_date(duty.suspended_at)
    anchor = duty.anchor + paused
    found = due(anchor, term, case.calendar)
    record.notes["recomputed"] = {
        "duty": duty.id,
        "old": duty.due_at,
        "new": found.at,
        "why": "暂停期间不计入",
    }
    values = {"state": "open", "suspended_at": None, "anchor": anchor, "due_at": found.at}
    values |= {"due_on": found.day, "provisional": found.provisional}
    done = {r.rung for r in duties.rungs_of(case.work, duty.id)}
    coming = ladder(case.pack, duty.kind, anchor, found.at, case.calendar, now)[1]
    coming = [s for s in coming if s[1].id not in done]
    record.update(duties.TABLE, duty, {**values, "next_rung_at": coming[0][0] if coming else None})


def replace(case: Case, record: Record, row: Row, duty: Row) -> None:
    """A duty of the same kind by the new date; what stood still goes on standing still."""
    close(case, record, duty, "replaced")
    open_kind(case, record, row, duty.kind)
    if duty.suspended_at is not None:
        _suspend(case, record, case.duties[-1])
