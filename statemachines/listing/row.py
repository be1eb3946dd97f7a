"""States of a listing, what is read of it, and what a decision of another row brings along."""

from typing import Protocol

from guapai.word import Word
from statemachines.facts import Facts, Level


class ListingState(Word):
    """States of a listing (domain.md §10.3, §15.4)."""

    proposed = "proposed", "已提出挂牌建议"
    agreed = "agreed", "部门已同意"
    examined = "examined", "安委办已审核"
    asked = "asked", "已提请上级挂牌"
    left = "left", "上级交由本级挂牌"
    returned = "returned", "已退回修改"
    listed = "listed", "挂牌督办中"
    lifted = "lifted", "已摘牌"
    withdrawn = "withdrawn", "建议未采纳"


class ListingRow(Protocol):
    """What guards and headings read of a listing."""

    level: Level
    other_places: str


class Carried(Facts):
    """What another decision brings along, or a step that says nothing but that it is made."""
