"""What happens to a case only once in the year: a firm merges, one is bankrupt, a grade was too high."""

from collections.abc import Callable
from typing import Any

from demo.forms import photo
from demo.scene import Scene
from guapai.people import Role as R


def merge(s: Scene) -> None:
    """The firm is taken over by its neighbour, which goes on with what is open."""
    _follow(s, "merger", "企业被吸收合并，权利义务由合并后的企业承继")


def go_bankrupt(s: Scene) -> None:
    """The court gives the firm's plant, with its duties, to another one."""
    _follow(s, "bankruptcy", "企业破产，厂区和设备由受让企业承继")


def grade_down(s: Scene) -> None:
    """What was graded major and listed is a general hazard after all."""
    facts = {
        "reason": "复核认为不符合重大事故隐患判定标准",
        "clauses": [s.year.findings[s.duty.number].clause],
        "evidence": [photo(s, "before")],
    }
    s.act(R.division_chief, "downgrade", facts)
    s.act(R.commission_chair, "downgrade")


def _follow(s: Scene, ground: str, reason: str) -> None:
    firms = s.year.city.units[s.duty.place_code[:6]]
    heir = firms[(firms.index(s.organisation("unit")) + 1) % len(firms)]
    facts: dict[str, Any] = {
        "reason": reason,
        "ground": ground,
        "document_no": f"示例登记〔{s.day.year}〕{s.duty.number[-5:]}号",
        "unit_id": heir,
        "evidence": [photo(s, "before")],
    }
    s.act(R.division_chief, "succeed", facts)


def _of_a_firm(s: Scene) -> bool:
    return s.duty.unit_id in s.year.city.units[s.duty.place_code[:6]]


def _listed(s: Scene) -> bool:
    return _of_a_firm(s) and s.listed() is not None


TURNS: dict[str, tuple[int, Callable[[Scene], bool], Callable[[Scene], None]]] = {
    "merger": (30, _of_a_firm, merge),
    "downgrade": (36, _listed, grade_down),
    "bankruptcy": (42, _of_a_firm, go_bankrupt),
}
"""Each with the working day from which it may come, and for which cases (own: early enough for short cities)."""


def turn(s: Scene) -> bool:
    """Let happen what is still to happen once, each to a case of its own; whether anything did."""
    if s.duty.number in s.year.turned.values():
        return False
    for name, (first, fits, happen) in TURNS.items():
        if name not in s.year.turned and s.year.working_days >= first and fits(s):
            happen(s)
            s.year.turned[name] = s.duty.number
            return True
    return False
