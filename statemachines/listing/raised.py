"""Listings that are the matter of a higher level: asked upward, taken over, left, raised, joined."""

from datetime import date
from typing import Protocol

from pydantic import Field

from guapai.people import Role
from guapai.text import Line, OptionalLine, Said
from law.place import head_of
from statemachines.facts import CommissionId, DepartmentId, Level, OfficialId, Reasoned
from statemachines.hazard.guards import deadline_ahead, deadline_within_cap
from statemachines.hazard.row import HazardRow
from statemachines.hazard.states import TREATED, HazardState
from statemachines.hazard.term import from_the_higher_commission, within_cap_of_first_term
from statemachines.level import RANK, level_of
from statemachines.listing.row import ListingRow, ListingState
from statemachines.procedure import Guard, Move
from statemachines.situation import CaseRow, Situation

_S = ListingState


class Upgrade(Reasoned):
    """A decision to supervise at the next level: who leads from now on, and a new date if it sets one."""

    level: Level = Field(title="提级后的级别")
    deadline: date | None = Field(default=None, title="新的治理期限（不填则期限不变）")
    lead_department_id: DepartmentId = Field(title="牵头督办部门")
    lead_official_id: OfficialId = Field(title="责任领导")
    duty_phone: Line | None = Field(default=None, title="督办电话（不填则不变）")
    order_no: OptionalLine = Field(
        default="", title="上级交办文书文号", description="国家级挂牌必须填写。"
    )
    order_organ: OptionalLine = Field(
        default="", title="交办机关", description="国家级挂牌必须填写。"
    )


class JointLister(Reasoned):
    """Who lists together with the commission of the case."""

    commission_id: CommissionId = Field(title="共同挂牌的安委会")


class Ordered(Protocol):
    """A level, and the order from above that it rests on."""

    @property
    def level(self) -> Level: ...

    @property
    def order_no(self) -> str: ...

    @property
    def order_organ(self) -> str: ...


class Joined(Protocol):
    """A commission that is to list too."""

    @property
    def commission_id(self) -> int: ...


def one_level_up(s: Situation[ListingRow, object, Upgrade]) -> str | None:
    """A listing is raised, never lowered."""
    if RANK[Level(s.facts.level)] <= RANK[Level(s.row.level)]:
        return Said("提级后的级别必须高于现级别").beside("level")
    return None


def no_level_skipped(s: Situation[object, CaseRow, Ordered]) -> str | None:
    """The commission above takes a listing over at the level of its own place: none is left out."""
    own = level_of(s.place_of(s.case.upper_id))
    if Level(s.facts.level) != own:
        said = "提级须逐级进行，上级安委会只能以%(level)s督办"
        return Said(said, level=Said(own.label)).beside("level")
    return None


def order_from_above(s: Situation[object, object, Ordered]) -> str | None:
    """国家级 only by an order from above, which is registered with its number and organ."""
    if Level(s.facts.level) is not Level.state:
        return None
    if not s.facts.order_no:
        return Said("国家级挂牌须登记上级交办文书的文号").beside("order_no")
    if not s.facts.order_organ:
        return Said("国家级挂牌须登记交办机关").beside("order_organ")
    return None


def while_treated(s: Situation[object, HazardRow, object]) -> str | None:
    """#25: a listing is raised while the hazard is being treated."""
    return None if s.case.state in TREATED else "本案已不在治理中，不能提级"


def new_term_in_acceptance(s: Situation[object, HazardRow, Upgrade]) -> str | None:
    """Who takes a case over while its acceptance waits says until when it is treated on."""
    waits = s.case.state == HazardState.acceptance_requested
    if waits and s.facts.deadline is None:
        return Said("本案正待验收；提级后继续治理，请写明新的治理期限").beside("deadline")
    return None


def not_the_state(s: Situation[object, CaseRow, object]) -> str | None:
    """The state takes nothing over that is not listed: it orders, and a listing is raised to it."""
    if level_of(s.place_of(s.case.upper_id)) is Level.state:
        return "国家级挂牌须有上级交办文书，由提级督办登记"
    return None


