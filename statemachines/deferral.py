"""The life of a deferral: applied for, endorsed, granted or refused."""

from datetime import date
from typing import Protocol

from pydantic import Field

from guapai.people import Role
from guapai.text import OptionalWords, Said, Words
from guapai.word import Word
from statemachines.duty import DutyKind
from statemachines.facts import Facts, Files, Reasoned
from statemachines.hazard.row import HazardRow
from statemachines.hazard.states import HazardState
from statemachines.hazard.term import last_day, within_cap_of_first_term
from statemachines.noun import LetterKind, Noun
from statemachines.procedure import Move, Procedure, apart
from statemachines.readers import CHIEF, OFFICE, UNIT
from statemachines.situation import Situation


class DeferralState(Word):
    """States of a deferral (domain.md §4.4)."""

    applied = "applied", "已申请"
    endorsed = "endorsed", "已签署意见"
    granted = "granted", "同意延期"
    refused = "refused", "不同意延期"
    withdrawn = "withdrawn", "已撤回"
    lapsed = "lapsed", "因案件办结失效"


class DeferralGround(Word):
    """Why more time is asked for."""

    force_majeure = "force_majeure", "不可抗力"
    other = "other", "其他确不能按期完成的原因"


class DeferralRow(Protocol):
    """What guards and headings read of a deferral."""

    ordinal: int
    asked_deadline: date
    late: bool


class ApplyDeferral(Facts):
    """The application form (domain.md 9.7)."""

    ground: DeferralGround = Field(default=DeferralGround.other, title="延期情形")
    reason: Words = Field(title="延期理由")
    progress: Words = Field(title="治理进展")
    interim_measures: Words = Field(title="延期期间的临时防护措施")
    asked_deadline: date = Field(title="申请延至")
    evidence: Files = Field(default=(), title="附件")


class Endorse(Facts):
    """The commission office's signed opinion."""

    opinion: Words = Field(title="审核意见")


class Grant(Facts):
    """The new date."""

    deadline: date = Field(title="同意延至")
    remark: OptionalWords = Field(default="", title="备注")


class Lapse(Facts):
    """The case ended before the decision."""


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


def order_needs_force_majeure(s: Situation[object, HazardRow, ApplyDeferral]) -> str | None:
    """The term of an order moves only for 不可抗力 (domain.md §4.4)."""
    if _ordered(s.case) and s.facts.ground != DeferralGround.force_majeure:
        return Said("责令整改的期限，只有因不可抗力才能申请延期").beside("ground")
    return None


def endorsed_on_its_side(s: Situation[object, HazardRow, object]) -> str | None:
    """The opinion is of the office that serves who decides."""
    if _ordered(s.case) and s.actor.role is not Role.division_chief:
        return "责令整改的延期，由监管部门业务科（处）签署意见"
    if not _ordered(s.case) and s.actor.role is not Role.commission_office:
        return "挂牌督办的延期，由安委办签署意见"
    return None


def decided_at_its_level(s: Situation[DeferralRow, HazardRow, object]) -> str | None:
    """An order's by the department that issued it, a listing's by the lister, the second one level up.

    Where the lister's chair is vacant, the next level decides (domain.md §15.5).
    """
    if _ordered(s.case):
        ours = s.actor.role is Role.department_head
        return None if ours else "责令整改的延期由作出决定的监管部门决定"
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
    return _ordered(case)


def of_lister(case: HazardRow, row: DeferralRow) -> bool:
    """The lister answers the first time."""
    return not _ordered(case) and row.ordinal < 2


def of_upper(case: HazardRow, row: DeferralRow) -> bool:
    """The next level answers the second time."""
    return not _ordered(case) and row.ordinal >= 2


_OPEN = (DeferralState.applied, DeferralState.endorsed)
_ANSWERS = ("answer_deferral", "answer_second_deferral", "answer_order_deferral")
_DECIDERS = frozenset({Role.commission_chair, Role.department_head})
_DECIDER = {Role.commission_chair: "commission|upper"}

