"""The names a rule pack may use: kinds of duty, moves of the clock, readers of its notices."""

from guapai.people import Role
from law.pack import Vocabulary
from statemachines.nouns import DUTIES, NOUNS, PAPERS
from statemachines.side import CLIMBED, SIDE

_SIDES = sorted(set(SIDE.values()) - {"any"})

VOCABULARY = Vocabulary(
    duties={
        k.name: not (k.dated_by or k.every or k.slots or k.item) or k.term_in is not None
        for k in DUTIES.values()
    },
    dated=frozenset(
        k.name
        for k in DUTIES.values()
        if k.every or k.slots or k.item or (k.dated_by and not k.counted)
    ),
    papers=frozenset(PAPERS),
    clock_moves={
        k.name: frozenset(
            m.name
            for m in NOUNS[k.noun].procedure.moves
            if NOUNS[k.noun].folded and Role.clock in m.by
        )
        for k in DUTIES.values()
    },
    readers=frozenset(
        {"owner", "head", *CLIMBED}
        | {f"{SIDE[r]}.{r.value}" for r in Role if SIDE.get(r, "any") in _SIDES}
        | {f"upper.{r.value}" for r in (Role.commission_chair, Role.commission_office)}
    ),
)
