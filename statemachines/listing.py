"""The life of a listing: proposed, listed at a level, raised, lifted."""

from datetime import date
from typing import Protocol

from pydantic import Field

from guapai.people import Role
from guapai.text import Said
from guapai.word import Word
from statemachines.facts import Facts, Level, Reasoned
from statemachines.hazard.guards import deadline_ahead, deadline_within_cap
from statemachines.hazard.listed import ListHazard, ProposeListing
from statemachines.hazard.term import from_the_higher_commission, within_cap_of_first_term
from statemachines.noun import LetterKind, Noun
from statemachines.procedure import Move, Procedure
from statemachines.readers import CHAIR, LEADER, OFFICE, UNIT
from statemachines.situation import Situation


class ListingState(Word):
    """States of a listing (domain.md §10.3)."""

    proposed = "proposed", "已提出挂牌建议"
    listed = "listed", "挂牌督办中"
    lifted = "lifted", "已摘牌"
    withdrawn = "withdrawn", "建议未采纳"


class ListingRow(Protocol):
    """What guards and headings read of a listing."""

    level: Level


class Upgrade(Reasoned):
    """A decision to supervise at the next level, and a new date if it sets one."""

    level: Level = Field(title="提级后的级别")
    deadline: date | None = Field(default=None, title="新的治理期限（不填则期限不变）")


class Carried(Facts):
    """What another decision brings along."""


_ORDER = list(Level)


def one_level_up(s: Situation[ListingRow, object, Upgrade]) -> str | None:
    """A listing is raised, never lowered."""
    if _ORDER.index(Level(s.facts.level)) <= _ORDER.index(Level(s.row.level)):
        return Said("提级后的级别必须高于现级别").beside("level")
    return None


_ON = (ListingState.listed,)

MOVES = (
    Move(
        name="propose",
        title="提出挂牌建议",
        source=(),
        dest=ListingState.proposed,
        facts=ProposeListing,
        basis="gf2010_23",
    ),
    Move(
        name="take_effect",
        title="挂牌生效",
        source=(ListingState.proposed,),
        dest=ListingState.listed,
        facts=ListHazard,
        basis="gf2010_23",
    ),
    Move(
        name="withdraw",
        title="建议不予采纳",
        source=(ListingState.proposed,),
        dest=ListingState.withdrawn,
        facts=Carried,
        basis="gf2010_23",
    ),
    Move(
        name="upgrade",
        title="提级督办",
        source=_ON,
        dest=None,
        by=frozenset({Role.commission_chair}),
        at={Role.commission_chair: "upper"},
        facts=Upgrade,
        guards=(
            from_the_higher_commission,
            one_level_up,
            deadline_ahead,
            deadline_within_cap,
            within_cap_of_first_term,
        ),
        basis="gf2010_23",
        keeps=("level", "deadline"),
        meets=("consider_upgrade",),
        letters=("listing_upgraded",),
        then=(("hazard", "change_supervision"),),
    ),
    Move(
        name="decline_upgrade",
        title="不予提级",
        source=_ON,
        dest=None,
        by=frozenset({Role.commission_chair}),
        at={Role.commission_chair: "upper"},
        facts=Reasoned,
        basis="gf2010_23",
        keeps=(),
        meets=("consider_upgrade",),
    ),
    Move(
        name="lift",
        title="摘牌",
        source=_ON,
        dest=ListingState.lifted,
        facts=Carried,
        basis="gf2010_23",
    ),
)


def heading(row: ListingRow) -> str:
    """What a listing is called: by its level."""
    return Said("%(level)s挂牌督办", level=Said(Level(row.level).label))


LISTING = Noun(
    name="listing",
    title="挂牌",
    procedure=Procedure(
        "listing",
        ListingState,
        MOVES,
        final=frozenset({ListingState.lifted, ListingState.withdrawn}),
    ),
    letters=(
        LetterKind(name="listing_upgraded", to=(*UNIT, LEADER, OFFICE, CHAIR), statutory=True),
    ),
    heading=heading,
    relations={"proposed": (ListingState.proposed,), "on": (ListingState.listed,)},
    under=("hazard",),
)
