"""What has to be done about a hazard, by whom."""

from guapai.people import Role
from statemachines.duty import Cadence, DutyKind, Every
from statemachines.hazard.plan.task import SetBy, tasks_of
from statemachines.hazard.row import HazardRow
from statemachines.hazard.states import TREATED, S


def lacks_plan(case: HazardRow, _: object) -> bool:
    """A plan is asked for as long as the hazard is treated without one."""
    planned = any(t.by is SetBy.plan for t in tasks_of(case.task_list))
    return case.state in TREATED and not planned


def runs_a_term(case: HazardRow, _: object) -> bool:
    """A term runs as long as nobody has applied for acceptance and nothing is decided."""
    return case.state in TREATED and case.state is not S.acceptance_requested


def has_upper(case: HazardRow, _: object) -> bool:
    """Only where there is a commission above can it take a listing over."""
    return case.upper_id is not None


def is_coal(case: HazardRow, _: object) -> bool:
    """A coal mine is decided on faster (domain.md §10.4, K15)."""
    return case.sector == "煤矿"


DUTIES = (
    DutyKind(name="verify_lead", title="核实线索", role=Role.inspector),
    DutyKind(name="grade", title="判定隐患等级", role=Role.division_chief),
    DutyKind(name="obtain_opinion", title="取得专家意见", role=Role.division_chief),
    DutyKind(
        name="fix",
        title="完成一般隐患整改",
        role=Role.safety_officer,
        dated_by="deadline",
        counted=True,
    ),
    DutyKind(name="recheck", title="复查整改情况", role=Role.inspector),
    DutyKind(name="give_notice", title="首次报告重大隐患", role=Role.safety_officer),
    DutyKind(name="file_report", title="报送重大隐患报告", role=Role.enterprise_head),
    DutyKind(name="propose_listing", title="提出挂牌建议", role=Role.division_chief),
    DutyKind(name="decide_listing", title="作出挂牌决定", role=Role.commission_chair),
    DutyKind(name="designate", title="指定治理主体", role=Role.government),
    DutyKind(name="confirm_transfer", title="取得移送回执", role=Role.division_chief),
    DutyKind(name="serve_notice", title="送达挂牌督办通知书", role=Role.inspector),
    DutyKind(name="file_upward", title="报上级安委办备案", role=Role.commission_office),
    DutyKind(name="publish_listing", title="公示挂牌督办", role=Role.publisher),
    DutyKind(
        name="file_plan",
        title="报送治理方案",
        role=Role.enterprise_head,
        anchored_on="served_at",
        term_in="plan_days",
        owed_if=lacks_plan,
    ),
    DutyKind(
        name="file_ordered_plan",
        title="按督促报送治理方案",
        role=Role.enterprise_head,
        dated_by="plan_by",
    ),
    DutyKind(name="finish_task", title="完成方案任务", role=Role.safety_officer, item="finished"),
    DutyKind(name="finish_item", title="完成责令事项", role=Role.safety_officer, item="finished"),
    DutyKind(name="review_plan", title="审查治理方案", role=Role.division_chief),
    DutyKind(
        name="report_progress",
        title="报送整改进展",
        role=Role.safety_officer,
        every=Every(cadence=Cadence.month, day="progress.day"),
        while_in=(S.rectifying, S.rework),
    ),
    DutyKind(name="visit", title="现场督查", role=Role.inspector),
    DutyKind(
        name="rectify",
        title="完成重大隐患治理",
        role=Role.enterprise_head,
        dated_by="deadline",
        owed_if=runs_a_term,
    ),
    DutyKind(name="set_term", title="核定治理期限", role=Role.commission_chair, at="upper"),
    DutyKind(name="accept", title="组织验收", role=Role.department_head),
    DutyKind(name="close", title="办理销号", role=Role.commission_office),
    DutyKind(name="publish_closure", title="公示销号", role=Role.publisher),
    DutyKind(name="look_back", title="回头看", role=Role.inspector, slots="closure.lookback"),
    DutyKind(name="consider_stop", title="研究停产撤人", role=Role.department_head, once=True),
    DutyKind(name="confirm_stop", title="确认或者解除当场停产", role=Role.department_head),
    DutyKind(
        name="review_stop",
        title="研究停产期满的处理",
        role=Role.department_head,
        dated_by="stop_until",
    ),
    DutyKind(name="review_resumption", title="审查恢复生产的申请", role=Role.department_head),
    DutyKind(
        name="consider_penalty",
        title="研究是否处罚",
        role=Role.department_head,
        once=True,
        outlives=True,
    ),
    DutyKind(
        name="file_penalty_case", title="办理处罚立案", role=Role.division_chief, outlives=True
    ),
    DutyKind(
        name="decide_shutdown",
        title="决定是否关闭",
        role=Role.government,
        owed_if=lambda case, row: not is_coal(case, row),
    ),
    DutyKind(
        name="decide_coal_shutdown",
        title="决定是否关闭煤矿",
        role=Role.government,
        owed_if=is_coal,
    ),
    DutyKind(name="execute_shutdown", title="执行关闭决定", role=Role.division_chief),
    DutyKind(name="accept_shutdown", title="组织关闭验收", role=Role.department_head),
    DutyKind(
        name="acknowledge_report", title="出具报告受理回执", role=Role.division_chief, once=True
    ),
    DutyKind(name="settle_dispute", title="协调管辖", role=Role.commission_office, once=True),
    DutyKind(name="consider_interview", title="研究是否约谈", role=Role.department_head),
    DutyKind(
        name="consider_upgrade",
        title="研究是否提级督办",
        role=Role.commission_chair,
        at="upper",
        only_with="listing:on",
        owed_if=has_upper,
    ),
    DutyKind(name="consider_exposure", title="研究是否公开曝光", role=Role.commission_chair),
    DutyKind(name="consider_shutdown", title="研究是否提请关闭", role=Role.department_head),
)
