"""The life of a listing: proposed, examined, listed at a level, raised, lifted."""

from guapai.people import Role
from guapai.text import Said
from statemachines.duty import DutyKind
from statemachines.facts import Level, Reasoned
from statemachines.hazard import guards as g
from statemachines.hazard import levels as v
from statemachines.hazard.listed import ListHazard, ProposeListing
from statemachines.listing.raised import RAISED
from statemachines.listing.row import Carried, ListingRow, ListingState
from statemachines.noun import LetterKind, Noun
from statemachines.procedure import Move, Procedure, apart
from statemachines.readers import (
    CHAIR,
    CHIEF,
    EXECUTING_OFFICE,
    JOINT_OFFICE,
    LEAD_HEAD,
    LEADER,
    OFFICE,
    UNIT,
    UPPER_CHAIR,
    UPPER_OFFICE,
)
from statemachines.situation import Situation

_S = ListingState
_WAITING = (_S.proposed, _S.agreed, _S.examined, _S.asked, _S.left, _S.returned)
"""States of a listing that is not decided yet."""
_STEPS = ("agree_listing", "examine_listing", "amend_listing")
"""The duties of the approval sheet (domain.md 9.3) before the decision."""


@apart("propose", "amend_listing")
def proposer_does_not_agree(s: Situation[object, object, object]) -> str | None:
    """Proposer ≠ who agrees (domain.md §8)."""
    if s.acts_again("propose", "amend_listing"):
        return "提出挂牌建议的人不能同时表示同意"
    return None


@apart("propose", "amend_listing", "agree_listing")
def examiner_made_no_step(s: Situation[object, object, object]) -> str | None:
    """Who examines has neither proposed nor agreed."""
    if s.acts_again("propose", "amend_listing", "agree_listing"):
        return "提出或者同意挂牌建议的人不能同时审核"
    return None


def _sent_back(title: str, role: Role, *source: ListingState, meets: str = "") -> Move:
    return Move(
        name="send_back_listing",
        title=title,
        source=source,
        dest=_S.returned,
        by=frozenset({role}),
        facts=Reasoned,
        basis="own_matrix",
        keeps=(),
        meets=(meets,) if meets else (),
        opens=("amend_listing",),
        letters=("listing_sent_back",),
    )


SHEET = (
    Move(
        name="propose",
        title="提出挂牌建议",
        source=(),
        dest=_S.proposed,
        facts=ProposeListing,
        basis="gf2010_23",
        opens=("agree_listing",),
    ),
    Move(
        name="agree_listing",
        title="同意挂牌建议",
        source=(_S.proposed,),
        dest=_S.agreed,
        by=frozenset({Role.department_head}),
        facts=Carried,
        guards=(proposer_does_not_agree,),
        basis="own_matrix",
        meets=("agree_listing",),
        opens=("examine_listing",),
    ),
    Move(
        name="examine_listing",
        title="审核挂牌建议",
        source=(_S.agreed,),
        dest=_S.examined,
        by=frozenset({Role.commission_office}),
        facts=Carried,
        guards=(examiner_made_no_step,),
        basis="own_matrix",
        meets=("examine_listing",),
    ),
    _sent_back("退回挂牌建议", Role.department_head, _S.proposed, meets="agree_listing"),
    _sent_back("安委办退回挂牌建议", Role.commission_office, _S.agreed, meets="examine_listing"),
    _sent_back("安委会退回挂牌建议", Role.commission_chair, _S.examined),
    Move(
        name="amend_listing",
        title="修改挂牌建议",
        source=(_S.proposed, _S.agreed, _S.examined, _S.returned),
        dest=_S.proposed,
        by=frozenset({Role.division_chief}),
        facts=ProposeListing,
        guards=(
            v.level_fits_matrix,
            g.violations_from_catalogue,
            g.other_places_differ,
            g.deadline_ahead,
            g.deadline_within_cap,
            g.plan_days_within_cap,
        ),
        basis="gf2010_23",
        meets=("amend_listing",),
        opens=("agree_listing",),
        replaces=("agree_listing",),
        cancels=("examine_listing",),
    ),
    Move(
        name="take_effect",
        title="挂牌生效",
        source=_WAITING,
        dest=_S.listed,
        facts=ListHazard,
        basis="gf2010_23",
        cancels=_STEPS,
    ),
    Move(
        name="withdraw",
        title="建议不予采纳",
        source=_WAITING,
        dest=_S.withdrawn,
        facts=Carried,
        basis="gf2010_23",
    ),
    Move(
        name="lift",
        title="摘牌",
        source=(_S.listed,),
        dest=_S.lifted,
        facts=Carried,
        basis="gf2010_23",
    ),
)
"""The approval sheet: R2 proposes, R4 agrees, C1 examines, C2 decides (domain.md §15.4). A proposal
that is sent back or amended has to be agreed to and examined anew."""


def heading(row: ListingRow) -> str:
    """What a listing is called: by its level."""
    return Said("%(level)s挂牌督办", level=Said(Level(row.level).label))


LISTING = Noun(
    name="listing",
    title="挂牌",
    procedure=Procedure(
        "listing",
        ListingState,
        (*SHEET, *RAISED),
        final=frozenset({_S.lifted, _S.withdrawn}),
    ),
    duties=(
        DutyKind(name="agree_listing", title="对挂牌建议提出意见", role=Role.department_head),
        DutyKind(name="examine_listing", title="审核挂牌建议", role=Role.commission_office),
        DutyKind(name="amend_listing", title="修改挂牌建议", role=Role.division_chief),
        DutyKind(
            name="answer_upward",
            title="答复提请上级挂牌",
            role=Role.commission_chair,
            at="upper",
        ),
    ),
    letters=(
        LetterKind(
            name="listing_upgraded",
            to=(*UNIT, LEADER, OFFICE, CHAIR, EXECUTING_OFFICE, LEAD_HEAD, JOINT_OFFICE),
            statutory=True,
            waits=True,
        ),
        LetterKind(name="listing_sent_back", to=(CHIEF,)),
        LetterKind(name="listing_asked_upward", to=(UPPER_CHAIR, UPPER_OFFICE)),
        LetterKind(name="listing_taken_over", to=(CHIEF, LEADER, OFFICE, EXECUTING_OFFICE)),
        LetterKind(name="listing_left", to=(CHIEF, OFFICE, CHAIR)),
        LetterKind(name="joint_lister_named", to=(CHIEF, OFFICE, CHAIR, JOINT_OFFICE)),
    ),
    heading=heading,
    relations={"proposed": _WAITING, "on": (_S.listed,)},
    under=("hazard",),
)
