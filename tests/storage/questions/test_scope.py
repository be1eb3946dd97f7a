"""Who may see which cases: refused unless allowed."""

import pytest

from guapai.people import Role
from storage.people.organisation import OrganisationKind as K
from storage.questions.scope import Scope, scope_of

READ = ("incident",)
HANDLED = (("incident", "department"),)


@pytest.mark.parametrize(
    ("role", "kind", "place", "scope"),
    [
        (Role.enterprise_head, K.enterprise, "341502100", Scope("unit_id", 7)),
        (Role.union_chair, K.enterprise, "341502100", Scope("unit_id", 7)),
        (Role.union_chair, K.union, "341502", Scope("none", 7)),
        (Role.inspector, K.department, "341502", Scope("department_id", 7)),
        (Role.expert, K.department, "341500", Scope("department_id", 7)),
        (Role.township, K.township, "341502100", Scope("township_id", 7)),
        (Role.commission_chair, K.commission, "341502", Scope("place", 7, "341502", "341503")),
        (Role.commission_chair, K.commission, "341500", Scope("place", 7, "3415", "3416")),
        (Role.government, K.government, "340000", Scope("place", 7, "34", "35")),
        (Role.commission_office, K.commission, "000000", Scope("", 7)),
        (Role.auditor, K.department, "341500", Scope("", 7, reads=READ)),
        (Role.discipline_supervisor, K.government, "341502", Scope("", 7, reads=READ)),
        (Role.audit_admin, K.department, "341500", Scope("", 7, reads=READ)),
        (Role.system_admin, K.department, "341500", Scope("none", 7, handles=HANDLED)),
        (Role.security_admin, K.commission, "000000", Scope("none", 7)),
        (Role.hotline_clerk, K.department, "341502", Scope("none", 7)),
        (Role.supplier, K.enterprise, "341502", Scope("none", 7)),
    ],
)
def test_scopes(role: Role, kind: K, place: str, scope: Scope) -> None:
    assert scope_of(role, 7, kind, place) == scope


def test_every_role_has_a_scope_everywhere() -> None:
    for role in Role:
        for kind in K:
            assert scope_of(role, 1, kind, "341502") is not None
