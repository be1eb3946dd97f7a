"""For every guard what it lets pass, and what it refuses."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from guapai.people import Actor, Role
from statemachines import incident, letter, listing
from statemachines.deferral import guards as d
from statemachines.deferral import row as asked
from statemachines.facts import Evidence, EvidenceKind, Level, Source, Stopped
from statemachines.hazard import guards as g
from statemachines.hazard import term
from statemachines.hazard.acceptance import Reopen
from statemachines.hazard.general import FailRecheck
from statemachines.hazard.intake import ReportLead
from statemachines.hazard.listed import ListHazard, Publish, ServeNotice
from statemachines.hazard.measures import StopProduction, Void, VoidGround
from statemachines.hazard.states import HazardState
from statemachines.hazard.treatment import Progress, RequestAcceptance
from statemachines.procedure import Guard
from tests.statemachines.situations import (
    NOW,
    OURS,
    UNIT,
    UPPER,
    Deferral,
    Hazard,
    Incident,
    Listing,
    Seen,
    situation,
)

CASE_1 = situation()


PERSON = 41


CHAIR = partial(Actor, PERSON, Role.commission_chair)


def lead(**over: Any) -> ReportLead:
    known: dict[str, Any] = {
        "title": "泄爆口朝向通道",
        "description": "现状",
        "place_code": "341502",
        "sector": "工贸",
        "source": Source.self_report,
        "found_on": date(2026, 3, 10),
        "unit_id": UNIT,
    }
    return ReportLead(**{**known, **over})


def terms(**over: Any) -> ListHazard:
    known: dict[str, Any] = {
        "level": Level.county,
        "deadline": date(2026, 6, 30),
        "lead_department": "市应急局",
        "lead_official": "张三",
        "part": "2号除尘器",
        "violations": ("《工贸企业重大事故隐患判定标准》第十一条",),
        "tasks": "改造",
        "measures": "停机",
        "duty_phone": "0564-0000000",
    }
    return ListHazard(**{**known, **over})


def stop(how_far: Stopped) -> StopProduction:
    return StopProduction(reason="险情", production_stopped=how_far)


def served(at: datetime) -> ServeNotice:
    return ServeNotice(served_at=at, manner="直接送达", receiver="李四")


def month(period: str) -> Progress:
    return Progress(period=period, percent=10, done="拆除", protection="围挡")


def told(at: datetime) -> letter.Tell:
    return letter.Tell(whom="李四", told_at=at, said="已告知")


def published(day: date) -> Publish:
    return Publish(medium="市政府网站", published_on=day)


def grant(day: date) -> asked.Grant:
    return asked.Grant(deadline=day)


def ask(day: date) -> asked.ApplyDeferral:
    return asked.ApplyDeferral(
        reason="设备未到", progress="过半", interim_measures="围挡", asked_deadline=day
    )


def upgrade(level: Level) -> listing.Upgrade:
    return listing.Upgrade(reason="逾期", level=level)


def void(ground: VoidGround, of: int | None) -> Void:
    return Void(reason="重复登记", ground=ground, duplicate_of=of)


def unit_person(organisation: int) -> Actor:
    return Actor(PERSON, Role.safety_officer, organisation_id=organisation)


def plant(**columns: Any) -> Seen:
    return situation(hazard=Hazard(**columns))


def with_children(noun: str, state: str, count: int = 1) -> Seen:
    return situation(children={(noun, state): count})


def decided(ordinal: int, organisation: int | None, **columns: Any) -> Seen:
    row, hazard = Deferral(ordinal=ordinal), Hazard(**columns)
    return situation(row=row, hazard=hazard, actor=CHAIR(organisation_id=organisation))


def granted(day: date, **columns: Any) -> Seen:
    hazard = Hazard(deadline=date(2026, 6, 30), first_deadline=date(2026, 6, 30), **columns)
    row = Deferral(asked_deadline=date(2026, 8, 31))
    return situation(row=row, hazard=hazard, facts=grant(day))


def moved_to(day: date | None, organisation: int = OURS, **columns: Any) -> Seen:
    """A new term, of a treatment begun on 1 January 2026, by the chair of a commission."""
    facts = FailRecheck(opinion="仍未整改", deadline=day)
    actor = CHAIR(organisation_id=organisation)
    return situation(hazard=Hazard(**columns), facts=facts, actor=actor)


def beyond(day: date, organisation: int, remark: str = "") -> Seen:
    row = Deferral(ordinal=2, asked_deadline=date(2027, 6, 30))
    facts = asked.Grant(deadline=day, remark=remark)
    return situation(row=row, facts=facts, actor=CHAIR(organisation_id=organisation))


def of_order(role: Role, **more: Any) -> Seen:
    actor = Actor(PERSON, role, organisation_id=OURS)
    return situation(row=Deferral(), hazard=Hazard(listed_at=None), actor=actor, **more)


def shown(kind: EvidenceKind) -> Seen:
    files = (Evidence(file="0" * 64, kind=kind),)
    handed = RequestAcceptance(statement="已治理", self_evaluation="合格", evidence=files)
    return situation(facts=handed)


def again(move: str, **who: Any) -> Seen:
    return situation(
        actor=Actor(role=Role.commission_chair, **who), makers={move: frozenset({PERSON})}
    )


FLOOD = ask(date(2026, 7, 1)).model_copy(update={"ground": asked.DeferralGround.force_majeure})


LISTED_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


PASSES: list[tuple[Guard, Seen]] = [
    (g.own_unit_or_department, situation(facts=lead(), actor=unit_person(UNIT))),
    (g.own_unit_or_department, situation(facts=lead(unit_id=None))),
    (g.no_tip_off, situation(facts=lead())),
    (g.found_in_the_past, situation(facts=lead())),
    (g.deadline_ahead, situation(facts=grant(date(2026, 3, 11)))),
    (g.deadline_ahead, situation(facts=FailRecheck(opinion="未改"))),
    (g.deadline_within_cap, situation(facts=grant(date(2027, 3, 10)))),
    (g.deadline_within_cap, situation(facts=FailRecheck(opinion="未改"))),
    (g.plan_days_within_cap, situation(facts=terms(plan_days=30))),
    (g.level_fits_matrix, situation(facts=terms(), hazard=Hazard(potential_deaths=9))),
    (
        g.level_fits_matrix,
        situation(facts=terms(level=Level.city), hazard=Hazard(potential_deaths=29)),
    ),
    (
        g.level_fits_matrix,
        situation(facts=terms(level=Level.state), hazard=Hazard(potential_deaths=30)),
    ),
    (g.violations_from_catalogue, situation(facts=terms())),
    (
        g.violations_from_catalogue,
        situation(facts=terms(violations=("《中华人民共和国安全生产法》第四十一条",))),
    ),
    (g.other_places_differ, situation(facts=terms())),
    (
        g.other_places_differ,
        situation(facts=terms(level=Level.city, other_places=("341525", "341503"))),
    ),
    (
        g.other_places_differ,
        situation(facts=terms(level=Level.province, other_places=("340111",))),
    ),
    (g.stops_something, situation(facts=stop(Stopped.part))),
    (g.production_stands_still, plant(production_stopped=Stopped.all)),
    (g.proposal_waits, with_children("listing", "proposed")),
    (g.no_proposal_yet, with_children("listing", "lifted")),
    (g.not_the_proposer, again("propose_listing", person_id=2)),
    (g.report_term_over, situation(overdue=frozenset({"file_report"}))),
    (g.appraisal_late, situation(overdue=frozenset({"obtain_opinion"}))),
    (g.without_unit, plant(unit_id=None)),
    (g.with_unit, CASE_1),
    (g.sealed_paper, CASE_1),
    (
        g.served_not_before_listing,
        situation(facts=served(LISTED_AT), hazard=Hazard(listed_at=LISTED_AT)),
    ),
    (g.not_served_yet, CASE_1),
    (g.served, plant(served_at=LISTED_AT)),
    (g.reviewer_is_not_leader, again("return_plan", person_id=PERSON)),
    (g.danger_over, CASE_1),
    (g.stop_lifted, CASE_1),
    (g.no_open_deferral, with_children("deferral", "granted")),
    (g.within_twelve_months, plant(closed_at=datetime(2025, 3, 10, 4, tzinfo=UTC))),
    (g.duplicate_named, situation(facts=void(VoidGround.duplicate, 2))),
    (g.duplicate_named, situation(facts=void(VoidGround.untrue, None))),
    (
        g.period_of_the_case,
        situation(facts=month("2026-03"), hazard=Hazard(found_on=date(2026, 3, 9))),
    ),
    (
        g.period_of_the_case,
        situation(facts=month("2026-01"), hazard=Hazard(found_on=date(2026, 1, 31))),
    ),
    (g.listing_on, with_children("listing", "listed")),
    (g.publication_in_the_past, situation(facts=published(date(2026, 3, 10)))),
    (g.term_has_ended, plant(deadline=date(2026, 3, 9))),
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
    (g.file_after_treatment, shown(EvidenceKind.after)),
    (term.within_cap_of_first_term, moved_to(date(2027, 1, 4))),  # 1 January is off, till the 4th
    (term.within_cap_of_first_term, moved_to(None)),
    (term.within_cap_of_first_term, moved_to(date(2029, 1, 1), term_started_on=None)),
    (term.within_cap_of_first_term, moved_to(date(2027, 6, 30), UPPER)),
    (term.within_cap_of_first_term, moved_to(date(2027, 6, 30), deadline=date(2027, 6, 30))),
    (term.room_for_a_term, moved_to(None)),
    (term.room_for_a_term, moved_to(None, term_started_on=None)),
    (term.room_for_a_term, moved_to(date(2026, 3, 20), term_started_on=date(2024, 1, 1))),
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
    (listing.one_level_up, situation(row=Listing(), facts=upgrade(Level.city))),
    (term.from_the_higher_commission, CASE_1),
    (letter.told_in_the_past, situation(facts=told(NOW))),
    (incident.about_letters, situation(row=Incident())),
    (incident.about_work, situation(row=Incident(incident.Cause.paper))),
]


REFUSES: list[tuple[Guard, Seen]] = [
    (g.own_unit_or_department, situation(facts=lead(), actor=unit_person(UNIT + 1))),
    (g.own_unit_or_department, situation(facts=lead(unit_id=None), actor=unit_person(UNIT))),
    (g.no_tip_off, situation(facts=lead(source=Source.tip_off))),
    (g.found_in_the_past, situation(facts=lead(found_on=date(2026, 3, 11)))),
    (g.deadline_ahead, situation(facts=grant(date(2026, 3, 10)))),
    (g.deadline_within_cap, situation(facts=grant(date(2027, 3, 11)))),
    (g.plan_days_within_cap, situation(facts=terms(plan_days=31))),
    (g.level_fits_matrix, situation(facts=terms(), hazard=Hazard(potential_deaths=10))),
    (
        g.level_fits_matrix,
        situation(facts=terms(level=Level.city), hazard=Hazard(potential_deaths=30)),
    ),
    *(
        (g.violations_from_catalogue, situation(facts=terms(violations=(line,))))
        for line in (
            "某规定第三条",
            "《没有的标准》第三条",
            "《六安市安全生产“十三五”规划（征求意见稿）》",
            "《民用爆炸物品行业重大事故隐患判定标准（试行）》",  # replaced in December 2024
            "见《工贸企业重大事故隐患判定标准》",
        )
    ),
    (g.other_places_differ, situation(facts=terms(other_places=("341525",)))),
    (
        g.other_places_differ,
        situation(facts=terms(level=Level.city, other_places=("340111",))),
    ),
    (
        g.other_places_differ,
        situation(facts=terms(level=Level.city, other_places=("341502",))),
    ),
    (
        g.other_places_differ,
        situation(facts=terms(level=Level.city, other_places=("341525", "341525"))),
    ),
    (g.stops_something, situation(facts=stop(Stopped.none))),
    (g.production_stands_still, plant()),
    (g.proposal_waits, with_children("listing", "withdrawn")),
    (g.no_proposal_yet, with_children("listing", "proposed")),
    (g.no_proposal_yet, with_children("listing", "listed")),
    (g.not_the_proposer, again("propose_listing", person_id=PERSON)),
    (g.not_the_proposer, again("propose_listing", person_id=2, on_behalf_of=PERSON)),
    (g.report_term_over, situation(overdue=frozenset({"give_notice"}))),
    (g.appraisal_late, situation(overdue=frozenset({"grade"}))),
    (g.without_unit, CASE_1),
    (g.with_unit, plant(unit_id=None)),
    (g.sealed_paper, situation(unsealed=1)),
    (
        g.served_not_before_listing,
        situation(facts=served(datetime(2026, 3, 10, 2, 1, tzinfo=UTC))),
    ),
    (
        g.served_not_before_listing,
        situation(
            facts=served(datetime(2026, 3, 1, 7, 58, tzinfo=UTC)),
            hazard=Hazard(listed_at=LISTED_AT),
        ),
    ),
    (g.not_served_yet, plant(served_at=LISTED_AT)),
    (g.served, CASE_1),
    (g.reviewer_is_not_leader, again("accept_plan", person_id=PERSON)),
    (g.danger_over, plant(real_danger=True)),
    (g.stop_lifted, plant(production_stopped=Stopped.part)),
    (g.no_open_deferral, with_children("deferral", "applied")),
    (g.no_open_deferral, with_children("deferral", "endorsed")),
    (g.within_twelve_months, plant(closed_at=datetime(2025, 3, 7, 4, tzinfo=UTC))),
    (
        g.within_twelve_months,
        situation(facts=Reopen(reason="复发", finding="复发"), hazard=Hazard(closed_at=None)),
    ),
    (g.duplicate_named, situation(facts=void(VoidGround.duplicate, None))),
    (g.duplicate_named, situation(facts=void(VoidGround.duplicate, 1))),
    (g.period_of_the_case, situation(facts=month("2026-04"))),
    (
        g.period_of_the_case,
        situation(facts=month("2026-02"), hazard=Hazard(found_on=date(2026, 3, 1))),
    ),
    (g.listing_on, with_children("listing", "proposed")),
    (g.publication_in_the_past, situation(facts=published(date(2026, 3, 11)))),
    (g.term_has_ended, plant(deadline=date(2026, 3, 10))),
    (g.term_has_ended, plant(deadline=None)),
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
    (g.file_after_treatment, shown(EvidenceKind.before)),
    (term.within_cap_of_first_term, moved_to(date(2027, 1, 5))),
    (term.within_cap_of_first_term, moved_to(date(2027, 6, 30), UPPER, upper_id=None)),
    (term.room_for_a_term, moved_to(None, term_started_on=date(2025, 3, 10))),
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
    (listing.one_level_up, situation(row=Listing(level=Level.city), facts=upgrade(Level.city))),
    (listing.one_level_up, situation(row=Listing(level=Level.city), facts=upgrade(Level.county))),
    (term.from_the_higher_commission, plant(upper_id=None)),
    (letter.told_in_the_past, situation(facts=told(NOW + timedelta(seconds=1)))),
    (incident.about_letters, situation(row=Incident(incident.Cause.period))),
    (incident.about_letters, situation(row=Incident(incident.Cause.file))),
    (incident.about_work, situation(row=Incident())),
    (incident.about_work, situation(row=Incident(incident.Cause.file))),
]
