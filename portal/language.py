"""Two languages: what is written in Chinese in templates and tables, and the same in English."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from babel import Locale, negotiate_locale
from babel.messages.pofile import read_po

LANGUAGES = {"zh": "中文", "en": "English"}
Translate = Callable[..., str]
"""``t("还有%(days)d日", days=3)``: the text in the reader's language, with its values."""


@lru_cache
def catalogue(language: str) -> Mapping[str, str]:
    """Chinese to a language; empty for Chinese itself."""
    if language == "zh":
        return {}
    with (files("portal") / "locales" / f"{language}.po").open("rb") as file:
        messages = read_po(file, locale=Locale(language))
    return {str(m.id): str(m.string) for m in messages if m.id and m.string and not m.fuzzy}


@lru_cache
def translator(language: str) -> Translate:
    """The function that says a text in a language; what is not translated stays Chinese."""
    known = catalogue(language)

    def translate(text: str, **values: Any) -> str:
        said = known.get(text, text)
        return said % values if values else said

    return translate


def choose(wanted: str, accepted: str) -> str:
    """The language asked for, else the one the browser prefers, else Chinese."""
    if wanted in LANGUAGES:
        return wanted
    preferred = [part.split(";")[0].strip() for part in accepted.split(",") if part.strip()]
    return negotiate_locale(preferred[:10], list(LANGUAGES), sep="-") or "zh"
