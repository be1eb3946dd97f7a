"""Sides: which part an organisation plays in a case, and which roles act for it there.

One organisation may lead a side (a column of `cases`); any number more may be parties on it. Scope,
owners of duties, readers of letters and permission all go by sides, and by nothing else.
"""

from collections.abc import Mapping

from guapai.people import Role

ANY = "any"
"""A role that belongs to no side: it acts wherever it holds a post."""
UNIT = "unit"
"""The side of those who have to remove the hazard."""
FORMER = "former_unit"
"""The side of those who had to remove it before somebody else did."""
OWN = "own"
"""The organisation that a row itself names (its ``organisation_id``): whose promise it is."""

SIDE: Mapping[Role, str] = {
    Role.enterprise_head: "unit",
    Role.safety_officer: "unit",
    Role.union_chair: "unit",
    Role.worker_delegate: "unit",
    Role.inspector: "department",
    Role.division_chief: "department",
    Role.legal_reviewer: "department",
    Role.department_head: "department",
    Role.publisher: "department",
    Role.archivist: "department",
    Role.system_admin: "department",
    Role.commission_office: "commission",
    Role.commission_chair: "commission",
    Role.government: "government",
    Role.township: "township",
    Role.expert: ANY,
    Role.hotline_clerk: ANY,
    Role.clock: ANY,
}
"""The side a role acts on, unless a move or a kind of duty says another one."""

OF_UNIT = frozenset(role for role, side in SIDE.items() if side == UNIT)
"""Who acts for the unit that is supervised; everybody else on a side supervises it."""

LED: Mapping[str, str] = {
    "unit": "unit_id",
    "department": "department_id",
    "commission": "commission_id",
    "upper": "upper_id",
    "government": "government_id",
    "township": "township_id",
}
"""The sides that one organisation leads, and the column of `cases` that names it."""

HEADS: Mapping[str, Role] = {
    "unit": Role.enterprise_head,
    "department": Role.department_head,
    "commission": Role.commission_chair,
    "upper": Role.commission_chair,
    "government": Role.government,
    "township": Role.township,
}
"""Who leads the organisation of a side."""

ABOVE: Mapping[str, tuple[str, Role]] = {
    "unit": ("department", Role.division_chief),
    "department": ("commission", Role.commission_office),
    "commission": ("upper", Role.commission_office),
    "upper": ("over", Role.commission_chair),
    "government": ("upper", Role.commission_office),
    "township": ("commission", Role.commission_office),
}
"""Who is told where the head of a side is late: nobody is their own head. ``over`` is the
commission above the upper one."""

CLIMBED: Mapping[str, tuple[str, Role]] = {
    "office": ("commission", Role.commission_office),
    "chair": ("commission", Role.commission_chair),
    "upper_office": ("upper", Role.commission_office),
    "upper_chair": ("upper", Role.commission_chair),
}
"""To whom lateness climbs, seen from who owes the duty: of what the upper commission owes, its own
office and chair, and the commission over it."""

EXECUTING = "executing"
"""The side of a commission whose listing a higher one has taken over: it goes on with the daily work."""
LEAD = "lead"
"""The side of the department that leads the supervision of a listing."""
JOINT = "joint"
"""The side of a commission that lists together with the one of the case."""

SIDE_TITLES: Mapping[str, str] = {
    "unit": "责任单位",
    "department": "监管部门",
    "commission": "督办单位",
    "upper": "上级安委会",
    "government": "本级人民政府",
    "township": "乡镇（街道、园区）",
    "receiver": "接收部门",
    EXECUTING: "执行督办单位",
    LEAD: "牵头督办部门",
    JOINT: "共同挂牌单位",
    FORMER: "原责任单位",
}
"""What a side is called on the page of a case."""

APART = frozenset({UNIT, FORMER, "interviewee", "supplier"})
"""Organisations on one of these sides see what concerns themselves, and nothing of each other."""
