"""Whether every number and rung of a pack rests on a provision, and on one of the kind it says."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from law.provisions import NEWEST, PROVISIONS, provision

Path = tuple[str, ...]


def unfounded(values: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Each path in the plain values of a pack that has a wrong ground, and what is wrong.

    What a number is depends on the place and the trade of the pack, and on what is in force at its end.
    """
    place, sector = values["jurisdiction"], values["sector"]
    end: date = values["valid_until"] or NEWEST
    for path, basis, kind in _grounds(values, ()):
        if basis not in PROVISIONS:
            yield (*path, "basis"), f"there is no provision {basis!r}"
        elif kind != (origin := provision(basis, end).origin_at(place, sector)):
            yield (*path, "basis"), f"{basis!r} is of the kind {origin!r} here, not {kind!r}"

    for paper, rules in values["papers"].items():
        for basis in rules["basis"]:
            if basis not in PROVISIONS:
                yield ("papers", paper, "basis"), f"there is no provision {basis!r}"
            elif (origin := provision(basis, end).origin_at(place, sector)) != "rule":
                yield ("papers", paper, "basis"), f"{basis!r} is a {origin} here, no legal basis"


def bases(values: Any) -> frozenset[str]:
    """The provisions that the plain values of a pack name."""
    papers = (basis for rules in values["papers"].values() for basis in rules["basis"])
    return frozenset(basis for _, basis, _ in _grounds(values, ())) | frozenset(papers)


def _grounds(value: Any, path: Path) -> Iterator[tuple[Path, str, str]]:
    if isinstance(value, Mapping):
        if "basis" in value and "kind" in value:
            yield path, value["basis"], value["kind"]
        for key, inner in value.items():
            yield from _grounds(inner, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for nth, inner in enumerate(value):
            yield from _grounds(inner, (*path, str(nth)))
