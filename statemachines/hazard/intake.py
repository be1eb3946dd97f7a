"""From lead to grade, and the short track of a general hazard (domain.md §10.2, 1–10)."""

from datetime import date

from pydantic import Field

from guapai.people import Role as R
from guapai.personal import Personal
from guapai.text import Line, OptionalLine, OptionalWords, Words
from statemachines.facts import (
    BEFORE,
    Clauses,
    DepartmentId,
    Facts,
    Files,
    Lines,
    Officers,
    Opinion,
    PlaceCode,
    Reasoned,
    Sector,
    Source,
    Stopped,
    UnitId,
    Where,
)
from statemachines.hazard import grading
from statemachines.hazard import guards as g
from statemachines.hazard import officers as o
from statemachines.hazard.enforcement.danger import asks_for_a_stop
from statemachines.hazard.states import (
    CHIEF,
    CLOCK,
    DEPARTMENT,
    INSPECTOR,
    LEADER,
    S,
)
from statemachines.procedure import Move, Signatures
from statemachines.secrecy import Secrecy


class ReportLead(Facts):
    """A lead: what was seen, where, and by whom it may have to be removed."""

    title: Line = Field(title="隐患名称", examples=["2号除尘器泄爆口朝向通道"])
    description: Words = Field(title="隐患描述", description="现状、部位、产生原因。")
    part: Where = Field(default="", title="部位")
    place_code: PlaceCode = Field(title="所在地", description="行政区划代码。")
    address: Where = Field(default="", title="地址")
    sector: Sector = Field(title="行业领域")
    source: Source = Field(title="线索来源")
    found_on: date = Field(title="发现日期")
    unit_id: UnitId | None = Field(default=None, title="责任单位")
    department_id: DepartmentId | None = Field(default=None, title="监管部门")
    contact: Personal[Line] | None = Field(default=None, title="联系人及电话")
    evidence: Files = Field(default=(), title="附件", json_schema_extra=BEFORE)


class Verify(Facts):
    """What the check on site showed."""

    finding: Words = Field(title="核查情况")
    officers: Officers = Field(
        default=(), title="执法人员", description="本单位在岗、执法证件在有效期内的人员。"
    )
    evidence: Files = Field(default=(), title="附件", json_schema_extra=BEFORE)


class GradeGeneral(Facts):
    """A general hazard, the date by which it must be gone, and what the order says of it (9.17)."""

    reason: Words = Field(title="判定理由")
    clauses_met: Clauses = Field(
        default=(),
        title="对照判定标准后符合的条款",
        description="没有的留空；有的应当判定为重大隐患。",
    )
    order_no: OptionalLine = Field(default="", title="责令限期整改指令书文号")
    items: Lines = Field(default=(), title="责令整改的项目")
    deadline: date | None = Field(
        default=None, title="整改期限", description="不填则按规则包的默认期限。"
    )


class GradeMajor(Facts):
    """A major hazard: which clause of which standard, and what it may cause."""

    clauses: Clauses = Field(min_length=1, title="判定依据条款")
    beyond_catalogue: OptionalWords = Field(
        default="",
        title="引用目录外条款的理由",
        description="条款不在本行业现行判定标准或者条款目录中的必须填写。",
    )
    causes: Words = Field(title="现状及产生原因")
    harm: Words = Field(title="危害程度和整改难易程度")
    potential_deaths: int = Field(default=0, ge=0, le=10000, title="可能造成的死亡人数")
    stop_needed: Stopped = Field(default=Stopped.none, title="需停产范围")
    real_danger: bool = Field(
        default=False, title="存在现实危险", description="已登记的，在此不能解除。"
    )


class AskExperts(Reasoned):
    """A named legal ground on which a clock stands still, with its paper."""

    document_no: Line = Field(title="委托文书号")


INTAKE = (
    Move(
        name="report_lead",
        title="登记线索",
        source=(),
        dest=S.lead,
        by=frozenset(
            {R.safety_officer, R.enterprise_head, R.inspector, R.division_chief, R.hotline_clerk}
            | {R.township, R.commission_office}
        ),
        at={
            R.safety_officer: "unit",
            R.enterprise_head: "unit",
            R.inspector: "any",
            R.division_chief: "any",
            R.township: "any",
            R.commission_office: "any",
        },
        facts=ReportLead,
        guards=(g.own_unit_or_department, g.no_tip_off, g.found_in_the_past),
        basis="ajl16_6",
        opens=("verify_lead",),
    ),
    Move(
        name="verify",
        title="核实属实",
        source=(S.lead,),
        dest=S.grading,
        by=INSPECTOR,
        facts=Verify,
        guards=(o.evidence_or_two_officers, o.officers_are_two_persons),
        sets={"secrecy": Secrecy.open},
        basis="ajl16_6",
        meets=("verify_lead",),
        opens=("grade",),
    ),
    Move(
        name="dismiss",
        title="核实不属实",
        source=(S.lead,),
        dest=S.voided,
        by=CHIEF,
        facts=Reasoned,
        guards=(g.danger_over, g.stop_lifted),
        basis="ajl16_6",
        meets=("verify_lead",),
        letters=("lead_dismissed",),
    ),
    Move(
        name="ask_experts",
        title="委托专家论证（暂停判定时限）",
        source=(S.grading,),
        dest=None,
        by=LEADER,
        facts=AskExperts,
        basis="own_expert_appraisal",
        opens=("obtain_opinion",),
        replaces=("obtain_opinion",),
        suspends=("grade",),
    ),
    Move(
        name="receive_opinion",
        title="收到专家意见（恢复判定时限）",
        source=(S.grading,),
        dest=None,
        by=CHIEF,
        facts=Opinion,
        basis="own_expert_appraisal",
        meets=("obtain_opinion",),
        resumes=("grade",),
    ),
    Move(
        name="appraisal_term_ended",
        title="专家论证期限届满（恢复判定时限）",
        source=(S.grading,),
        dest=None,
        by=CLOCK,
        guards=(g.appraisal_late,),
        basis="own_expert_appraisal",
        resumes=("grade",),
    ),
    Move(
        name="grade_general",
        title="判定为一般隐患",
        source=(S.grading,),
        dest=S.general_fixing,
        by=DEPARTMENT,
        facts=GradeGeneral,
        guards=(
            g.with_unit,
            grading.no_clause_met,
            g.deadline_ahead,
            g.deadline_within_cap,
            grading.danger_at_once,
        ),
        basis="ajl16_3",
        sets={"grade": "general"},
        meets=("grade",),
        cancels=("obtain_opinion", "settle_dispute"),
        opens=("fix",),
        letters=("general_ordered",),
    ),
    Move(
        name="grade_major",
        title="判定为重大隐患",
        source=(S.grading,),
        dest=S.major_confirmed,
        by=CHIEF | LEADER | {R.expert},
        facts=GradeMajor,
        guards=(grading.clauses_in_catalogue,),
        needs=Signatures(roles=CHIEF | LEADER | {R.expert}, quorum=2, leaders=CHIEF),
        basis="aqscf_118",
        sets={"grade": "major"},
        meets=("grade",),
        cancels=("obtain_opinion", "settle_dispute"),
        opens=("give_notice", "file_report"),
        opens_if=(("consider_stop", asks_for_a_stop),),
        letters=("hazard_graded_major",),
    ),
)
