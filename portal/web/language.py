"""Two languages: what is written in Chinese in templates and tables, and the same in English."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from babel import Locale, negotiate_locale
from babel.messages.pofile import read_po
from starlette.requests import Request

from guapai.text import Joined, Said, between

LANGUAGES = {"zh": "中文", "en": "English"}
TAGS = {"zh": "zh-CN", "en": "en"}
"""What the pages declare their language to be (RFC 5646)."""
Translate = Callable[..., str]
"""``t("还有%(days)d日", days=3)``: the text in the reader's language, with its values.

Where a language has a form for one, ``n`` or ``days`` says how many there are.
"""
_RANGE = re.compile(r"([a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?", re.I)


@lru_cache
def catalogue(language: str) -> Mapping[str, tuple[str, ...]]:
    """Chinese to a language, for one and for many; empty for Chinese itself."""
    if language == "zh":
        return {}
    with (files("portal") / "locales" / f"{language}.po").open("rb") as file:
        messages = read_po(file, locale=Locale(language), abort_invalid=True)
    known = {}
    for m in messages:
        text, said = _forms(m.id)[0], _forms(m.string)
        if text and all(said) and not m.fuzzy:
            known[text] = said
    return known


def _forms(said: str | Iterable[str] | None) -> tuple[str, ...]:
    """One form, or one for one and one for many."""
    return (said,) if isinstance(said, str) else tuple(said or ())


@lru_cache
def translator(language: str) -> Translate:
    """The function that says a text in a language; what is not translated stays Chinese."""
    if language == "zh":
        return _as_written
    known = catalogue(language)

    def translate(text: str, **values: Any) -> str:
        if isinstance(text, Joined):
            parts = (translate(p) if isinstance(p, Said) else p for p in text.parts)
            return between(known.get(text.text, (text.text,))[0]).join(parts)
        if isinstance(text, Said):
            values = {n: translate(v) if isinstance(v, Said) else v for n, v in text.values.items()}
            text = text.text
        forms = known.get(text, (text,))
        said = forms[0] if values.get("n", values.get("days")) in (1, "1") else forms[-1]
        return said % values if values else said

    return translate


def _as_written(text: str, **values: Any) -> str:
    return text % values if values else text


@lru_cache(1024)
def choose(wanted: str, accepted: str) -> str:
    """The language asked for, else the one the browser prefers, else Chinese."""
    if wanted in LANGUAGES:
        return wanted
    ranges = [(tag.lower(), float(weight or 1)) for tag, weight in _RANGE.findall(accepted)]
    preferred = sorted((r for r in ranges if r[1]), key=lambda r: -r[1])
    return negotiate_locale([tag for tag, _ in preferred], list(LANGUAGES), sep="-") or "zh"


def language_of(request: Request) -> str:
    """The language of a request: of its cookie, else of its browser."""
    wanted = request.cookies.get("guapai-language", "")
    accepted = request.headers.get("accept-language", "")
    return choose(wanted if wanted in LANGUAGES else "", accepted[:200])
