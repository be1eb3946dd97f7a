"""Text as people type it: kept as typed, made harmless where it is shown on one line."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, StringConstraints

_CONTROLS = "".join(map(chr, range(32))) + "\x7f"
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
_ALL_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Said(str):
    """A text of ours with its values: Chinese as it stands; pages say it in the reader's language.

    ``Said("已延期%(n)d次", n=2)``. Values that are texts of ours themselves are given as Said.
    """

    text: str
    values: dict[str, Any]
    field: str = ""
    """The field of a form beside which it belongs, if any."""

    def __new__(cls, text: str, **values: Any) -> Self:
        """The text, filled."""
        made = super().__new__(cls, text % values if values else text)
        made.text, made.values = str(text), values
        return made

    def beside(self, field: str) -> Self:
        """The same, said of one field of a form."""
        self.field = field
        return self


class Joined(Said):
    """Several texts in a row, side by side and not one within the other, however many they are."""

    parts: tuple[str, ...]

    def __new__(cls, text: str, parts: Iterable[str] = ()) -> Self:
        """The texts, with what stands between ``%(before)s`` and ``%(next)s`` between them."""
        found = tuple(parts)
        made = super().__new__(cls, between(text).join(found))
        made.text, made.parts = text, found
        return made


def between(pattern: str) -> str:
    """What ``%(before)s、%(next)s`` puts between two texts."""
    return pattern % {"before": "", "next": ""}


def joined(pattern: str, texts: Iterable[str]) -> str:
    """Several texts in a row, as ``%(before)s、%(next)s`` says; what is Said among them stays so."""
    return Joined(pattern, texts)


def visible(text: str, *, keep: str = "") -> str:
    """Show C0 controls and DEL as their Unicode pictures (␀ ␊ ␍), keep everything else.

    PostgreSQL cannot store NUL and a mail header cannot carry CR or LF; a picture of the sign
    keeps what was typed visible without its effect. ``keep`` lists controls to leave alone.
    """
    return _odd_but(keep).sub(_picture, text)


@cache
def _odd_but(keep: str) -> re.Pattern[str]:
    """Controls, but for some, and halves of signs that stand alone."""
    signs = "".join(c for c in _CONTROLS if c not in keep)
    return re.compile(f"[{re.escape(signs)}\ud800-\udfff]")


def _picture(found: re.Match[str]) -> str:
    sign = found[0]
    if sign == "\x7f":
        return "\u2421"
    return chr(0x2400 + ord(sign)) if sign < " " else "\ufffd"


def one_line(text: str) -> str:
    """Text for a single line: controls become pictures, Unicode line ends become spaces."""
    return _LINE_ENDS.sub(" ", visible(text)).strip()


def many_lines(text: str) -> str:
    """Text of several lines: line ends unified to LF, other controls become pictures."""
    return visible(_ALL_LINE_ENDS.sub("\n", text), keep="\n\t").strip()


def isolated(text: str) -> str:
    """Text that may turn its direction, fenced (FSI … PDI) so that it cannot turn its surroundings."""
    if _BIDI.isdisjoint(text):
        return text
    return f"\u2068{_closed(text)}\u2069"


def _closed(text: str) -> str:
    """Text in which every isolate that ends has begun, so that it cannot end our fence."""
    open_isolates, out = 0, []
    for c in text:
        open_isolates += c in "\u2066\u2067\u2068"
        if c == "\u2069":
            if not open_isolates:
                c = "\ufffd"
            else:
                open_isolates -= 1
        out.append(c)
    return "".join(out) + "\u2069" * open_isolates


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as their half-width twins (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def _string(value: object) -> object:
    return one_line(value) if isinstance(value, str) else value


def _strings(value: object) -> object:
    return many_lines(value) if isinstance(value, str) else value


def _present(text: str) -> str:
    if not text:
        raise ValueError("此项必填，请填写")
    return text


Line = Annotated[
    str, BeforeValidator(_string), AfterValidator(_present), StringConstraints(max_length=200)
]
"""A required text of one line, at most 200 characters."""

Words = Annotated[
    str, BeforeValidator(_strings), AfterValidator(_present), StringConstraints(max_length=4000)
]
"""A required text of several lines, at most 4,000 characters."""

OptionalLine = Annotated[str, BeforeValidator(_string), StringConstraints(max_length=200)]
"""A text of one line, at most 200 characters, that may be empty."""

OptionalWords = Annotated[str, BeforeValidator(_strings), StringConstraints(max_length=4000)]
"""A text of several lines that may be empty."""
