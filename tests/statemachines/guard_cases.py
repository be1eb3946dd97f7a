"""For every guard what it lets pass, and what it refuses: the cases of every guard_cases_<topic>."""

import pkgutil
from importlib import import_module

<<<<<<< HEAD
from guapai.people import Actor, Role
from statemachines import incident, letter, listing
from statemachines.deferral import guards as d
from statemachines.deferral import row as asked
from statemachines.facts import Evidence, EvidenceKind, Level, Source, Stopped
from statemachines.hazard import guards as g
from statemachines.hazard import term
from statemachines.hazard.acceptance import Reopen
from statemachines.hazard.general import FailRecheck
from statemachines.hazard.intake import ReportLead, Verify
from statemachines.hazard.listed import ListHazard, Publish
from statemachines.hazard.measures import StopProduction, Void, VoidGround
from statemachines.hazard.service import ServeNotice
from statemachines.hazard.states import HazardState
from statemachines.hazard.treatment import Progress, RequestAcceptance
=======
>>>>>>> main
from statemachines.procedure import Guard
from tests import statemachines
from tests.statemachines.situations import Seen

_TOPICS = [
    import_module(f"{statemachines.__name__}.{found.name}")
    for found in pkgutil.iter_modules(statemachines.__path__)
    if found.name.startswith("guard_cases_")
]
PASSES: list[tuple[Guard, Seen]] = [case for topic in _TOPICS for case in topic.PASSES]
REFUSES: list[tuple[Guard, Seen]] = [case for topic in _TOPICS for case in topic.REFUSES]
