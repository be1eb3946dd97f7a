"""Who sees what and who makes which move, seat by seat: a table written by hand.

Enterprises see their own cases, departments and townships theirs, commissions and governments
those of their place and of the places below; those who audit see all, those who administer
nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

SIDES = ("own", "neighbour", "elsewhere")
ALL = set(SIDES)
COUNTY = {"own", "neighbour"}

SEES: Mapping[str, set[str]] = {
    "enterprise_head": {"own"},
    "safety_officer": {"own"},
    "union_chair": {"own"},
    "worker_delegate": {"own"},
    "stand_in_for_the_head": {"own"},
    "head_next_door": {"neighbour"},
    "head_elsewhere": {"elsewhere"},
    "inspector": {"own"},
    "division_chief": {"own"},
    "legal_reviewer": {"own"},
    "department_head": {"own"},
    "publisher": {"own"},
    "expert": {"own"},
    "archivist": {"own"},
    "chief_elsewhere": {"elsewhere"},
    "inspector_of_the_city": set(),
    "township": {"own"},
    "township_beside": {"neighbour"},
    "commission_office": COUNTY,
    "commission_chair": COUNTY,
    "government": COUNTY,
    "commission_office_of_the_city": ALL,
    "commission_chair_of_the_city": ALL,
    "government_of_the_city": ALL,
    "commission_office_of_the_province": ALL,
    "commission_chair_of_the_country": ALL,
    "auditor": ALL,
    "discipline_supervisor": ALL,
    "audit_admin": ALL,
    "union_chair_of_the_county": set(),
    "system_admin": set(),
    "security_admin": set(),
    "supplier": set(),
    "hotline_clerk": set(),
    "reward_reviewer": set(),
    "nobody": set(),
}
"""Which side's cases a seat sees."""

AUDITORS = {"auditor", "discipline_supervisor", "audit_admin"}
ENTERPRISE = {
    *("enterprise_head", "safety_officer", "union_chair", "worker_delegate"),
    *("stand_in_for_the_head", "head_next_door", "head_elsewhere"),
}
BUREAU = {
    *("inspector", "division_chief", "legal_reviewer", "department_head", "publisher"),
    *("archivist", "chief_elsewhere", "expert"),
}
CALLERS = ENTERPRISE | BUREAU | AUDITORS
"""At an enterprise or a department: they may see whom to call."""

REPORTERS = {
    *("enterprise_head", "safety_officer", "stand_in_for_the_head", "head_next_door"),
    *("head_elsewhere", "inspector", "inspector_of_the_city", "division_chief"),
    *("chief_elsewhere", "township", "township_beside", "hotline_clerk"),
    *("commission_office", "commission_office_of_the_city", "commission_office_of_the_province"),
}
HEADS = {"enterprise_head", "head_next_door", "head_elsewhere", "stand_in_for_the_head"}


@dataclass(frozen=True)
class Theirs:
    """Whose a move of the case under treatment is. ``told``: they see who makes it.

    ``late``: who makes it in another state; to them it is said that it is too late, with the text
    they typed.
    """

    makers: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)


MOVES: Mapping[str, Theirs] = {
    "hazard.record_visit": Theirs(
        makers={"inspector", "township", "township_beside", "commission_office"},
        told={"commission_chair"} | BUREAU - {"expert", "inspector"},
    ),
    "hazard.report_progress": Theirs(
        makers=HEADS | {"safety_officer"}, told={"union_chair", "worker_delegate"}
    ),
    "hazard.decide_exposure": Theirs(makers={"commission_chair"}, told={"commission_office"}),
    "hazard.list": Theirs(late={"commission_chair", "department_head"}),
    "hazard.term_reached": Theirs(),
    "deferral.endorse": Theirs(
        makers={"commission_office", "division_chief", "chief_elsewhere"},
        told={"commission_chair"} | BUREAU - {"expert", "division_chief", "chief_elsewhere"},
    ),
    "deferral.withdraw": Theirs(
        makers=HEADS, told={"safety_officer", "union_chair", "worker_delegate"}
    ),
    "listing.lift": Theirs(),
    "letter.resend": Theirs(late={"inspector", "commission_office"}),
    "nonsense.verify": Theirs(),
    "hazard.nonsense": Theirs(),
}
"""Those of whom it is nobody's are the clock's, come with another move, or do not exist."""
