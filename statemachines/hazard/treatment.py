"""Progress, visits, and the moment the term ends (18–21)."""

from datetime import date

from pydantic import Field

from guapai.people import Role as R
from guapai.text import OptionalLine, OptionalWords, Words
from statemachines.facts import AFTER, Facts, Fen, Files, Period, Reasoned
from statemachines.hazard import guards as g
from statemachines.hazard.plan import task as t
from statemachines.hazard.plan.task import ProgressOfTasks
from statemachines.hazard.states import (
    CHAIR,
    CLOCK,
    HEAD,
    INSPECTOR,
    LEADER,
    OFFICE,
    SHUTTING,
    TREATED,
    UNIT,
    S,
)
from statemachines.hazard.term import from_the_higher_commission
from statemachines.procedure import Move
from statemachines.side import EXECUTING, LEAD


class Progress(Facts):
    """A progress report for one month."""

    period: Period = Field(title="报告月份", examples=["2026-03"])
    percent: int = Field(ge=0, le=100, title="完成比例（%）")
    tasks: ProgressOfTasks = Field(default=(), title="各项进展", description="完成的填100。")
    done: Words = Field(title="本期进展")
    problems: OptionalWords = Field(default="", title="存在问题")
    protection: Words = Field(title="临时防护措施")
    spent_fen: Fen = Field(default=0, title="已用资金（分）")
    evidence: Files = Field(default=(), title="附件", json_schema_extra=AFTER)

    @property
    def finished(self) -> tuple[str, ...]:
        """The tasks that are done."""
        return tuple(t.task for t in self.tasks if t.percent == 100)


class Visit(Facts):
    """A visit to the site."""

    finding: Words = Field(title="现场情况")
    percent: int = Field(ge=0, le=100, title="现场核实进度（%）")


class RequestAcceptance(Facts):
    """An application for acceptance, with the unit's own evaluation."""

    notice_no: OptionalLine = Field(
        default="", title="挂牌督办通知书文号", description="挂牌督办的必填，须与通知书一致。"
    )
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


_LATE = (S.rectifying, S.acceptance_requested, S.rework)
"""Where a month that is still owed is made up for."""
_FINISHED = ("finish_task", "finish_item")

TREATMENT = (
    Move(
        name="report_progress",
        title="报送整改进展",
        source=_LATE,
        dest=None,
        by=UNIT,
        facts=Progress,
        guards=(g.period_of_the_case, t.each_task_reported),
        basis="yunfu_monthly",
        meets=("report_progress", *_FINISHED),
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
        guards=(g.no_open_deferral, t.file_after_treatment_per_task),
        basis="ajl16_18",
        meets=_FINISHED,
        opens=("accept",),
        suspends=("rectify",),
        letters=("acceptance_requested",),
    ),
    Move(
        name="term_reached",
        title="治理期限届满",
        source=(S.plan_due, S.plan_review, S.rectifying, S.rework),
        dest=S.acceptance_requested,
        by=CLOCK,
        guards=(g.term_has_ended, g.served),
        basis="ajl15_recheck",
        opens=("accept",),
    ),
)
