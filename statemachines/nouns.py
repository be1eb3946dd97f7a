"""Every noun of the house: one line each. What the layers know of nouns is derived from here."""

from collections import ChainMap
from collections.abc import Mapping

from statemachines.deferral import DEFERRAL
from statemachines.duty import DutyKind
from statemachines.hazard import HAZARD
from statemachines.incident import INCIDENT
from statemachines.letter import LETTER
from statemachines.listing import LISTING
from statemachines.noun import LetterKind, Noun, PaperKind, index
from statemachines.procedure import Procedure

NOUNS: dict[str, Noun] = index(
    (
        HAZARD,
        LISTING,
        DEFERRAL,
        LETTER,
        INCIDENT,
    )
)
PROCEDURES: dict[str, Procedure] = {n.name: n.procedure for n in NOUNS.values()}
"""Every procedure, by noun."""
DUTIES: dict[str, DutyKind] = {k.name: k for n in NOUNS.values() for k in n.duties}
"""Every kind of duty that may be opened, by name."""
KNOWN_DUTIES: Mapping[str, DutyKind] = ChainMap(
    DUTIES, {k.name: k for n in NOUNS.values() for k in n.retired_duties}
)
"""Every kind of duty that a row may name, retired ones too; start refuses rows of any other."""
LETTERS: dict[str, LetterKind] = {k.name: k for n in NOUNS.values() for k in n.letters}
"""Every letter that goes on its own, by name; the digest of notice lines is not among them."""
PAPERS: dict[str, PaperKind] = {k.name: k for n in NOUNS.values() for k in n.papers}
"""Every official paper, by name."""
