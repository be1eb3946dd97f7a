"""What may happen beside the line: answers to proposals, shutdown, voiding (26–28, 30)."""

from datetime import date

from pydantic import Field

from guapai.people import Role as R
from guapai.text import Line, Words
from guapai.word import Word
from statemachines.facts import Answered, CaseId, Facts, Reasoned
from statemachines.hazard import guards as g
from statemachines.hazard.states import (
    CHAIR,
    GOVERNMENT,
    LEADER,
    LIVE,
    PROPOSALS,
    TREATED,
    TREATMENT_DUTIES,
    S,
)
from statemachines.hazard.term import within_cap_of_first_term
from statemachines.procedure import Move, Signatures


class ProposeShutdown(Reasoned):
    """Why the place must be closed for good."""

    ground: Line = Field(title="提请关闭情形")


class ShutDown(Facts):
    """The government's decision and the checklist of the closure."""

    decision_no: Line = Field(title="关闭决定文号")
    checklist: Words = Field(title="关闭验收清单（逐项）")


class RefuseShutdown(Reasoned):
    """The government's refusal, and the new term."""

    deadline: date = Field(title="新的整改期限")


class VoidGround(Word):
    """Why a case is taken out of the world."""

    untrue = "untrue", "情况不实"
    wrong_grading = "wrong_grading", "判定有误"
    duplicate = "duplicate", "重复登记"


class Void(Reasoned):
    """Wrong grading, or the same hazard twice."""

    ground: VoidGround = Field(title="撤销情形")
    duplicate_of: CaseId | None = Field(default=None, title="重复于")


_AFTER_LISTING = (*TREATED, S.accepted, S.shutdown_proposed)

MEASURES = (
    Move(
        name="decide_interview",
        title="答复约谈建议",
        source=TREATED,
        dest=None,
        by=LEADER,
        facts=Answered,
        basis="aw2018_2",
        meets=("consider_interview",),
    ),
    Move(
        name="decide_exposure",
        title="答复曝光建议",
        source=TREATED,
        dest=None,
        by=CHAIR,
        facts=Answered,
        basis="own_exposure",
        meets=("consider_exposure",),
    ),
    Move(
        name="decline_shutdown",
        title="不提请关闭",
        source=TREATED,
        dest=None,
        by=LEADER,
        facts=Reasoned,
        basis="aqscf_113",
        meets=("consider_shutdown",),
    ),
    Move(
        name="propose_shutdown",
        title="提请关闭",
        source=TREATED,
        dest=S.shutdown_proposed,
        by=LEADER | {R.legal_reviewer},
        facts=ProposeShutdown,
        guards=(g.no_open_deferral,),
        needs=Signatures(roles=LEADER | {R.legal_reviewer}, quorum=2, leaders=LEADER),
        basis="aqscf_113",
        meets=("consider_shutdown",),
        opens=("decide_shutdown",),
        cancels=(*TREATMENT_DUTIES, *PROPOSALS, "accept", "rectify"),
        letters=("shutdown_proposed",),
    ),
    Move(
        name="shut_down",
        title="关闭",
        source=(S.shutdown_proposed,),
        dest=S.shut_down,
        by=GOVERNMENT,
        facts=ShutDown,
        basis="aqscf_113",
        meets=("decide_shutdown",),
        letters=("shutdown_decided",),
        then=(("listing:on", "lift"),),
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
        meets=("decide_shutdown",),
        opens=("rectify", "report_progress"),
        letters=("shutdown_refused",),
    ),
    Move(
        name="void",
        title="撤销",
        source=tuple(s for s in LIVE if s not in _AFTER_LISTING),
        dest=S.voided,
        by=LEADER,
        facts=Void,
        guards=(g.duplicate_named,),
        basis="own_void",
        letters=("hazard_voided",),
        then=(("listing:proposed", "withdraw"), ("listing:on", "lift")),
    ),
    Move(
        name="void",
        title="撤销（已挂牌）",
        source=_AFTER_LISTING,
        dest=S.voided,
        by=CHAIR,
        facts=Void,
        guards=(g.duplicate_named,),
        basis="own_void",
        letters=("hazard_voided",),
        then=(("deferral:open", "lapse"), ("listing:on", "lift")),
    ),
)
