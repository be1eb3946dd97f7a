"""Which level belongs to a place, and what would lie above who signs it (domain.md §15.4)."""

from law.place import head_of
from statemachines.facts import Level

RANK = {level: rank for rank, level in enumerate(Level)}
_BY_LENGTH = {6: Level.county, 4: Level.city, 2: Level.province, 0: Level.state}


def level_of(place_code: str) -> Level:
    """The level of a place by its code (GB/T 2260): 341502 is a county, 341500 a city, 000000 the state.

    No place is the lowest level: nobody unknown signs for a city.
    """
    return _BY_LENGTH[len(head_of(place_code))] if place_code else Level.county


def is_above(level: Level, place_code: str) -> bool:
    """Whether a paper of a level lies above whoever signs it at a place: no such paper may exist."""
    return RANK[level] > RANK[level_of(place_code)]
