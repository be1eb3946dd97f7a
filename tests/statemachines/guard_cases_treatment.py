"""What the guards of stops, plan, acceptance and voiding let pass, and refuse."""

from statemachines.facts import Stopped
from statemachines.hazard import guards as g
from statemachines.hazard.measures import VoidGround
from statemachines.procedure import Guard
from tests.statemachines.guard_situations import (
    CASE_1,
    PERSON,
    again,
    plant,
    stop,
    void,
)
from tests.statemachines.situations import (
    Seen,
    situation,
)

PASSES: list[tuple[Guard, Seen]] = [
    (g.stops_something, situation(facts=stop(Stopped.part))),
    (g.production_stands_still, plant(production_stopped=Stopped.all)),
    (g.reviewer_is_not_leader, again("return_plan", person_id=PERSON)),
    (g.danger_over, CASE_1),
    (g.stop_lifted, CASE_1),
    (g.duplicate_named, situation(facts=void(VoidGround.duplicate, 2))),
    (g.duplicate_named, situation(facts=void(VoidGround.untrue, None))),
]


REFUSES: list[tuple[Guard, Seen]] = [
    (g.stops_something, situation(facts=stop(Stopped.none))),
    (g.production_stands_still, plant()),
    (g.reviewer_is_not_leader, again("accept_plan", person_id=PERSON)),
    (g.danger_over, plant(real_danger=True)),
    (g.stop_lifted, plant(production_stopped=Stopped.part)),
    (g.duplicate_named, situation(facts=void(VoidGround.duplicate, None))),
    (g.duplicate_named, situation(facts=void(VoidGround.duplicate, 1))),
]
