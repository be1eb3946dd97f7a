"""Every number of a pack is asked for by some code: a number nobody reads promises what nothing keeps."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import get_args

from pydantic import BaseModel

from law.parameters import Number, Parameters

ROOT = Path(__file__).parents[2]
READERS = ("statemachines", "actions", "notifications", "storage", "portal", "flows", "cli")
"""The law itself asks for nothing: it holds the numbers."""


def numbers(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """The paths of all numbers, as ``section.key``."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        arms = [a for a in (kind, *get_args(kind)) if isinstance(a, type)]
        inner = next((a for a in arms if issubclass(a, BaseModel)), None)
        here = f"{path}.{name}".lstrip(".")
        if inner is None or issubclass(inner, Number):
            yield here
        else:
            yield from numbers(inner, here)


def words(tree: ast.Module) -> Iterator[str]:
    """What a module reads, ``a.b.c``, and every text in it that stands for such a path."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def asked() -> set[str]:
    """The last two names of every path that the layers above the law read."""
    found = set()
    for layer in READERS:
        for path in (ROOT / layer).rglob("*.py"):
            for word in words(ast.parse(path.read_text(encoding="utf-8"))):
                names = word.removesuffix(".value").split(".")
                found |= {".".join(pair) for pair in pairwise(names)}
    return found


def test_there_is_no_number_that_nobody_reads() -> None:
    known = asked()
    every = list(numbers(Parameters))
    assert "listing.matrix.city_deaths" in every
    assert [n for n in every if ".".join(n.split(".")[-2:]) not in known] == []
