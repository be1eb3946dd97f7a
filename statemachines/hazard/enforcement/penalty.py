"""Penalties in question: what failed or was refused is put to the head, and what is agreed is filed.

The case of a penalty is no row yet; until it is, what was agreed stays a duty that outlives the hazard.
"""

from pydantic import Field

from guapai.text import Line
from guapai.word import Word
from statemachines.facts import Answered, Facts, Files, Reasoned, Stopped
from statemachines.hazard.row import HazardRow
from statemachines.hazard.states import CHIEF, INSPECTOR, LEADER, LIVE, S
from statemachines.procedure import Move
from statemachines.situation import Situation


class Refusal(Word):
    """What a unit does not obey."""

    stop = "stop", "停产决定"
    order = "order", "限期整改的要求"
    report = "report", "报告、提供情况的要求"
    check = "check", "监督检查"


class RecordRefusal(Reasoned):
    """What the unit refuses, and what shows it."""

    refusal: Refusal = Field(title="拒不执行的事项")
    evidence: Files = Field(default=(), title="附件")


class FilePenaltyCase(Facts):
    """The penalty case, as it is kept elsewhere until it is a row of its own."""

    case_no: Line = Field(title="立案文号")


def failed_too_often(s: Situation[object, HazardRow, object]) -> bool:
    """Whether as many rectifications failed as the pack takes for a reason to consider a penalty."""
    failed = s.case.failed_rechecks + s.case.failed_acceptances
    return bool(failed >= s.pack.parameters.counters.failed_rectifications.value)


def agreed(s: Situation[object, object, Answered]) -> bool:
    """Whether the answer to a proposal is yes."""
    return s.facts.agreed


def refuses_a_stop_in_force(s: Situation[object, HazardRow, RecordRefusal]) -> str | None:
    """A stop can be disobeyed while it is in force."""
    if s.facts.refusal is Refusal.stop and s.case.production_stopped == Stopped.none:
        return "没有正在执行的停产决定"
    return None


_ANSWERED = (*LIVE, S.closed, S.shut_down)
"""A penalty is not forgone because its hazard is gone."""

PENALTY = (
    Move(
        name="record_refusal",
        title="登记拒不执行",
        source=LIVE,
        dest=None,
        by=INSPECTOR,
        facts=RecordRefusal,
        guards=(refuses_a_stop_in_force,),
        basis="aqscf_102",
        opens=("consider_penalty",),
    ),
    Move(
        name="decide_penalty",
        title="答复处罚建议",
        source=_ANSWERED,
        dest=None,
        by=LEADER,
        facts=Answered,
        basis="own_penalty",
        meets=("consider_penalty",),
        opens_if=(("file_penalty_case", agreed),),
    ),
    Move(
        name="file_penalty_case",
        title="登记处罚立案",
        source=_ANSWERED,
        dest=None,
        by=CHIEF,
        facts=FilePenaltyCase,
        basis="own_penalty",
        meets=("file_penalty_case",),
    ),
)
