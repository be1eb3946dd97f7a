"""The sweep: every duty whose next rung has come climbs it, once, in order, in small transactions."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from actions.act.period import period_of
from actions.act.steps import Instants, ladder
from actions.clock.rung import Step, climb_alone, open_period
from actions.hand.recipients import readers
from guapai.clock import Clock, local_date, utc_now
from guapai.people import CLOCK
from law.calendar import Calendar
from law.place import EVERYWHERE, Span
from law.provisions import pin
from law.rung import Rung
from statemachines.nouns import DUTIES
from storage import climb
from storage import duty as duties
from storage import letter as letters
from storage.climb import Ripe
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.history import act as acts
from storage.history import event as events
from storage.upkeep import pack as packs

LOG = logging.getLogger(__name__)
BATCH = 2000


@dataclass
class Swept:
    """What a sweep did; ``failed`` duties are looked at again by the next one."""

    fired: int = 0
    opened: int = 0
    failed: list[int] = field(default_factory=list)


def sweep(
    engine: Engine, clock: Clock = utc_now, *, batch: int = BATCH, span: Span = EVERYWHERE
) -> Swept:
    """Climb every rung whose time has come. Safe to run twice, and at the same time elsewhere."""
    swept = Swept()
    _open_periods(engine, clock, swept, span)
    while True:
        with unit_of_work(engine, clock) as work:
            found = _climb_together(work, batch + len(swept.failed), swept, span)
        alone = [s for s in found.alone if s.duty_id not in swept.failed]
        for step in alone:
            _guarded(swept, step.duty_id, partial(climb_alone, engine, clock, step))
        if not found.together and not alone:
            return swept


def _guarded(swept: Swept, subject: int, do: Callable[[], bool]) -> None:
    """One bad row does not stop the rest."""
    try:
        if do():
            swept.fired += 1
    except Exception:
        LOG.exception("duty or case %s: its rung failed; the next sweep tries again", subject)
        swept.failed.append(subject)


def _open_periods(engine: Engine, clock: Clock, swept: Swept, span: Span) -> None:
    for kind in DUTIES.values():
        if kind.every is None:
            continue
        after = 0
        while True:
            with unit_of_work(engine, clock, write=False) as work:
                period = period_of(kind.every.cadence, local_date(work.now))
                rows = duties.without_period(work, kind.name, period, after, span)
            if not rows:
                break
            after = rows[-1][0]
            for row_id, case_id in rows:
                try:
                    swept.opened += open_period(engine, clock, row_id, case_id, kind, period)
                except Exception:
                    LOG.exception("case %s: its period was not opened", case_id)


@dataclass
class _Found:
    together: int
    alone: list[Step]


@dataclass
class _Batch:
    act_id: int
    rungs: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    steps: list[tuple[int, datetime | None]] = field(default_factory=list)


def _climb_together(work: Work, most: int, swept: Swept, span: Span) -> _Found:
    """Fire the rungs that only remind or flag, many at a time; answer those that need more."""
    ripe = climb.ripe(work, most, span)
    done = climb.climbed(work, span) if ripe else {}
    if not ripe:
        ripe, done = climb.asleep(work, most, span)
    if not ripe:
        return _Found(0, [])
    calendar = packs.calendar(work)
    batch = _Batch(_take_act(work))
    alone: list[Step] = []
    for duty in ripe:
        _climb_one(work, duty, done.get(duty.id, set()), calendar, batch, alone)
    work.insert_many(duties.RUNGS, batch.rungs)
    work.insert_many(events.TABLE, batch.events)
    work.insert_many(letters.LINES, batch.lines)
    climb.move_on(work, batch.steps)
    swept.fired += len(batch.rungs)
    return _Found(len(batch.steps), alone)


def _take_act(work: Work) -> int:
    (row,) = work.records(
        acts.take(work),
        person_id=0,
        move="duty.sweep",
        key=secrets.token_hex(16),
        facts_hash="",
        at=work.now,
    )
    return int(row["id"])


def _climb_one(
    work: Work,
    duty: Ripe,
    done: set[str],
    calendar: Calendar,
    batch: _Batch,
    alone: list[Step],
) -> None:
    pack = packs.get(work, duty.pack_id)
    past, coming = ladder(pack, duty.kind, duty.anchor, duty.due_at, calendar, work.now)
    due = [s for s in past if s[1].id not in done]
    coming = [s for s in coming if s[1].id not in done]  # a later date brings no rung twice
    quiet = 0
    while quiet < len(due) and is_quiet(due[quiet][1]):
        quiet += 1
    if quiet < len(due):
        at, rung = due[quiet]
        alone.append(Step(duty.id, duty.case_id, duty.noun, duty.row_id, rung, at))
    if quiet or not due:
        after = due[quiet:] + coming
        _write(work, duty, due[:quiet], after[0][0] if after else None, calendar, batch)


def is_quiet(rung: Rung) -> bool:
    """Whether a rung only reminds or flags, so that it needs no look at its case."""
    return rung.effect in ("send", "flag") and rung.letter is None


def _write(
    work: Work,
    duty: Ripe,
    due: Instants,
    following: datetime | None,
    calendar: Calendar,
    batch: _Batch,
) -> None:
    batch.steps.append((duty.id, following))
    if not due:  # the rung it waited for is in no ladder any more
        facts: dict[str, Any] = {"why": "提醒时点按现行规则重排"}
        head = {"id": work.take_id(), "move": "recount", "basis": duty.basis}
        batch.events.append(_event(work, duty, head, facts, following, calendar, batch.act_id))
        return
    ids = work.take_ids(len(due) + sum(len(r.to) for _, r in due))
    for nth, (at, rung) in enumerate(due):
        event_id = ids.pop(0)
        last = nth == len(due) - 1
        nxt = following if last else due[nth + 1][0]
        batch.rungs.append(
            {"duty_id": duty.id, "rung": rung.id, "outcome": "fired", "at": work.now}
        )
        head = {"id": event_id, "move": "rung", "basis": rung.basis}
        facts = {"rung": rung.id, "planned": at, "effect": rung.effect}
        batch.events.append(_event(work, duty, head, facts, nxt, calendar, batch.act_id))
        for role, organisation_id in readers(duty, rung):
            batch.lines.append(
                {
                    "id": ids.pop(0),
                    "case_id": duty.case_id,
                    "duty_id": duty.id,
                    "event_id": event_id,
                    "rung": rung.id,
                    "organisation_id": organisation_id,
                    "role": role,
                    "created_at": work.now,
                    "dropped": False,
                }
            )


def _event(
    work: Work,
    duty: Ripe,
    own: dict[str, Any],
    facts: dict[str, Any],
    following: datetime | None,
    calendar: Calendar,
    act_id: int,
) -> dict[str, Any]:
    head: dict[str, Any] = {
        **own,
        "act_id": act_id,
        "case_id": duty.case_id,
        "noun": "duty",
        "row_id": duty.id,
        "source": None,
        "dest": None,
        "person_id": None,
        "behalf_of": None,
        "role": CLOCK.role.value,
        "organisation_id": None,
        "at": work.now,
        "pack_id": duty.pack_id,
        "calendar": calendar.version,
    }
    leaf = {
        **head,
        "format": 1,
        "ground": pin(str(own["basis"]), local_date(work.now)),
        "facts": facts,
        "notes": {},
        "changes": [["duties", duty.id, {"next_rung_at": following}]],
        "subjects": [],
    }
    return {**head, "leaf": events.canonical(leaf)}
