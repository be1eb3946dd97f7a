"""Changes every move one attribute at a time and checks that transitions.csv notices each change.

Run with `python -m tests.statemachines.mutation`; the exit code is 1 when a change goes unnoticed.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from guapai.people import Role
from statemachines.nouns import PROCEDURES
from statemachines.procedure import Move, Procedure, Signatures
from statemachines.situation import Situation
from tests.statemachines.table_check import disagreements, stated

LISTS = (
    "guards",
    "meets",
    "opens",
    "replaces",
    "suspends",
    "resumes",
    "cancels",
    "papers",
    "letters",
    "starts",
    "then",
)
"""The attributes that hold several entries, any of which may get lost."""

PAIRS = frozenset({"starts", "then"})

Change = tuple[str, Move | None]
"""What was changed, and the changed move; None where the move is lost, or will not be built."""


class OtherFacts(BaseModel):
    """A form that no move asks for."""


def other_guard(_: Situation) -> str | None:
    """A guard that no move has."""
    return None


def changes(procedure: Procedure, move: Move) -> Iterator[Change]:
    """Every way to change one attribute of a move."""
    yield "lost", None
    yield "renamed", replace(move, name="other")
    yield "other facts", replace(move, facts=OtherFacts)
    yield "other basis", replace(move, basis="other")
    yield from _roles(move)
    yield from _states(procedure, move)
    for attribute in LISTS:
        yield from _entries(move, attribute)
    yield from _columns(move)
    yield from _signatures(move)


def _built(move: Move, **changed: Any) -> Move | None:
    """The changed move, or None where the table itself refuses it."""
    try:
        return replace(move, **changed)
    except ValueError:
        return None


def _with(move: Move, attribute: str, value: Any) -> Move:
    changed: dict[str, Any] = {attribute: value}
    return replace(move, **changed)


def _roles(move: Move) -> Iterator[Change]:
    for role in Role:
        yield f"by: {role} the other way", _built(move, by=move.by ^ {role})
    for role in move.at:
        yield (
            f"at: without {role}",
            replace(move, at={r: s for r, s in move.at.items() if r != role}),
        )
        yield f"at: {role} elsewhere", replace(move, at={**move.at, role: "other"})
    for role in move.by - move.at.keys():
        yield f"at: {role} named", replace(move, at={**move.at, role: "other"})


def _states(procedure: Procedure, move: Move) -> Iterator[Change]:
    for state in procedure.states:
        if state in move.source:
            rest = tuple(s for s in move.source if s != state)
            yield f"source: without {state}", replace(move, source=rest)
        else:
            yield f"source: with {state}", replace(move, source=(*move.source, state))
    ends: tuple[StrEnum | None, ...] = (None, *procedure.states)
    for end in ends:
        if end != move.dest:
            yield f"dest: {end}", replace(move, dest=end)


def _entries(move: Move, attribute: str) -> Iterator[Change]:
    entries: tuple[Any, ...] = getattr(move, attribute)
    for i, entry in enumerate(entries):
        shown = getattr(entry, "__name__", entry)
        lost = entries[:i] + entries[i + 1 :]
        yield f"{attribute}: without {shown}", _with(move, attribute, lost)
    other: Any = ("other", "other") if attribute in PAIRS else "other"
    if attribute == "guards":
        other = other_guard
    yield f"{attribute}: one more", _with(move, attribute, (*entries, other))
    if attribute == "guards" and len(entries) > 1:
        yield "guards: turned round", replace(move, guards=move.guards[::-1])


def _columns(move: Move) -> Iterator[Change]:
    for column in move.sets:
        yield f"sets: without {column}", replace(move, sets={})
        yield f"sets: other {column}", replace(move, sets={**move.sets, column: "other"})
    yield "sets: one more", replace(move, sets={**move.sets, "other": "other"})
    if move.keeps is None:
        yield "keeps: none", replace(move, keeps=())
    else:
        yield "keeps: every", replace(move, keeps=None)
        for column in move.keeps:
            rest = tuple(c for c in move.keeps if c != column)
            yield f"keeps: without {column}", replace(move, keeps=rest)


def _signatures(move: Move) -> Iterator[Change]:
    needs = move.needs
    if needs is None:
        if move.by:
            yield "needs: some", replace(move, needs=Signatures(roles=move.by, quorum=2))
        return
    yield "needs: nobody", replace(move, needs=None)
    yield "needs: other quorum", replace(move, needs=replace(needs, quorum=1))
    for role in needs.roles:
        yield (
            f"needs: without {role}",
            replace(move, needs=replace(needs, roles=needs.roles - {role})),
        )
    for role in Role:
        turned = replace(needs, leaders=needs.leaders ^ {role})
        yield f"needs: leader {role} the other way", replace(move, needs=turned)


def survivors() -> tuple[int, list[str]]:
    """How many changes were tried, and those that nobody noticed."""
    rows = stated()
    tried, unnoticed = 0, []
    for noun, procedure in PROCEDURES.items():
        for i, move in enumerate(procedure.moves):
            for what, changed in changes(procedure, move):
                tried += 1
                rest = (*procedure.moves[:i], *procedure.moves[i + 1 :])
                moves = rest if changed is None else (*rest, changed)
                if not disagreements(noun, moves, rows):
                    unnoticed.append(f"{noun}.{move.name}: {what}")
    return tried, unnoticed


def main() -> int:
    """Print the count and the survivors; the exit code."""
    started_clean = not any(disagreements(n, p.moves, stated()) for n, p in PROCEDURES.items())
    tried, unnoticed = survivors()
    for line in unnoticed:
        print(f"survived: {line}")
    print(f"{tried} changes tried, {len(unnoticed)} survived")
    if not started_clean:
        print("the unchanged tables already disagree with transitions.csv")
    return 0 if started_clean and tried and not unnoticed else 1


if __name__ == "__main__":
    sys.exit(main())
