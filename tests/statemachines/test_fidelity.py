"""The page that says how true the main line is names every fault once, and only tests that are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/explanation/fidelity.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [AB]", line)
]
STATES = {"holds", "in part", "not yet"}


def test_every_fault_has_its_row() -> None:
    keys = [row[0] for row in ROWS]
    assert [k for k in keys if k[0] == "A"] == [f"A{n}" for n in range(1, 25)]
    assert len(set(keys)) == len(keys)


def test_what_is_said_to_hold_names_a_test_that_is_there() -> None:
    for key, _, state, said in ROWS:
        named = re.findall(r"`(tests/[^`]+)`", said)
        assert state in STATES, key
        assert bool(named) == (state != "not yet"), key
        for name in named:
            path, _, function = name.partition("::")
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            defined = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
            assert not function or function in defined, name
