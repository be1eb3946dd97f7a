"""The moves in the code against a reading of domain.md in its own codes; departures are declared."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any, NamedTuple

import pytest

from statemachines.nouns import PROCEDURES
from statemachines.procedure import Among, Move
from tests.statemachines.departures import (
    BEYOND,
    MOVES_TO_COME,
    NOT_YET,
    OURS,
    REGIONS_TO_COME,
    WITHHELD,
)
from tests.statemachines.dossier import MAIN, READ
from tests.statemachines.situations import luan

STATES = {
    "": "-",
    "lead": "L0",
    "grading": "L1",
    "general_fixing": "G1",
    "general_recheck": "G2",
    "major_confirmed": "M1",
    "reported": "M2",
    "plan_due": "M3",
    "plan_review": "M4",
    "rectifying": "M5",
    "acceptance_requested": "M6",
    "rework": "M7",
    "accepted": "M8",
    "closed": "M9",
    "ownerless": "N1",
    "shutdown_proposed": "X1",
    "shutting_down": "X1a",
    "shutdown_executed": "X1b",
    "shut_down": "X2",
    "transferred_out": "X3",
    "voided": "X4",
}
ROLES = {
    "enterprise_head": "E1",
    "safety_officer": "E2",
    "inspector": "R1",
    "division_chief": "R2",
    "legal_reviewer": "R3",
    "department_head": "R4",
    "commission_office": "C1",
    "commission_chair": "C2",
    "government": "G1",
    "township": "T1",
    "expert": "X1",
    "hotline_clerk": "H1",
    "publisher": "P1",
    "clock": "S1",
}
AT_LEAST = {"form", "duty", "pauses", "sets"}
"""Kinds of facts of which a move may have more than the dossier asks for."""

EACH = pytest.mark.parametrize("noun", READ)


class Fact(NamedTuple):
    """One thing that is so about a move from one state, in the codes of domain.md."""

    move: str
    start: str
    said: str


def reading(text: str) -> set[Fact]:
    """What the tables of the dossier say, fact by fact."""
    return {Fact(*found) for line in text.split("\n") if line for found in _read(line)}


def _read(line: str) -> Iterator[tuple[str, str, str]]:
    # the last cell may hold a bar of its own: at:C2=commission|upper
    _, starts, end, who, needs, move, rests = (c.strip() for c in line.split("|", 6))
    said = {f"to {end}", *(f"by {role}" for role in who.split())}
    for word in rests.split():
        kind, colon, name = word.partition(":")
        said.add(f"{kind} {name}" if colon else f"guard {word}")
    if needs:
        quorum, _, signers = needs.partition(" of ")
        all_of, _, leaders = signers.partition(" led by ")
        said |= {f"{quorum} sign", *(f"{role} signs" for role in all_of.split())}
        said |= {f"{role} leads" for role in leaders.split()}
    for start in starts.split():
        for one in said:
            yield move, start, one


def code(moves: tuple[Move, ...]) -> set[Fact]:
    """What the table of moves says, fact by fact."""
    return {
        Fact(move.name, STATES.get(start, start), said)
        for move in moves
        for start in move.source or ("",)
        for said in _said(move)
    }


def _said(move: Move) -> Iterator[str]:
    yield f"to {'=' if move.dest is None else STATES.get(move.dest, move.dest)}"
    yield from (f"by {ROLES.get(role, role)}" for role in move.by)
    if not move.by:
        yield "by carried"
    yield from (f"guard {guard.__name__}" for guard in move.guards)
    yield from (f"at {ROLES.get(role, role)}={side}" for role, side in move.at.items())
    fields = move.facts.model_fields.items()
    yield from (f"form {n}" for n, f in fields if f.is_required())
    yield from (f"duty {duty}" for duty in (*move.opens, *move.may_open))
    yield from (f"pauses {duty}" for duty in move.suspends)
    yield from (f"sets {column}" for column in move.sets)
    if move.needs is not None:
        quorum: Any = move.needs.quorum
        if isinstance(quorum, str):
            quorum = attrgetter(quorum)(luan().parameters).value
        yield f"{quorum} sign"
        yield from (f"{ROLES.get(role, role)} signs" for role in move.needs.roles)
        yield from (f"{ROLES.get(role, role)} leads" for role in move.needs.leaders)
        yield from (f"among {_kind(kind)}" for kind in move.needs.among)


def _kind(kind: Among) -> str:
    least: Any = kind.least
    if isinstance(least, str):
        least = attrgetter(least)(luan().parameters).value
    roles = "|".join(sorted(ROLES.get(role, role) for role in kind.roles))
    return f"{least}:{'officers' if kind.certified else roles}"


def undeclared(facts: set[Fact], *declared: dict[str, str]) -> tuple[set[Fact], set[str]]:
    """The facts that no declaration covers, and the declarations that cover none of them."""
    idle = {key for some in declared for key in some}
    known, bare = frozenset(idle), set()
    for fact in facts:
        keys = {f"{fact.move} {fact.said}", f"{fact.move} from {fact.start}"} & known
        idle -= keys
        if not keys:
            bare.add(fact)
    return bare, idle


@EACH
def test_what_the_dossier_asks_for_is_so_or_declared_to_come(noun: str) -> None:
    missing = reading(READ[noun]) - code(PROCEDURES[noun].moves)
    bare, idle = undeclared(missing, NOT_YET[noun], WITHHELD.get(noun, {}))
    assert bare == set()
    assert idle == set(), "the code does this now: take it out"


@EACH
def test_what_goes_beyond_the_dossier_is_declared(noun: str) -> None:
    beyond = code(PROCEDURES[noun].moves) - reading(READ[noun])
    named = {f for f in beyond if f.said.partition(" ")[0] not in AT_LEAST}
    bare, idle = undeclared(named, BEYOND[noun])
    assert bare == set()
    assert idle == set(), "the code does this no more: take it out"


def test_every_row_of_the_dossier_is_stated() -> None:
    lines = [line for text in READ.values() for line in text.split("\n") if line]
    rows = {line.split("|")[0].strip() for line in lines}
    assert {*(str(n) for n in range(1, 31)), "11b", "17b"} <= rows
    main = {line.split("|")[0].strip() for line in MAIN.split("\n") if line}
    assert main == {*(str(n) for n in range(1, 31) if n != 19), "11b", "17b"}


def test_moves_and_regions_to_come_have_not_come() -> None:
    moves = {m.name for p in PROCEDURES.values() for m in p.moves}
    assert moves & MOVES_TO_COME.keys() == set()
    assert PROCEDURES.keys() & REGIONS_TO_COME.keys() == set()
    assert PROCEDURES.keys() == READ.keys() | OURS.keys()
