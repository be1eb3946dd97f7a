"""What the people of the sample city write into the forms they need most."""

from typing import Any

from demo.scene import Scene
from guapai.people import Role
from law.grading import Standard, standards

PLAN = {
    "goals": "消除隐患",
    "methods": "改造设施，更换部件",
    "funds": "自筹资金，已列支",
    "people": "成立整改小组",
    "schedule": "按期完成",
    "safety": "停用期间专人看守，制定应急预案",
}
MEDIUM = "政府门户网站"


def photo(s: Scene, kind: str) -> dict[str, str]:
    """A stored picture of before or after."""
    finding = s.year.findings.get(s.duty.number)
    return {
        "file": s.year.photos.shown(kind, finding.title if finding else ""),
        "kind": kind,
        "caption": "整改后" if kind == "after" else "整改前",
        "point": "隐患部位",
    }


def after(reason: str) -> dict[str, Any]:
    """A yes to what the clock proposed."""
    return {"reason": reason, "agreed": True}


def level_for(deaths: int) -> str:
    """The level the matrix of the pack asks for at least."""
    return "province" if deaths >= 30 else "city" if deaths >= 10 else "county"


def _standards(s: Scene) -> list[Standard]:
    """The grading standards of the trade with a number, else that of the trades."""
    known = [one for one in standards() if one.number and one.in_force(s.day)]
    trade = s.year.findings[s.duty.number].sector
    return [one for one in known if one.sector == trade] or known


def terms(s: Scene, level: str = "") -> dict[str, Any]:
    """The terms of a listing, at the level that the matrix asks for unless another one is said."""
    return {
        "level": level or level_for(s.year.findings[s.duty.number].deaths),
        "deadline": s.later(s.luck.choice([30, 45, 60, 90, 120])),
        "plan_days": 15,
        "lead_department_id": s.organisation("department"),
        "lead_official_id": s.who(Role.department_head, "department").person_id,
        "part": "隐患部位",
        "violations": [f"《{one.title}》（{one.number}）" for one in _standards(s)][:2],
        "tasks": "完成改造并通过验收",
        "measures": "停用相关设备，专人监护",
        "duty_phone": "0564-0000000",
    }
