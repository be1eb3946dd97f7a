"""Acceptance, closure, look-back, reopening (21–24, 29)."""

from datetime import date

from pydantic import Field

from guapai.people import Role as R
from guapai.text import OptionalWords, Words
from statemachines.facts import AFTER, Facts, Files, Reasoned
from statemachines.hazard import guards as g
from statemachines.hazard.listed import Publish
from statemachines.hazard.plan import task as t
from statemachines.hazard.plan.task import CheckedTasks
from statemachines.hazard.states import (
    CHAIR,
    EXPERT,
    GROUP,
    INSPECTOR,
    LEADS,
    OFFICE,
    PROPOSALS,
    TREATMENT_DUTIES,
    S,
)
from statemachines.hazard.term import within_cap_of_first_term
from statemachines.procedure import Among, Move, Signatures

ACCEPTORS = Signatures(
    roles=GROUP,
    quorum="acceptance.group_min",
    leaders=LEADS,
    among=(
        Among(roles=GROUP - EXPERT, least="acceptance.officers_min", certified=True),
        Among(roles=EXPERT, least="acceptance.experts_min"),
    ),
)
"""The acceptance group (domain.md §4.5, §15.8): led by the department or the lister."""


class PassAcceptance(Facts):
    """The opinion of an acceptance group that all is done."""

    opinion: Words = Field(title="验收意见")
    items_checked: CheckedTasks = Field(min_length=1, title="逐项核查情况")
    arrears: OptionalWords = Field(
        default="", title="欠报方案、进展的处理意见", description="有逾期未报的必填。"
    )
    evidence: Files = Field(min_length=1, title="验收证据", json_schema_extra=AFTER)


class FailAcceptance(Facts):
    """Why it failed, item by item, and the new date."""

    reasons: Words = Field(title="不合格的总体理由")
    items_checked: CheckedTasks = Field(min_length=1, title="逐项核查情况")
    deadline: date = Field(title="重新整改期限")
    evidence: Files = Field(default=(), title="验收证据")


class Close(Facts):
    """Striking the hazard off."""

    conclusion: Words = Field(title="销号结论")


class Reopen(Reasoned):
    """Why a closed hazard comes back."""

    finding: Words = Field(title="回头看发现的情况")


class LookBack(Facts):
    """What a look-back found."""

    finding: Words = Field(title="回头看情况")


ACCEPTANCE = (
    Move(
        name="pass_acceptance",
        title="验收合格",
        source=(S.acceptance_requested,),
        dest=S.accepted,
        by=GROUP,
        facts=PassAcceptance,
        guards=(g.reviewer_is_not_leader, g.danger_over, t.every_item_checked, t.arrears_noted),
        needs=ACCEPTORS,
        basis="ajl16_23",
        meets=("accept", "rectify", "finish_task", "finish_item"),
        opens=("close",),
        cancels=(*PROPOSALS, *TREATMENT_DUTIES),
        letters=("acceptance_passed",),
        then=(("deferral:open", "lapse"),),
    ),
    Move(
        name="fail_acceptance",
        title="验收不合格",
        source=(S.acceptance_requested,),
        dest=S.rework,
        by=GROUP,
        facts=FailAcceptance,
        guards=(
            g.reviewer_is_not_leader,
            g.deadline_ahead,
            g.deadline_within_cap,
            within_cap_of_first_term,
            t.failed_items_named,
        ),
        needs=ACCEPTORS,
        basis="ajl16_23",
        meets=("accept",),
        opens=("rectify", "report_progress", "consider_penalty"),
        replaces=("rectify",),
        letters=("acceptance_failed",),
    ),
    Move(
        name="close",
        title="销号",
        source=(S.accepted,),
        dest=S.closed,
        by=OFFICE | CHAIR,
        facts=Close,
        guards=(g.no_open_deferral, g.danger_over, g.stop_lifted),
        basis="ajl16_23",
        meets=("close",),
        opens=("publish_closure", "look_back"),
        letters=("hazard_closed",),
        then=(("listing:on", "lift"),),
    ),
    Move(
        name="publish_closure",
        title="登记销号公示",
        source=(S.closed,),
        dest=None,
        by=frozenset({R.publisher}),
        facts=Publish,
        guards=(g.publication_in_the_past,),
        basis="qingdao_3x",
        meets=("publish_closure",),
    ),
    Move(
        name="look_back",
        title="登记回头看",
        source=(S.closed,),
        dest=None,
        by=INSPECTOR,
        facts=LookBack,
        basis="own_look_back",
        meets=("look_back",),
    ),
    Move(
        name="reopen",
        title="重启",
        source=(S.closed,),
        dest=S.grading,
        by=OFFICE | CHAIR,
        facts=Reopen,
        guards=(g.within_twelve_months,),
        basis="own_look_back",
        opens=("grade",),
        cancels=("publish_closure", "look_back"),
        letters=("hazard_reopened",),
    ),
)
