"""The sample city's door: a dozen of its people can sign in, all with one password."""

from collections import Counter

from actions.people import password
from guapai.clock import local_date
from guapai.people import Role
from portal.web.visit import Sample, Samples
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.people import organisation as organisations
from storage.people import password as passwords
from storage.people import person as people
from storage.people.organisation import Organisation, OrganisationKind
from storage.questions import owing
from storage.questions.owing import OpenDuty

PASSWORD = "Yanshi-2026!"
"""Everybody's password in the sample city; it opens nothing but made-up cases."""

_CITY = "341500"
_K = OrganisationKind
_SIDES: tuple[tuple[str, tuple[Role, ...]], ...] = (
    ("unit_id", (Role.enterprise_head, Role.safety_officer)),
    (
        "department_id",
        (Role.inspector, Role.division_chief, Role.department_head, Role.publisher),
    ),
    ("commission_id", (Role.commission_office, Role.commission_chair)),
    ("government_id", (Role.government,)),
)
"""The people around one busy case."""
_ABOVE = (
    (_K.commission, Role.commission_chair),
    (_K.department, Role.auditor),
    (_K.department, Role.system_admin),
)
"""The people of the city; the last two no story needs, so they come with the door."""
_ADDED = {Role.auditor: "示例审计员", Role.system_admin: "示例管理员"}


def open_door(engine: Engine) -> Samples:
    """Give the sample people their password, if they have none; who they are."""
    with unit_of_work(engine) as work:
        hashed = password.hashed(PASSWORD)
        case = _busy(owing.open_everywhere(work))
        found = []
        for column, roles in _SIDES:
            where = organisations.get(work, getattr(case, column)) if case else None
            found += [_person(work, where, role, hashed) for role in roles if where]
        for kind, role in _ABOVE:
            above = organisations.at_place(work, kind, _CITY)
            assert above is not None
            found.append(_person(work, above, role, hashed))
    return Samples(tuple(found), PASSWORD)


def _busy(found: list[OpenDuty]) -> OpenDuty | None:
    """A duty of the case around which most of the sample people have something to do."""
    whole = [d for d in found if d.unit_id and d.government_id and d.hazard_state != "closed"]
    owing = Counter((d.owner_id, d.owner_role) for d in found)

    def busy(duty: OpenDuty) -> tuple[int, int, int]:
        seats = [(getattr(duty, column), role) for column, roles in _SIDES for role in roles]
        owed = [owing[seat] for seat in seats if owing[seat]]
        return len(owed), sum(owed), duty.case_id

    return max(whole, key=busy, default=None)


def _person(work: Work, where: Organisation, role: Role, hashed: str) -> Sample:
    holder = next((h for h in people.holders(work, where.id) if h.role == role), None)
    if holder is None:
        name, email = _ADDED[role], f"{role.value.replace('_', '-')}@example.com"
        person_id = people.add(work, name, email)
        people.appoint(work, person_id, role, where.id, local_date(work.now))
    else:
        person_id, name, email = holder.person_id, holder.name, holder.email or ""
    if passwords.of_person(work, person_id) is None:
        passwords.keep(work, person_id, hashed, first=False)
    work.flush()
    return Sample(name, email, role, where.name)
