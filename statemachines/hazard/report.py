"""From the grading of a major hazard to its report (11)."""

from datetime import date

from pydantic import Field

from guapai.text import OptionalWords, Words
from statemachines.facts import BEFORE, Facts, Fen, Files
from statemachines.hazard import guards as g
from statemachines.hazard.row import HazardRow
from statemachines.hazard.states import (
    DEPARTMENT,
    HEAD,
    LISTING_DUTIES,
    REPORT_DUTIES,
    TREATED,
    UNIT,
    S,
)
from statemachines.procedure import Move
from statemachines.situation import Situation


class GiveNotice(Facts):
    """The first notice of a major hazard, within a day."""

    summary: Words = Field(title="初步情况")
    protection: Words = Field(title="已采取的防范措施")


class FileReport(Facts):
    """Report A: the three parts of a major-hazard report (总局令16号 art. 14)."""

    causes: Words = Field(title="隐患的现状及其产生原因")
    harm: Words = Field(title="危害程度和整改难易程度分析")
    plan: Words = Field(title="治理方案（概要）")
    planned_on: date | None = Field(default=None, title="计划完成日期")
    own_fen: Fen = Field(default=0, title="自筹资金（分）")
    fiscal_fen: Fen = Field(default=0, title="财政资金（分）")
    coordination: bool = Field(default=False, title="需政府协调")
    evidence: Files = Field(default=(), title="附件", json_schema_extra=BEFORE)


class AcknowledgeReport(Facts):
    """The receipt for report A: its number and time are the system's; what is missing, the officer's."""

    remark: OptionalWords = Field(default="", title="需补正的内容")


def report_is_there(s: Situation[object, HazardRow, object]) -> str | None:
    """A receipt is given for what was received."""
    return None if s.case.report_filed_at is not None else "企业尚未报送重大隐患报告"


class RecordReport(Facts):
    """The regulator's own record, when the unit did not report in time."""

    causes: Words = Field(title="隐患的现状及其产生原因")
    harm: Words = Field(title="危害程度和整改难易程度分析")


_AFTER_REPORT = (S.reported, *TREATED, S.accepted, S.shutdown_proposed)

REPORT = (
    Move(
        name="give_notice",
        title="首次报告",
        source=(S.major_confirmed,),
        dest=None,
        by=UNIT,
        facts=GiveNotice,
        basis="aqscf_41",
        meets=("give_notice",),
    ),
    Move(
        name="file_report",
        title="报送重大隐患报告",
        source=(S.major_confirmed,),
        dest=S.reported,
        by=HEAD,
        facts=FileReport,
        basis="ajl16_14",
        meets=REPORT_DUTIES,
        opens=(*LISTING_DUTIES, "acknowledge_report"),
    ),
    Move(
        name="file_report",
        title="补报、续报重大隐患报告",
        source=_AFTER_REPORT,
        dest=None,
        by=HEAD,
        facts=FileReport,
        basis="ajl16_14",
        meets=REPORT_DUTIES,
        opens=("acknowledge_report",),
    ),
    Move(
        name="acknowledge_report",
        title="出具报告受理回执",
        source=_AFTER_REPORT,
        dest=None,
        by=DEPARTMENT,
        facts=AcknowledgeReport,
        guards=(report_is_there,),
        basis="own_receipt",
        meets=("acknowledge_report",),
        letters=("report_acknowledged",),
    ),
    Move(
        name="record_report",
        title="监管部门代填报告",
        source=(S.major_confirmed,),
        dest=S.reported,
        by=DEPARTMENT,
        facts=RecordReport,
        guards=(g.report_term_over,),
        basis="aqscf_101",
        opens=(*LISTING_DUTIES, "consider_penalty"),
    ),
)
