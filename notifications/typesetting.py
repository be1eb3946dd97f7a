"""Papers become PDF/A: a Typst template, data that stays data, and the fonts of the system."""

import json
import os
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from threading import Lock

import typst
from pydantic import BaseModel, ConfigDict, Field

from guapai.errors import Missing, Unready
from guapai.text import isolated, many_lines

PAPERS = Path(__file__).parent / "papers"
"""Where the templates lie."""

GETA = "\u3013"
"""〓, the printer's sign for a character that no fount has."""

_MAIN = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
)
_RARE = ("HanaMinA", "HanaMinB", "BabelStone Han")
_PACKAGES = "fonts-noto-cjk fonts-hanazono fonts-babelstone-han"

# Typst quotes the missing text the way Rust's {:?} does.
_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_printing = Lock()  # a compiler is one world, which two threads must not change at once


class ListingNotice(BaseModel):
    """What a 挂牌督办通知书 says; ``model_dump(mode="json")`` is the data of `listing_notice`.

    Source: domain.md §4.2 and §9.4. Every text is printed as given. ``basis`` and ``violations``
    are citations by number and title; that one of them is unverified is known inside.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    number: str = Field(description="文号, with its 字〔year〕no.")
    signer: str = Field(description="签发人: who decided")
    issuer: str = Field(description="督办单位, full name; heads the paper and stands at the seal")
    joint: tuple[str, ...] = Field(default=(), description="who lists together with the issuer")
    addressee: str
    hazard_number: str
    title: str = Field(description="the hazard's short name, not the paper's")
    designation: str = Field(default="", description="by which paper the addressee was designated")
    sector: str = Field(description="行业领域")
    kinds: tuple[str, ...] = Field(description="type of the hazard, as it was graded")
    description: str = Field(description="content of the hazard")
    address: str = Field(default="", description="where it is")
    places: tuple[str, ...] = Field(default=(), description="other counties it reaches into")
    part: str = Field(description="隐患部位")
    violations: tuple[str, ...] = Field(min_length=1, description="provisions violated")
    basis: tuple[str, ...] = Field(min_length=1, description="legal basis of the listing")
    level: str = Field(description="the word printed before 挂牌督办, such as 市级")
    deadline: date = Field(description="治理完毕日期, a legal day")
    plan_days: int = Field(ge=1, description="days from receipt to file the plan")
    plan_filed: bool = Field(default=False, description="the plan was filed under a former notice")
    former_issuer: str = Field(default="", description="who listed before an upgrade")
    former_number: str = Field(default="", description="文号 of the notice before an upgrade")
    lead_department: str = Field(description="牵头督办部门")
    lead_official: str = Field(description="责任领导")
    tasks: str
    measures: str
    duty_phone: str
    public_contact: str = Field(default="", description="where the public may report")
    deferral_note: str = Field(description="follows 确不能在限期内治理完毕的，; no final stop")
    copied_to: tuple[str, ...] = Field(default=(), description="抄送")
    issued_on: date
    copies: int = Field(default=2, ge=1)
    # Ningbo's printed form (domain.md §4.2); a pack with another rhythm gives its own words.
    progress_note: str = Field(default="每季度至少一次", description="stands before 报告治理进展")


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed paper: the bytes, their SHA-256 in hex, and what had to be printed as 〓."""

    pdf: bytes
    sha256: str
    missing: tuple[str, ...]


def template_hash(name: str, papers: Path = PAPERS) -> str:
    """The SHA-256, in hex, of a template's bytes; raises `Missing` if there is no such template."""
    return sha256(_template(name, papers)).hexdigest()


def print_paper(template: str, data: Mapping[str, object], papers: Path = PAPERS) -> Printed:
    """Fill a template with JSON-able data and print it as PDF/A-2b.

    The same data, template and fonts give the same bytes. A character that no font has is printed
    as 〓 and listed in ``missing``; it never stops a notice. Raises `Missing` for an unknown
    template, `Unready` if there is no Chinese font or the template itself does not compile.
    """
    source = _template(template, papers)
    fonts = _fonts(os.environ.get("GUAPAI_FONTS", ""))
    stack = font_stack(fonts.families())
    shown = _each_text(dict(data), lambda text: isolated(many_lines(text)))
    missing: dict[str, None] = {}
    while True:
        try:
            pdf = _compile(template, source, fonts, {"fonts": stack, "paper": shown})
        except typst.TypstError as error:
            absent = _absent(error.diagnostic)
            replaced = _each_text(shown, partial(_geta, absent=absent))
            if replaced == shown:
                raise Unready(f"Paper {template} does not compile: {error.message}") from error
            shown = replaced
            missing |= dict.fromkeys(absent)
        else:
            return Printed(pdf, sha256(pdf).hexdigest(), tuple(missing))


def font_stack(families: Collection[str]) -> tuple[str, ...]:
    """The families to print with, best first; raises `Unready` if none of them is Chinese."""
    stack = tuple(name for name in (*_MAIN, *_RARE) if name in families)
    if not stack:
        raise Unready(
            "No Chinese font found, so papers cannot be printed. "
            f"Run: apt-get install {_PACKAGES} (or name a directory of fonts in GUAPAI_FONTS), "
            "then restart."
        )
    return stack


def check_fonts() -> tuple[str, ...]:
    """The families papers are printed with on this machine; raises `Unready` as `font_stack`."""
    return font_stack(_fonts(os.environ.get("GUAPAI_FONTS", "")).families())


def _template(name: str, papers: Path) -> bytes:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise Missing(f"There is no paper called {name!r}.")
    try:
        return (papers / f"{name}.typ").read_bytes()
    except FileNotFoundError:
        raise Missing(f"There is no paper called {name!r}.") from None


@lru_cache(maxsize=4)
def _fonts(extra: str) -> typst.Fonts:
    """The fonts of the system, with those of one more directory."""
    return typst.Fonts(font_paths=[extra] if extra else [])


@lru_cache(maxsize=16)
def _compiler(template: str, fonts: typst.Fonts) -> typst.Compiler:
    """One template's compiler, kept because only its first run is slow (90 ms, then a few)."""
    return typst.Compiler(root=PAPERS, font_paths=fonts)


def _compile(template: str, source: bytes, fonts: typst.Fonts, data: Mapping[str, object]) -> bytes:
    with _printing:
        pdf = _compiler(template, fonts).compile(
            input=source,  # the bytes that were hashed, whatever happens to the file meanwhile
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=0,  # a template that names no date still prints the same bytes twice
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single PDF")
    return pdf


def _each_text(value: object, change: Callable[[str], str]) -> object:
    """The same JSON value with every string in it changed; keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each_text(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(inner, change) for inner in value]
    return value


def _absent(diagnostic: str) -> tuple[str, ...]:
    """The texts which Typst names as having no glyph; it names all of them at once.

    An invisible neighbour (a joiner, our own fence) is named with the sign it stands beside, and
    needs nothing once that sign is replaced; so it counts only when nothing else is named.
    """
    named = tuple(dict.fromkeys(_unquoted(text) for text in _MISSING.findall(diagnostic)))
    return tuple(text for text in named if not _invisible(text)) or named


def _invisible(text: str) -> bool:
    return all(unicodedata.category(sign) == "Cf" for sign in text)


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(
        lambda m: chr(int(m[1], 16)) if m[1] else _PLAIN.get(m[2], m[2]),
        text,
    )


def _geta(text: str, absent: Collection[str]) -> str:
    for sign in sorted(absent, key=len, reverse=True):
        text = text.replace(sign, GETA)
    return text
