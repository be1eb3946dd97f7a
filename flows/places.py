"""Shards: spans of place codes that together are the whole, and of which no two share a place."""

from collections.abc import Mapping
from dataclasses import dataclass

from law.place import EVERYWHERE, Span
from storage.database.work import Work
from storage.people import organisation as organisations

MOST = 40
"""Into so many shards an installation is split at most: more tasks a minute than Prefect bears (own)."""
_LEVELS = (6, 4, 2)
"""How many digits of a code name a county, a city, a province (GB/T 2260)."""


@dataclass(frozen=True)
class Shard:
    """The cases of one place and of what lies below it; without a code it is every case there is."""

    code: str = ""
    name: str = ""
    span: Span = EVERYWHERE

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


WHOLE = Shard()


def shards_of(work: Work) -> list[Shard]:
    """The places that cases are at, as finely as there are no more than `MOST`."""
    return split(organisations.seats(work))


def split(seats: Mapping[str, str]) -> list[Shard]:
    """Shards with a name from places with theirs: each from its first code up to the next one's.

    So they leave nothing out, also what is at no place, or at one that nobody has named yet; a
    place that is named later has its own shard from then on.
    """
    heads: list[str] = []
    for digits in _LEVELS:
        heads = sorted({code[:digits] for code in seats})
        if len(heads) <= MOST:
            break
    if len(heads) < 2:
        return [WHOLE]
    return [
        Shard(head, seats.get(f"{head:0<6}", ""), Span(head if nth else "", following))
        for nth, (head, following) in enumerate(zip(heads, [*heads[1:], ""], strict=True))
    ]
