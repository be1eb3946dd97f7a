"""Every Chinese text a page may show, collected from where it is written, for its translation."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, get_args

from babel.messages.extract import extract
from pydantic import BaseModel

from guapai.word import Word
from law.pack import shipped_texts
from portal.words.field import fields_of
from statemachines.noted import Noted, Parked
from statemachines.nouns import KNOWN_DUTIES, NOUNS, PROCEDURES
from storage.schema.tables import kinds_of_columns

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SENTENCES = {
    "actions": "act/perform hand/case act/claim act/duty people/entrance hand/facts "
    "clock/ladder act/move act/parked people/password hand/address act/permission files/view "
    "files/giving "
    "act/prospect clock/recount act/signature files/upload act/administration upkeep/watch upkeep/timekeeping",
    "flows": "timetable",
    "guapai": "text",
    "law": "deadlines",
    "statemachines": "letter procedure",
    "storage": "files/kind files/store files/upload upkeep/tally",
}
"""The modules below the portal whose sentences reach its pages, beside those of the nouns."""
_OURS = {"Said", "joined", "language", "several", "t"}
"""What is called with a text to be translated, though it may hold no Chinese word."""
_ASIDE = {"Column", "Table", "removeprefix", "removesuffix", "replace"}
"""What is called with Chinese words that no page shows: workbooks are in Chinese always."""


def texts() -> set[str]:
    """All of them; what is put together with an f-string is in Chinese in every language."""
    return {*_in_templates(), *_in_modules(), *_in_nouns(), *_in_tables(), *_in_packs()}


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


def _in_modules() -> Iterator[str]:
    """Chinese constants in the portal, and in the sentences of the modules below it."""
    ours = list(_below(files("portal"), ".py"))
    theirs = [files(p) / f"{n}.py" for p, names in SENTENCES.items() for n in names.split()]
    for path in ours + theirs:
        if path.name != "language.py":  # a language is named in itself
            finder = _Finder()
            finder.visit(ast.parse(path.read_text(encoding="utf-8")))
            yield from finder.found


def _in_nouns() -> Iterator[str]:
    """The sentences of the nouns: why their guards refuse, and what their acts raise."""
    for path in _of_nouns():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Return | ast.Raise | ast.Call) and _speaks(node):
                finder = _Finder()
                finder.generic_visit(node)
                yield from finder.found


def _speaks(node: ast.Return | ast.Raise | ast.Call) -> bool:
    """Whether what stands in a node is said to a reader: a Said, a reason, the text of an error."""
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") in _OURS
    if isinstance(node, ast.Return):
        return isinstance(node.value, ast.Constant | ast.IfExp)
    return True


def _of_nouns() -> Iterator[Traversable]:
    """The modules in which the nouns are told: a file, or a folder of them."""
    for layer in ("statemachines", "actions"):
        for noun in (n.name for n in NOUNS.values() if n.folded):
            alone, folder = files(layer) / f"{noun}.py", files(layer) / noun
            if alone.is_file():
                yield alone
            elif folder.is_dir():
                yield from _below(folder, ".py")


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
        if name in _OURS:
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
    """Every list of words of ours: of columns, of facts, of states and of history."""
    moves = [m for p in PROCEDURES.values() for m in p.moves]
    read = {w for m in moves for f in m.facts.model_fields.values() for w in _of(f.annotation)}
    states = {p.states for p in PROCEDURES.values()}
    return {k for k in kinds_of_columns() if issubclass(k, Word)} | read | states | {Noted, Parked}


def _of(annotation: Any) -> Iterator[type[Word]]:
    """The lists of words in a type, however deep."""
    for inner in get_args(annotation):
        yield from _of(inner)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for field in annotation.model_fields.values():
            yield from _of(field.annotation)
    elif isinstance(annotation, type) and issubclass(annotation, Word):
        yield annotation


def _in_facts(model: type[BaseModel]) -> Iterable[str]:
    """Titles and helps as forms show them; a fact without a title is one no form asks for."""
    found = [x for field in fields_of(model) for x in (field.title, field.help)]
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
