"""What was decided wrongly is put right: a major hazard is a general one, or none, or one twice (30)."""

from datetime import date

from pydantic import Field

from guapai.people import Role as R
from guapai.word import Word
from statemachines.facts import CaseId, Clauses, Files, Reasoned
from statemachines.hazard import guards as g
from statemachines.hazard.grading import danger_at_once
from statemachines.hazard.listed import Publish
from statemachines.hazard.row import HazardRow
from statemachines.hazard.states import (
    CHAIR,
    CHIEF,
    LEADER,
    LISTING_DUTIES,
    LIVE,
    PROPOSALS,
    REPORT_DUTIES,
    SHUTTING,
    TREATED,
    TREATMENT_DUTIES,
    S,
)
from statemachines.hazard.subject import guards as sg
from statemachines.procedure import Move, Signatures
from statemachines.situation import Situation


class Downgrade(Reasoned):
    """Why a hazard graded major is a general one: by which clause, by when it must be gone."""

    clauses: Clauses = Field(min_length=1, title="判定依据条款")
    deadline: date | None = Field(
        default=None, title="整改期限", description="不填则按规则包的默认期限。"
    )
    evidence: Files = Field(min_length=1, title="重新判定的证据")


class VoidGround(Word):
    """Why a case is taken out of the world."""

    untrue = "untrue", "情况不实"
    wrong_grading = "wrong_grading", "判定有误"
    duplicate = "duplicate", "重复登记"


class Void(Reasoned):
    """Wrong grading, or the same hazard twice."""

    ground: VoidGround = Field(title="撤销情形")
    duplicate_of: CaseId | None = Field(default=None, title="重复于")


def is_public(s: Situation[object, HazardRow, object]) -> bool:
    """Whether a listing that is on has been made public."""
    return s.case.published_on is not None and s.count("listing", "listed") > 0


_AFTER_LISTING = (*TREATED, S.accepted, S.shutdown_proposed)
_PUBLIC = ("file_upward", "publish_listing")
_MAJOR = (
    *REPORT_DUTIES,
    "acknowledge_report",
    *LISTING_DUTIES,
    *TREATMENT_DUTIES,
    *PROPOSALS,
    *_PUBLIC,
)
_CORRECTED = (("publish_correction", is_public),)
_SECOND = CHIEF | LEADER | {R.expert}
_ENDS_LISTING = (
    ("deferral:open", "lapse"),
    ("listing:proposed", "withdraw"),
    ("listing:on", "lift"),
)
_GENERAL = {
    "grade": "general",
    **dict.fromkeys(("level", "lister_id", "listed_at", "served_at", "plan_days", "plan_by")),
    "task_list": "",
    "deferrals_granted": 0,
    "failed_acceptances": 0,
}

CORRECTION = (
    Move(
        name="downgrade",
        title="改判为一般隐患",
        source=(S.major_confirmed, S.reported),
        dest=S.general_fixing,
        by=_SECOND,
        facts=Downgrade,
        guards=(g.with_unit, g.deadline_ahead, g.deadline_within_cap, danger_at_once),
        needs=Signatures(roles=_SECOND, quorum=2, leaders=CHIEF),
        basis="ajl16_3",
        sets=_GENERAL,
        opens=("fix",),
        cancels=_MAJOR,
        letters=("hazard_downgraded",),
        then=(("listing:proposed", "withdraw"),),
    ),
    Move(
        name="downgrade",
        title="改判为一般隐患（挂牌或者责令整改后）",
        source=TREATED,
        dest=S.general_fixing,
        by=CHIEF | CHAIR,
        facts=Downgrade,
        guards=(g.with_unit, g.deadline_ahead, g.deadline_within_cap, danger_at_once),
        needs=Signatures(roles=CHIEF | CHAIR, quorum=2, leaders=CHAIR),
        basis="ajl16_3",
        sets=_GENERAL,
        opens=("fix",),
        opens_if=_CORRECTED,
        cancels=(*_MAJOR, "serve_notice", "rectify", "accept", "set_term"),
        letters=("hazard_downgraded",),
        then=_ENDS_LISTING,
    ),
    Move(
        name="void",
        title="撤销",
        source=tuple(s for s in LIVE if s not in (*_AFTER_LISTING, *SHUTTING)),
        dest=S.voided,
        by=LEADER,
        facts=Void,
        guards=(g.duplicate_named, sg.duplicate_stands),
        basis="own_void",
        letters=("hazard_voided",),
        then=(("listing:proposed", "withdraw"),),
    ),
    Move(
        name="void",
        title="撤销（已挂牌）",
        source=_AFTER_LISTING,
        dest=S.voided,
        by=CHAIR,
        facts=Void,
        guards=(g.duplicate_named, sg.duplicate_stands),
        basis="own_void",
        opens_if=_CORRECTED,
        cancels=_PUBLIC,
        letters=("hazard_voided",),
        then=_ENDS_LISTING,
    ),
    Move(
        name="publish_correction",
        title="登记公开更正",
        source=tuple(s for s in S if s is not S.lead),
        dest=None,
        by=frozenset({R.publisher}),
        facts=Publish,
        guards=(sg.correction_owed, g.publication_in_the_past),
        basis="own_void",
        keeps=(),
        meets=("publish_correction",),
    ),
)
