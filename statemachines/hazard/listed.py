"""The decision to list, filing and publication, and who supervises from then on (14–15, 25)."""

from datetime import date

from pydantic import Field

from guapai.people import Role as R
from guapai.text import Line, OptionalLine, Words
from statemachines.facts import (
    DepartmentId,
    Facts,
    Level,
    Lines,
    OfficialId,
    Places,
    Reasoned,
    RowId,
    Where,
)
from statemachines.hazard import guards as g
from statemachines.hazard import levels as v
from statemachines.hazard.plan import task
from statemachines.hazard.plan.task import OrderedItems
from statemachines.hazard.states import (
    CHAIR,
    CHIEF,
    LEADER,
    LISTING_DUTIES,
    OFFICE,
    SHUTTING,
    TREATED,
    S,
)
from statemachines.procedure import Each, Move


class ListTerms(Facts):
    """The terms of a listing: level, date, who leads, what must be done."""

    level: Level = Field(title="挂牌级别")
    deadline: date = Field(title="治理完毕日期")
    plan_days: int = Field(default=15, ge=1, le=366, title="方案备案期限（日，自送达起）")
    lead_department_id: DepartmentId = Field(title="牵头督办部门")
    lead_official_id: OfficialId = Field(title="责任领导")
    part: Words = Field(title="隐患部位")
    violations: Lines = Field(
        min_length=1,
        title="违反的规定",
        description="每条以《判定标准或者法规名称》开头，其后可写明文号和条款；须在判定标准目录或者依据目录中。",
        examples=["《工贸企业重大事故隐患判定标准》（应急管理部令第10号）第十一条"],
    )
    tasks: Words = Field(title="整改任务")
    measures: Words = Field(title="整改措施")
    duty_phone: Line = Field(title="督办电话")
    public_contact: OptionalLine = Field(default="", title="社会监督电话、电子邮箱")
    other_places: Places = Field(
        default=(), title="涉及的其他县区", description="跨县区的隐患填写：行政区划代码，每行一个。"
    )


class ProposeListing(ListTerms):
    """A listing as the department proposes it."""

    reason: Words = Field(title="挂牌理由")


class ListHazard(ListTerms):
    """A listing as decided."""


class OrderRectification(Reasoned):
    """Treated under an order instead of a listing: item by item, each by its day (9.17)."""

    tasks: OrderedItems = Field(min_length=1, title="责令整改事项")
    deadline: date = Field(title="整改期限", description="各项期限中最晚的一日。")

    @property
    def names(self) -> tuple[str, ...]:
        """What the items are called."""
        return tuple(t.name for t in self.tasks)

    @property
    def days(self) -> tuple[date, ...]:
        """When the items are due."""
        return tuple(t.due_on for t in self.tasks)


class FileUpward(Facts):
    """The filing of a listing with the higher commission office."""

    receipt: Line = Field(title="备案回执")


class Supervisors(Facts):
    """Who supervises from now on."""

    commission_id: RowId
    upper_id: RowId | None


class Supervision(Supervisors):
    """A new level with who supervises, and a new term if one is set."""

    level: Level
    lister_id: RowId
    deadline: date | None = None


class Publish(Facts):
    """Where something was made public."""

    medium: Line = Field(title="公示载体")
    published_on: date = Field(title="公示日期")
    address: Where = Field(default="", title="网址或版面")


_WHILE_LISTED = (*TREATED, S.accepted, *SHUTTING)

LISTED = (
    Move(
        name="propose_listing",
        title="提出挂牌建议",
        source=(S.reported,),
        dest=None,
        by=CHIEF,
        facts=ProposeListing,
        guards=(
            g.with_unit,
            g.no_proposal_yet,
            v.level_fits_matrix,
            g.violations_from_catalogue,
            g.other_places_differ,
            g.deadline_ahead,
            g.deadline_within_cap,
            g.plan_days_within_cap,
        ),
        basis="gf2010_23",
        meets=("propose_listing",),
        keeps=("part",),
        starts=(("listing", "propose"),),
    ),
    Move(
        name="list",
        title="挂牌督办",
        source=(S.reported,),
        dest=S.plan_due,
        by=CHAIR | LEADER,
        facts=ListHazard,
        guards=(
            g.with_unit,
            v.head_lists_in_own_name,
            v.proposal_waits,
            v.not_the_proposer,
            v.level_of_own_place,
            v.level_fits_matrix,
            g.violations_from_catalogue,
            g.other_places_differ,
            g.deadline_ahead,
            g.deadline_within_cap,
            g.plan_days_within_cap,
        ),
        basis="gf2010_23",
        meets=LISTING_DUTIES,
        opens=("serve_notice", "file_upward", "publish_listing"),
        papers=("listing_notice",),
        letters=("hazard_listed",),
        then=(("listing:proposed", "take_effect"),),
    ),
    Move(
        name="order_rectification",
        title="不挂牌，责令限期整改",
        source=(S.reported,),
        dest=S.rectifying,
        by=LEADER,
        facts=OrderRectification,
        guards=(
            g.with_unit,
            g.deadline_ahead,
            g.deadline_within_cap,
            task.names_differ,
            task.items_end_with_term,
        ),
        basis="aqscf_65",
        meets=LISTING_DUTIES,
        opens=("file_plan", "rectify", "report_progress"),
        opens_each=(Each(kind="finish_item", items="tasks", key="name", day="due_on"),),
        letters=("hazard_ordered",),
        then=(("listing:proposed", "withdraw"),),
    ),
    Move(
        name="file_upward",
        title="报上级安委办备案",
        source=_WHILE_LISTED,
        dest=None,
        by=OFFICE,
        facts=FileUpward,
        guards=(g.listing_on,),
        basis="qingdao_3x",
        meets=("file_upward",),
    ),
    Move(
        name="publish_listing",
        title="登记挂牌公示",
        source=_WHILE_LISTED,
        dest=None,
        by=frozenset({R.publisher}),
        facts=Publish,
        guards=(g.listing_on, g.publication_in_the_past),
        basis="qingdao_3x",
        meets=("publish_listing",),
    ),
)

_NEW_NOTICE = {"served_at": None}
"""The notice of who supervised before is not the one in force any more: the new one is served, and
the plan that is not filed yet is due after that."""
_NOTICE_DUTIES = ("serve_notice", "file_upward", "publish_listing")

SUPERVISION = (
    Move(
        name="change_supervision",
        title="督办级别变更",
        source=(S.plan_due, S.plan_review, S.rectifying, S.rework),
        dest=None,
        facts=Supervision,
        basis="gf2010_23",
        sets=_NEW_NOTICE,
        opens=_NOTICE_DUTIES,
        replaces=_NOTICE_DUTIES,
        cancels=("file_plan",),
    ),
    Move(
        name="change_supervision",
        title="督办级别变更（待验收）",
        source=(S.acceptance_requested,),
        dest=S.rectifying,
        facts=Supervision,
        basis="gf2010_23",
        sets=_NEW_NOTICE,
        opens=(*_NOTICE_DUTIES, "rectify", "report_progress"),
        replaces=(*_NOTICE_DUTIES, "rectify"),
        cancels=("accept", "file_plan"),
    ),
    Move(
        name="hand_up",
        title="挂牌建议由上级接管",
        source=(S.reported,),
        dest=None,
        facts=Supervisors,
        basis="own_matrix",
    ),
)
