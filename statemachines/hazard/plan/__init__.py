"""The plan of a treatment: filed, demanded, reviewed, sent back (16–17)."""

from datetime import date

from pydantic import Field

from guapai.text import Said, Words
from statemachines.facts import Facts, Fen, Files, Opinion, Reasoned
from statemachines.hazard import guards as g
from statemachines.hazard.plan import task as t
from statemachines.hazard.plan.task import PlannedTasks
from statemachines.hazard.states import CHIEF, HEAD, S
from statemachines.procedure import Each, Move
from statemachines.situation import Situation


class FilePlan(Facts):
    """A treatment plan: the six parts of 总局令16号 art. 15, and its tasks (9.5)."""

    goals: Words = Field(title="目标和任务")
    methods: Words = Field(title="方法和措施")
    funds: Words = Field(title="经费和物资")
    people: Words = Field(title="机构和人员")
    schedule: Words = Field(title="时限和要求")
    safety: Words = Field(title="安全措施和应急预案")
    tasks: PlannedTasks = Field(min_length=1, title="治理任务")
    fund_fen: Fen = Field(default=0, title="预算（分）", description="等于各项任务资金之和。")
    evidence: Files = Field(default=(), title="附件")

    @property
    def names(self) -> tuple[str, ...]:
        """What the tasks are called."""
        return tuple(t.name for t in self.tasks)

    @property
    def days(self) -> tuple[date, ...]:
        """When the tasks end."""
        return tuple(t.due_on for t in self.tasks)

    @property
    def tasks_fen(self) -> int:
        """What the tasks cost together."""
        return sum(t.fund_fen for t in self.tasks)


class OrderPlan(Reasoned):
    """A plan is demanded, by a day."""

    plan_by: date = Field(title="最迟报送日期")


def plan_by_ahead(s: Situation[object, object, OrderPlan]) -> str | None:
    """What is demanded can still be done."""
    if s.facts.plan_by <= s.today:
        return Said("最迟报送日期必须晚于今天").beside("plan_by")
    return None


_LATE = (S.rectifying, S.acceptance_requested, S.rework)
"""Where a plan that is still owed is made up for."""
_OF_PLAN = (g.served, t.names_differ, t.milestones_within_term, t.money_adds_up)
_PLANS = ("file_plan", "file_ordered_plan")
_REVIEW = ("review_plan",)
_MILESTONES = (Each(kind="finish_task", items="tasks", key="name", day="due_on"),)
_REPLACED = ("finish_task",)

PLAN = (
    Move(
        name="file_plan",
        title="报送治理方案",
        source=(S.plan_due,),
        dest=S.plan_review,
        by=HEAD,
        facts=FilePlan,
        guards=_OF_PLAN,
        basis="ajl16_15",
        meets=_PLANS,
        keeps=(),
        opens=_REVIEW,
        opens_each=_MILESTONES,
        replaces=_REPLACED,
        letters=("plan_filed",),
    ),
    Move(
        name="file_plan",
        title="报送治理方案（补报）",
        source=_LATE,
        dest=None,
        by=HEAD,
        facts=FilePlan,
        guards=(*_OF_PLAN, t.plan_is_missing),
        basis="ajl16_15",
        meets=_PLANS,
        keeps=(),
        opens=_REVIEW,
        opens_each=_MILESTONES,
        replaces=_REPLACED,
        letters=("plan_filed",),
    ),
    Move(
        name="order_plan",
        title="督促报送方案",
        source=(S.plan_due, *_LATE),
        dest=None,
        by=CHIEF,
        facts=OrderPlan,
        guards=(t.plan_late, plan_by_ahead),
        basis="ajl16_15",
        opens=("file_ordered_plan",),
        replaces=("file_ordered_plan",),
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
        name="accept_plan",
        title="方案通过（补报的）",
        source=_LATE,
        dest=None,
        by=CHIEF,
        facts=Opinion,
        guards=(t.plan_waits,),
        basis="own_plan_review",
        meets=("review_plan",),
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
        cancels=("finish_task",),
        letters=("plan_returned",),
    ),
    Move(
        name="return_plan",
        title="退回方案（补报的）",
        source=_LATE,
        dest=None,
        by=CHIEF,
        facts=Reasoned,
        guards=(t.plan_waits,),
        basis="own_plan_review",
        meets=("review_plan",),
        opens=("file_plan",),
        counts_from_act=("file_plan",),
        cancels=("finish_task",),
        letters=("plan_returned",),
    ),
)
