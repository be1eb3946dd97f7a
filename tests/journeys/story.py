"""Steps of a story: on which day somebody in a role makes a move; the phases most cases share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from guapai.people import Role as R

PHOTO = "photo"
"""Stands for a stored evidence file in the facts of a step."""
OFFICERS = "officers"
"""Stands for two officers of the organisation that makes the step."""


@dataclass(frozen=True)
class Day:
    """A date of the story, counted from its first day."""

    number: int

    def on(self, first: date) -> str:
        """The date, as people type it."""
        return (first + timedelta(days=self.number)).isoformat()


@dataclass(frozen=True, kw_only=True)
class Step:
    """On a day, the ``nth`` person in a role on a side of the case makes a move."""

    day: int
    role: R
    side: str
    move: str
    facts: Mapping[str, Any] | None
    noun: str = "hazard"
    nth: int = 0


@dataclass(frozen=True)
class Tale:
    """One hazard: where, whose, and what happens to it. ``unit`` None: nobody answers for it."""

    name: str
    place: str
    unit: int | None
    steps: tuple[Step, ...] = field(default=())


def step(
    day: int, role: R, side: str, move: str, facts: Mapping[str, Any] | None = None, **more: Any
) -> Step:
    """A step; no facts means nothing to say, or signing what waits."""
    return Step(day=day, role=role, side=side, move=move, facts=facts, **more)


def found(day: int, title: str, description: str, sector: str) -> tuple[Step, ...]:
    """An inspector registers and verifies what was found."""
    lead = {
        "title": title,
        "description": description,
        "sector": sector,
        "source": "inspection",
        "found_on": Day(day),
    }
    officers = {"finding": "现场核查属实", "officers": OFFICERS}
    return (
        step(day, R.inspector, "department", "report_lead", lead),
        step(day, R.inspector, "department", "verify", officers),
    )


def graded(day: int, clause: str, deaths: int = 2) -> tuple[Step, ...]:
    """Chief and expert sign the grading; the unit gives notice and reports."""
    facts = {
        "clauses": [clause],
        "causes": "防护设施缺失，管理不到位",
        "harm": "可能造成人员伤亡，整改难度中等",
        "potential_deaths": deaths,
    }
    return (
        step(day, R.division_chief, "department", "grade_major", facts),
        step(day, R.expert, "department", "grade_major"),
    )


def reported(day: int) -> tuple[Step, ...]:
    """The unit's first notice, report A, and its receipt."""
    notice = {"summary": "已停用相关设备", "protection": "设置警戒，专人看守"}
    report = {"causes": "设施缺失", "harm": "影响相邻岗位", "plan": "改造并完善制度"}
    return (
        step(day, R.safety_officer, "unit", "give_notice", notice),
        step(day + 1, R.enterprise_head, "unit", "file_report", report),
        step(day + 1, R.division_chief, "department", "acknowledge_report", {}),
    )


def terms(deadline: int, level: str = "county") -> dict[str, Any]:
    """The terms of a listing."""
    return {
        "level": level,
        "deadline": Day(deadline),
        "plan_days": 15,
        "lead_department_id": "department",
        "lead_official_id": "leader",
        "part": "2号除尘器泄爆口",
        "violations": ["《工贸企业重大事故隐患判定标准》（应急管理部令第10号）"],
        "tasks": "完成改造并通过验收",
        "measures": "停用相关设备，专人监护",
        "duty_phone": "0564-0000000",
    }


def examined(day: int) -> tuple[Step, ...]:
    """The head of the department agrees, the commission's office examines."""
    return (
        step(day, R.department_head, "department", "agree_listing", {}, noun="listing"),
        step(day, R.commission_office, "commission", "examine_listing", {}, noun="listing"),
    )


