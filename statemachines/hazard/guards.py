"""Why a move of a hazard may be refused."""

from datetime import timedelta

from guapai.clock import local_date
from guapai.text import Said
from law.deadlines import Term, due
from law.grading import is_citable
from statemachines.facts import Source, Stopped
from statemachines.hazard.handed import (
    Dated,
    Monthly,
    Published,
    Reported,
    Served,
    Stopping,
    Termed,
    Voided,
)
from statemachines.hazard.row import HazardRow
from statemachines.procedure import apart
from statemachines.side import OF_UNIT
from statemachines.situation import CaseRow, Situation

WAITING = ("proposed", "agreed", "examined", "asked", "left", "returned")
"""States of a listing that is not decided yet."""


def own_unit_or_department(s: Situation[object, object, Reported]) -> str | None:
    """A lead is registered by the unit it concerns, or by an authority."""
    if s.actor.role in OF_UNIT and s.facts.unit_id != s.actor.organisation_id:
        return Said("企业只能上报本单位的隐患").beside("unit_id")
    return None


def no_tip_off(s: Situation[object, object, Reported]) -> str | None:
    """Who tips off must stay hidden, and a lead that everybody here reads does not hide them."""
    if s.facts.source == Source.tip_off:
        return Said("举报不在此登记，以免泄露举报人；请按举报受理渠道办理").beside("source")
    return None


def found_in_the_past(s: Situation[object, object, Reported]) -> str | None:
    """A hazard cannot have been found tomorrow."""
    return (
        Said("发现日期晚于今天，请核对").beside("found_on") if s.facts.found_on > s.today else None
    )


def deadline_ahead(s: Situation[object, object, Dated]) -> str | None:
    """A new date lies in the future."""
    if s.facts.deadline is not None and s.facts.deadline <= s.today:
        return Said("期限必须晚于今天").beside("deadline")
    return None


def deadline_within_cap(s: Situation[object, object, Dated]) -> str | None:
    """No term is longer than the pack's cap (1 year: Qingdao, found)."""
    cap = due(s.now, s.pack.parameters.term.max.value, s.calendar)
    if s.facts.deadline is not None and s.facts.deadline > cap.day:
        return Said("期限超过规则包规定的最长期限（%(day)s）", day=cap.day.isoformat()).beside(
            "deadline"
        )
    return None


def plan_days_within_cap(s: Situation[object, object, Termed]) -> str | None:
    """The plan is due within the pack's maximum after service (30 days: MoT, found)."""
    most: Term = s.pack.parameters.plan.due_max.value
    if s.facts.plan_days > most.amount:
        return Said("方案备案期限最长%(days)d日", days=most.amount).beside("plan_days")
    return None


def violations_from_catalogue(s: Situation[object, object, Termed]) -> str | None:
    """What is violated is a standard in force or a rule of the catalogue (domain.md §4.2)."""
    for line in s.facts.violations:
        if not is_citable(line, s.today):
            return Said(
                "“%(line)s”不以现行判定标准或者依据目录中的《名称》开头，请核对", line=line
            ).beside("violations")
    return None


def other_places_differ(s: Situation[object, HazardRow, Termed]) -> str | None:
    """The other places a hazard reaches into are other ones, each named once."""
    home, others = s.case.place_code[:6], [p[:6] for p in s.facts.other_places]
    if home in others or len(set(others)) < len(others):
        return Said("涉及的其他县区与所在地相同，或者重复，请核对").beside("other_places")
    return None


def no_proposal_yet(s: Situation[object, object, object]) -> str | None:
    """One listing at a time."""
    if s.count("listing", *WAITING, "listed"):
        return "已有挂牌建议或正在挂牌，不能重复提出"
    return None


def report_term_over(s: Situation[object, object, object]) -> str | None:
    """#11b: the regulator's own record replaces report A only after its term."""
    return None if "file_report" in s.overdue else "企业报告期限未满，暂不能由监管部门代填"


def without_unit(s: Situation[object, CaseRow, object]) -> str | None:
    """Ownerless means that nobody is answerable yet."""
    return "已有责任单位，不能认定为无主体" if s.case.unit_id is not None else None


def with_unit(s: Situation[object, CaseRow, object]) -> str | None:
    """A report or a listing needs somebody answerable."""
    if s.case.unit_id is None:
        return "尚无责任单位；请先明确责任单位，或认定无主体并由政府指定"
    return None


def sealed_paper(s: Situation[object, object, object]) -> str | None:
    """Only a printed paper can be served."""
    return "通知书正在制发，尚未成文，请稍后再送达" if s.unsealed else None


