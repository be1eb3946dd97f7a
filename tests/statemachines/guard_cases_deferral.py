"""What the guards of a deferral let pass, and refuse."""

from dataclasses import replace
from datetime import date

from guapai.people import Actor, Role
from statemachines.deferral import guards as d
from statemachines.hazard.states import HazardState
from statemachines.procedure import Guard
from tests.statemachines.guard_situations import (
    CASE_1,
    FLOOD,
    PERSON,
    again,
    ask,
    beyond,
    decided,
    grant,
    granted,
    of_order,
    plant,
    with_children,
)
from tests.statemachines.situations import (
    OURS,
    UPPER,
    Deferral,
    Hazard,
    Seen,
    situation,
)

PASSES: list[tuple[Guard, Seen]] = [
    (d.under_treatment, plant(state=HazardState.rectifying)),
    (d.under_treatment, plant(state=HazardState.rework)),
    (d.no_real_danger, CASE_1),
    (d.none_pending, with_children("deferral", "refused", 3)),
    (d.times_left, plant(deferrals_granted=1)),
    (d.asks_later_date, situation(facts=ask(date(2026, 7, 1)))),
    (d.before_expiry, plant(deadline=date(2026, 3, 10))),
    (d.grants_later_date, granted(date(2026, 8, 31))),
    (d.still_treated, plant(state=HazardState.rework)),
    (d.still_treated, plant(state=HazardState.acceptance_requested)),
    (d.beyond_cap_next_level, beyond(date(2027, 1, 4), OURS)),
    (d.beyond_cap_next_level, beyond(date(2027, 1, 5), UPPER, "设备须由国外制造")),
    (d.order_needs_force_majeure, situation(facts=ask(date(2026, 7, 1)))),
    (d.order_needs_force_majeure, of_order(Role.enterprise_head, facts=FLOOD)),
    (d.endorsed_on_its_side, of_order(Role.division_chief)),
    (d.endorsed_on_its_side, situation(actor=Actor(PERSON, Role.commission_office))),
    (d.decided_at_its_level, of_order(Role.department_head)),
    (d.decided_at_its_level, replace(decided(1, UPPER), vacant=lambda o, _: o == OURS)),
    (d.within_caps, granted(date(2026, 8, 31))),
    (d.within_caps, granted(date(2028, 8, 31), term_started_on=None)),
    (d.within_caps, situation(hazard=Hazard(deadline=None), facts=grant(date(2027, 1, 4)))),
    (d.within_caps, granted(date(2026, 8, 31), term_started_on=date(2026, 2, 26))),
    (d.beyond_cap_next_level, granted(date(2026, 8, 31), term_started_on=date(2025, 8, 29))),
    (d.endorser_does_not_decide, again("endorse", person_id=2, on_behalf_of=3)),
    (d.decided_at_its_level, decided(1, OURS)),
    (d.decided_at_its_level, decided(1, OURS, upper_id=None)),
    (d.decided_at_its_level, decided(2, UPPER)),
]


REFUSES: list[tuple[Guard, Seen]] = [
    (d.under_treatment, plant(state=HazardState.plan_review)),
    (d.under_treatment, plant(state=HazardState.acceptance_requested)),
    (d.no_real_danger, plant(real_danger=True)),
    (d.none_pending, with_children("deferral", "applied")),
    (d.times_left, plant(deferrals_granted=2)),
    (d.asks_later_date, situation(facts=ask(date(2026, 6, 30)))),
    (d.before_expiry, plant(deadline=date(2026, 3, 9))),
    (d.grants_later_date, granted(date(2026, 6, 30))),
    (d.grants_later_date, granted(date(2026, 9, 1))),
    (d.beyond_cap_next_level, beyond(date(2027, 1, 5), OURS)),
    (d.beyond_cap_next_level, beyond(date(2027, 1, 5), UPPER)),
    (d.still_treated, plant(state=HazardState.accepted)),
    (d.order_needs_force_majeure, of_order(Role.enterprise_head, facts=ask(date(2026, 7, 1)))),
    (d.endorsed_on_its_side, of_order(Role.commission_office)),
    (d.endorsed_on_its_side, situation(actor=Actor(PERSON, Role.division_chief))),
    (d.decided_at_its_level, of_order(Role.commission_chair)),
    (d.decided_at_its_level, situation(row=Deferral(), actor=Actor(PERSON, Role.department_head))),
    (
        d.grants_later_date,
        situation(
            row=Deferral(),
            hazard=Hazard(deadline=date(2026, 3, 1)),
            facts=grant(date(2026, 3, 10)),
        ),
    ),
    (d.within_caps, granted(date(2026, 8, 31), term_started_on=date(2026, 2, 27))),
    (d.beyond_cap_next_level, granted(date(2026, 8, 31), term_started_on=date(2025, 8, 28))),
    (d.endorser_does_not_decide, again("endorse", person_id=PERSON)),
    (d.endorser_does_not_decide, again("endorse", person_id=2, on_behalf_of=PERSON)),
    (d.decided_at_its_level, decided(1, UPPER)),
    (d.decided_at_its_level, decided(2, OURS)),
    (d.decided_at_its_level, decided(2, None, upper_id=None)),
]
