"""What may happen beside the line: answers to proposals, voiding (30)."""

from pydantic import Field

from guapai.word import Word
from statemachines.facts import Answered, CaseId, Reasoned
from statemachines.hazard import guards as g
from statemachines.hazard.states import (
    CHAIR,
    LEADER,
    LIVE,
    SHUTTING,
    TREATED,
    S,
)
from statemachines.procedure import Move


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
        name="void",
        title="撤销",
        source=tuple(s for s in LIVE if s not in (*_AFTER_LISTING, *SHUTTING)),
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
