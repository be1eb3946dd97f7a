"""What the guards of a lead and of its verification let pass, and refuse."""

from datetime import date

from statemachines.facts import Source
from statemachines.hazard import guards as g
from statemachines.procedure import Guard
from tests.statemachines.guard_situations import (
    lead,
    unit_person,
)
from tests.statemachines.situations import (
    UNIT,
    Seen,
    situation,
)

PASSES: list[tuple[Guard, Seen]] = [
    (g.own_unit_or_department, situation(facts=lead(), actor=unit_person(UNIT))),
    (g.own_unit_or_department, situation(facts=lead(unit_id=None))),
    (g.no_tip_off, situation(facts=lead())),
    (g.found_in_the_past, situation(facts=lead())),
]


REFUSES: list[tuple[Guard, Seen]] = [
    (g.own_unit_or_department, situation(facts=lead(), actor=unit_person(UNIT + 1))),
    (g.own_unit_or_department, situation(facts=lead(unit_id=None), actor=unit_person(UNIT))),
    (g.no_tip_off, situation(facts=lead(source=Source.tip_off))),
    (g.found_in_the_past, situation(facts=lead(found_on=date(2026, 3, 11)))),
]