MOVES = (
    Move(
        name="apply",
        title="申请延期",
        source=(),
        dest=DeferralState.applied,
        by=frozenset({Role.enterprise_head}),
        facts=ApplyDeferral,
        guards=(
            under_treatment,
            no_real_danger,
            none_pending,
            times_left,
            asks_later_date,
            before_expiry,
            order_needs_force_majeure,
        ),
        basis="ajl15_deferral",
        opens=_ANSWERS,
        letters=("deferral_applied",),
    ),
    Move(
        name="endorse",
        title="签署延期审核意见",
        source=(DeferralState.applied,),
        dest=DeferralState.endorsed,
        by=frozenset({Role.commission_office, Role.division_chief}),
        facts=Endorse,
        guards=(endorsed_on_its_side,),
        basis="ajl15_deferral",
    ),
    Move(
        name="grant",
        title="同意延期",
        source=(DeferralState.endorsed,),
        dest=DeferralState.granted,
        by=_DECIDERS,
        at=_DECIDER,
        facts=Grant,
        guards=(
            still_treated,
            no_real_danger,
            decided_at_its_level,
            endorser_does_not_decide,
            grants_later_date,
            within_caps,
            beyond_cap_next_level,
        ),
        basis="ajl15_deferral",
        meets=_ANSWERS,
        letters=("deferral_granted",),
        then=(("hazard", "extend_term"),),
    ),
    Move(
        name="refuse",
        title="不同意延期",
        source=(DeferralState.endorsed,),
        dest=DeferralState.refused,
        by=_DECIDERS,
        at=_DECIDER,
        facts=Reasoned,
        guards=(decided_at_its_level, endorser_does_not_decide),
        basis="ajl15_deferral",
        meets=_ANSWERS,
        keeps=(),
        letters=("deferral_refused",),
    ),
    Move(
        name="withdraw",
        title="撤回延期申请",
        source=_OPEN,
        dest=DeferralState.withdrawn,
        by=frozenset({Role.enterprise_head}),
        facts=Reasoned,
        basis="ajl15_deferral",
        keeps=(),
        cancels=_ANSWERS,
    ),
    Move(
        name="lapse",
        title="延期申请失效",
        source=_OPEN,
        dest=DeferralState.lapsed,
        facts=Lapse,
        basis="ajl15_deferral",
        cancels=_ANSWERS,
    ),
)


def heading(row: DeferralRow) -> str:
    """What a deferral is called: by its number in the case."""
    if row.late:
        return Said("第%(n)d次延期申请（逾期提出）", n=row.ordinal)
    return Said("第%(n)d次延期申请", n=row.ordinal)


DEFERRAL = Noun(
    name="deferral",
    title="延期",
    procedure=Procedure(
        "deferral",
        DeferralState,
        MOVES,
        final=frozenset(DeferralState) - frozenset(_OPEN),
    ),
    duties=(
        DutyKind(
            name="answer_deferral",
            title="答复延期申请",
            role=Role.commission_chair,
            owed_if=of_lister,
        ),
        DutyKind(
            name="answer_second_deferral",
            title="答复再次延期申请",
            role=Role.commission_chair,
            at="upper",
            owed_if=of_upper,
        ),
        DutyKind(
            name="answer_order_deferral",
            title="答复责令整改的延期申请",
            role=Role.department_head,
            owed_if=of_department,
        ),
    ),
    letters=(
        LetterKind(name="deferral_applied", to=(CHIEF, OFFICE)),
        LetterKind(name="deferral_granted", to=(*UNIT, CHIEF), statutory=True),
        LetterKind(name="deferral_refused", to=(*UNIT, CHIEF), statutory=True, decides="actor"),
    ),
    heading=heading,
    relations={"open": _OPEN},
    under=("hazard",),
)
