"""What the guards of the level, the approval sheet and the higher level let pass, and refuse."""

from datetime import date
from typing import Any

from guapai.people import Actor, Role
from statemachines import listing
from statemachines.facts import Level
from statemachines.hazard import levels as v
from statemachines.hazard.states import HazardState
from statemachines.listing import raised as r
from statemachines.procedure import Guard
from tests.statemachines.guard_situations import (
    CASE_1,
    PERSON,
    again,
    plant,
    terms,
    upgrade,
    with_children,
)
from tests.statemachines.situations import (
    DEPARTMENT,
    OURS,
    UPPER,
    Hazard,
    Listing,
    Seen,
    situation,
)

HEAD = Actor(PERSON, Role.department_head, organisation_id=DEPARTMENT)
CHAIR = Actor(PERSON, Role.commission_chair, organisation_id=OURS)
ABOVE = Actor(PERSON, Role.commission_chair, organisation_id=UPPER)


def deaths(number: int, level: Level = Level.county, **more: Any) -> Seen:
    hazard = Hazard(potential_deaths=number, **more.pop("columns", {}))
    return situation(facts=terms(level=level), hazard=hazard, **more)


def wide(level: Level, *others: str, **more: Any) -> Seen:
    return situation(facts=terms(level=level, other_places=others), **more)


def waits(actor: Actor, state: str) -> Seen:
    return situation(actor=actor, children={("listing", state): 1})


def raised(level: Level, upper: str = "341500", **facts: Any) -> Seen:
    return situation(
        row=Listing(), facts=upgrade(level, **facts), places={OURS: "341502", UPPER: upper}
    )


def in_acceptance(until: date | None) -> Seen:
    hazard = Hazard(state=HazardState.acceptance_requested)
    return situation(row=Listing(), facts=upgrade(Level.city, deadline=until), hazard=hazard)


def joint(place: str, one: int = 77, actor: Actor = ABOVE) -> Seen:
    places = {OURS: "341502", UPPER: "341500", one: place}
    return situation(
        row=Listing(),
        facts=r.JointLister(reason="跨县", commission_id=one),
        actor=actor,
        places=places,
    )


def left_to(*others: str) -> Seen:
    return situation(row=Listing(other_places="\n".join(others)))


_ALONE = {"upper_id": None}
_STEP = "listing.examine_listing"

PASSES: list[tuple[Guard, Seen]] = [
    (v.level_fits_matrix, deaths(9)),
    (v.level_fits_matrix, deaths(29, Level.city)),
    (v.level_fits_matrix, deaths(30, Level.state)),
    (v.level_fits_matrix, deaths(12, children={("listing", "asked"): 1})),
    (v.level_fits_matrix, deaths(12, children={("listing", "left"): 1})),
    (v.level_fits_matrix, deaths(12, columns=_ALONE)),
    (v.level_fits_matrix, wide(Level.city, "341525")),
    (v.level_fits_matrix, wide(Level.province, "340111")),
    (v.level_fits_matrix, wide(Level.county, "341525", children={("listing", "left"): 1})),
    (v.level_of_own_place, situation(facts=terms(), actor=CHAIR)),
    (v.level_of_own_place, situation(facts=terms(), actor=HEAD)),
    (
        v.level_of_own_place,
        situation(facts=terms(level=Level.city), actor=CHAIR, places={OURS: "341500"}),
    ),
    (v.head_lists_in_own_name, waits(HEAD, "proposed")),
    (v.head_lists_in_own_name, waits(HEAD, "returned")),
    (v.head_lists_in_own_name, waits(CHAIR, "examined")),
    (v.proposal_waits, waits(HEAD, "proposed")),
    (v.proposal_waits, waits(CHAIR, "examined")),
    (v.proposal_waits, waits(CHAIR, "asked")),
    (v.proposal_waits, waits(CHAIR, "left")),
    (v.not_the_proposer, again("propose_listing", person_id=2)),
    (v.not_the_proposer, situation(actor=HEAD, makers={_STEP: frozenset({PERSON})})),
    (listing.proposer_does_not_agree, again("propose", person_id=2)),
    (listing.examiner_made_no_step, again("agree_listing", person_id=2)),
    (r.one_level_up, raised(Level.city)),
    (r.no_level_skipped, raised(Level.city)),
    (r.no_level_skipped, raised(Level.province, "340000")),
    (r.order_from_above, raised(Level.city)),
    (
        r.order_from_above,
        raised(Level.state, order_no="国安督〔2026〕3号", order_organ="国务院安委会"),
    ),
    (r.while_treated, CASE_1),
    (r.new_term_in_acceptance, raised(Level.city)),
    (r.new_term_in_acceptance, in_acceptance(date(2026, 9, 1))),
    (r.not_the_state, raised(Level.city)),
    (r.lister_can_reach, left_to()),
    (r.lister_can_reach, left_to("341502")),
    (r.named_from_above, joint("341525")),
]

REFUSES: list[tuple[Guard, Seen]] = [
    (v.level_fits_matrix, deaths(10)),
    (v.level_fits_matrix, deaths(30, Level.city)),
    (v.level_fits_matrix, deaths(40, Level.city, columns=_ALONE)),
    (v.level_fits_matrix, wide(Level.county, "341525")),
    (v.level_fits_matrix, wide(Level.city, "340111")),
    (v.level_of_own_place, situation(facts=terms(level=Level.city), actor=CHAIR)),
    (v.level_of_own_place, situation(facts=terms(level=Level.province), actor=HEAD)),
    (
        v.level_of_own_place,
        situation(facts=terms(level=Level.state), actor=CHAIR, places={OURS: "000000"}),
    ),
    (
        v.level_of_own_place,
        situation(facts=terms(), actor=CHAIR, places={OURS: "341500"}),
    ),
    *((v.head_lists_in_own_name, waits(HEAD, s)) for s in ("agreed", "examined", "asked", "left")),
    (v.proposal_waits, with_children("listing", "withdrawn")),
    (v.proposal_waits, waits(CHAIR, "proposed")),
    (v.proposal_waits, waits(CHAIR, "agreed")),
    (v.proposal_waits, waits(CHAIR, "returned")),
    (v.not_the_proposer, again("propose_listing", person_id=PERSON)),
    (v.not_the_proposer, again("propose_listing", person_id=2, on_behalf_of=PERSON)),
    (v.not_the_proposer, again("listing.amend_listing", person_id=PERSON)),
    (v.not_the_proposer, situation(actor=CHAIR, makers={_STEP: frozenset({PERSON})})),
    (listing.proposer_does_not_agree, again("propose", person_id=PERSON)),
    (listing.proposer_does_not_agree, again("amend_listing", person_id=2, on_behalf_of=PERSON)),
    (listing.examiner_made_no_step, again("agree_listing", person_id=PERSON)),
    (r.one_level_up, situation(row=Listing(level=Level.city), facts=upgrade(Level.city))),
    (r.one_level_up, situation(row=Listing(level=Level.city), facts=upgrade(Level.county))),
    (r.no_level_skipped, raised(Level.province)),
    (r.no_level_skipped, raised(Level.state)),
    (r.order_from_above, raised(Level.state)),
    (r.order_from_above, raised(Level.state, order_no="国安督〔2026〕3号")),
    (r.while_treated, plant(state=HazardState.accepted)),
    (r.new_term_in_acceptance, in_acceptance(None)),
    (r.not_the_state, raised(Level.state, "000000")),
    (r.lister_can_reach, left_to("341525")),
    (r.named_from_above, joint("340111")),
    (r.named_from_above, joint("341502", OURS)),
    (r.named_from_above, joint("341525", actor=CHAIR)),
]
