"""Every procedure of the house, by noun."""

from statemachines.deferral import DEFERRAL
from statemachines.hazard import HAZARD
from statemachines.letter import LETTER
from statemachines.listing import LISTING
from statemachines.procedure import Procedure

PROCEDURES: dict[str, Procedure] = {p.noun: p for p in (HAZARD, LISTING, DEFERRAL, LETTER)}
