"""What the guards of the proposal, the notice and its service let pass, and refuse."""

from datetime import UTC, date, datetime

from statemachines.facts import Level
from statemachines.hazard import guards as g
from statemachines.procedure import Guard
from tests.statemachines.guard_situations import (
    CASE_1,
    LISTED_AT,
    plant,
    published,
    served,
    terms,
    with_children,
)
from tests.statemachines.situations import (
    Hazard,
    Seen,
    situation,
)

PASSES: list[tuple[Guard, Seen]] = [
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
    (g.no_proposal_yet, with_children("listing", "lifted")),
    (g.without_unit, plant(unit_id=None)),
    (g.with_unit, CASE_1),
    (g.sealed_paper, CASE_1),
    (
        g.served_not_before_listing,
        situation(facts=served(LISTED_AT), hazard=Hazard(listed_at=LISTED_AT)),
    ),
    (g.not_served_yet, CASE_1),
    (g.served, plant(served_at=LISTED_AT)),
    (g.served, plant(listed_at=None)),
    (g.listing_on, with_children("listing", "listed")),
    (g.publication_in_the_past, situation(facts=published(date(2026, 3, 10)))),
]


REFUSES: list[tuple[Guard, Seen]] = [
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
    (
        g.other_places_differ,
        situation(facts=terms(level=Level.city, other_places=("341502",))),
    ),
    (
        g.other_places_differ,
        situation(facts=terms(level=Level.city, other_places=("341525", "341525"))),
    ),
    (g.no_proposal_yet, with_children("listing", "proposed")),
    (g.no_proposal_yet, with_children("listing", "listed")),
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
    (g.listing_on, with_children("listing", "proposed")),
    (g.publication_in_the_past, situation(facts=published(date(2026, 3, 11)))),
]
