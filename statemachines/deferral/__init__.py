"""The life of a deferral: applied for, endorsed, granted or refused."""

from guapai.people import Role
from guapai.text import Said
from statemachines.deferral import guards as g
from statemachines.deferral.row import (
    ApplyDeferral,
    DeferralRow,
    DeferralState,
    Endorse,
    Grant,
    Lapse,
)
from statemachines.duty import DutyKind
from statemachines.facts import Reasoned
from statemachines.noun import LetterKind, Noun
from statemachines.procedure import Move, Procedure
from statemachines.readers import CHIEF, OFFICE, UNIT

_OPEN = (DeferralState.applied, DeferralState.endorsed)
_ANSWERS = ("answer_deferral", "answer_second_deferral", "answer_order_deferral")
_DECIDERS = frozenset({Role.commission_chair, Role.department_head})
_DECIDER = {Role.commission_chair: "commission|upper"}

MOVES = (
    Move(
        name="apply",
        title="申请延期",
        source=(),
        dest=DeferralState.applied,
        by=frozenset({Role.enterprise_head}),
        facts=ApplyDeferral,
        guards=(
            g.under_treatment,
            g.no_real_danger,
            g.none_pending,
            g.times_left,
            g.asks_later_date,
            g.before_expiry,
            g.order_needs_force_majeure,
        ),
        basis="ajl15_deferral",
        opens=_ANSWERS,
        letters=("deferral_applied",),
    ),
    Move(
        name="endorse",
        title="签署延期审核意见",
        source=(DeferralState.applied,),
        dest=DeferralState.endorsed,
        by=frozenset({Role.commission_office, Role.division_chief}),
        facts=Endorse,
        guards=(g.endorsed_on_its_side,),
        basis="ajl15_deferral",
    ),
    Move(
        name="grant",
        title="同意延期",
        source=(DeferralState.endorsed,),
        dest=DeferralState.granted,
        by=_DECIDERS,
        at=_DECIDER,
        facts=Grant,
        guards=(
            g.still_treated,
            g.no_real_danger,
            g.decided_at_its_level,
            g.endorser_does_not_decide,
            g.grants_later_date,
            g.within_caps,
            g.beyond_cap_next_level,
        ),
        basis="ajl15_deferral",
        meets=_ANSWERS,
        letters=("deferral_granted",),
        then=(("hazard", "extend_term"),),
    ),
    Move(
        name="refuse",
        title="不同意延期",
        source=(DeferralState.endorsed,),
        dest=DeferralState.refused,
        by=_DECIDERS,
        at=_DECIDER,
        facts=Reasoned,
        guards=(g.decided_at_its_level, g.endorser_does_not_decide),
        basis="ajl15_deferral",
        meets=_ANSWERS,
        keeps=(),
        letters=("deferral_refused",),
    ),
    Move(
        name="withdraw",
        title="撤回延期申请",
        source=_OPEN,
        dest=DeferralState.withdrawn,
        by=frozenset({Role.enterprise_head}),
        facts=Reasoned,
        basis="ajl15_deferral",
        keeps=(),
        cancels=_ANSWERS,
    ),
    Move(
        name="lapse",
        title="延期申请失效",
        source=_OPEN,
        dest=DeferralState.lapsed,
        facts=Lapse,
        basis="ajl15_deferral",
        cancels=_ANSWERS,
    ),
)


def heading(row: DeferralRow) -> str:
    """What a deferral is called: by its number in the case."""
    if row.late:
        return Said("第%(n)d次延期申请（逾期提出）", n=row.ordinal)
    return Said("第%(n)d次延期申请", n=row.ordinal)


DEFERRAL = Noun(
    name="deferral",
    title="延期",
    procedure=Procedure(
        "deferral",
        DeferralState,
        MOVES,
        final=frozenset(DeferralState) - frozenset(_OPEN),
    ),
    duties=(
        DutyKind(
            name="answer_deferral",
            title="答复延期申请",
            role=Role.commission_chair,
            owed_if=g.of_lister,
        ),
        DutyKind(
            name="answer_second_deferral",
            title="答复再次延期申请",
            role=Role.commission_chair,
            at="upper",
            owed_if=g.of_upper,
        ),
        DutyKind(
            name="answer_order_deferral",
            title="答复责令整改的延期申请",
            role=Role.department_head,
            owed_if=g.of_department,
        ),
    ),
    letters=(
        LetterKind(name="deferral_applied", to=(CHIEF, OFFICE)),
        LetterKind(name="deferral_granted", to=(*UNIT, CHIEF), statutory=True),
        LetterKind(name="deferral_refused", to=(*UNIT, CHIEF), statutory=True, decides="actor"),
    ),
    heading=heading,
    relations={"open": _OPEN},
    under=("hazard",),
)

__all__ = ["DEFERRAL", "DeferralState"]
