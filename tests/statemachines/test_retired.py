"""What has gone from the tables is named as retired, and nothing opens it anew."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from guapai.people import Role
from statemachines.duty import DutyKind
from statemachines.hazard import HAZARD
from statemachines.noun import Noun, index
from statemachines.nouns import NOUNS
from statemachines.procedure import Move, Procedure

ROOT = Path(__file__).parents[2]
GONE = DutyKind(name="gone", title="已取消的任务", role=Role.inspector)


def _with(**changes: tuple[str, ...]) -> tuple[Noun, ...]:
    """The nouns, with a retired duty of the hazard and one of its moves changed."""
    moves: list[Move] = [
        replace(m, **changes) if m.name == "record_visit" else m  # type: ignore[arg-type]
        for m in HAZARD.procedure.moves
    ]
    procedure = Procedure(
        "hazard", HAZARD.procedure.states, tuple(moves), final=HAZARD.procedure.final
    )
    hazard = replace(HAZARD, procedure=procedure, retired_duties=(GONE,))
    return tuple(hazard if n.name == "hazard" else n for n in NOUNS.values())


def test_a_retired_duty_may_be_ended_by_a_move() -> None:
    found = index(_with(meets=("gone",)))
    assert found["hazard"].retired_duties == (replace(GONE, noun="hazard"),)


def test_a_retired_duty_is_opened_by_none() -> None:
    with pytest.raises(ValueError, match=r"record_visit: opens the retired kind of duty 'gone'"):
        index(_with(opens=("gone",)))


def test_a_duty_is_either_of_today_or_retired() -> None:
    twice = replace(HAZARD, retired_duties=(replace(GONE, name="visit"),))
    with pytest.raises(ValueError, match="have a kind of duty 'visit'"):
        index(tuple(twice if n.name == "hazard" else n for n in NOUNS.values()))


def test_a_name_from_a_row_is_looked_up_among_the_retired_too() -> None:
    """``DUTIES[…]`` holds what may be opened now; what a row names may be older."""
    odd = []
    for layer in ("storage", "notifications", "actions", "portal", "cli"):
        for path in (ROOT / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name):
                    continue
                if node.value.id == "DUTIES":
                    odd.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert odd == []
