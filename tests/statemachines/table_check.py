"""Compares tables of moves with transitions.csv, the reviewed copy that makes every change show.

The copy follows the code and proves nothing about domain.md; test_domain.py states that on its own.
"""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from statemachines.procedure import Move, Signatures

TRANSITIONS = Path(__file__).with_name("transitions.csv")

DOMAIN = "domain"
"""The column that names what in domain.md a line states (a row of §10.2, a clock of §10.4 …)."""

ORDERED = ("guards",)
"""Cells whose order matters: the first guard that refuses gives the reason."""

Line = Mapping[str, str]


def stated() -> list[dict[str, str]]:
    """Every line of transitions.csv, as written."""
    with TRANSITIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(noun: str, moves: Iterable[Move]) -> list[dict[str, str]]:
    """The moves of a noun as lines of transitions.csv would state them, one per source state."""
    return [
        {"noun": noun, "from": source, **_cells(move)}
        for move in moves
        for source in move.source or ("",)
    ]


def disagreements(noun: str, moves: Iterable[Move], rows: Iterable[Line]) -> list[str]:
    """Where the moves of a noun and the lines of transitions.csv do not say the same."""
    ours, doubles = _keyed(lines(noun, moves))
    theirs, again = _keyed(r for r in rows if r["noun"] == noun)
    found = [f"{noun}: {key} is stated twice" for key in (*doubles, *again)]
    found += [f"{noun}: {key} is only in the code" for key in ours.keys() - theirs.keys()]
    found += [f"{noun}: {key} is only in transitions.csv" for key in theirs.keys() - ours.keys()]
    for key in ours.keys() & theirs.keys():
        found += [
            f"{noun}: {key} {column}: the code says {cell!r}, transitions.csv {theirs[key][column]!r}"
            for column, cell in ours[key].items()
            if _plain(column, cell) != _plain(column, theirs[key][column])
        ]
    return sorted(found)


def _keyed(rows: Iterable[Line]) -> tuple[dict[str, Line], list[str]]:
    keyed: dict[str, Line] = {}
    doubles = []
    for row in rows:
        key = f"{row['from'] or '(birth)'} {row['move']}"
        if key in keyed:
            doubles.append(key)
        keyed[key] = row
    return keyed, doubles


def _plain(column: str, cell: str) -> list[str]:
    parts = cell.split("|")
    return parts if column in ORDERED else sorted(parts)


def _cells(move: Move) -> dict[str, str]:
    return {
        "to": "=" if move.dest is None else move.dest,
        "move": move.name,
        "roles": "|".join(sorted(move.by)),
        "at": "|".join(f"{role}={side.replace('|', '+')}" for role, side in move.at.items()),
        "facts": move.facts.__name__,
        "guards": "|".join(g.__name__ for g in move.guards),
        "needs": _needs(move.needs),
        "basis": move.basis,
        "sets": "|".join(f"{column}={value}" for column, value in move.sets.items()),
        "keeps": "every" if move.keeps is None else "|".join(move.keeps) or "none",
        "opens": "|".join(move.opens),
        "meets": "|".join(move.meets),
        "replaces": "|".join(move.replaces),
        "suspends": "|".join(move.suspends),
        "resumes": "|".join(move.resumes),
        "cancels": "|".join(move.cancels),
        "letters": "|".join(move.letters),
        "papers": "|".join(move.papers),
        "starts": "|".join(f"{noun}.{name}" for noun, name in move.starts),
        "then": "|".join(f"{relation}.{name}" for relation, name in move.then),
    }


def _needs(needs: Signatures | None) -> str:
    """`quorum of role+role led by role`."""
    if needs is None:
        return ""
    led = f" led by {'+'.join(sorted(needs.leaders))}" if needs.leaders else ""
    return f"{needs.quorum} of {'+'.join(sorted(needs.roles))}{led}"
