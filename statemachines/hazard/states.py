"""States of the main line, and the groups of states, roles and duties its moves share."""

from guapai.people import Role as R
from guapai.word import Word


class HazardState(Word):
    """States of the main line; the codes L0 … X4 of domain.md stand in the titles' order."""

    lead = "lead", "线索待核实"
    grading = "grading", "待判定"
    general_fixing = "general_fixing", "一般隐患整改中"
    general_recheck = "general_recheck", "一般隐患待复查"
    major_confirmed = "major_confirmed", "已判定重大待报告"
    reported = "reported", "已报告待挂牌决定"
    plan_due = "plan_due", "挂牌待报方案"
    plan_review = "plan_review", "方案审查"
    rectifying = "rectifying", "整改中"
    acceptance_requested = "acceptance_requested", "待验收"
    rework = "rework", "验收不合格再整改"
    accepted = "accepted", "验收合格待销号"
    closed = "closed", "已销号"
    ownerless = "ownerless", "无主体待指定"
    shutdown_proposed = "shutdown_proposed", "提请关闭"
    shutting_down = "shutting_down", "决定关闭待执行"
    shutdown_executed = "shutdown_executed", "关闭已执行待验收"
    shut_down = "shut_down", "已关闭"
    transferred_out = "transferred_out", "已移送其他部门"
    voided = "voided", "已撤销"


S = HazardState


LINES = (
    (
        S.lead,
        S.grading,
        S.major_confirmed,
        S.reported,
        S.plan_due,
        S.plan_review,
        S.rectifying,
        S.acceptance_requested,
        S.accepted,
        S.closed,
    ),
    (S.lead, S.grading, S.general_fixing, S.general_recheck, S.closed),
)
"""The stations of a major hazard, and those of a general one."""

GENERAL = (S.general_fixing, S.general_recheck)
TREATED = (S.plan_due, S.plan_review, S.rectifying, S.acceptance_requested, S.rework)
SHUTTING = (S.shutdown_proposed, S.shutting_down, S.shutdown_executed)
FINAL = frozenset({S.closed, S.shut_down, S.transferred_out, S.voided})
LIVE = tuple(s for s in S if s not in FINAL)

UNIT = frozenset({R.enterprise_head, R.safety_officer})
HEAD = frozenset({R.enterprise_head})
CHIEF = frozenset({R.division_chief})
INSPECTOR = frozenset({R.inspector})
DEPARTMENT = frozenset({R.inspector, R.division_chief})
LEADER = frozenset({R.department_head})
CHAIR = frozenset({R.commission_chair})
OFFICE = frozenset({R.commission_office})
GOVERNMENT = frozenset({R.government})
CLOCK = frozenset({R.clock})
GROUP = frozenset({R.department_head, R.inspector, R.expert}) | OFFICE | CHAIR
"""Who accepts: officers of whom the lister entrusts, experts, and the lister who may lead."""
LEADS = LEADER | OFFICE | CHAIR
EXPERT = frozenset({R.expert})
LEGAL = frozenset({R.legal_reviewer})

REPORT_DUTIES = ("give_notice", "file_report")
LISTING_DUTIES = ("propose_listing", "decide_listing")
TREATMENT_DUTIES = (
    *("file_plan", "file_ordered_plan", "review_plan", "report_progress", "visit"),
    *("finish_task", "finish_item"),
)
PROPOSALS = ("consider_interview", "consider_upgrade", "consider_exposure", "consider_shutdown")

TERM = ("deadline", "first_deadline", "term_started_on")
"""The columns of a term; all of them are empty where there is none."""
