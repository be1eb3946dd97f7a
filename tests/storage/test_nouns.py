"""What is common to nouns is a property of theirs: no table asks for another noun by its name."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from statemachines.nouns import NOUNS

TABLES = sorted((Path(__file__).parents[2] / "storage").glob("*.py"))


def _asked(tree: ast.AST) -> Iterator[str]:
    """The constants that something is compared with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                yield from (str(c.value) for c in ast.walk(side) if isinstance(c, ast.Constant))


@pytest.mark.parametrize("module", TABLES, ids=lambda path: path.stem)
def test_no_table_asks_for_another_noun_by_name(module: Path) -> None:
    others = NOUNS.keys() - {module.stem}
    asked = set(_asked(ast.parse(module.read_text(encoding="utf-8"))))
    assert asked & others == set()


def test_only_a_root_mends_others() -> None:
    assert [n.name for n in NOUNS.values() if n.mends] == ["incident"]
    assert all(n.root for n in NOUNS.values() if n.mends)
