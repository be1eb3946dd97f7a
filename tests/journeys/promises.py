"""Promises of the law that hold at every step of a case, read from its rows and events alone."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from law.calendar import Calendar
from law.pack import Pack
from statemachines.hazard.term import last_day
from storage.history.event import Event

Rows = Mapping[tuple[str, int], Mapping[str, Any]]
ENDED_BY = {"grade": "obtain_opinion", "rectify": "accept"}
"""The duty that ends the pause of another one."""
BY_NEXT_LEVEL = {"set_term", "upgrade", "grant"}


def broken(rows: Rows, events: Iterable[Event], pack: Pack, calendar: Calendar) -> list[str]:
    """What is not as it must be, as sentences."""
    live = [r for (table, _), r in rows.items() if table == "duties" and not r["closed_at"]]
    going = {r["kind"] for r in live if r["state"] == "open"}
    out = [
        f"{r['kind']} falls silent" for r in live if r["state"] == "open" and not r["next_rung_at"]
    ]
    paused = [r["kind"] for r in live if r["state"] == "suspended"]
    out += [f"the pause of {k} has no end" for k in paused if ENDED_BY[k] not in going]
    (hazard,) = [r for (table, _), r in rows.items() if table == "hazards"]
    if hazard["deadline"] is not None and hazard["term_started_on"] is not None:
        began, ends = (date.fromisoformat(hazard[c]) for c in ("term_started_on", "deadline"))
        late = ends > last_day(began, pack, calendar)
        above = {e.move for e in events if e.role == "commission_chair"} & BY_NEXT_LEVEL
        if late and not above:
            out.append(
                f"the term ends on {hazard['deadline']}, past the cap, and nobody above said so"
            )
    return out
