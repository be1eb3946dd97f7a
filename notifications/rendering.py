"""Letters from their folders: the only place in this layer that knows Jinja."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from guapai.text import many_lines, one_line
from guapai.word import Word

_FOLDER = files("notifications") / "letters"


def _read(value: object) -> object:
    """A word of ours as people read it; templates compare the plain word."""
    return value.label if isinstance(value, Word) else value


@lru_cache(maxsize=1)
def _environment() -> Environment:
    # Text that people typed is a value here and never a template, so nothing in it is run.
    return Environment(
        loader=FileSystemLoader(str(_FOLDER)),
        undefined=StrictUndefined,
        autoescape=lambda name: bool(name and name.endswith(".html")),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a letter's frame does not change while we run: no look at its file
        finalize=_read,
        cache_size=-1,  # they are few: none is forgotten
    )


@lru_cache(maxsize=256)
def _template(path: str) -> Template:
    found = _environment().get_template(path)
    found.globals = {}  # a letter needs no `range` or `lipsum`, only what it is given
    return found


def render(kind: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject, text and page of a letter. Raises UndefinedError when the context lacks a name."""
    return (
        one_line(_filled(f"{kind}/subject.txt", context)),
        many_lines(_filled(f"{kind}/body.txt", context)),
        _filled(f"{kind}/body.html", context),
    )


def _filled(path: str, context: Mapping[str, Any]) -> str:
    """A template with its values. They are all that a letter may name, so they are not copied."""
    template = _template(path)
    known = template.new_context(dict(context), shared=True)
    return "".join(template.root_render_func(known))


def letter_folders() -> set[str]:
    """The letters that have a folder."""
    return {f.name for f in _FOLDER.iterdir() if f.is_dir() and not f.name.startswith("__")}
