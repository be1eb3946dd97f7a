"""The modules of the product as they are written, and those that a page may run."""

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain

LAYERS = (
    "portal",
    "flows",
    "actions",
    "notifications",
    "statemachines",
    "law",
    "storage",
    "guapai",
)
"""The packages whose words people read; the command line speaks for itself (pyproject.toml)."""


@lru_cache
def modules() -> Mapping[str, ast.Module]:
    """Every module of the product, read, by its name."""
    found = chain.from_iterable(_below(files(layer), layer) for layer in LAYERS)
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in found}


def _below(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for path in folder.iterdir():
        if path.is_dir():
            yield from _below(path, f"{name}.{path.name}")
        elif path.name == "__init__.py":
            yield name, path
        elif path.name.endswith(".py"):
            yield f"{name}.{path.name.removesuffix('.py')}", path


def reached(known: Mapping[str, ast.Module]) -> set[str]:
    """The modules that a page may run: those of the portal, and whatever these name, and so on."""
    found: set[str] = set()
    ahead = [name for name in known if name.partition(".")[0] == "portal"]
    while ahead:
        name = ahead.pop()
        if name in known and name not in found:
            found.add(name)
            ahead += [name.rpartition(".")[0], *_named(known[name])]
    return found


def _named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (str(node.module), *(f"{node.module}.{a.name}" for a in node.names))
