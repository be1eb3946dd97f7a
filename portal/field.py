"""A field of a form, made from a field of a move's facts: what kind, what it is called, what it asks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from portal.wording import word
from statemachines.facts import Evidence, EvidenceKind

_BY_NAME = {
    "place_code": "place",
    "unit_id": "unit",
    "department_id": "department",
    "duplicate_of": "case",
    "clauses": "clauses",
    "sector": "sector",
    "part": "line",
    "address": "line",
}
"""The facts that are chosen from what the system knows."""

_LONG = 200
"""A text that may be longer than this gets several lines."""


@dataclass
class Field:
    """One field: its kind decides the control; ``value`` is what stands in it, ``error`` what is wrong."""

    name: str
    kind: str
    title: str
    help: str = ""
    required: bool = False
    example: str = ""
    most: int | None = None
    low: int | None = None
    high: int | None = None
    options: Sequence[tuple[str, str]] = ()
    value: Any = ""
    error: str = ""
    photos: str = EvidenceKind.document.value
    hidden: bool = field(default=False)


def fields_of(model: type[BaseModel]) -> list[Field]:
    """The fields of a model in their order."""
    return [_field(name, info) for name, info in model.model_fields.items()]


def _field(name: str, info: FieldInfo) -> Field:
    kind, enum = _kind(name, info)
    limits = _limits(info)
    return Field(
        name=name,
        kind=kind,
        title=(info.title or name).replace("（分）", "（元）"),
        help=info.description or "",
        required=info.is_required() or limits.get("min_length", 0) > 0,
        example=str(info.examples[0]) if info.examples else "",
        most=limits.get("max_length"),
        low=limits.get("ge"),
        high=limits.get("le"),
        options=[(m.value, word(m.value)) for m in enum] if enum else (),
        value=_default(info, kind),
        photos=_photos(info),
    )


def _photos(info: FieldInfo) -> str:
    """What a photo shows that is handed in here, as long as nobody says otherwise."""
    more = info.json_schema_extra
    return (
        str(more["photos"])
        if isinstance(more, dict) and "photos" in more
        else EvidenceKind.document.value
    )


def _kind(name: str, info: FieldInfo) -> tuple[str, type[StrEnum] | None]:
    """The kind of control for a field, and the words it offers."""
    if name in _BY_NAME:
        return _BY_NAME[name], None
    kind = _bare(info.annotation)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return "choice", kind
    if get_origin(kind) is tuple:
        return ("evidence" if Evidence in get_args(kind) else "lines"), None
    if kind is bool:
        return ("answer" if info.is_required() else "check"), None
    return _plain(name, kind, info), None


def _plain(name: str, kind: Any, info: FieldInfo) -> str:
    if name.endswith("_fen"):
        return "yuan"
    if kind is int:
        return "whole"
    if kind is date:
        return "date"
    if kind is AwareDatetime or getattr(kind, "__name__", "") in ("AwareDatetime", "datetime"):
        return "moment"
    if name == "period":
        return "month"
    most = _limits(info).get("max_length")
    return "words" if most is None or most > _LONG else "line"


def _bare(annotation: Any) -> Any:
    """The type without its annotations and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(next(a for a in get_args(annotation) if a is not type(None)))
    return annotation


def _limits(info: FieldInfo) -> dict[str, int]:
    """Bounds of a field: of length, or of a number."""
    out: dict[str, int] = {}
    found = [*info.metadata, *_metadata(info.annotation)]
    for mark in found:
        for name in ("min_length", "max_length", "ge", "le"):
            value = getattr(mark, name, None)
            if isinstance(value, int):
                out[name] = value
    return out


def _metadata(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        base, *marks = get_args(annotation)
        return [*marks, *_metadata(base)]
    if get_origin(annotation) in (Union, UnionType):
        return [m for a in get_args(annotation) for m in _metadata(a)]
    return []


def _default(info: FieldInfo, kind: str) -> Any:
    if kind in ("lines", "evidence", "clauses"):
        return []
    value = info.default
    if info.is_required() or value is None:
        return ""
    if isinstance(value, StrEnum):
        return value.value
    if kind == "yuan":
        return f"{value / 100:.2f}" if value else ""
    return value if isinstance(value, bool) else str(value)
