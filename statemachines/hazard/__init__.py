"""The main line: one major hazard from its lead to its closure (domain.md §10.1–10.2)."""

from statemachines.hazard.acceptance import ACCEPTANCE
from statemachines.hazard.intake import GENERAL_TRACK, INTAKE
from statemachines.hazard.listed import LISTED
from statemachines.hazard.measures import MEASURES
from statemachines.hazard.report import REPORT
from statemachines.hazard.states import FINAL, HazardState
from statemachines.hazard.treatment import TREATMENT
from statemachines.procedure import Procedure

MOVES = (*INTAKE, *GENERAL_TRACK, *REPORT, *LISTED, *TREATMENT, *ACCEPTANCE, *MEASURES)

HAZARD = Procedure("hazard", HazardState, MOVES, final=FINAL)

__all__ = ["HAZARD", "HazardState"]
