"""Every state × move × role of every procedure, and what firing does to a row."""

from dataclasses import replace
from typing import Any

import pytest
from transitions import Machine

from guapai.errors import NotAllowed, Refused, WrongState
from guapai.people import Role
from statemachines.nouns import NOUNS, PROCEDURES
from statemachines.procedure import Procedure, permit
from statemachines.situation import Situation
from tests.statemachines.situations import situation
from tests.statemachines.table_check import DOMAIN, disagreements, stated

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


def no(_: Situation) -> str | None:
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


def written(noun: str) -> dict[tuple[str, str], dict[str, str]]:
    """The lines of transitions.csv by source state and move."""
    return {(r["from"], r["move"]): r for r in stated() if r["noun"] == noun}


def machines(procedure: Procedure) -> list[Machine]:
    return [v for v in vars(procedure).values() if isinstance(v, Machine)]


@EVERY
def test_code_and_reviewed_copy_agree(procedure: Procedure) -> None:
    assert disagreements(procedure.noun, procedure.moves, stated()) == []


@pytest.mark.parametrize("column", [c for c in stated()[0] if c != DOMAIN])
def test_a_change_in_any_column_is_noticed(column: str) -> None:
    for noun, procedure in PROCEDURES.items():
        rows = stated()
        first = next(r for r in rows if r["noun"] == noun)
        first[column] = f"{first[column]}|other"
        assert disagreements(noun, procedure.moves, rows)


def test_a_line_too_few_or_said_twice_is_noticed() -> None:
    hazard, rows = PROCEDURES["hazard"], stated()
    assert disagreements("hazard", hazard.moves, rows[1:])
    assert disagreements("hazard", hazard.moves, [rows[0], *rows])
    assert disagreements("hazard", (hazard.moves[0], *hazard.moves), rows)


def test_the_reviewed_copy_names_no_other_noun() -> None:
    assert {r["noun"] for r in stated()} == PROCEDURES.keys() == NOUNS.keys()


@EVERY
def test_each_state_move_and_role(procedure: Procedure) -> None:
    lines = written(procedure.noun)
    for state in procedure.states:
        for name in {m.name for m in procedure.moves}:
            line = lines.get((state, name))
            if line is None:
                with pytest.raises(WrongState, match=procedure.titles[state]):
                    procedure.move(name, state)
                continue
            move = procedure.move(name, state)
            for role in Role:
                if role in line["roles"].split("|"):
                    permit(move, role)
                else:
                    with pytest.raises(NotAllowed, match=move.title):
                        permit(move, role)


@EVERY
def test_each_role_is_offered_what_it_may_do(procedure: Procedure) -> None:
    lines = written(procedure.noun)
    for state in procedure.states:
        for role in Role:
            offered = [m.name for m in procedure.open_to(role, state)]
            allowed = {
                n for (s, n), r in lines.items() if s == state and role in r["roles"].split("|")
            }
            assert sorted(offered) == sorted(allowed)


@EVERY
def test_births_are_births_and_nothing_else_is(procedure: Procedure) -> None:
    births = {name for source, name in written(procedure.noun) if not source}
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
    for (source, name), line in written(procedure.noun).items():
        row = Row(source or None)
        move = free.move(name, source) if source else free.birth(name)
        free.fire(row, move, case)
        assert row.state == (source if line["to"] == "=" else line["to"])
        assert isinstance(row.state, procedure.states)
        assert set(row.written) == {"state"}
        assert vars(row).keys() == {"written", "state"}


@EVERY
def test_guard_free_moves_fire_as_they_stand(procedure: Procedure) -> None:
    case = situation()
    for (source, name), line in written(procedure.noun).items():
        if not line["guards"]:
            row = Row(source or None)
            procedure.fire(
                row, procedure.move(name, source) if source else procedure.birth(name), case
            )
            assert row.state == (source if line["to"] == "=" else line["to"])


@EVERY
def test_a_refusing_guard_leaves_the_state_alone(procedure: Procedure) -> None:
    strict = with_guards(procedure, no)
    case = situation()
    for (source, name), line in written(procedure.noun).items():
        row = Row(source or None)
        move = strict.move(name, source) if source else strict.birth(name)
        if line["guards"]:
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
