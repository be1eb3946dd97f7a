"""Every state × move × role of every procedure, and what firing does to a row."""

from dataclasses import replace
from difflib import unified_diff
from typing import Any

import pytest
from transitions import Machine

from guapai.errors import NotAllowed, Refused, WrongState
from guapai.people import Role
from statemachines.nouns import NOUNS, PROCEDURES
from statemachines.procedure import Move, Procedure, permit
from tests.statemachines.situations import situation
from tests.statemachines.snapshot import TRANSITIONS, snapshot

EVERY = pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)


class Row:
    """A row that remembers what was written to it."""

    def __init__(self, state: str | None) -> None:
        self.written: list[str] = []
        self.state = state
        self.written.clear()

    def __setattr__(self, name: str, value: object) -> None:
        if name != "written":
            self.written.append(name)
        super().__setattr__(name, value)


def no(_: object) -> str | None:
    """Refuses whatever it is asked."""
    return "不同意"


def with_guards(procedure: Procedure, *guards: Any) -> Procedure:
    """The same procedure with other guards on every move that has some."""
    moves = tuple(replace(m, guards=guards if m.guards else ()) for m in procedure.moves)
    return Procedure(
        procedure.noun,
        procedure.states,
        moves,
        final=procedure.final,
    )


def lines(procedure: Procedure) -> dict[tuple[str, str], Move]:
    """The moves by the state they start from, none for a birth, and by name."""
    return {(s, m.name): m for m in procedure.moves for s in m.source or ("",)}


def machines(procedure: Procedure) -> list[Machine]:
    return [v for v in vars(procedure).values() if isinstance(v, Machine)]


def test_the_snapshot_is_current() -> None:
    kept = TRANSITIONS.read_text(encoding="utf-8").splitlines()
    changed = list(unified_diff(kept, snapshot().splitlines(), "kept", "now", n=0))
    assert not changed, "\n".join(
        (*changed, "As meant? python -m tests.statemachines.snapshot writes it anew.")
    )


def test_every_noun_has_a_title() -> None:
    assert PROCEDURES.keys() == NOUNS.keys()


@EVERY
def test_each_state_move_and_role(procedure: Procedure) -> None:
    known = lines(procedure)
    for state in procedure.states:
        for name in {m.name for m in procedure.moves}:
            if (state, name) not in known:
                with pytest.raises(WrongState, match=procedure.titles[state]):
                    procedure.move(name, state)
                continue
            move = procedure.move(name, state)
            assert move is known[state, name]
            for role in Role:
                if role in move.by:
                    permit(move, role)
                else:
                    with pytest.raises(NotAllowed, match=move.title):
                        permit(move, role)


@EVERY
def test_each_role_is_offered_what_it_may_do(procedure: Procedure) -> None:
    known = lines(procedure)
    for state in procedure.states:
        for role in Role:
            offered = [m.name for m in procedure.open_to(role, state)]
            allowed = {n for (s, n), m in known.items() if s == state and role in m.by}
            assert sorted(offered) == sorted(allowed)


@EVERY
def test_births_are_births_and_nothing_else_is(procedure: Procedure) -> None:
    births = {name for source, name in lines(procedure) if not source}
    for move in procedure.moves:
        if move.name in births:
            assert procedure.birth(move.name) is move
        else:
            with pytest.raises(WrongState):
                procedure.birth(move.name)


@EVERY
def test_firing_leads_where_it_should_and_touches_only_the_state(procedure: Procedure) -> None:
    free = with_guards(procedure)
    case = situation()
    for (source, name), line in lines(procedure).items():
        row = Row(source or None)
        move = free.move(name, source) if source else free.birth(name)
        free.fire(row, move, case)
        assert row.state == (source if line.dest is None else line.dest)
        assert isinstance(row.state, procedure.states)
        assert set(row.written) == {"state"}
        assert vars(row).keys() == {"written", "state"}


@EVERY
def test_guard_free_moves_fire_as_they_stand(procedure: Procedure) -> None:
    case = situation()
    for (source, name), line in lines(procedure).items():
        if not line.guards:
            row = Row(source or None)
            procedure.fire(
                row, procedure.move(name, source) if source else procedure.birth(name), case
            )
            assert row.state == (source if line.dest is None else line.dest)


@EVERY
def test_a_refusing_guard_leaves_the_state_alone(procedure: Procedure) -> None:
    strict = with_guards(procedure, no)
    case = situation()
    for (source, name), line in lines(procedure).items():
        row = Row(source or None)
        move = strict.move(name, source) if source else strict.birth(name)
        if line.guards:
            with pytest.raises(Refused, match="不同意"):
                strict.fire(row, move, case)
            assert row.state == (source or None)


@EVERY
def test_one_machine_serves_all_rows(procedure: Procedure) -> None:
    (machine,) = machines(procedure)
    free = [m for m in procedure.moves if m.source and not m.guards]
    case = situation()
    for _ in range(3):
        for move in free:
            procedure.fire(Row(move.source[0]), move, case)
    assert machines(procedure) == [machine]
    assert machine.models == []
    assert not machine.has_queue
    assert machine.events.keys() == {m.name for m in procedure.moves if m.source}
