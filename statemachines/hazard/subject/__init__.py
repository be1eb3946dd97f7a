"""The subject of a case: who has to remove the hazard, and whether there is such a hazard at all."""

from statemachines.hazard.subject.answering import SUBJECT

__all__ = ["SUBJECT"]
