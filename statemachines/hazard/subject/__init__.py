"""The subject of a case: who has to remove the hazard, and whether there is such a hazard at all."""

from statemachines.hazard.subject.answering import SUBJECT
from statemachines.hazard.subject.correction import CORRECTION

__all__ = ["CORRECTION", "SUBJECT"]
