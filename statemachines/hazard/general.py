"""The short track of a general hazard: fixed, re-inspected, fixed again, or graded anew (6–9)."""

from datetime import date

from pydantic import Field

from guapai.people import Role as R
from guapai.text import Said, Words
from statemachines.facts import AFTER, EvidenceKind, Facts, Files, Opinion
from statemachines.hazard import guards as g
from statemachines.hazard.enforcement.penalty import failed_too_often
from statemachines.hazard.handed import Shown
from statemachines.hazard.states import CLOCK, GENERAL, INSPECTOR, TERM, UNIT, S
from statemachines.hazard.term import room_for_a_term, within_cap_of_first_term
from statemachines.procedure import Move, Signatures
from statemachines.situation import Situation


class ReportFixed(Facts):
    """What was done about a general hazard."""

    done: Words = Field(title="整改情况")
    evidence: Files = Field(default=(), title="整改后照片或材料", json_schema_extra=AFTER)


class RemoveOnTheSpot(Facts):
    """A general hazard that was gone before the officers were: what was done, before and after."""

    reason: Words = Field(title="判定为一般隐患的理由")
    done: Words = Field(title="当场整改情况")
    evidence: Files = Field(
        min_length=2, title="整改前、整改后的照片或者材料", json_schema_extra=AFTER
    )


def before_and_after(s: Situation[object, object, Shown]) -> str | None:
    """R4: what was removed at once is shown as it was and as it is."""
    if {EvidenceKind.before, EvidenceKind.after} <= {item.kind for item in s.facts.evidence}:
        return None
    return Said("请附整改前和整改后的照片或者材料，各至少一件").beside("evidence")


class FailRecheck(Opinion):
    """Why it failed, and the new date."""

    deadline: date | None = Field(default=None, title="新的整改期限")


class Regrade(Opinion):
    """What shows that a general hazard is worse than thought."""

    evidence: Files = Field(min_length=1, title="新的证据")


GENERAL_TRACK = (
    Move(
        name="remove_on_the_spot",
        title="当场立即排除",
        source=(S.grading,),
        dest=S.closed,
        by=INSPECTOR,
        facts=RemoveOnTheSpot,
        guards=(g.with_unit, g.danger_over, g.stop_lifted, before_and_after),
        needs=Signatures(roles=INSPECTOR, quorum="acceptance.officers_min"),
        basis="aqscf_65",
        sets={"grade": "general"},
        meets=("grade",),
        letters=("hazard_closed",),
    ),
    Move(
        name="report_fixed",
        title="报告整改完成",
        source=(S.general_fixing,),
        dest=S.general_recheck,
        by=UNIT,
        facts=ReportFixed,
        basis="ajl16_15",
        meets=("fix",),
        opens=("recheck",),
    ),
    Move(
        name="fixing_term_ended",
        title="一般隐患整改期限届满",
        source=(S.general_fixing,),
        dest=S.general_recheck,
        by=CLOCK,
        guards=(g.term_has_ended,),
        basis="ajl15_recheck",
        opens=("recheck",),
    ),
    Move(
        name="pass_recheck",
        title="复查合格",
        source=(S.general_recheck,),
        dest=S.closed,
        by=INSPECTOR,
        facts=Opinion,
        guards=(g.danger_over, g.stop_lifted),
        needs=Signatures(roles=INSPECTOR, quorum="acceptance.officers_min"),
        basis="ajl15_recheck",
        meets=("recheck", "fix"),
        letters=("hazard_closed",),
    ),
    Move(
        name="fail_recheck",
        title="复查不合格",
        source=(S.general_recheck,),
        dest=S.general_fixing,
        by=INSPECTOR,
        facts=FailRecheck,
        guards=(
            g.deadline_ahead,
            g.deadline_within_cap,
            within_cap_of_first_term,
            room_for_a_term,
        ),
        basis="ajl15_recheck",
        meets=("recheck",),
        opens=("fix",),
        opens_if=(("consider_penalty", failed_too_often),),
        replaces=("fix",),
        letters=("recheck_failed",),
    ),
    Move(
        name="regrade",
        title="重新判定",
        source=GENERAL,
        dest=S.grading,
        by=INSPECTOR | {R.expert},
        facts=Regrade,
        basis="ajl16_3",
        sets={"grade": "none", **dict.fromkeys(TERM)},
        opens=("grade",),
        cancels=("fix", "recheck"),
    ),
)
