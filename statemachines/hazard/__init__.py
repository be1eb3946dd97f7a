"""The main line: one major hazard from its lead to its closure (domain.md §10.1–10.2)."""

from guapai.people import Role
from statemachines.hazard.delivery import SERVICE
from statemachines.hazard.duties import DUTIES
from statemachines.hazard.ending.acceptance import ACCEPTANCE
from statemachines.hazard.enforcement import ENFORCEMENT
from statemachines.hazard.general import GENERAL_TRACK
from statemachines.hazard.intake import INTAKE
from statemachines.hazard.letters import LETTERS
from statemachines.hazard.listed import LISTED, SUPERVISION
from statemachines.hazard.measures import MEASURES
from statemachines.hazard.plan import PLAN
from statemachines.hazard.report import REPORT
from statemachines.hazard.states import FINAL, LINES, HazardState
from statemachines.hazard.subject import SUBJECT
from statemachines.hazard.transfer import TRANSFER
from statemachines.hazard.treatment import TREATMENT
from statemachines.noun import Noun, PaperKind, Retired
from statemachines.procedure import Procedure

MOVES = (
    *(*INTAKE, *GENERAL_TRACK, *REPORT, *SUBJECT, *LISTED, *SERVICE, *PLAN, *TREATMENT),
    *(*SUPERVISION, *ACCEPTANCE, *ENFORCEMENT, *MEASURES, *TRANSFER),
)

HAZARD = Noun(
    name="hazard",
    title="隐患",
    procedure=Procedure("hazard", HazardState, MOVES, final=FINAL),
    duties=DUTIES,
    letters=LETTERS,
    papers=(
        PaperKind(
            name="listing_notice",
            title="重大事故隐患治理挂牌督办通知书",
            issuer="commission",
            issuer_by={Role.department_head: "department"},
            basis=("aqscf_41", "gf2010_23"),
            reads=("listing",),
        ),
    ),
    lines=LINES,
    root=True,
    retired=(
        Retired(move="shut_down", title="关闭", source="shutdown_proposed", dest="shut_down"),
    ),
)

__all__ = ["HAZARD", "HazardState"]
