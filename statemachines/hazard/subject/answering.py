"""Who has to remove the hazard: found, searched for, designated, followed by another (12–13, domain.md §4.7, §15.7)."""

from pydantic import Field

from guapai.people import Role as R
from guapai.text import Line, OptionalWords, Words
from guapai.word import Word
from statemachines.facts import Facts, Fen, Files, Lines, Reasoned, UnitId
from statemachines.hazard import guards as g
from statemachines.hazard.states import (
    CHIEF,
    DEPARTMENT,
    GENERAL,
    GOVERNMENT,
    LISTING_DUTIES,
    REPORT_DUTIES,
    TREATED,
    S,
)
from statemachines.hazard.subject import guards as sg
from statemachines.procedure import Move


class AssignUnit(Reasoned):
    """Who answers for a hazard, once that is known, and how it became known."""

    unit_id: UnitId = Field(title="责任单位")
    evidence: Files = Field(default=(), title="附件")


class OwnerlessGround(Word):
    """Why nobody answers for a hazard (domain.md §4.7)."""

    gone = "gone", "灭失"
    untraceable = "untraceable", "查找不到"
    unclear = "unclear", "权属不清"
    legacy = "legacy", "历史遗留"


class DeclareOwnerless(Reasoned):
    """Why no responsible unit can be found, and how it was searched for."""

    ground: OwnerlessGround = Field(title="无主体情形")
    search_record: Lines = Field(
        min_length=2,
        title="查找经过",
        description="每行一步：日期、向谁或者在何处查找、结果；至少两步。",
        examples=["2026-03-05 向示例镇人民政府调查：无登记的管护单位"],
    )
    evidence: Files = Field(min_length=1, title="查找证据")


class Funded(Facts):
    """The money that comes with a designation."""

    designation_no: Line = Field(title="指定文号")
    fund_source: Line = Field(title="资金来源", examples=["专项配套资金", "本级财政资金"])
    fund_fen: Fen = Field(title="配套资金（分）")
    allocation: Line = Field(title="资金下达文号", examples=["示例财建〔2026〕1号"])
    paid_fen: Fen = Field(default=0, title="已拨付资金（分）")


class Designate(Funded):
    """The unit the government makes answerable, and its money."""

    unit_id: UnitId = Field(
        title="指定治理主体",
        description="乡镇（街道）、行业主管部门或者同行业的企业；水库由乡镇或者水行政主管部门承担。",
    )
    reason: OptionalWords = Field(
        default="", title="指定理由", description="被指定单位与隐患的行业、地区不一致的，必须填写。"
    )
    recourse: OptionalWords = Field(default="", title="查明责任人后的追偿安排")


class RedesignationGround(Word):
    """Why another subject has to be designated."""

    bankruptcy = "bankruptcy", "原单位破产，无人承继"
    cancellation = "cancellation", "原单位注销或者撤销，无人承继"
    unable = "unable", "原指定单位不能履行治理责任"


class Redesignate(Funded, Reasoned):
    """Another unit that the government makes answerable, its money, and why."""

    ground: RedesignationGround = Field(title="改定情形")
    unit_id: UnitId = Field(title="改定治理主体")


class SuccessionGround(Word):
    """Why another unit answers in law."""

    merger = "merger", "合并"
    division = "division", "分立"
    rename = "rename", "更名或者换发统一社会信用代码"
    transfer = "transfer", "产权或者经营权转让"
    bankruptcy = "bankruptcy", "破产，由他人承继"
    cancellation = "cancellation", "注销，由他人承继"
    owner_found = "owner_found", "查明实际责任单位"


class Succeed(Reasoned):
    """The unit that follows the one which answered so far, and the paper that shows it."""

    ground: SuccessionGround = Field(title="变更情形")
    document_no: Line = Field(
        title="证明文件及文号", examples=["示例登记变字〔2026〕1号变更登记通知书"]
    )
    unit_id: UnitId = Field(title="承继单位")
    evidence: Files = Field(min_length=1, title="证明文件")


class RecordFunds(Facts):
    """How much of the money has been paid out by now, and with which paper."""

    voucher: Line = Field(title="拨付凭证号")
    paid_fen: Fen = Field(title="累计已拨付资金（分）")
    remark: Words = Field(title="拨付说明")


ANSWERED = (*GENERAL, S.major_confirmed, S.reported, *TREATED, S.accepted, S.shutdown_proposed)
"""The states in which a unit answers for the hazard; it may be another one tomorrow."""

_NEW = (sg.another_unit,)
_DESIGNATED = (sg.fit_subject, sg.funds_above_zero, sg.paid_within_fund)

SUBJECT = (
    Move(
        name="assign_unit",
        title="明确责任单位",
        source=(S.lead,),
        dest=None,
        by=DEPARTMENT,
        facts=AssignUnit,
        guards=_NEW,
        basis="own_subject",
    ),
    Move(
        name="assign_unit",
        title="明确责任单位并告知",
        source=(S.grading, *GENERAL, S.reported),
        dest=None,
        by=DEPARTMENT,
        facts=AssignUnit,
        guards=_NEW,
        basis="own_subject",
        letters=("subject_assigned",),
    ),
    Move(
        name="assign_unit",
        title="明确责任单位并责成报告",
        source=(S.major_confirmed,),
        dest=None,
        by=DEPARTMENT,
        facts=AssignUnit,
        guards=_NEW,
        basis="own_subject",
        opens=REPORT_DUTIES,
        replaces=REPORT_DUTIES,
        letters=("subject_assigned",),
    ),
    Move(
        name="assign_unit",
        title="查明责任单位（不再指定）",
        source=(S.ownerless,),
        dest=S.major_confirmed,
        by=DEPARTMENT,
        facts=AssignUnit,
        guards=_NEW,
        basis="own_subject",
        opens=REPORT_DUTIES,
        cancels=("designate",),
        letters=("subject_assigned",),
    ),
    Move(
        name="declare_ownerless",
        title="认定无主体",
        source=(S.major_confirmed, S.reported),
        dest=S.ownerless,
        by=CHIEF,
        facts=DeclareOwnerless,
        guards=(g.without_unit,),
        basis="own_ownerless",
        opens=("designate",),
        cancels=REPORT_DUTIES + LISTING_DUTIES,
        then=(("listing:proposed", "withdraw"),),
    ),
    Move(
        name="designate",
        title="指定治理主体",
        source=(S.ownerless,),
        dest=S.reported,
        by=GOVERNMENT,
        facts=Designate,
        guards=_DESIGNATED,
        basis="own_ownerless",
        meets=("designate",),
        opens=LISTING_DUTIES,
        letters=("subject_designated",),
    ),
    Move(
        name="redesignate",
        title="改定治理主体",
        source=ANSWERED,
        dest=None,
        by=GOVERNMENT,
        facts=Redesignate,
        guards=(sg.another_unit, sg.may_be_relieved, *_DESIGNATED),
        basis="own_ownerless",
        letters=("subject_redesignated",),
    ),
    Move(
        name="succeed",
        title="责任单位变更",
        source=ANSWERED,
        dest=None,
        by=CHIEF,
        facts=Succeed,
        guards=(sg.another_unit, sg.followed),
        basis="own_subject",
        letters=("subject_succeeded",),
    ),
    Move(
        name="record_funds",
        title="登记资金拨付",
        source=(*ANSWERED, S.closed),
        dest=None,
        by=frozenset({R.government}),
        facts=RecordFunds,
        guards=(sg.money_designated, sg.paid_within_what_there_is),
        basis="own_ownerless",
    ),
)
