"""Why a move of a deferral may be refused, and who owes its answer."""

from guapai.people import Role
from guapai.text import Said
from statemachines.deferral.row import ApplyDeferral, DeferralGround, DeferralRow, Grant
from statemachines.hazard.row import HazardRow
from statemachines.hazard.states import HazardState
from statemachines.hazard.term import last_day, within_cap_of_first_term
from statemachines.procedure import apart
from statemachines.situation import Situation


def under_treatment(s: Situation[object, HazardRow, object]) -> str | None:
    """#19: a deferral is asked for while the hazard is being treated."""
    if s.case.state not in (HazardState.rectifying, HazardState.rework):
        return "只有整改中的隐患可以申请延期"
    return None


def still_treated(s: Situation[object, HazardRow, object]) -> str | None:
    """What was asked in time can be granted after the term ended, while the acceptance is open."""
    treated = (HazardState.rectifying, HazardState.rework, HazardState.acceptance_requested)
    return None if s.case.state in treated else "本案已不在治理中，不能再延期；请作出不同意的决定"


def no_real_danger(s: Situation[object, HazardRow, object]) -> str | None:
    """No deferral when real danger is recorded (domain.md §4.4, own)."""
    return "存在现实危险的隐患不得延期" if s.case.real_danger else None


def none_pending(s: Situation[object, object, object]) -> str | None:
    """One application at a time."""
    return "已有一份延期申请在办" if s.count("deferral", "applied", "endorsed") else None


def times_left(s: Situation[object, HazardRow, object]) -> str | None:
    """At most so many deferrals as the pack allows."""
    most = s.pack.parameters.deferral.max_times.value
    if s.case.deferrals_granted >= most:
        return Said("已延期%(n)d次，达到上限", n=s.case.deferrals_granted)
    return None


def asks_later_date(s: Situation[object, HazardRow, ApplyDeferral]) -> str | None:
    """The date asked for lies after the present one."""
    if s.case.deadline is not None and s.facts.asked_deadline <= s.case.deadline:
        return Said(
            "申请延至的日期必须晚于现期限（%(day)s）", day=s.case.deadline.isoformat()
        ).beside("asked_deadline")
    return None


def before_expiry(s: Situation[object, HazardRow, object]) -> str | None:
    """An application comes before the term ends; the stricter window only marks it late."""
    if s.case.deadline is not None and s.today > s.case.deadline:
        return "期限已过，不能再申请延期"
    return None


def grants_later_date(s: Situation[DeferralRow, HazardRow, Grant]) -> str | None:
    """The date granted lies after the present one and not after the one asked for."""
    if s.case.deadline is not None and s.facts.deadline <= s.case.deadline:
        return Said("同意的日期必须晚于现期限（%(day)s）", day=s.case.deadline.isoformat()).beside(
            "deadline"
        )
    if s.facts.deadline <= s.today:
        return Said("同意的日期必须晚于今天").beside("deadline")
    if s.facts.deadline > s.row.asked_deadline:
        return Said(
            "同意的日期不能晚于申请的日期（%(day)s）", day=s.row.asked_deadline.isoformat()
        ).beside("deadline")
    return None


def within_caps(s: Situation[object, HazardRow, Grant]) -> str | None:
    """One deferral ≤ half the original term (domain.md §4.4, own)."""
    started, first, present = s.case.term_started_on, s.case.first_deadline, s.case.deadline
    if started is None or first is None:
        return None
    if present and (s.facts.deadline - present).days * 2 > max((first - started).days, 2):
        return Said("一次延期不得超过原期限的一半").beside("deadline")
    return None


def beyond_cap_next_level(s: Situation[object, HazardRow, Grant]) -> str | None:
    """All terms together ≤ the pack's cap; beyond it only the next level goes, and says why."""
    if reason := within_cap_of_first_term(s):
        return reason
    started = s.case.term_started_on
    if started is None or s.facts.remark:
        return None
    if s.facts.deadline > last_day(started, s.pack, s.calendar):
        return Said("同意的日期超过累计最长期限，请说明理由").beside("remark")
    return None


@apart("endorse")
def endorser_does_not_decide(s: Situation[object, object, object]) -> str | None:
    """Proposer ≠ approver."""
    return "签署意见的人不能同时作出决定" if s.acts_again("endorse") else None


def _ordered(case: HazardRow) -> bool:
    """Whether the hazard is treated under an order of the department, not listed."""
    return case.listed_at is None


def _by_department(case: HazardRow, lister_id: int | None, department_id: int | None) -> bool:
    """Whether the term is the department's: ordered, or listed by its head in its own name."""
    return _ordered(case) or (lister_id is not None and lister_id == department_id)


def order_needs_force_majeure(s: Situation[object, HazardRow, ApplyDeferral]) -> str | None:
    """The term of an order moves only for 不可抗力 (domain.md §4.4)."""
    if _ordered(s.case) and s.facts.ground != DeferralGround.force_majeure:
        return Said("责令整改的期限，只有因不可抗力才能申请延期").beside("ground")
    return None


def endorsed_on_its_side(s: Situation[object, HazardRow, object]) -> str | None:
    """The opinion is of the office that serves who decides."""
    department = _by_department(s.case, s.case.lister_id, s.case.department_id)
    if department and s.actor.role is not Role.division_chief:
        return "责令整改、部门挂牌的延期，由监管部门业务科（处）签署意见"
    if not department and s.actor.role is not Role.commission_office:
        return "安委会挂牌督办的延期，由安委办签署意见"
    return None


def decided_at_its_level(s: Situation[DeferralRow, HazardRow, object]) -> str | None:
    """An order's by the department that issued it, a listing's by the lister, the second one level up.

    Where the lister's chair is vacant, the next level decides (domain.md §15.5).
    """
    if _by_department(s.case, s.case.lister_id, s.case.department_id):
        ours = s.actor.role is Role.department_head
        return None if ours else "责令整改、部门挂牌的延期由作出决定的监管部门决定"
    if s.actor.role is not Role.commission_chair:
        return "挂牌督办的延期由安委会决定"
    if s.row.ordinal < 2:
        vacant = s.vacant(s.case.commission_id, Role.commission_chair)
        mine = {s.case.commission_id} | ({s.case.upper_id} if vacant else set())
        return None if s.actor.organisation_id in mine else "第一次延期由挂牌单位决定"
    if s.case.upper_id is None:
        return "第二次延期须由上一级安委会决定；没有登记上级安委会，请先补录机构关系"
    ours = s.actor.organisation_id == s.case.upper_id
    return None if ours else "第二次延期须由上一级安委会决定"


def of_department(case: HazardRow, _: DeferralRow) -> bool:
    """The department answers for the term that it ordered."""
    return _by_department(case, case.lister_id, case.department_id)


def of_lister(case: HazardRow, row: DeferralRow) -> bool:
    """The lister answers the first time."""
    return not _by_department(case, case.lister_id, case.department_id) and row.ordinal < 2


def of_upper(case: HazardRow, row: DeferralRow) -> bool:
    """The next level answers the second time."""
    return not _by_department(case, case.lister_id, case.department_id) and row.ordinal >= 2