def listed(day: int, deadline: int, level: str = "county") -> tuple[Step, ...]:
    """Proposed, decided, served, filed upward, made public."""
    public = {"medium": "政府门户网站", "published_on": Day(day + 2)}
    return (
        step(
            day,
            R.division_chief,
            "department",
            "propose_listing",
            {**terms(deadline, level), "reason": "可能造成较大伤亡"},
        ),
        *examined(day),
        step(day, R.commission_chair, "commission", "list", terms(deadline, level)),
        step(
            day + 1,
            R.enterprise_head,
            "unit",
            "acknowledge_notice",
            {"receiver": "企业主要负责人"},
        ),
        step(day + 2, R.commission_office, "commission", "file_upward", {"receipt": "备案回执"}),
        step(day + 2, R.publisher, "department", "publish_listing", public),
    )


def planned(day: int) -> tuple[Step, ...]:
    """The plan is filed and accepted."""
    return (
        step(day, R.enterprise_head, "unit", "file_plan", {}),
        step(day + 2, R.division_chief, "department", "accept_plan", {"opinion": "内容完整，同意"}),
    )


def progress(day: int, month: str, percent: int) -> Step:
    """A progress report for a month."""
    facts = {"period": month, "percent": percent, "done": "按方案推进", "protection": "监护到位"}
    return step(day, R.safety_officer, "unit", "report_progress", facts)


def applied(day: int) -> Step:
    """The unit asks for acceptance."""
    facts = {
        "statement": "现已治理完毕",
        "self_evaluation": "自评估合格",
        "spent_fen": 12_000_000,
        "evidence": [{"file": PHOTO, "kind": "after", "caption": "整改后"}],
    }
    return step(day, R.enterprise_head, "unit", "request_acceptance", facts)


def passed(day: int) -> tuple[Step, ...]:
    """Three sign that all is done."""
    facts = {
        "opinion": "逐项核查合格",
        "evidence": [{"file": PHOTO, "kind": "after", "caption": "验收照片"}],
    }
    return (
        step(day, R.department_head, "department", "pass_acceptance", facts),
        step(day, R.inspector, "department", "pass_acceptance"),
        step(day, R.expert, "department", "pass_acceptance"),
    )


def failed(day: int, deadline: int) -> tuple[Step, ...]:
    """Three sign that it is not, and set a new date."""
    facts = {"reasons": "泄压口仍未改向", "deadline": Day(deadline)}
    return (
        step(day, R.department_head, "department", "fail_acceptance", facts),
        step(day, R.inspector, "department", "fail_acceptance"),
        step(day, R.expert, "department", "fail_acceptance"),
    )


def shut(day: int, ground: str = "unfit") -> tuple[Step, ...]:
    """Closing the place is proposed by two, with proof."""
    facts = {
        "reason": "拒不整改",
        "ground": ground,
        "proof": "示例处罚决定1号",
        "evidence": [{"file": PHOTO, "kind": "document", "caption": "处罚决定"}],
    }
    return (
        step(day, R.department_head, "department", "propose_shutdown", facts),
        step(day, R.legal_reviewer, "department", "propose_shutdown"),
    )


def executed(day: int) -> Step:
    """The government's decision is carried out."""
    items = dict.fromkeys(("permits", "power", "explosives", "dismantled", "staff"), "已落实")
    files = [{"file": PHOTO, "kind": "after", "caption": "拆除后"}]
    facts = {**items, "evidence": files}
    return step(day, R.inspector, "department", "execute_shutdown", facts)


def checked(day: int) -> tuple[Step, ...]:
    """Two others accept the closure."""
    files = [{"file": PHOTO, "kind": "after", "caption": "现场"}]
    facts = {"opinion": "合格", "items_checked": "逐项核查", "evidence": files}
    return (
        step(day, R.department_head, "department", "accept_shutdown", facts),
        step(day, R.division_chief, "department", "accept_shutdown"),
    )


def closed(day: int) -> tuple[Step, ...]:
    """Struck off and made public."""
    public = {"medium": "政府门户网站", "published_on": Day(day + 1)}
    return (
        step(
            day, R.commission_office, "commission", "close", {"conclusion": "隐患已消除，予以销号"}
        ),
        step(day + 1, R.publisher, "department", "publish_closure", public),
    )
