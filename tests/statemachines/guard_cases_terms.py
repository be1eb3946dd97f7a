"""What the guards of days, periods and terms let pass, and refuse."""

from datetime import UTC, date, datetime

from statemachines.hazard import guards as g
from statemachines.hazard import term
from statemachines.hazard.ending.acceptance import Reopen
from statemachines.hazard.general import FailRecheck
from statemachines.procedure import Guard
from tests.statemachines.guard_situations import (
    CASE_1,
    grant,
    month,
    moved_to,
    plant,
    terms,
    with_children,
)
from tests.statemachines.situations import (
    UPPER,
    Hazard,
    Seen,
    situation,
)

PASSES: list[tuple[Guard, Seen]] = [
    (g.deadline_ahead, situation(facts=grant(date(2026, 3, 11)))),
    (g.deadline_ahead, situation(facts=FailRecheck(opinion="未改"))),
    (g.deadline_within_cap, situation(facts=grant(date(2027, 3, 10)))),
    (g.deadline_within_cap, situation(facts=FailRecheck(opinion="未改"))),
    (g.plan_days_within_cap, situation(facts=terms(plan_days=30))),
    (g.report_term_over, situation(overdue=frozenset({"file_report"}))),
    (g.appraisal_late, situation(overdue=frozenset({"obtain_opinion"}))),
    (g.no_open_deferral, with_children("deferral", "granted")),
    (g.within_twelve_months, plant(closed_at=datetime(2025, 3, 10, 4, tzinfo=UTC))),
    (
        g.period_of_the_case,
        situation(facts=month("2026-03"), hazard=Hazard(found_on=date(2026, 3, 9))),
    ),
    (
        g.period_of_the_case,
        situation(facts=month("2026-01"), hazard=Hazard(found_on=date(2026, 1, 31))),
    ),
    (g.term_has_ended, plant(deadline=date(2026, 3, 9))),
    (term.within_cap_of_first_term, moved_to(date(2027, 1, 4))),  # 1 January is off, till the 4th
    (term.within_cap_of_first_term, moved_to(None)),
    (term.within_cap_of_first_term, moved_to(date(2029, 1, 1), term_started_on=None)),
    (term.within_cap_of_first_term, moved_to(date(2027, 6, 30), UPPER)),
    (term.within_cap_of_first_term, moved_to(date(2027, 6, 30), deadline=date(2027, 6, 30))),
    (term.room_for_a_term, moved_to(None)),
    (term.room_for_a_term, moved_to(None, term_started_on=None)),
    (term.room_for_a_term, moved_to(date(2026, 3, 20), term_started_on=date(2024, 1, 1))),
    (term.from_the_higher_commission, CASE_1),
]


REFUSES: list[tuple[Guard, Seen]] = [
    (g.deadline_ahead, situation(facts=grant(date(2026, 3, 10)))),
    (g.deadline_within_cap, situation(facts=grant(date(2027, 3, 11)))),
    (g.plan_days_within_cap, situation(facts=terms(plan_days=31))),
    (g.report_term_over, situation(overdue=frozenset({"give_notice"}))),
    (g.appraisal_late, situation(overdue=frozenset({"grade"}))),
    (g.no_open_deferral, with_children("deferral", "applied")),
    (g.no_open_deferral, with_children("deferral", "endorsed")),
    (g.within_twelve_months, plant(closed_at=datetime(2025, 3, 7, 4, tzinfo=UTC))),
    (
        g.within_twelve_months,
        situation(facts=Reopen(reason="复发", finding="复发"), hazard=Hazard(closed_at=None)),
    ),
    (g.period_of_the_case, situation(facts=month("2026-04"))),
    (
        g.period_of_the_case,
        situation(facts=month("2026-02"), hazard=Hazard(found_on=date(2026, 3, 1))),
    ),
    (g.term_has_ended, plant(deadline=date(2026, 3, 10))),
    (g.term_has_ended, plant(deadline=None)),
    (term.within_cap_of_first_term, moved_to(date(2027, 1, 5))),
    (term.within_cap_of_first_term, moved_to(date(2027, 6, 30), UPPER, upper_id=None)),
    (term.room_for_a_term, moved_to(None, term_started_on=date(2025, 3, 10))),
    (term.from_the_higher_commission, plant(upper_id=None)),
]
