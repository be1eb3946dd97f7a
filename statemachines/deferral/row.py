"""States of a deferral, what is read of it, and what people hand in about it."""

from datetime import date
from typing import Protocol

from pydantic import Field

from guapai.text import OptionalWords, Words
from guapai.word import Word
from statemachines.facts import Facts, Files


class DeferralState(Word):
    """States of a deferral (domain.md §4.4)."""

    applied = "applied", "已申请"
    endorsed = "endorsed", "已签署意见"
    granted = "granted", "同意延期"
    refused = "refused", "不同意延期"
    withdrawn = "withdrawn", "已撤回"
    lapsed = "lapsed", "因案件办结失效"


class DeferralGround(Word):
    """Why more time is asked for."""

    force_majeure = "force_majeure", "不可抗力"
    other = "other", "其他确不能按期完成的原因"


class DeferralRow(Protocol):
    """What guards and headings read of a deferral."""

    ordinal: int
    asked_deadline: date
    late: bool


class ApplyDeferral(Facts):
    """The application form (domain.md 9.7)."""

    ground: DeferralGround = Field(default=DeferralGround.other, title="延期情形")
    reason: Words = Field(title="延期理由")
    progress: Words = Field(title="治理进展")
    interim_measures: Words = Field(title="延期期间的临时防护措施")
    asked_deadline: date = Field(title="申请延至")
    evidence: Files = Field(default=(), title="附件")


class Endorse(Facts):
    """The commission office's signed opinion."""

    opinion: Words = Field(title="审核意见")


class Grant(Facts):
    """The new date."""

    deadline: date = Field(title="同意延至")
    remark: OptionalWords = Field(default="", title="备注")


class Lapse(Facts):
    """The case ended before the decision."""
