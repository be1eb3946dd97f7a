"""The situations in which guards are tried, as the cases of each topic tell them apart."""

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from guapai.people import Actor, Role
from statemachines import letter
from statemachines.deferral import row as asked
from statemachines.facts import Evidence, Level, Source, Stopped
from statemachines.hazard.delivery import Manner, ServeNotice
from statemachines.hazard.enforcement.stops import StopGround, StopProduction
from statemachines.hazard.general import FailRecheck
from statemachines.hazard.intake import ReportLead
from statemachines.hazard.listed import ListHazard, Publish
from statemachines.hazard.measures import Void, VoidGround
from statemachines.hazard.treatment import Progress
from statemachines.listing.raised import Upgrade
from tests.statemachines.situations import (
    DEPARTMENT,
    OURS,
    UNIT,
    Deferral,
    Hazard,
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
        "lead_department_id": DEPARTMENT,
        "lead_official_id": 3,
        "part": "2号除尘器",
        "violations": ("《工贸企业重大事故隐患判定标准》第十一条",),
        "tasks": "改造",
        "measures": "停机",
        "duty_phone": "0564-0000000",
    }
    return ListHazard(**{**known, **over})


def stop(how_far: Stopped) -> StopProduction:
    return StopProduction(
        reason="险情",
        production_stopped=how_far,
        stop_scope="打磨车间",
        stop_ground=StopGround.danger,
        stop_number="1号",
        stop_until=date(2026, 4, 10),
    )


def served(at: datetime, **over: Any) -> ServeNotice:
    known: dict[str, Any] = {
        "manner": Manner.direct,
        "receiver": "李四",
        "place": "厂区",
        "servers": ("王五", "赵六"),
    }
    return ServeNotice(served_at=at, **{**known, **over})


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


def upgrade(level: Level, **over: Any) -> Upgrade:
    known: dict[str, Any] = {"lead_department_id": DEPARTMENT, "lead_official_id": 3}
    return Upgrade(**{**known, "reason": "逾期", "level": level, **over})


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


def again(move: str, **who: Any) -> Seen:
    return situation(
        actor=Actor(role=Role.commission_chair, **who), makers={move: frozenset({PERSON})}
    )


FLOOD = ask(date(2026, 7, 1)).model_copy(update={"ground": asked.DeferralGround.force_majeure})
PHOTO = Evidence(file="0" * 64)


LISTED_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
