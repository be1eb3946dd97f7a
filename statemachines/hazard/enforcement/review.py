"""Legal review is a signature of its own (domain.md §15.8): the head decides, a lawyer has looked."""

from statemachines.hazard.states import LEADER, LEGAL
from statemachines.procedure import Among, Signatures

REVIEWED = Signatures(roles=LEADER | LEGAL, quorum=2, leaders=LEADER, among=(Among(roles=LEGAL),))
"""The head and the legal reviewer sign, whoever else does."""
