"""The sample city's door: a dozen of its people can sign in, all with one password."""

from actions import password
from guapai.clock import local_date
from guapai.people import ROLE_TITLES, Role
from portal.visit import Sample, Samples
from storage import organisation as organisations
from storage import password as passwords
from storage import person as people
from storage.engine import Engine
from storage.organisation import Organisation, OrganisationKind
from storage.work import Work, unit_of_work

PASSWORD = "Yanshi-2026!"
"""Everybody's password in the sample city; it opens nothing but made-up cases."""

_DISTRICT, _CITY = "341502", "341500"
_K = OrganisationKind
_DOORS: tuple[tuple[OrganisationKind, str, str, tuple[Role, ...]], ...] = (
    (_K.enterprise, _DISTRICT, "工贸", (Role.enterprise_head, Role.safety_officer)),
    (
        _K.department,
        _DISTRICT,
        "",
        (Role.inspector, Role.division_chief, Role.department_head, Role.publisher),
    ),
    (_K.commission, _DISTRICT, "", (Role.commission_office, Role.commission_chair)),
    (_K.government, _DISTRICT, "", (Role.government,)),
    (_K.commission, _CITY, "", (Role.commission_chair,)),
    (_K.department, _CITY, "", (Role.auditor, Role.system_admin)),
)
_ADDED = frozenset({Role.auditor, Role.system_admin})
"""Posts no story needs, and so nobody in the city holds them before the door opens."""


def open_door(engine: Engine) -> Samples:
    """Give the sample people their password, if they have none; who they are."""
    with unit_of_work(engine) as work:
        hashed = password.hashed(PASSWORD)
        found = []
        for kind, place, sector, roles in _DOORS:
            where = _organisation(work, kind, place, sector)
            found += [_person(work, where, role, hashed) for role in roles]
    return Samples(tuple(found), PASSWORD)


def _organisation(work: Work, kind: OrganisationKind, place: str, sector: str) -> Organisation:
    known = organisations.below(work, kind, place, 300)
    return next(o for o in known if o.sector == sector)


def _person(work: Work, where: Organisation, role: Role, hashed: str) -> Sample:
    holder = next((h for h in people.holders(work, where.id) if h.role == role), None)
    if holder is None:
        assert role in _ADDED, role
        name = {Role.auditor: "示例审计员", Role.system_admin: "示例管理员"}[role]
        email = f"{role.value.replace('_', '-')}@example.com"
        person_id = people.add(work, name, email)
        people.appoint(work, person_id, role, where.id, local_date(work.now))
    else:
        person_id, name, email = holder.person_id, holder.name, holder.email or ""
    if passwords.of_person(work, person_id) is None:
        passwords.keep(work, person_id, hashed, first=False)
    work.flush()
    return Sample(name, email, f"{ROLE_TITLES[role]} · {where.name}")