def served_not_before_listing(s: Situation[object, HazardRow, Served]) -> str | None:
    """Service happens after the decision and not in the future."""
    if s.facts.served_at > s.now:
        return Said("送达时间晚于现在，请核对").beside("served_at")
    if s.case.listed_at is not None and s.facts.served_at < s.case.listed_at - timedelta(minutes=1):
        return Said("送达时间早于挂牌决定时间，请核对").beside("served_at")
    return None


def not_served_yet(s: Situation[object, HazardRow, object]) -> str | None:
    """A second record of service is a correction."""
    return "已有送达记录；如有误，请使用“更正送达”" if s.case.served_at is not None else None


def served(s: Situation[object, HazardRow, object]) -> str | None:
    """Where there is a notice, plan and term run from its service (domain.md §15.5)."""
    if s.case.listed_at is None or s.case.served_at is not None:
        return None
    return "挂牌督办通知书尚未送达，请先签收或登记送达"


@apart("accept_plan")
def reviewer_is_not_leader(s: Situation[object, object, object]) -> str | None:
    """Nobody who approved the plan signs its acceptance (domain.md §15.8)."""
    if s.acts_again("accept_plan"):
        return "审查治理方案的人不能参加验收"
    return None


def danger_over(s: Situation[object, HazardRow, object]) -> str | None:
    """Nothing is struck off while danger is recorded."""
    return "仍登记有现实危险，请先核实并解除" if s.case.real_danger else None


def stop_lifted(s: Situation[object, HazardRow, object]) -> str | None:
    """Coercion lifted and resumption decided before closing (#24)."""
    if s.case.production_stopped != Stopped.none:
        return "停产措施尚未解除，请先作出恢复生产决定"
    return None


def stops_something(s: Situation[object, object, Stopping]) -> str | None:
    """A decision to stop says what stands still."""
    if s.facts.production_stopped == Stopped.none:
        return Said("请选择停产范围；恢复生产请使用“恢复生产”").beside("production_stopped")
    return None


def production_stands_still(s: Situation[object, HazardRow, object]) -> str | None:
    """Only what stands still is resumed."""
    return "没有停产措施" if s.case.production_stopped == Stopped.none else None


def no_danger_yet(s: Situation[object, HazardRow, object]) -> str | None:
    """A danger is recorded once; it is over when two say so."""
    return "已登记有现实危险" if s.case.real_danger else None


def danger_there(s: Situation[object, HazardRow, object]) -> str | None:
    """Only what was recorded is over."""
    return None if s.case.real_danger else "没有登记现实危险"


def no_open_deferral(s: Situation[object, object, object]) -> str | None:
    """A deferral is decided or withdrawn first."""
    if s.count("deferral", "applied", "endorsed"):
        return "还有未决定的延期申请，请先办结"
    return None


def within_twelve_months(s: Situation[object, CaseRow, object]) -> str | None:
    """#29: within 12 months the same case; later a new, linked one."""
    limit = s.pack.parameters.closure.lookback.value[-1]
    if s.case.closed_at is None or s.today > due(s.case.closed_at, limit, s.calendar).day:
        return "销号已超过回头看期限，请作为新隐患登记并关联本案"
    return None


def duplicate_named(s: Situation[object, CaseRow, Voided]) -> str | None:
    """A duplicate says of what."""
    if s.facts.ground == "duplicate" and s.facts.duplicate_of is None:
        return Said("请填写与哪一隐患重复").beside("duplicate_of")
    if s.facts.duplicate_of is not None and s.facts.duplicate_of == s.case.id:
        return Said("不能与本身重复").beside("duplicate_of")
    return None


def period_of_the_case(s: Situation[object, HazardRow, Monthly]) -> str | None:
    """A month is reported when it has begun, and none from before the hazard was found."""
    if s.facts.period > f"{s.today:%Y-%m}":
        return Said("报告月份尚未开始").beside("period")
    if s.facts.period < f"{s.case.found_on:%Y-%m}":
        return Said("报告月份早于发现隐患的月份，请核对").beside("period")
    return None


def listing_on(s: Situation[object, object, object]) -> str | None:
    """Only a listed hazard."""
    return None if s.count("listing", "listed") else "本隐患未挂牌"


def publication_in_the_past(s: Situation[object, object, Published]) -> str | None:
    """A publication is recorded after it happened."""
    return (
        Said("公示日期晚于今天，请核对").beside("published_on")
        if s.facts.published_on > s.today
        else None
    )


def term_has_ended(s: Situation[object, HazardRow, object]) -> str | None:
    """The clock states that a moment has come; it cannot state it early."""
    day = s.case.deadline
    if day is None or local_date(s.now) <= day:
        return "期限未到"
    return None


def appraisal_late(s: Situation[object, object, object]) -> str | None:
    """A pause for experts has an end, which the clock cannot state early."""
    return None if "obtain_opinion" in s.overdue else "专家论证期限未到"
