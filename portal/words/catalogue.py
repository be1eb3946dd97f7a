"""Every Chinese text a page may show, collected from where it is written, for its translation."""

import ast
import tomllib
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import ModuleType
from typing import Any

from babel.messages.extract import extract
from pydantic import BaseModel

from guapai.word import Word
from law.pack import shipped_texts
from portal.words.field import fields_of
from portal.words.modules import modules, reached
from portal.words.speech import CHINESE, OURS, said_in
from statemachines.nouns import KNOWN_DUTIES, NOUNS, PROCEDURES

_ASIDE = {"Column", "Table", "removeprefix", "removesuffix", "replace"}
"""What is called with Chinese words that no page shows: workbooks are in Chinese always."""


def texts() -> set[str]:
    """All of them; what is put together with an f-string in the portal stays in Chinese."""
    spoken, _ = said_in(modules())
    return {*_in_templates(), *_in_portal(), *spoken, *_in_nouns(), *_in_tables(), *_in_packs()}


def _in_templates() -> Iterator[str]:
    """What templates say with ``t("…")``."""
    for path in _below(files("portal") / "templates", ".html"):
        with path.open("rb") as file:
            options = {"silent": "false"}
            for _, text, _, _ in extract(
                "jinja2.ext:babel_extract", file, {"t": None}, options=options
            ):
                yield text if isinstance(text, str) else text[0]


def _below(folder: Traversable, ending: str) -> Iterator[Traversable]:
    for path in folder.iterdir():
        if path.is_dir():
            yield from _below(path, ending)
        elif path.name.endswith(ending):
            yield path


def _in_portal() -> Iterator[str]:
    """Chinese constants in the portal itself."""
    for name, tree in modules().items():
        if name.startswith("portal.") and name != "portal.web.language":
            finder = _Finder()  # a language is named in itself
            finder.visit(tree)
            yield from finder.found


def _in_nouns() -> Iterator[str]:
    """The sentences of the nouns: why their guards refuse."""
    places = {f"{layer}.{noun}" for layer in ("statemachines", "actions") for noun in NOUNS}
    for name, tree in modules().items():
        if ".".join(name.split(".")[:2]) in places:
            for node in ast.walk(tree):
                if isinstance(node, ast.Return) and isinstance(
                    node.value, ast.Constant | ast.IfExp
                ):
                    finder = _Finder()
                    finder.generic_visit(node)
                    yield from finder.found


class _Finder(ast.NodeVisitor):
    """Finds the texts in a module, apart from docstrings and f-strings."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_Constant(self, node: ast.Constant) -> None:
        """A text, if there is a Chinese word in it."""
        if isinstance(node.value, str) and CHINESE.search(node.value):
            self.found.add(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        """A docstring says nothing to readers of pages."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """What holds values cannot be looked up."""

    def visit_Call(self, node: ast.Call) -> None:
        """A call may say that its text is to be translated, or that no page shows it."""
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in OURS:
            first = [a.value for a in node.args[:1] if isinstance(a, ast.Constant)]
            self.found.update(v for v in first if isinstance(v, str))
        if name not in _ASIDE:
            self.generic_visit(node)


def _in_tables() -> Iterator[str]:
    """All our words, and the titles of nouns, duties, moves and their facts."""
    yield from (
        *(w.label for words in every_word() for w in words),
        *(n.title for n in NOUNS.values()),
    )
    yield from (kind.title for kind in KNOWN_DUTIES.values())
    for procedure in PROCEDURES.values():
        for move in procedure.moves:
            yield move.title
            yield from _in_facts(move.facts)


def every_word() -> set[type[Word]]:
    """Every list of words of ours in what a page may run."""
    run = reached(modules())
    return {words for name in run for words in _words_of(import_module(name))}


def _words_of(module: ModuleType) -> Iterator[type[Word]]:
    for kind in vars(module).values():
        if isinstance(kind, type) and issubclass(kind, Word) and kind is not Word:
            yield kind


def _in_facts(model: type[BaseModel]) -> Iterable[str]:
    """Titles and helps as forms show them; a fact without a title is one no form asks for."""
    asked = [f for field in fields_of(model) for f in (field, *field.columns)]
    found = [x for field in asked for x in (field.title, field.help)]
    return [x for x in found if CHINESE.search(x)]


def _in_packs() -> Iterator[str]:
    """What the reminders of the rule packs we ship say."""
    for text in shipped_texts().values():
        yield from _said(tomllib.loads(text))


def _said(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (v for k, v in value.items() if k == "say")
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _said(part)
