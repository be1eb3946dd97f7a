"""The rules that all tables of moves keep, whatever they say."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from operator import attrgetter
from typing import Any

import pytest

from guapai.people import Role
from law.provisions import PROVISIONS
from statemachines import facts
from statemachines.letter import LetterState
from statemachines.nouns import DUTIES, NOUNS, PROCEDURES
from statemachines.procedure import Move, Procedure, relation_of
from tests.statemachines.situations import luan

EVERY = pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)

DUTY_CELLS = ("meets", "opens", "may_open", "replaces", "suspends", "resumes", "cancels")


def entries(cell: str) -> Iterator[tuple[Move, Any]]:
    """Every entry of a cell of any table, with its move."""
    for procedure in PROCEDURES.values():
        for move in procedure.moves:
            for entry in getattr(move, cell):
                yield move, entry


@EVERY
def test_no_source_is_a_wildcard_and_none_is_named_twice(procedure: Procedure) -> None:
    for move in procedure.moves:
        assert all(isinstance(s, procedure.states) for s in move.source)
        assert len(set(move.source)) == len(move.source)
        assert move.dest is None or isinstance(move.dest, procedure.states)
        assert move.dest is not None or move.source


@EVERY
def test_a_name_means_one_thing_in_a_state(procedure: Procedure) -> None:
    keys = Counter((s, m.name) for m in procedure.moves for s in m.source or ("",))
    assert [k for k, n in keys.items() if n > 1] == []
    for name in {m.name for m in procedure.moves}:
        namesakes = [m for m in procedure.moves if m.name == name]
        assert len({(m.facts, m.basis) for m in namesakes}) == 1
        # where it stays in some states, it leads on to one and the same from the others
        assert len({m.dest for m in namesakes} - {None}) <= 1
    titles = Counter(m.title for m in procedure.moves)
    assert [t for t, n in titles.items() if n > 1] == []


@EVERY
def test_states_have_titles_of_their_own(procedure: Procedure) -> None:
    assert procedure.titles.keys() == set(procedure.states)
    assert len(set(procedure.titles.values())) == len(procedure.states)


@pytest.mark.parametrize(
    "words",
    [Role, facts.Source, facts.Level, facts.Stopped, facts.EvidenceKind]
    + [p.states for p in PROCEDURES.values()],
    ids=lambda words: words.__name__,
)
def test_names_are_values(words: type[StrEnum]) -> None:
    assert [w.name for w in words] == [w.value for w in words]


def carried() -> set[tuple[str, str]]:
    """(noun, move) of the moves that a move of a person brings about."""
    reached = {
        (p.noun, m.name) for p in PROCEDURES.values() for m in p.moves if m.by - {Role.clock}
    }
    for procedure in PROCEDURES.values():
        for move in procedure.moves:
            if (procedure.noun, move.name) in reached:
                reached |= {(relation_of(r)[0], n) for r, n in move.then} | set(move.starts)
    return reached


MACHINE_HELD = frozenset({LetterState.claimed, LetterState.sending})
"""The post holds a letter under a lease here; an expired lease hands it on without a person."""


@EVERY
def test_every_state_that_is_not_final_has_a_human_way_out(procedure: Procedure) -> None:
    human = carried()
    out = {
        s
        for m in procedure.moves
        for s in m.source
        if (procedure.noun, m.name) in human and m.dest not in (None, s)
    }
    held = set(procedure.states) - procedure.final - out
    assert held <= MACHINE_HELD
    for state in held:
        left = {m.dest for m in procedure.moves if state in m.source and Role.clock in m.by}
        assert left & out


@EVERY
def test_every_state_that_is_not_final_has_an_owner(procedure: Procedure) -> None:
    human = carried()
    for state in set(procedure.states) - procedure.final - MACHINE_HELD:
        duties = {d for m in procedure.moves if m.dest == state for d in m.opens}
        people = [
            m for m in procedure.moves if state in m.source and (procedure.noun, m.name) in human
        ]
        assert duties or people, state


@EVERY
def test_final_states_are_left_only_by_reopening(procedure: Procedure) -> None:
    left = {m.name for m in procedure.moves if m.dest and set(m.source) & procedure.final}
    assert left <= {"reopen", "return_transfer"}  # what was handed on may come back


@pytest.mark.parametrize("cell", DUTY_CELLS)
def test_every_duty_named_exists(cell: str) -> None:
    assert {duty for _, duty in entries(cell)} <= DUTIES.keys()


def test_every_duty_can_arise_and_be_done_with() -> None:
    rungs = {r.opens for kind in DUTIES for r in luan().rungs(kind)}
    opened = {d for cell in ("opens", "may_open") for _, d in entries(cell)}
    opened |= {e.kind for _, e in entries("opens_each")} | rungs
    ended = {d for cell in ("meets", "cancels") for _, d in entries(cell)}
    assert {k for k in DUTIES if k not in opened and DUTIES[k].every is None} == set()
    assert {k for k in DUTIES if k not in ended} == set()


def test_a_duty_is_met_by_those_who_owe_it() -> None:
    deeds = {d: set[Role]() for d in DUTIES}
    for move, duty in (*entries("meets"), *entries("suspends")):  # paused until others decide
        deeds[duty] |= move.by
    assert {d for d in DUTIES if DUTIES[d].role not in deeds[d]} == set()


def test_what_is_replaced_is_opened_anew_and_what_is_suspended_resumes() -> None:
    for move, duty in entries("replaces"):
        assert duty in {*move.opens, *(each.kind for each in move.opens_each)}, move.name
    assert {d for _, d in entries("resumes")} <= {d for _, d in entries("suspends")}


def test_what_follows_exists() -> None:
    for move, (relation, name) in entries("then"):
        noun, group = relation_of(relation)
        there = {m.name: m for m in PROCEDURES[noun].moves if m.by == frozenset()}
        assert NOUNS[noun].root or group, move.name
        assert name in there, f"{move.name}: a decision brings {noun} to {name}, nobody else does"
        for state in NOUNS[noun].relations.get(group, there[name].source):
            assert PROCEDURES[noun].move(name, state).by == frozenset(), move.name
    for _, (noun, name) in entries("starts"):
        assert PROCEDURES[noun].birth(name).by == frozenset()


def test_signatures_can_be_given() -> None:
    for procedure in PROCEDURES.values():
        for needs in (m.needs for m in procedure.moves if m.needs):
            quorum = needs.quorum
            if isinstance(quorum, str):
                quorum = attrgetter(quorum)(luan().parameters).value
            assert quorum >= 2
            assert needs.leaders <= needs.roles


@EVERY
def test_every_move_has_a_basis_and_known_columns(procedure: Procedure) -> None:
    for move in procedure.moves:
        assert move.basis in PROVISIONS
        assert set(move.keeps or ()) <= move.facts.model_fields.keys()
        assert move.at.keys() <= move.by


def test_a_pause_has_an_end() -> None:
    """Whoever pauses a ladder opens a duty that ends it; nothing leaves the state past the pause."""
    for procedure in PROCEDURES.values():
        for move in (m for m in procedure.moves if m.suspends):
            states = (move.dest,) if move.dest else move.source
            assert move.opens, f"{move.name}: nobody owes the end of the pause"
            for paused in move.suspends:
                onward = [m for m in procedure.moves if set(m.source) & set(states)]
                ends = [m for m in onward if paused in _ended_by(m) | set(m.resumes)]
                assert any(set(m.meets) & set(move.opens) for m in ends), (move.name, paused)
                leaving = [m for m in onward if m.dest and m.dest not in states]
                last = [m for m in leaving if m.dest in procedure.final]
                assert [m.name for m in leaving if m not in ends + last] == [], paused


def _ended_by(move: Move) -> set[str]:
    return {*move.meets, *move.replaces, *move.cancels}
