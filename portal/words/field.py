"""A field of a form, made from a field of a move's facts: what kind, what it is called, what it asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from guapai.word import Word
from statemachines.facts import Control, Evidence, EvidenceKind

_LONG = 200
"""A text that may be longer than this gets several lines."""


@dataclass
class Field:
    """One field: its kind decides the control; ``value`` is what stands in it, ``error`` what is wrong.

    Of ``rows`` the ``columns`` are the fields of each, and the value what was typed, row by row.
    """

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
    columns: "list[Field]" = field(default_factory=list)


def fields_of(model: type[BaseModel]) -> list[Field]:
    """The fields of a model in their order."""
    return [_field(name, info) for name, info in model.model_fields.items()]


def _field(name: str, info: FieldInfo) -> Field:
    kind, words = _kind(info), words_of(info)
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
        options=[(w.value, w.label) for w in words or ()],
        value=_default(info, kind),
        photos=_photos(info),
        columns=fields_of(item) if (item := item_of(info)) else [],
    )


def _photos(info: FieldInfo) -> str:
    """What a photo shows that is handed in here, as long as nobody says otherwise."""
    more = info.json_schema_extra
    return (
        str(more["photos"])
        if isinstance(more, dict) and "photos" in more
        else EvidenceKind.document.value
    )


def control_of(info: FieldInfo) -> str:
    """The control that the type of a field names (statemachines.facts.Control), if it names one."""
    return next((m.kind for m in _marks(info) if isinstance(m, Control)), "")


def item_of(info: FieldInfo) -> type[BaseModel] | None:
    """What each of a collection is, where the form asks for it part by part; of files, nothing."""
    kind = _bare(info.annotation)
    of = get_args(kind)[0] if get_origin(kind) is tuple else None
    rows = isinstance(of, type) and issubclass(of, BaseModel) and of is not Evidence
    return of if rows else None


def words_of(info: FieldInfo) -> type[Word] | None:
    """The words a field is one of, if it is one of ours."""
    kind = _bare(info.annotation)
    return kind if isinstance(kind, type) and issubclass(kind, Word) else None


def _kind(info: FieldInfo) -> str:
    """The kind of control for a field."""
    if named := control_of(info):
        return named
    if words_of(info):
        return "choice"
    kind = _bare(info.annotation)
    if item_of(info):
        return "rows"
    if get_origin(kind) is tuple:
        return "evidence" if Evidence in get_args(kind) else "lines"
    if kind is bool:
        return "answer" if info.is_required() else "check"
    return _plain(kind, info)


def _plain(kind: Any, info: FieldInfo) -> str:
    if kind is int:
        return "whole"
    if kind is date:
        return "date"
    if kind in (AwareDatetime, datetime):
        return "moment"
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
    for mark in _marks(info):
        for name in ("min_length", "max_length", "ge", "le"):
            value = getattr(mark, name, None)
            if isinstance(value, int):
                out[name] = value
    return out


def _marks(info: FieldInfo) -> Iterator[Any]:
    """What a field and its type are annotated with; not what the items of a collection are."""
    yield from info.metadata
    yield from _metadata(info.annotation)


def _metadata(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        base, *marks = get_args(annotation)
        for mark in marks:
            yield from mark.metadata if isinstance(mark, FieldInfo) else (mark,)
        yield from _metadata(base)
    if get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from _metadata(part)


def _default(info: FieldInfo, kind: str) -> Any:
    if kind in ("lines", "evidence", "clauses", "officers", "rows"):
        return []
    value = info.default
    if info.is_required() or value is None:
        return ""
    if isinstance(value, Word):
        return value.value
    if kind == "yuan":
        return f"{value / 100:.2f}" if value else ""
    return value if isinstance(value, bool) else str(value)
