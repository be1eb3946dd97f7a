"""The names a rule pack may use: kinds of duty, moves of the clock, readers of its notices."""

from guapai.people import Role
from law.pack import Vocabulary
from statemachines.duty import DUTIES, SIDE
from statemachines.procedures import PROCEDURES

_SIDES = sorted(set(SIDE.values()) - {"any"})

VOCABULARY = Vocabulary(
    duties={
        k.name: not (k.dated_by or k.periodic or k.slots) or k.term_in is not None
        for k in DUTIES.values()
    },
    clock_moves=frozenset(
        m.name
        for noun in ("hazard", "deferral", "listing")
        for m in PROCEDURES[noun].moves
        if Role.clock in m.by
    ),
    readers=frozenset(
        {"owner", "head"}
        | {f"{SIDE[r]}.{r.value}" for r in Role if SIDE.get(r, "any") in _SIDES}
        | {f"upper.{r.value}" for r in (Role.commission_chair, Role.commission_office)}
    ),
)
