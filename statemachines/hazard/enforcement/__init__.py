"""What is enforced beside the line: stops, dangers, penalties in question, closing a place down."""

from statemachines.hazard.enforcement.danger import DANGER
from statemachines.hazard.enforcement.penalty import PENALTY
from statemachines.hazard.enforcement.shutdown import SHUTDOWN
from statemachines.hazard.enforcement.stops import STOPS

ENFORCEMENT = (*DANGER, *STOPS, *PENALTY, *SHUTDOWN)
