"""What is found in the sample city: the focus points of the city's plan, and its seven reservoirs."""

import re
from dataclasses import dataclass
from functools import cache
from random import Random

from law.grading import Clause, shipped_catalogue

RESERVOIRS = (
    ("墩塘水库", "341522"),
    ("交元水库", "341524"),
    ("龙井潭水库", "341525"),
    ("大藕塘水库", "341523"),
    ("龙穴水库", "341502"),
    ("马庄水库", "341503"),
    ("民主水库", "341504"),
)
"""The reservoirs the plan names, and where they lie."""

_SECTOR = re.compile(r"（([^（）]+)）$")
_SPOTS = ("一号", "二号", "三号", "东侧", "西侧", "北区", "南区", "检修时", "夜班", "老厂区")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A hazard as somebody sees it: what, in which sector, by which clause it may be graded."""

    title: str
    description: str
    sector: str
    clause: str
    deaths: int


@cache
def _clauses() -> dict[str, tuple[Clause, ...]]:
    by: dict[str, list[Clause]] = {}
    for clause in shipped_catalogue():
        found = _SECTOR.search(clause.source)
        if found is not None:
            by.setdefault(found[1], []).append(clause)
    return {sector: tuple(clauses) for sector, clauses in by.items()}


def find(sector: str, nth: int, luck: Random) -> Finding:
    """Something found in a sector; ``nth`` keeps two findings of one kind apart."""
    clause = luck.choice(_clauses()[sector])
    spot = luck.choice(_SPOTS)
    return Finding(
        title=f"{spot}：{clause.text}"[:60],
        description=f"{spot}现场检查（第{nth}号记录）发现：{clause.text}。",
        sector=sector,
        clause=clause.id,
        deaths=luck.choices([1, 2, 5, 12, 31], weights=[40, 35, 15, 8, 2])[0],
    )


def dam(name: str) -> Finding:
    """One of the seven reservoirs: in danger, and nobody's."""
    clause = next(c for c in _clauses()["水利"] if name in c.text)
    return Finding(
        title=f"{name}为病险水库，尚待除险加固",
        description=f"{name}：{clause.text}。未找到管护单位。",
        sector="水利",
        clause=clause.id,
        deaths=9,
    )
