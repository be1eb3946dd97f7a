"""A row of the desk: one open duty, in words."""

from datetime import date, datetime
from functools import cache, lru_cache
from types import SimpleNamespace as Shown

from guapai.clock import local_date
from guapai.people import Actor, Role
from guapai.text import Said
from law.provisions import PROVISIONS, cited
from portal.web.language import Translate
from portal.web.rendering import line
from portal.web.visit import Visit
from portal.words.wording import countdown, due_words, duty_title
from statemachines.hazard.states import HazardState
from statemachines.incident import IncidentState
from statemachines.nouns import KNOWN_DUTIES, NOUNS, PROCEDURES
from statemachines.procedure import Move
from storage.duty import Duty
from storage.questions.desk import Task

_AWAY = (HazardState.voided, HazardState.transferred_out)
RESTS = (IncidentState.dismissed,)
"""Where nothing was done about it: nobody is led there by a button of their desk."""


def rows_of(visit: Visit, tasks: list[Task]) -> list[Shown]:
    """The rows of a page of the desk, in the reader's language.

    There are fifty on a page: what several have in common is worded once, and what stands
    together in a row is one text.
    """
    t, now, role = visit.t, visit.work.now, visit.actor.role
    today = local_date(now)
    return [_row(t, task, role, now, today) for task in tasks]


def _row(t: Translate, task: Task, role: Role, now: datetime, today: date) -> Shown:
    late, kind = task.due_at <= now, _kind(t, task.kind, task.slot)
    tone, left = countdown((task.due_on - today).days, late=late)
    more = [line(task.unit)] if task.unit else []
    if task.row_state:
        more.append(_state(t, task.noun, task.row_state))
    moves = _offered(t, task.kind, role, task.row_state or "")
    signed = task.signed in _names(task.kind, role, task.row_state or "")
    return Shown(
        id=task.id,
        case_id=task.case_id,
        chosen=f"{task.id}.{task.case_id}.{task.row_id}.{task.version or 0}",
        kind=kind,
        number=task.number,
        name=f"{kind} {task.number}",
        title=line(task.title),
        more=" · ".join(more),
        due=t("期限") + f" {due_words(task)}",
        basis=_basis(task.basis, task.place_code, today),
        late=late,
        tone=tone,
        left=t(left),
        provisional=task.provisional,
        moving=f"/cases/{task.case_id}/{task.noun}/{task.row_id}/",
        moves=[] if signed else moves,
        signed=signed,
        claimed_by=task.claimed_by,
        claimant=task.claimant,
    )


@lru_cache(4096)
def _kind(t: Translate, kind: str, slot: str) -> str:
    return t(duty_title(kind, slot))


@cache
def _state(t: Translate, noun: str, state: str) -> str:
    procedure = PROCEDURES[noun]
    return t(procedure.titles[procedure.states(state)])


def _basis(basis: str, place: str, day: date) -> str:
    return cited(basis, place, day) if basis in PROVISIONS else ""


@cache
def _offered(t: Translate, kind: str, role: Role, state: str) -> list[tuple[str, str]]:
    """Name and title of the first two moves that meet a duty."""
    return [(m.name, t(Said(m.title))) for m in _meeting(kind, role, state)[:2]]


@cache
def _names(kind: str, role: Role, state: str) -> frozenset[str]:
    return frozenset(m.name for m in _meeting(kind, role, state))


def moves_beside(duty: Duty, actor: Actor) -> list[Move]:
    """The moves with which somebody meets an open duty of theirs about a row not read with its case."""
    theirs = (duty.owner_role, duty.owner_id) == (actor.role, actor.organisation_id)
    if NOUNS[duty.noun].folded or duty.state != "open" or not theirs:
        return []
    return _meeting(duty.kind, actor.role, "")


def _meeting(kind: str, role: Role, state: str) -> list[Move]:
    """The moves that meet a duty and are open to a role in a state of the row it is about.

    Where a letter stands the desk does not know; its form says what is too late.

    Those that lead the case away from here come last: nobody is offered them first.
    """
    noun = NOUNS[KNOWN_DUTIES[kind].noun]
    able = noun.procedure.moves
    if noun.folded:
        able = noun.procedure.open_to(role, state) if state else ()
    found = [m for m in able if kind in m.meets and role in m.by and m.dest not in RESTS]
    return sorted(found, key=lambda m: m.dest in _AWAY)
