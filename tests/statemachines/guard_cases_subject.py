"""What the guards of who has to remove a hazard let pass, and refuse."""

from dataclasses import replace
from typing import Any

from statemachines.hazard.subject import answering as sub
from statemachines.hazard.subject import guards as sg
from statemachines.procedure import Guard
from statemachines.situation import Body, Nothing
from tests.statemachines.situations import UNIT, Hazard, Seen, situation

PLACE = "341502100"


class Register(Nothing):
    """Knows one organisation."""

    def __init__(self, **known: str) -> None:
        self.known = known

    def body(self, organisation_id: int) -> Body | None:
        return Body(id=organisation_id, name="示例单位", **self.known) if self.known else None


def designated(reason: str = "", fund: int = 100, paid: int = 0, **over: Any) -> sub.Designate:
    return sub.Designate(
        unit_id=UNIT + 1,
        designation_no="示例指定1号",
        fund_source="专项资金",
        fund_fen=fund,
        allocation="示例财建1号",
        paid_fen=paid,
        reason=reason,
        **over,
    )


def body(kind: str, place: str, sector: str, *, of: str = "水利", reason: str = "") -> Seen:
    """An organisation is designated for a hazard of a trade in a township."""
    hazard = Hazard(place_code=PLACE, sector=of)
    case = situation(hazard=hazard, facts=designated(reason))
    return replace(case, known=Register(kind=kind, place_code=place, sector=sector))


def handed(unit: int, ground: str = "unable", **columns: Any) -> Seen:
    facts = sub.Redesignate(
        reason="不能履行",
        ground=ground,
        unit_id=unit,
        designation_no="示例指定2号",
        fund_source="专项资金",
        fund_fen=100,
        allocation="示例财建1号",
    )
    return situation(hazard=Hazard(**columns), facts=facts)


def paid(amount: int, fund: int | None) -> Seen:
    facts = sub.RecordFunds(voucher="凭证1号", paid_fen=amount, remark="首期")
    return situation(hazard=Hazard(fund_fen=fund), facts=facts)


PASSES: list[tuple[Guard, Seen]] = [
    (sg.another_unit, handed(UNIT + 1)),
    (sg.fit_subject, body("township", PLACE, "")),
    (sg.fit_subject, body("department", "341502", "水利")),
    (sg.fit_subject, body("department", "341500", "水利")),
    (sg.fit_subject, body("enterprise", "341525100", "工贸", of="工贸")),
    (sg.fit_subject, body("township", "341502101", "", reason="该镇为管护单位")),
    (sg.fit_subject, body("department", "341502", "", reason="县里指定")),
    (sg.fit_subject, body("government", "341502", "", reason="县里自行治理")),
    (sg.fit_subject, body("enterprise", "341502100", "水利", reason="水库由该公司管护")),
    (sg.fit_subject, body("enterprise", "341502100", "", reason="长期使用人")),
    (sg.funds_above_zero, situation(facts=designated(fund=1))),
    (sg.paid_within_fund, situation(facts=designated(fund=100, paid=100))),
    (sg.may_be_relieved, handed(UNIT + 1, designation_no="示例指定1号")),
    (sg.may_be_relieved, handed(UNIT + 1, "bankruptcy")),
    (sg.followed, handed(UNIT + 1)),
    (sg.money_designated, paid(1, 100)),
    (sg.paid_within_what_there_is, paid(100, 100)),
]


REFUSES: list[tuple[Guard, Seen]] = [
    (sg.another_unit, handed(UNIT)),
    (sg.fit_subject, situation(facts=designated())),
    (sg.fit_subject, body("enterprise", "341502100", "水上交通", reason="就近")),
    (sg.fit_subject, body("enterprise", "341502100", "水利")),
    (sg.fit_subject, body("enterprise", "341502100", "", of="工贸")),
    (sg.fit_subject, body("township", "341502101", "")),
    (sg.fit_subject, body("township", "341525100", "", reason="邻县")),
    (sg.fit_subject, body("department", "341525", "水利", reason="邻县")),
    (sg.fit_subject, body("department", "341502", "")),
    (sg.fit_subject, body("government", "341502", "")),
    (sg.funds_above_zero, situation(facts=designated(fund=0))),
    (sg.paid_within_fund, situation(facts=designated(fund=100, paid=101))),
    (sg.may_be_relieved, handed(UNIT + 1)),
    (sg.followed, handed(UNIT + 1, unit_id=None)),
    (sg.money_designated, paid(1, None)),
    (sg.paid_within_what_there_is, paid(101, 100)),
]
