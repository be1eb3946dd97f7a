"""At which level a hazard is listed, by whom, and after whom (domain.md §4.1, §15.4)."""

from guapai.people import Role
from guapai.text import Said
from statemachines.facts import Level
from statemachines.hazard.handed import Termed
from statemachines.hazard.row import HazardRow
from statemachines.level import RANK, level_of
from statemachines.procedure import apart
from statemachines.situation import Situation

_BEFORE_THE_CHAIR = ("examined", "asked", "left")
"""States of a listing in which the commission may decide: its office has examined it, or has asked
the upper commission, which has not answered yet or leaves it here."""
_ASKED = ("asked", "left")


def level_fits_matrix(s: Situation[object, HazardRow, Termed]) -> str | None:
    """The level is at least what the matrix of the pack asks for (domain.md §4.1).

    What it wants higher is proposed upward first; until that is decided, and where the upper
    commission leaves it here, the lower level keeps a listing of its own. Where no commission above
    is known nobody can be asked.
    """
    least, reason = _least(s, s.case.potential_deaths)
    if RANK[Level(s.facts.level)] >= RANK[least] or s.count("listing", *_ASKED):
        return None
    own = level_of(s.place_of(s.case.commission_id))
    if s.case.upper_id is None and Level(s.facts.level) == own:
        return None
    return reason.beside("level")


def _least(s: Situation[object, HazardRow, Termed], deaths: int) -> tuple[Level, Said]:
    """The lowest level that the matrix lets list, and why no lower one."""
    matrix = s.pack.parameters.listing.matrix
    least = Level.county
    if deaths >= matrix.province_deaths.value:
        least = Level.province
    elif deaths >= matrix.city_deaths.value:
        least = Level.city
    reason = Said(
        "可能造成%(deaths)s人死亡，挂牌级别不得低于%(level)s；本级不能作出的，由安委办提请上级挂牌",
        deaths=deaths,
        level=Said(least.label),
    )
    others = [p[:4] for p in s.facts.other_places]
    if others:
        wide = Level.province if set(others) - {s.case.place_code[:4]} else Level.city
        if RANK[wide] > RANK[least]:
            said = "跨地区的隐患，挂牌级别不得低于%(level)s；本级不能作出的，由安委办提请上级挂牌"
            return wide, Said(said, level=Said(wide.label))
    return least, reason


def level_of_own_place(s: Situation[object, HazardRow, Termed]) -> str | None:
    """A commission, or a head, lists at the level of its own place and at no other; at that of the
    state nobody does without an order, which is registered with the upgrade."""
    by_head = s.actor.role is Role.department_head
    lister = s.case.department_id if by_head else s.case.commission_id
    level, own = Level(s.facts.level), level_of(s.place_of(lister))
    if level is Level.state:
        return Said("国家级挂牌须有上级交办文书，由提级督办登记").beside("level")
    if level != own:
        said = "本单位只能以%(level)s挂牌；需要更高级别的，由安委办提请上级挂牌"
        return Said(said, level=Said(own.label)).beside("level")
    return None


def head_lists_in_own_name(s: Situation[object, object, object]) -> str | None:
    """A head lists for the department alone: never what lies with the commission already."""
    if s.actor.role is not Role.department_head or s.count("listing", "proposed", "returned"):
        return None
    return "挂牌建议已送安委会，由安委会决定；部门只能以本部门名义对尚未送审的建议作出决定"


def proposal_waits(s: Situation[object, object, object]) -> str | None:
    """A listing is decided on a proposal; by the commission, once its office has examined it."""
    if not s.count("listing", "proposed", "agreed", "returned", *_BEFORE_THE_CHAIR):
        return "尚无挂牌建议，请业务科（处）先提出建议"
    if s.actor.role is Role.department_head or s.count("listing", *_BEFORE_THE_CHAIR):
        return None
    return "挂牌建议尚未经部门主要负责人同意和安委办审核，请先办理"


_STEPS = ("listing.agree_listing", "listing.examine_listing", "listing.propose_upward")


@apart("propose_listing", "listing.amend_listing", *_STEPS)
def not_the_proposer(s: Situation[object, object, object]) -> str | None:
    """Proposer ≠ approver (domain.md §8).

    Nor does the chair decide who has agreed to it, or examined it, in another post.
    """
    if s.acts_again("propose_listing", "listing.amend_listing"):
        return "提出挂牌建议的人不能同时作出挂牌决定"
    if s.actor.role is Role.commission_chair and s.acts_again(*_STEPS):
        return "同意或者审核挂牌建议的人不能同时作出挂牌决定"
    return None
