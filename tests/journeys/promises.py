"""Promises of the law that hold at every step of a case, read from its rows and events alone."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from guapai.people import Role
from law.calendar import Calendar
from law.pack import Pack
from law.place import head_of
from statemachines.facts import Level
from statemachines.hazard import HAZARD, HazardState
from statemachines.hazard.term import last_day
from statemachines.nouns import KNOWN_DUTIES
from statemachines.side import OF_UNIT
from storage.history.event import Event

Rows = Mapping[tuple[str, int], Mapping[str, Any]]
ENDED_BY = {"grade": "obtain_opinion", "rectify": "accept"}
"""The duty that ends the pause of another one."""
OWED_AFTER = {kind.name for kind in KNOWN_DUTIES.values() if kind.outlives} | {
    kind
    for move in HAZARD.procedure.moves
    if move.dest == HazardState.closed
    for kind in (*move.opens, *move.may_open)
}
"""What is owed after closing: what closing asks for, and what stays until it is met."""
BEFORE = {"listings": ("proposed", "listed"), "deferrals": ("applied", "endorsed")}
"""What cannot stand beside a closed case."""
BY_NEXT_LEVEL = {"set_term", "upgrade", "grant"}
LEVELS = {6: Level.county, 4: Level.city, 2: Level.province, 0: Level.state}
"""The level of a commission, by how many signs of its place's code tell it from others."""
SIGNED = {"list", "upgrade"}
"""Moves with which a commission signs at a level."""


def broken(
    rows: Rows,
    events: Iterable[Event],
    pack: Pack,
    calendar: Calendar,
    places: Mapping[int, str],
) -> list[str]:
    """What is not as it must be, as sentences; ``places`` are the codes of organisations."""
    events = list(events)
    (hazard,) = [r for (table, _), r in rows.items() if table == "hazards"]
    live = [r for (table, _), r in rows.items() if table == "duties" and not r["closed_at"]]
    return [
        *_silent(live),
        *_too_long(hazard, events, pack, calendar),
        *_too_high(rows, events, places),
        *_closed_too_soon(hazard, rows, live),
        *_on_both_sides(events),
    ]


def _silent(live: list[Mapping[str, Any]]) -> Iterator[str]:
    """An open duty has a next rung, overdue or not; a pause has an end."""
    going = {r["kind"] for r in live if r["state"] == "open"}
    for row in live:
        kind = row["kind"]
        if row["state"] == "open" and not row["next_rung_at"]:
            yield f"{kind} falls silent"
        if row["state"] == "suspended" and ENDED_BY[kind] not in going:
            yield f"the pause of {kind} has no end"


def _too_long(
    hazard: Mapping[str, Any], events: list[Event], pack: Pack, calendar: Calendar
) -> Iterator[str]:
    """No way of moving the term leads past the cap, but for the next level."""
    if hazard["deadline"] is None or hazard["term_started_on"] is None:
        return
    began, ends = (date.fromisoformat(hazard[c]) for c in ("term_started_on", "deadline"))
    late = ends > last_day(began, pack, calendar)
    above = {e.move for e in events if e.role == "commission_chair"} & BY_NEXT_LEVEL
    if late and not above:
        yield f"the term ends on {ends}, past the cap, and nobody above said so"


def _too_high(rows: Rows, events: list[Event], places: Mapping[int, str]) -> Iterator[str]:
    """No listing stands at a level above the commission that signed it last."""
    order = list(Level)
    for (table, row_id), row in rows.items():
        signed = [e for e in events if (e.noun, e.row_id) == ("listing", row_id)]
        last = next((e for e in reversed(signed) if e.move in SIGNED), None)
        if table != "listings" or last is None or last.organisation_id is None:
            continue
        own = LEVELS[len(head_of(places[last.organisation_id]))]
        if order.index(Level(row["level"])) > order.index(own):
            yield f"a commission of the {own} signs at the level of the {row['level']}"


def _closed_too_soon(
    hazard: Mapping[str, Any], rows: Rows, live: list[Mapping[str, Any]]
) -> Iterator[str]:
    """What is closed is dangerous no more, stopped no more, listed no more, and owes what outlives it."""
    if hazard["state"] != "closed":
        return
    if hazard["real_danger"]:
        yield "closed beside real danger"
    if hazard["production_stopped"] != "none":
        yield "closed beside a stop"
    for (table, _), row in rows.items():
        if row.get("state") in BEFORE.get(table, ()):
            yield f"closed while one of its {table} is {row['state']}"
    owed = {r["kind"] for r in live if r["noun"] == "hazard"}
    yield from (f"closed while {kind} is owed" for kind in sorted(owed - OWED_AFTER))


def _on_both_sides(events: list[Event]) -> Iterator[str]:
    """Nobody has acted for the unit and for those who supervise it, in their own name or another's."""
    sides: dict[int, set[bool]] = {}
    for e in events:
        role = Role(e.role)
        if role is Role.clock:
            continue
        for person in {e.person_id, e.behalf_of} - {None}:
            sides.setdefault(person, set()).add(role in OF_UNIT)
    for person, both in sides.items():
        if len(both) > 1:
            yield f"person {person} has acted on both sides"
