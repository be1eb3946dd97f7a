"""What an act has in its hands: the locked case, its open duties, the rules, the people."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from guapai.clock import local_date
from guapai.errors import Missing
from guapai.people import Actor
from law.calendar import Calendar
from law.pack import Pack
from statemachines.situation import Situation
from storage import case as cases
from storage import duty as duties
from storage import hazard as hazards
from storage import pack as packs
from storage.statement import Question
from storage.work import Work

Row = SimpleNamespace
"""A row of a procedure's table, light: the columns as attributes, nothing watches it."""


@dataclass
class Case:
    """One case under the hand of one act. ``hazard`` is locked until the transaction ends."""

    work: Work
    actor: Actor
    hazard: Row
    duties: list[Row]
    pack: Pack
    calendar: Calendar
    children: dict[tuple[str, str], int] = field(default_factory=dict)
    makers: dict[str, frozenset[int]] = field(default_factory=dict)
    unsealed: int = 0
    pending: list[dict[str, Any]] = field(default_factory=list)
    in_post: frozenset[int] = frozenset()
    stands_in: bool = False
    holders: list[dict[str, Any]] = field(default_factory=list)
    organisations: dict[int, dict[str, Any]] = field(default_factory=dict)
    related: dict[str, list[Row]] = field(default_factory=dict)

    @cached_property
    def overdue(self) -> frozenset[str]:
        """The kinds of the open duties whose time has run out."""
        return frozenset(
            d.kind for d in self.duties if d.state == "open" and d.due_at <= self.work.now
        )

    def situation(self, row: Row, facts: Any) -> Situation:
        """The frozen picture a guard gets."""
        return Situation(
            row=row,
            hazard=self.hazard,
            facts=facts,
            actor=self.actor,
            now=self.work.now,
            pack=self.pack,
            calendar=self.calendar,
            children=self.children,
            makers=self.makers,
            overdue=self.overdue,
            unsealed=self.unsealed,
        )


def open_case(
    work: Work,
    actor: Actor,
    case_id: int,
    row_id: int,
    *,
    first: tuple[Question, Mapping[str, Any]] | None = None,
    related: bool = False,
    people: bool = False,
) -> tuple[list[dict[str, Any]], Case]:
    """Lock a case and read all an act may need of it, in one trip where the database can.

    ``first`` is asked before the lock (the key of the act); its answer comes back beside the
    case. Raises Missing when there is no such case.
    """
    asks: list[tuple[Question, Mapping[str, Any]]] = [first] if first else []
    at = len(asks)
    asks += cases.lock_questions(case_id)
    ids = cases.ids_question(work)
    asks += ids
    asks.append((cases.PICTURE, _parameters(work, actor, case_id, row_id)))
    if related:
        asks += cases.children_questions(case_id)
    if people:
        day = local_date(work.now)
        asks += [(cases.HOLDERS, {"case_id": case_id, "day": day})]
        asks += [(cases.ORGANISATIONS, {"case_id": case_id})]
    answers = work.ask_all(asks)
    if not answers[at]:
        raise Missing("没有这个隐患，或您无权查看")
    if ids:
        cases.give_block(work, answers[at + 2])
    case = _build(work, actor, answers[at][0], answers[at + 1], answers[at + 2 + len(ids)])
    rest = answers[at + 3 + len(ids) :]
    if related:
        case.related = {
            "listing": [Row(**r) for r in rest.pop(0)],
            "deferral": [Row(**r) for r in rest.pop(0)],
        }
    if people:
        case.holders = rest.pop(0)
        case.organisations = {o["id"]: o for o in rest.pop(0)}
    return (answers[0] if first else []), case


def look_at(work: Work, actor: Actor, case_id: int) -> Case:
    """A case to look at: the same picture as for an act, and no lock. Raises Missing."""
    asks: list[tuple[Question, Mapping[str, Any]]] = [
        (hazards.BY_ID, {"id": case_id}),
        (duties.ACTIVE, {"case_id": case_id}),
        (cases.PICTURE, _parameters(work, actor, case_id, case_id)),
        *cases.children_questions(case_id),
    ]
    hazard, open_duties, picture, listings, deferrals = work.ask_all(asks)
    if not hazard:
        raise Missing("没有这个隐患，或您无权查看")
    case = _build(work, actor, hazard[0], open_duties, picture)
    case.related = {
        "listing": [Row(**r) for r in listings],
        "deferral": [Row(**r) for r in deferrals],
    }
    return case


def picture_for(case: Case, row_id: int) -> Case:
    """The same case, with what is to be known about another of its rows."""
    picture = ask_picture(case.work, case.actor, case.hazard.id, row_id)
    other = picture_of(case.work, case.actor, case.hazard, picture)
    return replace(other, duties=case.duties, related=case.related)


def _parameters(work: Work, actor: Actor, case_id: int, row_id: int) -> dict[str, Any]:
    return cases.picture_parameters(
        case_id=case_id,
        row_id=row_id,
        person_id=actor.person_id,
        behalf_of=actor.on_behalf_of,
        role=actor.role,
        organisation_id=actor.organisation_id,
        day=local_date(work.now),
    )


def _build(
    work: Work,
    actor: Actor,
    hazard: dict[str, Any],
    duties: list[dict[str, Any]],
    picture: list[dict[str, Any]],
) -> Case:
    case = picture_of(work, actor, Row(**hazard), picture)
    case.duties = [Row(**d) for d in duties]
    return case


def picture_of(work: Work, actor: Actor, hazard: Row, picture: list[dict[str, Any]]) -> Case:
    """The case around a hazard, from the answer of the picture question."""
    by: dict[str, list[dict[str, Any]]] = {}
    for part in picture:
        by.setdefault(part["kind"], []).append(part)
    return Case(
        work=work,
        actor=actor,
        hazard=hazard,
        duties=[],
        pack=packs.get(work, hazard.pack_id),
        calendar=packs.calendar(work, by["calendar"][0]["a"]),
        children={
            (noun, p["a"]): p["n"] for noun in ("listing", "deferral") for p in by.get(noun, ())
        },
        makers={p["a"]: frozenset({p["n"], p["m"]} - {None}) for p in by.get("maker", ())},
        unsealed=by["unsealed"][0]["n"],
        pending=by.get("pending", []),
        in_post=frozenset(p["n"] for p in by.get("post", ())),
        stands_in="stand_in" in by,
    )


def ask_picture(work: Work, actor: Actor, case_id: int, row_id: int) -> list[dict[str, Any]]:
    """The answer of the picture question alone, for a case that is about to be born."""
    return work.records(cases.PICTURE, **_parameters(work, actor, case_id, row_id))
