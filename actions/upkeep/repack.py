"""A pack has a new version: running cases are moved to it when somebody says so, after a look at what changes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from actions.act.duty import basis_of
from actions.act.steps import ladder, write_rung
from actions.clock.recount import due_again, next_rung_at
from actions.hand.case import Case, Row, look_at, open_case
from actions.hand.record import Record, take_act
from actions.upkeep.pack import newest
from guapai.clock import Clock, utc_now
from guapai.errors import BadInput, NotAllowed
from guapai.people import ROLE_TITLES, Actor, Role
from law.pack import Pack
from law.place import head_of
from law.rung import Rung, name_of
from statemachines.nouns import DUTIES
from storage import case as cases
from storage import duty as duties
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.people import organisation as organisations
from storage.upkeep import pack as packs
from storage.upkeep.pack import PublishedPack

MOVERS = (Role.commission_office, Role.commission_chair)
"""Who may move cases: the commission that supervises them, at its place and below (own)."""


@dataclass(frozen=True)
class Redated:
    """One duty of a moved case whose due instant is another one by the new rules.

    ``spared``: it would have passed already and is earlier, so the duty keeps the old one.
    """

    duty_id: int
    kind: str
    old: datetime
    new: datetime
    spared: bool = False


@dataclass(frozen=True)
class Moved:
    """One case that follows the new version now."""

    case_id: int
    number: str
    duties: tuple[Redated, ...]


@dataclass
class Repacking:
    """What a move of running cases did, or would do."""

    name: str
    fingerprint: str
    cases: list[Moved] = field(default_factory=list)


def repack(
    engine: Engine,
    name: str,
    actor: Actor,
    clock: Clock = utc_now,
    *,
    place: str = "",
    preview: bool = False,
) -> Repacking:
    """Move the running cases that follow an older version of a pack to its newest one.

    Each in a transaction of its own, so that a broken run is simply run again. ``place`` is a
    place code: only there and below. ``preview`` only says what would change. Raises Missing for
    an unknown pack, NotAllowed for somebody who may not move these cases.
    """
    with unit_of_work(engine, clock, write=False) as work:
        target = newest(work, name)
        head = _head(work, actor, place)
    done = Repacking(target.name, target.fingerprint)
    for case_id in _behind(engine, clock, target, head):
        with unit_of_work(engine, clock, write=not preview) as work:
            if preview:
                case = look_at(work, actor, case_id)
            else:
                _, case = open_case(work, actor, case_id)
            if case.root.closed_at is None and case.root.pack_id < target.id:
                done.cases.append(_move(case, target, preview=preview))
    return done


def _head(work: Work, actor: Actor, place: str) -> str:
    """The signs with which the codes of the places begin whose cases are to be moved."""
    if place and not (place.isdecimal() and len(place) in (6, 9, 12)):
        raise BadInput(f"--place {place!r} is no place code (GB/T 2260), such as 341500")
    home = organisations.get(work, actor.organisation_id or 0)
    if actor.role not in MOVERS or home is None:
        known = ", ".join(f"{r} ({ROLE_TITLES[r]})" for r in MOVERS)
        raise NotAllowed(f"{actor.name} is {actor.role}; cases are moved by: {known}")
    own = head_of(home.place_code)
    asked = head_of(place) if len(place) <= len("341500") else place
    if place and not asked.startswith(own):
        raise NotAllowed(f"{actor.name} moves the cases of {home.place_code}, not of {place}")
    return asked or own


def _behind(engine: Engine, clock: Clock, target: PublishedPack, head: str) -> Iterator[int]:
    after = 0
    while True:
        with unit_of_work(engine, clock, write=False) as work:
            page = packs.cases_behind(work, target, head, after)
        if not page:
            return
        yield from page
        after = page[-1]


@dataclass
class _Step:
    """What becomes of one duty: new values of its row, and the rungs that it is too late to say."""

    duty: Row
    values: dict[str, Any]
    silent: list[Rung]
    redated: Redated | None


def _move(case: Case, target: PublishedPack, *, preview: bool) -> Moved:
    before, old_id = case.pack, case.root.pack_id
    case.pack = packs.get(case.work, target.id)
    ordered = sorted(case.duties, key=lambda d: d.id)
    steps = [_step(case, before, duty) for duty in ordered]
    redated = tuple(s.redated for s in steps if s.redated is not None)
    if not preview:
        _write(case, steps, redated, {"pack": target.name, "from": old_id, "to": target.id})
    return Moved(case.id, case.root.number, redated)


def _step(case: Case, before: Pack, duty: Row) -> _Step:
    term = _term(case, duty)
    found = due_again(case, duty, term)
    moment = duty.suspended_at or case.work.now
    spared = found.at <= moment and found.at < duty.due_at
    end, values = duty.due_at, dict[str, Any]()
    if not spared:
        end = found.at
        values = {"term": term, "basis": _basis(case, duty), "due_at": end, "due_on": found.day}
        values["provisional"] = found.provisional
    silent: list[Rung] = []
    if duty.state == "open":
        silent = _too_late(case, before, duty, end)
        values["next_rung_at"] = next_rung_at(case, duty, end, [r.id for r in silent])
    changed = {k: v for k, v in values.items() if v != getattr(duty, k)}
    other = found.at != duty.due_at
    redated = Redated(duty.id, duty.kind, duty.due_at, found.at, spared) if other else None
    return _Step(duty, changed, silent, redated)


def _term(case: Case, duty: Row) -> str:
    """The term of a duty by the pack of its case; what a paper or its own slot says stays."""
    kind = DUTIES.get(duty.kind)
    within = case.pack.within(duty.kind)
    if not duty.term or kind is None or kind.slots or within is None:
        return str(duty.term)
    given = getattr(case.root, kind.term_in) if kind.term_in else None
    return str(duty.term) if duty.term == f"{given}d" else str(within.value)


def _basis(case: Case, duty: Row) -> str:
    kind = DUTIES.get(duty.kind)
    return str((basis_of(case.pack, kind) if kind else None) or duty.basis)


def _too_late(case: Case, before: Pack, duty: Row, end: datetime) -> list[Rung]:
    """The rungs that only the new ladder has, that only say something, and whose time is past.

    What a rung does (a duty, a proposal, a move of the clock) is done however late.
    """
    past, _ = ladder(case.pack, duty.kind, duty.anchor, end, case.calendar, case.work.now)
    known = {r.id for r in before.rungs(duty.kind)}
    known |= {r.rung for r in duties.rungs_of(case.work, duty.id)}
    return [
        r for _, r in past if r.effect in ("send", "flag") and not {r.id, name_of(r.id)} & known
    ]


def _write(
    case: Case, steps: list[_Step], redated: tuple[Redated, ...], facts: dict[str, Any]
) -> None:
    record = Record(
        case=case,
        act_id=take_act(case, f"{case.noun}.repack"),
        event_id=case.work.take_id(),
        noun=case.noun,
        row_id=case.id,
        move="repack",
        basis="own_repack",
    )
    record.update(cases.TABLE, case.root, {"pack_id": facts["to"]})
    for step in steps:
        if step.values:
            record.update(duties.TABLE, step.duty, step.values)
        for rung in step.silent:
            write_rung(case, step.duty.id, rung, "passed")
    record.notes["redated"] = [vars(r) for r in redated]
    record.write(facts)
