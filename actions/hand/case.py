"""What an act has in its hands: the locked case, its open duties, the rules, the people."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from actions.hand.surroundings import Surroundings
from guapai.clock import local_date
from guapai.errors import Missing
from guapai.people import Actor, Role
from law.calendar import Calendar
from law.pack import Pack
from statemachines.nouns import KNOWN_DUTIES, NOUNS
from statemachines.situation import Situation
from storage import case as cases
from storage.database.work import Work
from storage.people import officer as officers
from storage.people import organisation as organisations
from storage.people import person as people
from storage.questions import situation as asked
from storage.questions.situation import Asked
from storage.upkeep import pack as packs

Row = SimpleNamespace
"""A row of a procedure's table, light: the columns as attributes, nothing watches it."""

NOT_THERE = "没有这个案件，或您无权查看"
"""What is said of a case that is not there, and of one that is none of the asker's."""


@dataclass
class Case:
    """One case under the hand of one act; it is locked until the transaction ends.

    ``root`` is the case with its root row, as one. ``standings`` counts its rows by noun and
    state; ``makers`` are by row and move; ``pending`` are all its decisions that wait.
    ``linked`` are the cases it is about, in hand too where a move touches them. ``stated`` is the
    moment that a move of the clock states; ``vacancies`` are the posts and ``officers`` the people
    looked up so far.
    ``of_the_unit``: the actor, or somebody on whose behalf they could act today, holds a post at
    the enterprise the case is about, or has acted for it in this case.
    """

    work: Work
    actor: Actor
    noun: str
    root: Row
    duties: list[Row]
    pack: Pack
    calendar: Calendar
    standings: dict[tuple[str, str], int] = field(default_factory=dict)
    parties: list[dict[str, Any]] = field(default_factory=list)
    makers: dict[tuple[int, str], frozenset[int]] = field(default_factory=dict)
    unsealed: int = 0
    pending: list[dict[str, Any]] = field(default_factory=list)
    in_post: frozenset[int] = frozenset()
    stands_in: bool = False
    of_the_unit: bool = False
    holders: list[dict[str, Any]] = field(default_factory=list)
    organisations: dict[int, dict[str, Any]] = field(default_factory=dict)
    related: dict[str, list[Row]] = field(default_factory=dict)
    linked: list["Case"] = field(default_factory=list)
    stated: datetime | None = None
    vacancies: dict[tuple[int, Role], bool] = field(default_factory=dict)
    officers: dict[tuple[int, int], bool] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        """From when what the act opens is counted: the moment that the clock states, else now.

        The clock may state it late (it stood still); that moves nothing.
        """
        return self.stated or self.work.now

    @cached_property
    def id(self) -> int:
        """The id of the case, and of its root."""
        return int(self.root.id)

    def is_vacant(self, organisation_id: int | None, role: Role) -> bool:
        """Whether nobody holds a role at an organisation today, nor stands in for who does."""
        if organisation_id is None:
            return False
        key = (organisation_id, role)
        if key not in self.vacancies:
            given = {"organisation_id": organisation_id, "day": local_date(self.work.now)}
            held = {h["role"] for h in self.work.records(people.HOLDERS_AT, **given)}
            self.vacancies[key] = role not in held
        return self.vacancies[key]

    def is_officer(self, organisation_id: int | None, person_id: int) -> bool:
        """Whether a person has a post at an organisation and a valid certificate today."""
        if organisation_id is None:
            return False
        key = (organisation_id, person_id)
        if key not in self.officers:
            self.officers[key] = officers.is_officer(self.work, *key)
        return self.officers[key]

    def place_of(self, organisation_id: int | None) -> str:
        """The code of the place of an organisation; empty where there is none."""
        if organisation_id is None:
            return ""
        found = organisations.get(self.work, organisation_id)
        return found.place_code if found else ""

    @cached_property
    def overdue(self) -> frozenset[str]:
        """The kinds of the open duties whose time has run out."""
        return frozenset(
            d.kind for d in self.duties if d.state == "open" and d.due_at <= self.work.now
        )

    @property
    def owed(self) -> frozenset[tuple[str, str, int | None]]:
        """The open duties of single items: the kind, the key of the item, and whose it is."""
        items = [d for d in self.duties if KNOWN_DUTIES[d.kind].item]
        return frozenset((d.kind, d.slot.rpartition("/v")[0], d.owner_id) for d in items)

    def situation(self, noun: str, row: Row, facts: Any) -> Situation[Row, Row, Any]:
        """The frozen picture a guard of a noun gets of one of its rows."""
        nobody: frozenset[int] = frozenset()
        return Situation(
            row=row,
            case=self.root,
            facts=facts,
            actor=self.actor,
            now=self.work.now,
            pack=self.pack,
            calendar=self.calendar,
            children=self.standings,
            makers={m: self.makers.get((row.id, m), nobody) for m in NOUNS[noun].makers},
            overdue=self.overdue,
            vacant=self.is_vacant,
            is_officer=self.is_officer,
            place_of=self.place_of,
            unsealed=self.unsealed,
            owed=self.owed,
            known=Surroundings(self.work, self.actor),
            awaited=frozenset(d.kind for d in self.duties),
        )

    def waiting(self, row: Row) -> list[dict[str, Any]]:
        """The decisions about a row that wait for signatures."""
        return [p for p in self.pending if p["r"] == row.id]


