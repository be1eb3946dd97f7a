"""Evidence side by side: before and after for each point of a hazard; what is superseded steps back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storage.files.kind import PICTURES

MOST = 200
"""So many files of a case stand on one page, the latest; older ones a page on (own)."""


@dataclass
class Pair:
    """One point of the hazard: how it looked before, how it looks after, and other files."""

    point: str
    before: list[Mapping[str, Any]] = field(default_factory=list)
    after: list[Mapping[str, Any]] = field(default_factory=list)
    document: list[Mapping[str, Any]] = field(default_factory=list)
    superseded: list[Mapping[str, Any]] = field(default_factory=list)


def latest(
    evidence: Sequence[Mapping[str, Any]], until: int
) -> tuple[Sequence[Mapping[str, Any]], int | None]:
    """The last files before an id that go on a page, and the id before which there are more."""
    found = [e for e in evidence if e["id"] < until]
    return found[-MOST:], found[-MOST]["id"] if len(found) > MOST else None


def pairs(evidence: Sequence[Mapping[str, Any]], shown: Sequence[Mapping[str, Any]]) -> list[Pair]:
    """Of all evidence of a case what is shown, by its points, in the order of their first file."""
    gone = {e["supersedes"] for e in evidence if e["supersedes"] is not None}
    out: dict[str, Pair] = {}
    for item in shown:
        pair = out.setdefault(item["point"], Pair(item["point"]))
        seen = {**item, "picture": item["media_type"] in PICTURES}
        kind = "superseded" if item["id"] in gone else str(item["kind"])
        getattr(pair, kind).append(seen)
    return list(out.values())
