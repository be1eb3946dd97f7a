"""What goes wrong in operation becomes an incident, once; what is over clears it. Safe to run twice."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from actions.act.perform import perform
from actions.hand.case import open_case
from actions.hand.facts import Subject
from actions.hand.record import begin
from actions.upkeep.mending import carry_out
from guapai.clock import Clock, utc_now
from guapai.people import CLOCK
from storage import incident as incidents
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.questions import mishap as mishaps
from storage.questions import operator as operators
from storage.questions.mishap import MOST, SOURCES, Found, Source

LOG = logging.getLogger(__name__)
_BASIS = "own_operation"


@dataclass
class Tended:
    """What a look at operation did: incidents opened, things that joined one, incidents cleared."""

    opened: int = 0
    joined: int = 0
    cleared: int = 0
    failed: set[str] = field(default_factory=set)


def tend(engine: Engine, clock: Clock = utc_now) -> Tended:
    """Do what was asked about incidents, take up what is wrong, clear what is over."""
    tended = Tended()
    carry_out(engine, clock)
    for source in SOURCES:
        _take_up_all(engine, clock, source, tended)
    with unit_of_work(engine, clock, write=False) as work:
        over = mishaps.all_over(work)
        operator = operators.first(work) if incidents.some(work) else None
        moved = incidents.elsewhere(work, operator.id) if operator else []
    for case_id in over:
        _guarded(tended, f"incident {case_id}", partial(_clear, engine, clock, case_id, tended))
    for case_id in (c for c in moved if c not in over):
        assert operator is not None
        entrust = partial(_entrust, engine, clock, case_id, operator.id)
        _guarded(tended, f"incident {case_id}", entrust)
    return tended


def _guarded(tended: Tended, subject: str, do: Callable[[], None]) -> None:
    """One bad row does not stop the rest."""
    try:
        do()
    except Exception:
        LOG.exception("%s was not looked after; the next sweep tries again", subject)
        tended.failed.add(subject)


def _take_up_all(engine: Engine, clock: Clock, source: Source, tended: Tended) -> None:
    while True:
        with unit_of_work(engine, clock, write=False) as work:
            found = mishaps.unseen(work, source, MOST)
        groups: dict[tuple[int | None, str], list[Found]] = {}
        for one in found:
            groups.setdefault((one.mishap.joins, one.mishap.ground), []).append(one)
        before = tended.joined
        for together in groups.values():
            ground = together[0].mishap.ground
            _guarded(tended, ground, partial(_take_up, engine, clock, source, together, tended))
        if len(found) < MOST or tended.joined == before:
            return


def _take_up(
    engine: Engine, clock: Clock, source: Source, found: list[Found], tended: Tended
) -> None:
    """Things that are wrong for one reason join the open incident of it, or a new one."""
    with unit_of_work(engine, clock) as work:
        case_id, is_new = _incident_of(work, source, found[0])
        joined = _join(work, case_id, source, found)
    tended.opened += is_new
    tended.joined += joined


def _incident_of(work: Work, source: Source, first: Found) -> tuple[int, bool]:
    mishap = first.mishap
    if mishap.joins is not None and incidents.is_open(work, mishap.joins):
        return mishap.joins, False
    known = incidents.with_ground(work, mishap.ground)
    if known is not None:
        return known, False
    facts = {"title": mishap.title[:200], "cause": mishap.cause, "ground": mishap.ground}
    said = f"{mishap.ground} {source.noun} {first.key} {first.at.isoformat()}"
    key = hashlib.sha256(said.encode()).hexdigest()  # two clocks at once open one
    return perform(work, Subject(noun="incident"), "arise", facts, CLOCK, key=key).case_id, True


def _join(work: Work, case_id: int, source: Source, found: list[Found]) -> int:
    _, case = open_case(work, CLOCK, case_id)
    known = incidents.keys_of(work, case_id, source.noun)
    fresh = [one for one in found if one.key not in known]
    if not fresh:
        return 0
    record = begin(case, "incident", case_id, "joined", _BASIS)
    for one in fresh:
        values = {"id": work.take_id(), "case_id": case_id, "noun": source.noun, "key": one.key}
        record.insert(incidents.ITEMS, {**values, "row_id": one.row_id, "since": work.now})
    record.write({"count": len(fresh)})
    return len(fresh)


def _clear(engine: Engine, clock: Clock, case_id: int, tended: Tended) -> None:
    with unit_of_work(engine, clock) as work:
        open_case(work, CLOCK, case_id)
        if case_id in mishaps.all_over(work):
            perform(work, Subject(noun="incident", row_id=case_id), "clear", {}, CLOCK)
            tended.cleared += 1


def _entrust(engine: Engine, clock: Clock, case_id: int, operator: int) -> None:
    with unit_of_work(engine, clock) as work:
        facts = {"department_id": operator}
        perform(work, Subject(noun="incident", row_id=case_id), "entrust", facts, CLOCK)
