"""Tales of more time: under an order, a second time, and beyond what all terms together may be."""

from guapai.people import Role as R
from tests.journeys.story import Day, Step, Tale, found, graded, listed, planned, reported, step


def _asked(day: int, until: int, ground: str) -> Step:
    facts = {
        "ground": ground,
        "reason": "连日暴雨，无法施工",
        "progress": "五成",
        "interim_measures": "停用",
        "asked_deadline": Day(until),
    }
    return step(day, R.enterprise_head, "unit", "apply", facts, noun="deferral")


def _endorsed(day: int, role: R, side: str) -> Step:
    return step(day, role, side, "endorse", {"opinion": "情况属实"}, noun="deferral")


def _granted(day: int, role: R, side: str, until: int) -> Step:
    return step(day, role, side, "grant", {"deadline": Day(until)}, noun="deferral")


ORDERED = Tale(
    "more_time_under_an_order",
    "341502",
    3,
    (
        *found(0, "防爆电气失效", "防爆接线盒密封失效。", "工贸"),
        *graded(1, "LA-工贸-01"),
        *reported(1),
        step(
            3,
            R.department_head,
            "department",
            "order_rectification",
            {"reason": "可限期整改", "deadline": Day(60)},
        ),
        _asked(20, 80, "force_majeure"),
        _endorsed(30, R.division_chief, "department"),
        _granted(31, R.department_head, "department", 80),
        step(85, R.department_head, "department", "ask_term", {"reason": "工期确需更长"}),
        step(
            100,
            R.commission_chair,
            "upper",
            "set_term",
            {"reason": "设备须由国外制造", "deadline": Day(130)},
        ),
    ),
)

TWICE = Tale(
    "more_time_twice",
    "341504",
    3,
    (
        *found(0, "喷漆房无通风联锁", "喷漆房通风与喷枪未联锁。", "工贸"),
        *graded(1, "LA-工贸-01"),
        *reported(1),
        *listed(3, 60),
        *planned(8),
        _asked(20, 80, "other"),
        _endorsed(21, R.commission_office, "commission"),
        _granted(22, R.commission_chair, "commission", 80),
        _asked(40, 100, "other"),
        _endorsed(41, R.commission_office, "commission"),
        _granted(62, R.commission_chair, "upper", 100),
    ),
)

TALES = (ORDERED, TWICE)
