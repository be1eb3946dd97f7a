"""A real danger: recorded by any officer, answered by the head at once, over when two say so."""

from pydantic import Field

from statemachines.facts import AFTER, Files, Reasoned, Stopped
from statemachines.hazard import guards as g
from statemachines.hazard.row import HazardRow
from statemachines.hazard.states import CHIEF, DEPARTMENT, LEADER, LIVE
from statemachines.procedure import Move, Signatures
from statemachines.situation import Situation


class RecordDanger(Reasoned):
    """What makes the danger a real and present one."""

    evidence: Files = Field(default=(), title="附件")


class DeclineStop(Reasoned):
    """Why production need not stand still, and whether people were withdrawn."""

    evacuated: bool = Field(title="已撤出危险区域人员")


class ClearDanger(Reasoned):
    """What shows that the danger is over."""

    evidence: Files = Field(min_length=1, title="消除危险的证据", json_schema_extra=AFTER)


def asks_for_a_stop(s: Situation[object, HazardRow, object]) -> bool:
    """Whether something is to be stopped, or somebody withdrawn, and it still runs."""
    wanted = s.case.real_danger or s.case.stop_needed != Stopped.none
    return wanted and s.case.production_stopped == Stopped.none


DANGER = (
    Move(
        name="record_danger",
        title="登记现实危险",
        source=LIVE,
        dest=None,
        by=DEPARTMENT,
        facts=RecordDanger,
        guards=(g.no_danger_yet,),
        sets={"real_danger": True},
        basis="aqscf_70",
        opens=("consider_stop",),
        letters=("danger_recorded",),
    ),
    Move(
        name="decline_stop",
        title="研究后不（再）停产",
        source=LIVE,
        dest=None,
        by=LEADER,
        facts=DeclineStop,
        basis="aqscf_65",
        meets=("consider_stop",),
    ),
    Move(
        name="clear_danger",
        title="解除现实危险",
        source=LIVE,
        dest=None,
        by=DEPARTMENT | LEADER,
        facts=ClearDanger,
        guards=(g.danger_there,),
        needs=Signatures(roles=DEPARTMENT | LEADER, quorum=2, leaders=CHIEF | LEADER),
        sets={"real_danger": False, "evacuated": False},
        basis="own_danger",
        letters=("danger_cleared",),
    ),
)
