"""Tales of who lists: proposals sent back, asked upward, taken over, left below, joined."""

from typing import Any

from guapai.people import Role as R
from tests.journeys.story import (
    Step,
    Tale,
    examined,
    found,
    graded,
    reported,
    step,
    terms,
)

_WHY = {"reason": "可能造成较大伤亡"}


def _begun(day: int, title: str, deaths: int = 2) -> tuple[Step, ...]:
    """A hazard as far as report A."""
    return (
        *found(day, title, f"{title}，现场核实。", "工贸"),
        *graded(day + 1, "LA-工贸-01", deaths),
        *reported(day + 1),
    )


def _proposed(day: int, deadline: int, level: str = "county", **more: Any) -> Step:
    facts = {**terms(deadline, level), **_WHY, **more}
    return step(day, R.division_chief, "department", "propose_listing", facts)


def _row(day: int, role: R, side: str, move: str, facts: dict[str, Any] | None = None) -> Step:
    return step(day, role, side, move, facts or {}, noun="listing")


def _back(day: int, role: R, side: str) -> Step:
    return _row(day, role, side, "send_back_listing", {"reason": "整改任务不具体"})


def _amended(day: int, deadline: int) -> Step:
    better = {**terms(deadline), **_WHY, "tasks": "逐台改造，分三步完成"}
    return _row(day, R.division_chief, "department", "amend_listing", better)


SENT_BACK = Tale(
    "sent_back",
    "341503",
    3,
    (
        *_begun(0, "熔炼炉冷却水无报警"),
        _proposed(3, 60),
        _back(12, R.department_head, "department"),
        _amended(24, 60),
        _row(34, R.department_head, "department", "agree_listing"),
        _back(35, R.commission_office, "commission"),
        _amended(36, 62),
        *examined(37),
        _back(38, R.commission_chair, "commission"),
        _amended(39, 64),
        _row(40, R.department_head, "department", "agree_listing"),
        _row(52, R.commission_office, "commission", "examine_listing"),
        step(53, R.commission_chair, "commission", "list", terms(100)),
    ),
)

ASKED_UP = Tale(
    "asked_up",
    "341504",
    0,
    (
        *_begun(1, "粉尘车间十二人作业", 12),
        _proposed(3, 60, "city"),
        _row(4, R.department_head, "department", "agree_listing"),
        _row(4, R.commission_office, "commission", "propose_upward", {"reason": "超出本级"}),
        _row(30, R.commission_chair, "upper", "take_over", {"reason": "属市级督办"}),
        _row(31, R.commission_office, "commission", "examine_listing"),
        step(32, R.commission_chair, "commission", "list", terms(90, "city")),
    ),
)

LEFT = Tale(
    "left",
    "341522",
    3,
    (
        *_begun(1, "铸造车间吊运十人上方", 12),
        _proposed(3, 60, "city"),
        *examined(4),
        _row(4, R.commission_office, "commission", "propose_upward", {"reason": "超出本级"}),
        _row(5, R.commission_chair, "upper", "decline_upgrade", {"reason": "先由县级挂牌"}),
        step(6, R.commission_chair, "commission", "list", terms(60)),
        _row(9, R.commission_office, "commission", "propose_upward", {"reason": "进展缓慢"}),
        _row(11, R.commission_chair, "upper", "decline_upgrade", {"reason": "继续县级督办"}),
    ),
)

JOINED = Tale(
    "joined",
    "341524",
    2,
    (
        *_begun(2, "冷库管道跨两县"),
        _proposed(5, 70, "city", other_places=["341525"]),
        *examined(6),
        _row(6, R.commission_office, "commission", "propose_upward", {"reason": "跨县"}),
        _row(
            8,
            R.commission_chair,
            "upper",
            "name_joint_lister",
            {"reason": "两县共同督办", "commission_id": "commission:341525"},
        ),
        step(
            9,
            R.commission_chair,
            "commission",
            "list",
            {**terms(70), "other_places": ["341525"]},
        ),
    ),
)

TALES = (SENT_BACK, ASKED_UP, LEFT, JOINED)
