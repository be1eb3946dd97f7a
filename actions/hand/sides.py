"""Who is on a side of a case: who leads it, then the parties on it."""

from collections.abc import Iterable, Mapping
from typing import Any

from statemachines.secrecy import Secrecy
from statemachines.side import LED, OWN, UNIT

Parties = Iterable[Mapping[str, Any]]
"""Parties as the situation of an act tells them: side in ``a``, organisation in ``n``."""


def organisations_of(root: Any, parties: Parties, side: str, row: Any = None) -> list[int]:
    """The organisations on a side of a case, the one that leads it first; none twice.

    A unit that has not been told yet has no part in it. ``row`` is whose own organisation is meant by the side `OWN`.
    """
    if side == UNIT and root.secrecy == Secrecy.unannounced:
        return []
    led = getattr(row, "organisation_id", None) if side == OWN else None
    if side in LED:
        led = getattr(root, LED[side], None)
    others = [p["n"] for p in parties if p["a"] == side]
    return list(dict.fromkeys(others if led is None else (led, *others)))


def organisation_of(root: Any, parties: Parties, side: str, row: Any = None) -> int | None:
    """The organisation that answers for a side of a case, if there is one."""
    return next(iter(organisations_of(root, parties, side, row)), None)