def lister_can_reach(s: Situation[ListingRow, CaseRow, object]) -> str | None:
    """A hazard of two places is never left to one of them alone (domain.md §15.7)."""
    head = head_of(s.place_of(s.case.commission_id))
    others = [p for p in s.row.other_places.split("\n") if p]
    if any(not place.startswith(head) for place in others):
        return "本隐患跨地区，请接管，或者指定共同挂牌单位"
    return None


def named_from_above(s: Situation[object, HazardRow, Joined]) -> str | None:
    """Who names a joint lister is above both: its place holds theirs (domain.md §15.7)."""
    joint = s.place_of(s.facts.commission_id)
    if s.facts.commission_id == s.case.commission_id:
        return Said("本案已由这一安委会挂牌").beside("commission_id")
    head = head_of(s.place_of(s.actor.organisation_id))
    if not (joint.startswith(head) and s.case.place_code.startswith(head)):
        return Said("共同挂牌单位和本案所在地须都在您的单位管辖的地区内").beside("commission_id")
    return None


_CHAIR = frozenset({Role.commission_chair})
_UPPER = {Role.commission_chair: "upper"}
_ABOVE = {Role.commission_chair: "upper|commission"}


def _ask(title: str, *source: ListingState, dest: ListingState | None, meets: str = "") -> Move:
    return Move(
        name="propose_upward",
        title=title,
        source=source,
        dest=dest,
        by=frozenset({Role.commission_office}),
        facts=Reasoned,
        guards=(from_the_higher_commission,),
        basis="own_matrix",
        keeps=(),
        meets=(meets,) if meets else (),
        opens=("answer_upward",),
        replaces=("answer_upward",),
        letters=("listing_asked_upward",),
    )


def _decline(title: str, source: ListingState, dest: ListingState | None, *guards: Guard) -> Move:
    return Move(
        name="decline_upgrade",
        title=title,
        source=(source,),
        dest=dest,
        by=_CHAIR,
        at=_UPPER,
        facts=Reasoned,
        guards=guards,
        basis="gf2010_23",
        keeps=(),
        meets=("consider_upgrade", "answer_upward"),
        letters=("listing_left",),
    )


def _join(title: str, *source: ListingState, dest: ListingState | None) -> Move:
    return Move(
        name="name_joint_lister",
        title=title,
        source=source,
        dest=dest,
        by=_CHAIR,
        at=_ABOVE,
        facts=JointLister,
        guards=(named_from_above,),
        basis="own_matrix",
        keeps=(),
        meets=("answer_upward",),
        letters=("joint_lister_named",),
    )


RAISED = (
    _ask("提请上级挂牌", _S.agreed, _S.examined, dest=_S.asked, meets="examine_listing"),
    _ask("提请上级提级督办", _S.listed, dest=None),
    Move(
        name="take_over",
        title="接管挂牌建议",
        source=(_S.asked,),
        dest=_S.agreed,
        by=_CHAIR,
        at=_UPPER,
        facts=Reasoned,
        guards=(from_the_higher_commission, not_the_state),
        basis="own_matrix",
        keeps=(),
        meets=("answer_upward",),
        opens=("examine_listing",),
        letters=("listing_taken_over",),
        then=(("hazard", "hand_up"),),
    ),
    Move(
        name="upgrade",
        title="提级督办",
        source=(_S.listed,),
        dest=None,
        by=_CHAIR,
        at=_UPPER,
        facts=Upgrade,
        guards=(
            from_the_higher_commission,
            while_treated,
            one_level_up,
            no_level_skipped,
            order_from_above,
            new_term_in_acceptance,
            deadline_ahead,
            deadline_within_cap,
            within_cap_of_first_term,
        ),
        basis="gf2010_23",
        keeps=(
            *("level", "deadline", "lead_department_id", "lead_official_id"),
            *("duty_phone", "order_no", "order_organ"),
        ),
        meets=("consider_upgrade", "answer_upward"),
        papers=("listing_notice",),
        letters=("listing_upgraded",),
        then=(("hazard", "change_supervision"),),
    ),
    _decline("不予提级", _S.listed, None),
    _decline("不接管挂牌建议", _S.asked, _S.left, lister_can_reach),
    _join("指定共同挂牌单位", _S.agreed, _S.examined, _S.left, _S.listed, dest=None),
    _join("指定共同挂牌单位并交由本级挂牌", _S.asked, dest=_S.left),
)
