"""Plan, progress, visits, and the moment the term ends (16–21)."""

from datetime import date

from pydantic import Field

from guapai.people import Role as R
from guapai.text import OptionalWords, Words
from statemachines.facts import AFTER, Facts, Fen, Files, Opinion, Period, Reasoned
from statemachines.hazard import guards as g
from statemachines.hazard.states import (
    CHAIR,
    CHIEF,
    CLOCK,
    HEAD,
    INSPECTOR,
    LEADER,
    OFFICE,
    SHUTTING,
    TREATED,
    TREATMENT_DUTIES,
    UNIT,
    S,
)
from statemachines.hazard.term import from_the_higher_commission
from statemachines.procedure import Move
from statemachines.side import EXECUTING, LEAD


class FilePlan(Facts):
    """A treatment plan: the six parts of 总局令16号 art. 15, and interim protection."""

    goals: Words = Field(title="目标和任务")
    methods: Words = Field(title="方法和措施")
    funds: Words = Field(title="经费和物资")
    people: Words = Field(title="机构和人员")
    schedule: Words = Field(title="时限和要求")
    safety: Words = Field(title="安全措施和应急预案")
    fund_fen: Fen = Field(default=0, title="预算（分）")
    evidence: Files = Field(default=(), title="附件")


class Progress(Facts):
    """A progress report for one month."""

    period: Period = Field(title="报告月份", examples=["2026-03"])
    percent: int = Field(ge=0, le=100, title="完成比例（%）")
    done: Words = Field(title="本期进展")
    problems: OptionalWords = Field(default="", title="存在问题")
    protection: Words = Field(title="临时防护措施")
    spent_fen: Fen = Field(default=0, title="已用资金（分）")
    evidence: Files = Field(default=(), title="附件", json_schema_extra=AFTER)


class Visit(Facts):
    """A visit to the site."""

    finding: Words = Field(title="现场情况")
    percent: int = Field(ge=0, le=100, title="现场核实进度（%）")


class RequestAcceptance(Facts):
    """An application for acceptance, with the unit's own evaluation."""

    statement: Words = Field(title="治理完成情况")
    self_evaluation: Words = Field(title="自评估结论")
    spent_fen: Fen = Field(default=0, title="实际投入（分）")
    evidence: Files = Field(
        default=(), title="附件（整改前后照片、评估报告等）", json_schema_extra=AFTER
    )


class Term(Facts):
    """A new date, carried by another decision."""

    deadline: date
    deferrals_granted: int = Field(ge=0, le=1000)


class SetTerm(Reasoned):
    """A term that the next level sets, where the cap of all terms together leaves no room."""

    deadline: date = Field(title="核定的治理期限")


TREATMENT = (
    Move(
        name="file_plan",
        title="报送治理方案",
        source=(S.plan_due,),
        dest=S.plan_review,
        by=HEAD,
        facts=FilePlan,
        guards=(g.served,),
        basis="ajl16_15",
        meets=("file_plan",),
        keeps=(),
        opens=("review_plan",),
        letters=("plan_filed",),
    ),
    Move(
        name="order_plan",
        title="督促报送方案",
        source=(S.plan_due,),
        dest=None,
        by=CHIEF,
        facts=Reasoned,
        basis="ajl16_15",
        letters=("plan_ordered",),
    ),
    Move(
        name="accept_plan",
        title="方案通过",
        source=(S.plan_review,),
        dest=S.rectifying,
        by=CHIEF,
        facts=Opinion,
        basis="own_plan_review",
        meets=("review_plan",),
        opens=("report_progress",),
        letters=("plan_accepted",),
    ),
    Move(
        name="return_plan",
        title="退回方案",
        source=(S.plan_review,),
        dest=S.plan_due,
        by=CHIEF,
        facts=Reasoned,
        basis="own_plan_review",
        meets=("review_plan",),
        opens=("file_plan",),
        counts_from_act=("file_plan",),
        letters=("plan_returned",),
    ),
    Move(
        name="report_progress",
        title="报送整改进展",
        source=(S.rectifying, S.rework),
        dest=None,
        by=UNIT,
        facts=Progress,
        guards=(g.period_of_the_case,),
        basis="yunfu_monthly",
        meets=("report_progress",),
    ),
    Move(
        name="record_visit",
        title="登记现场督查",
        source=TREATED,
        dest=None,
        by=INSPECTOR | OFFICE | {R.township},
        at={R.inspector: f"department|{LEAD}", R.commission_office: f"commission|{EXECUTING}"},
        facts=Visit,
        basis="own_ladder",
        meets=("visit",),
    ),
    Move(
        name="extend_term",
        title="期限顺延",
        source=(S.rectifying, S.rework),
        dest=None,
        facts=Term,
        basis="ajl15_deferral",
        opens=("rectify",),
        replaces=("rectify",),
    ),
    Move(
        name="extend_term",
        title="期限顺延（届满前已申请）",
        source=(S.acceptance_requested,),
        dest=S.rectifying,
        facts=Term,
        basis="ajl15_deferral",
        opens=("rectify", "report_progress"),
        replaces=("rectify",),
        cancels=("accept",),
    ),
    Move(
        name="ask_term",
        title="报请上级核定治理期限",
        source=(*TREATED, *SHUTTING),
        dest=None,
        by=LEADER,
        facts=Reasoned,
        guards=(from_the_higher_commission,),
        basis="qingdao_3x",
        opens=("set_term",),
        replaces=("set_term",),
    ),
    Move(
        name="set_term",
        title="核定治理期限",
        source=(*TREATED, *SHUTTING),
        dest=None,
        by=CHAIR,
        at={R.commission_chair: "upper"},
        facts=SetTerm,
        guards=(g.deadline_ahead, g.deadline_within_cap),
        basis="qingdao_3x",
        meets=("set_term",),
        letters=("term_set",),
    ),
    Move(
        name="request_acceptance",
        title="申请验收",
        source=(S.rectifying, S.rework),
        dest=S.acceptance_requested,
        by=HEAD,
        facts=RequestAcceptance,
        guards=(g.no_open_deferral, g.file_after_treatment),
        basis="ajl16_18",
        opens=("accept",),
        suspends=("rectify",),
        cancels=TREATMENT_DUTIES,
        letters=("acceptance_requested",),
    ),
    Move(
        name="term_reached",
        title="治理期限届满",
        source=(S.plan_due, S.plan_review, S.rectifying, S.rework),
        dest=S.acceptance_requested,
        by=CLOCK,
        guards=(g.term_has_ended,),
        basis="ajl15_recheck",
        opens=("accept",),
        cancels=TREATMENT_DUTIES,
    ),
)
