"""Closing a place for good: proposed with proof, decided, carried out by others, accepted (26–28)."""

from datetime import date

from pydantic import Field

from guapai.people import Role as R
from guapai.text import Line, Said, Words
from guapai.word import Word
from statemachines.facts import AFTER, Facts, Files, Reasoned, Stopped
from statemachines.hazard import guards as g
from statemachines.hazard.enforcement.review import REVIEWED
from statemachines.hazard.row import HazardRow
from statemachines.hazard.states import (
    CHIEF,
    DEPARTMENT,
    GOVERNMENT,
    INSPECTOR,
    LEADER,
    LEGAL,
    PROPOSALS,
    TREATED,
    TREATMENT_DUTIES,
    S,
)
from statemachines.hazard.term import within_cap_of_first_term
from statemachines.procedure import Move, Signatures, apart
from statemachines.situation import Situation


class ShutdownGround(Word):
    """On which ground a place may be closed (domain.md §3.2, art. 113; §3.4, coal; §10.2, 26)."""

    penalised = "penalised", "存在重大隐患，180日内3次或者1年内4次受到处罚"
    unfit_after_stop = "unfit_after_stop", "经停产整改仍不具备安全生产条件"
    unfit = "unfit", "不具备安全生产条件"
    refuses_stop = "refuses_stop", "拒不执行停产决定"
    untreatable = "untreatable", "经专家论证，现有技术条件下无法有效治理"


class ProposeShutdown(Reasoned):
    """Why the place must be closed for good, and what proves it."""

    ground: ShutdownGround = Field(title="提请关闭情形")
    proof: Words = Field(title="证明材料（逐项列明处罚决定、停产决定或者论证报告的文号）")
    evidence: Files = Field(min_length=1, title="证明材料附件")


class ShutDown(Facts):
    """The government's decision."""

    decision_no: Line = Field(title="关闭决定文号")


class RefuseShutdown(Reasoned):
    """The government's refusal, and the new term."""

    deadline: date = Field(title="新的整改期限")


class ExecuteShutdown(Facts):
    """What was done, item by item (what a real closure needs: domain.md §3.4)."""

    permits: Words = Field(title="证照的吊销、注销", description="不涉及的写明“不涉及”及原因。")
    power: Words = Field(title="供电的停止")
    explosives: Words = Field(title="民用爆炸物品、危险物品的清理")
    dismantled: Words = Field(title="井筒的充填、设备设施的拆除")
    staff: Words = Field(title="人员的安置")
    evidence: Files = Field(min_length=1, title="执行材料", json_schema_extra=AFTER)


class AcceptShutdown(Facts):
    """What others saw when they checked the closure, item by item."""

    opinion: Words = Field(title="关闭验收意见")
    items_checked: Words = Field(title="逐项核查情况")
    evidence: Files = Field(min_length=1, title="验收材料", json_schema_extra=AFTER)


def ground_stands(s: Situation[object, HazardRow, ProposeShutdown]) -> str | None:
    """Who is said to refuse a stop, or to be unfit after one, was ordered to stop."""
    after_stop = s.facts.ground in (ShutdownGround.refuses_stop, ShutdownGround.unfit_after_stop)
    if after_stop and s.case.production_stopped == Stopped.none:
        return Said("本案没有正在执行的停产决定，不能以此情形提请关闭").beside("ground")
    return None


@apart("execute_shutdown")
def executor_does_not_accept(s: Situation[object, object, object]) -> str | None:
    """Who carried a closure out does not accept it."""
    if s.acts_again("execute_shutdown"):
        return "执行关闭的人不能验收关闭"
    return None


ACCEPTORS = INSPECTOR | CHIEF | LEADER

SHUTDOWN = (
    Move(
        name="propose_shutdown",
        title="提请关闭",
        source=TREATED,
        dest=S.shutdown_proposed,
        by=LEADER | LEGAL,
        facts=ProposeShutdown,
        guards=(g.no_open_deferral, ground_stands),
        needs=REVIEWED,
        basis="aqscf_113",
        meets=("consider_shutdown",),
        opens=("decide_shutdown", "decide_coal_shutdown"),
        cancels=(*TREATMENT_DUTIES, *PROPOSALS, "accept", "rectify"),
        letters=("shutdown_proposed",),
    ),
    Move(
        name="shut_down",
        title="决定关闭",
        source=(S.shutdown_proposed,),
        dest=S.shutting_down,
        by=GOVERNMENT,
        facts=ShutDown,
        basis="aqscf_113",
        meets=("decide_shutdown", "decide_coal_shutdown"),
        opens=("execute_shutdown",),
        letters=("shutdown_decided",),
    ),
    Move(
        name="refuse_shutdown",
        title="不予关闭，限期整改",
        source=(S.shutdown_proposed,),
        dest=S.rectifying,
        by=GOVERNMENT,
        facts=RefuseShutdown,
        guards=(g.deadline_ahead, g.deadline_within_cap, within_cap_of_first_term),
        basis="aqscf_113",
        meets=("decide_shutdown", "decide_coal_shutdown"),
        opens=("rectify", "report_progress"),
        letters=("shutdown_refused",),
    ),
    Move(
        name="revoke_shutdown",
        title="撤销关闭决定，限期整改",
        source=(S.shutting_down, S.shutdown_executed),
        dest=S.rectifying,
        by=GOVERNMENT,
        facts=RefuseShutdown,
        guards=(g.deadline_ahead, g.deadline_within_cap, within_cap_of_first_term),
        basis="own_shutdown",
        opens=("rectify", "report_progress"),
        cancels=("execute_shutdown", "accept_shutdown"),
        letters=("shutdown_revoked",),
    ),
    Move(
        name="execute_shutdown",
        title="登记关闭的执行",
        source=(S.shutting_down,),
        dest=S.shutdown_executed,
        by=DEPARTMENT | {R.township},
        facts=ExecuteShutdown,
        basis="own_shutdown",
        meets=("execute_shutdown",),
        opens=("accept_shutdown",),
        letters=("shutdown_executed",),
    ),
    Move(
        name="return_shutdown",
        title="关闭验收不合格",
        source=(S.shutdown_executed,),
        dest=S.shutting_down,
        by=ACCEPTORS,
        facts=Reasoned,
        guards=(executor_does_not_accept,),
        basis="own_shutdown",
        meets=("accept_shutdown",),
        opens=("execute_shutdown",),
        letters=("shutdown_returned",),
    ),
    Move(
        name="accept_shutdown",
        title="关闭验收合格",
        source=(S.shutdown_executed,),
        dest=S.shut_down,
        by=ACCEPTORS,
        facts=AcceptShutdown,
        guards=(executor_does_not_accept,),
        needs=Signatures(roles=ACCEPTORS, quorum="acceptance.officers_min", leaders=CHIEF | LEADER),
        basis="own_shutdown",
        meets=("accept_shutdown",),
        letters=("shutdown_accepted",),
        then=(("listing:on", "lift"),),
    ),
)
