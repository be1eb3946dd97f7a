"""What an act asks of each noun beside its table of moves: one line each."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from actions import deferral, hazard, incident, letter, listing
from actions.hand.case import Case, Row
from guapai.people import Actor
from statemachines.nouns import NOUNS
from storage.database.work import Work

Columns = dict[str, Any]
Compute = Callable[[Case, Row, Any], Columns]

MODULES: Mapping[str, ModuleType] = {
    "hazard": hazard,
    "listing": listing,
    "deferral": deferral,
    "letter": letter,
    "incident": incident,
}
"""The module of each noun whose rows are moved by acts.

``COMPUTED``, by move: columns it sets beside its facts. ``CARRIED``, by noun and move: the facts
of another noun's move that one of this noun's decisions carries along. ``PARTIES``, by move: the
organisations that join the case, with their sides. ``ABOUT``, by move: the cases this one is about
from then on. ``LINKS``, by move: cases it is tied to otherwise, each with
how. ``PAPERS``, by paper: what it says. A root has ``conceive``: its row, about to be born.
"""

if MODULES.keys() != NOUNS.keys():
    odd = sorted(MODULES.keys() ^ NOUNS.keys())
    raise ValueError(f"actions/nouns.py and statemachines/nouns.py differ in: {', '.join(odd)}")

for _noun in NOUNS.values():
    _missing = [
        p.name for p in _noun.papers if p.name not in getattr(MODULES[_noun.name], "PAPERS", {})
    ]
    if _missing:
        raise ValueError(f"actions/{_noun.name}.py does not say what it writes in: {_missing}")


def _of(noun: str, table: str, name: str) -> Any:
    return getattr(MODULES[noun], table, {}).get(name)


def computed(noun: str, move: str) -> Compute | None:
    """What computes columns of a row as it moves, if anything does."""
    found: Compute | None = _of(noun, "COMPUTED", move)
    return found


def carried(by: str, noun: str, move: str) -> Compute | None:
    """What computes the facts of a move from a decision about a row of the noun ``by``."""
    found: Compute | None = getattr(MODULES[by], "CARRIED", {}).get((noun, move))
    return found


def parties(noun: str, move: str, case: Case, row: Row, facts: Any) -> list[tuple[str, int]]:
    """The organisations that join the case with a move: side and organisation."""
    find = _of(noun, "PARTIES", move)
    return find(case, row, facts) if find is not None else []


def about(noun: str, move: str, case: Case, row: Row, facts: Any) -> list[int]:
    """The cases that a move makes this one about."""
    find = _of(noun, "ABOUT", move)
    return find(case, row, facts) if find is not None else []


def links(noun: str, move: str, case: Case, row: Row, facts: Any) -> list[tuple[int, str]]:
    """The cases that a move ties this one to, each with how."""
    find = _of(noun, "LINKS", move)
    return find(case, row, facts) if find is not None else []


def conceive(noun: str, work: Work, actor: Actor, facts: Any) -> tuple[Row, str]:
    """A root about to be born, with the words (beside its title) by which it is found.

    Raises BadInput for facts that fit no organisation there is.
    """
    made: tuple[Row, str] = MODULES[noun].conceive(work, actor, facts)
    return made


def paper(noun: str, name: str) -> Callable[..., BaseModel]:
    """What tells what a paper says: of the case, the row and the number of the paper."""
    found: Callable[..., BaseModel] = _of(noun, "PAPERS", name)
    return found
