"""Which cases somebody may see: every question of the portal is asked within a scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from guapai.people import Role
from law.place import head_of
from storage.hazard import TABLE
from storage.organisation import OrganisationKind

_READERS = frozenset({Role.auditor, Role.discipline_supervisor, Role.audit_admin})
_BLIND = frozenset(
    {
        Role.system_admin,
        Role.security_admin,
        Role.supplier,
        Role.hotline_clerk,
        Role.reward_reviewer,
    }
)
_COLUMN = {
    OrganisationKind.enterprise: "unit_id",
    OrganisationKind.department: "department_id",
    OrganisationKind.township: "township_id",
}
_WIDE = frozenset({OrganisationKind.commission, OrganisationKind.government})


@dataclass(frozen=True)
class Scope:
    """A condition on hazards: all, none, one organisation's, or those of a place.

    ``column`` is empty for all, ``none`` for nothing, ``place`` for the codes from ``low`` up to
    and without ``high``; any other names the column that must hold ``organisation_id``.
    """

    column: str
    organisation_id: int = 0
    low: str = ""
    high: str = ""

    def condition(self) -> sa.ColumnElement[bool]:
        """The condition, asked with `parameters`."""
        if self.column == "none":
            return sa.false()
        if not self.column:
            return sa.true()
        if self.column == "place":
            return sa.and_(
                TABLE.c.place_code >= sa.bindparam("scope_low", type_=sa.Text),
                TABLE.c.place_code < sa.bindparam("scope_high", type_=sa.Text),
            )
        return TABLE.c[self.column] == sa.bindparam("scope_id", type_=sa.BigInteger)

    def parameters(self) -> Mapping[str, Any]:
        """What the condition has to be asked with."""
        if self.column in ("", "none"):
            return {}
        if self.column == "place":
            return {"scope_low": self.low, "scope_high": self.high}
        return {"scope_id": self.organisation_id}

    def holds(self, hazard: Any) -> bool:
        """Whether a hazard lies within."""
        if self.column == "none":
            return False
        if not self.column:
            return True
        if self.column == "place":
            return bool(self.low <= hazard.place_code < self.high)
        return bool(getattr(hazard, self.column) == self.organisation_id)


ALL = Scope("")
NONE = Scope("none")


def scope_of(role: Role, organisation_id: int, kind: OrganisationKind, place_code: str) -> Scope:
    """What a role at an organisation may see: refused unless allowed.

    Auditors read all. An enterprise sees its own, a department its own, a township what lies in
    it; a commission and a government see the cases of their place and of the places below.
    """
    if role in _READERS:
        return ALL
    if role in _BLIND:
        return NONE
    if kind in _COLUMN:
        return Scope(_COLUMN[kind], organisation_id)
    if kind in _WIDE:
        return _of_place(place_code)
    return NONE


def _of_place(code: str) -> Scope:
    """The codes below a place: 341500 stands for 3415…, 000000 for every place (GB/T 2260)."""
    head = head_of(code)
    if not head:
        return ALL
    return Scope("place", low=head, high=str(int(head) + 1).zfill(len(head)))
