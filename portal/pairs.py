"""Evidence side by side: before and after for each point of a hazard; what is superseded steps back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""What can be shown; other files are handed out."""


@dataclass
class Pair:
    """One point of the hazard: how it looked before, how it looks after, and other files."""

    point: str
    before: list[Mapping[str, Any]] = field(default_factory=list)
    after: list[Mapping[str, Any]] = field(default_factory=list)
    document: list[Mapping[str, Any]] = field(default_factory=list)
    superseded: list[Mapping[str, Any]] = field(default_factory=list)


def pairs(evidence: Sequence[Mapping[str, Any]]) -> list[Pair]:
    """The evidence of a case by its points, in the order in which they were first shown."""
    gone = {e["supersedes"] for e in evidence if e["supersedes"] is not None}
    out: dict[str, Pair] = {}
    for item in evidence:
        pair = out.setdefault(item["point"], Pair(item["point"]))
        shown = {**item, "picture": item["media_type"] in PICTURES}
        kind = "superseded" if item["id"] in gone else str(item["kind"])
        getattr(pair, kind).append(shown)
    return list(out.values())