def open_case(
    work: Work,
    actor: Actor,
    case_id: int,
    noun: str = "",
    row_id: int = 0,
    *,
    first: Asked | None = None,
    related: Iterable[str] = (),
    people: bool = False,
) -> tuple[list[dict[str, Any]], Case]:
    """Lock a case and read all an act on one of its rows may need, in one trip where possible.

    ``first`` is asked before the lock (the key of the act); its answer comes back beside the
    case. The rows of the nouns ``related`` are read whole; of any other noun, just the row meant.
    Raises Missing when there is no such case.
    """
    root = cases.noun_of(work, case_id)
    if root is None:
        raise Missing(NOT_THERE)
    noun = noun or root
    given = _parameters(work, actor, case_id, row_id or case_id)
    wanted = sorted(related)
    alone = row_id and noun != root and noun not in wanted
    asks: list[Asked] = [first] if first else []
    at = len(asks)
    asks += asked.lock(root, case_id)
    ids = asked.ids_question(work)
    asks += [*ids, asked.seen_by_guards(noun, given), *asked.children(wanted, case_id)]
    asks += [asked.row(noun, case_id, row_id)] if alone else []
    if people:
        day = local_date(work.now)
        asks += [(asked.HOLDERS, {"case_id": case_id, "day": day})]
        asks += [(asked.ORGANISATIONS, {"case_id": case_id})]
    answers = work.ask_all(asks)
    if not answers[at]:
        raise Missing(NOT_THERE)
    if ids:
        asked.give_block(work, answers[at + 2])
    rest = answers[at + 2 + len(ids) :]
    case = case_of(work, actor, root, Row(**answers[at][0]), rest.pop(0))
    case.duties = [Row(**d) for d in answers[at + 1]]
    case.related = {n: [Row(**r) for r in rest.pop(0)] for n in wanted}
    if alone:
        case.related[noun] = [Row(**r) for r in rest.pop(0)]
    if people:
        case.holders = rest.pop(0)
        case.organisations = {o["id"]: o for o in rest.pop(0)}
    return (answers[0] if first else []), case


def look_at(work: Work, actor: Actor, case_id: int, *, also: tuple[str, int] | None = None) -> Case:
    """A case to look at, with all its rows: as an act sees it, and no lock. Raises Missing.

    ``also`` names a row of a noun that is not read with every case: a letter.
    """
    root = cases.noun_of(work, case_id)
    if root is None:
        raise Missing(NOT_THERE)
    below = [n.name for n in NOUNS.values() if root in n.under]
    answers = work.ask_all(
        [
            *asked.look(root, case_id),
            asked.seen_on_page(_parameters(work, actor, case_id, case_id)),
            *asked.children(below, case_id),
            *([asked.row(also[0], case_id, also[1])] if also else []),
        ]
    )
    below += [also[0]] if also else []
    head, duties, seen, *rows = answers
    if not head:
        raise Missing(NOT_THERE)
    case = case_of(work, actor, root, Row(**head[0]), seen)
    case.duties = [Row(**d) for d in duties]
    case.related = {n: [Row(**r) for r in found] for n, found in zip(below, rows, strict=True)}
    return case


def _parameters(work: Work, actor: Actor, case_id: int, row_id: int) -> dict[str, Any]:
    return asked.parameters(
        case_id=case_id,
        row_id=row_id,
        person_id=actor.person_id,
        behalf_of=actor.on_behalf_of,
        role=actor.role,
        organisation_id=actor.organisation_id,
        day=local_date(work.now),
    )


def case_of(
    work: Work,
    actor: Actor,
    noun: str,
    root: Row,
    seen: list[dict[str, Any]],
) -> Case:
    """The case around a root, from the answer of what guards may ask."""
    by: dict[str, list[dict[str, Any]]] = {}
    for part in seen:
        by.setdefault(part["kind"], []).append(part)
    return Case(
        work=work,
        actor=actor,
        noun=noun,
        root=root,
        duties=[],
        pack=packs.get(work, root.pack_id),
        calendar=packs.calendar(work, by["calendar"][0]["a"]),
        standings=asked.standings_in(by["standings"][0]["a"]),
        parties=by.get("party", []),
        makers=_makers(by.get("maker", ())),
        unsealed=by["unsealed"][0]["n"],
        pending=by.get("pending", []),
        in_post=frozenset(p["n"] for p in by.get("post", ())),
        stands_in="stand_in" in by,
        of_the_unit="at_unit" in by or "for_unit" in by,
    )


def _makers(found: Iterable[dict[str, Any]]) -> dict[tuple[int, str], frozenset[int]]:
    """Who made a move of a row: all who signed it, on both sides of a substitution."""
    makers: dict[tuple[int, str], frozenset[int]] = {}
    for part in found:
        key, people = (part["r"], part["a"]), frozenset({part["n"], part["m"]} - {None})
        makers[key] = makers.get(key, frozenset()) | people
    return makers


def unborn(work: Work, actor: Actor, noun: str, root: Row) -> Case:
    """The case of a root that is about to be born."""
    question, given = asked.seen_by_guards(noun, _parameters(work, actor, root.id, root.id))
    return case_of(work, actor, noun, root, work.records(question, **given))


def in_post_as(case: Case) -> Case:
    """The case as if the actor held another role, to ask which organisation a move belongs to."""
    actor = case.actor
    people = frozenset(p for p in (actor.person_id, actor.on_behalf_of) if p is not None)
    return replace(case, in_post=people, stands_in=True, of_the_unit=False)
