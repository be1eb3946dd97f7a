"""Whether every number and rung of a pack rests on a provision, and on one of the kind it says."""

from collections.abc import Iterator, Mapping
from typing import Any

from law.provisions import PROVISIONS

Path = tuple[str, ...]


def unfounded(values: Any, place: str) -> Iterator[tuple[Path, str]]:
    """Each path in the plain values of a pack of a place that has a wrong ground, and what is wrong."""
    for path, basis, kind in _grounds(values, ()):
        if basis not in PROVISIONS:
            yield path, f"there is no provision {basis!r}"
        elif kind != (origin := PROVISIONS[basis].origin_at(place)):
            yield path, f"{basis!r} is of the kind {origin!r} here, not {kind!r}"


def _grounds(value: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    if isinstance(value, Mapping):
        if "basis" in value:
            yield (*path, "basis"), value["basis"], value["kind"]
        for key, inner in value.items():
            yield from _grounds(inner, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for nth, inner in enumerate(value):
            yield from _grounds(inner, (*path, str(nth)))
