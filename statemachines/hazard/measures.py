"""What may happen beside the line: answers to proposals."""

from statemachines.facts import Answered, Reasoned
from statemachines.hazard.states import (
    CHAIR,
    LEADER,
    TREATED,
)
from statemachines.procedure import Move

MEASURES = (
    Move(
        name="decide_interview",
        title="答复约谈建议",
        source=TREATED,
        dest=None,
        by=LEADER,
        facts=Answered,
        basis="aw2018_2",
        meets=("consider_interview",),
    ),
    Move(
        name="decide_exposure",
        title="答复曝光建议",
        source=TREATED,
        dest=None,
        by=CHAIR,
        facts=Answered,
        basis="own_exposure",
        meets=("consider_exposure",),
    ),
    Move(
        name="decline_shutdown",
        title="不提请关闭",
        source=TREATED,
        dest=None,
        by=LEADER,
        facts=Reasoned,
        basis="aqscf_113",
        meets=("consider_shutdown",),
    ),
)
