"""Whatever a fact takes has an end: how many, how long, how large."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError, create_model
from pydantic.fields import FieldInfo

from statemachines.facts import MOST_FILES, MOST_LINES, Clauses, Files, Lines
from statemachines.nouns import PROCEDURES

MODELS = sorted(
    {m.facts for p in PROCEDURES.values() for m in p.moves}, key=lambda model: model.__name__
)
_BOUNDS: dict[Any, tuple[str, ...]] = {
    **dict.fromkeys((tuple, list, set, frozenset, dict, str, bytes), ("max_length",)),
    **dict.fromkeys((int, float), ("ge", "le")),
    **dict.fromkeys((Any, object), ("a type",)),
}
"""What a type must say, so that it has an end."""


def _endless(kind: Any, marks: list[Any], path: str) -> Iterator[str]:
    """What in a type has no end, each with its path."""
    outer, parts = get_origin(kind), get_args(kind)
    if outer is Annotated:
        more = [m for x in parts[1:] for m in (x.metadata if isinstance(x, FieldInfo) else [x])]
        yield from _endless(parts[0], marks + more, path)
    elif outer in (Union, UnionType):
        for part in parts:
            yield from _endless(part, marks, path)
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            yield from _endless(field.annotation, list(field.metadata), f"{path}.{name}")
    else:
        missing = [b for b in _BOUNDS.get(outer or kind, ()) if not _says(marks, b)]
        yield from (f"{path}: {bound}" for bound in missing)
        for part in parts:
            yield from _endless(part, [], f"{path}[]")


def _says(marks: list[Any], bound: str) -> bool:
    return any(getattr(mark, bound, None) is not None for mark in marks)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_fact_has_an_end(model: type[BaseModel]) -> None:
    assert list(_endless(model, [], model.__name__)) == []


def test_what_has_no_end_is_found() -> None:
    class Item(BaseModel):
        text: str

    class Odd(BaseModel):
        many: tuple[Item, ...]
        some: dict[str, Annotated[tuple[int | None, ...], "note"]] | None = None

    assert list(_endless(Odd, [], "Odd")) == [
        "Odd.many: max_length",
        "Odd.many[].text: max_length",
        "Odd.some: max_length",
        "Odd.some[]: max_length",
        "Odd.some[]: max_length",
        "Odd.some[][]: ge",
        "Odd.some[][]: le",
    ]


@pytest.mark.parametrize(
    ("kind", "item", "most"),
    [
        (Lines, "一", MOST_LINES),
        (Clauses, "LA-01", MOST_LINES),
        (Files, {"file": "a" * 64}, MOST_FILES),
    ],
)
def test_a_collection_is_refused_before_its_items_are_read(kind: Any, item: Any, most: int) -> None:
    model = create_model("Fact", items=(kind, ...))
    assert len(model.model_validate({"items": [item] * most}).model_dump()["items"]) == most
    for bad in (item, "", {}, "长" * 5000):
        with pytest.raises(ValidationError) as refused:
            model.model_validate({"items": [bad] * 140_000})
        assert [e["type"] for e in refused.value.errors()] == ["too_long"]
