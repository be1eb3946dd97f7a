"""Which posts one person may not hold on one day, in their own right or standing in for others."""

from guapai.errors import Conflict
from guapai.people import ADMINS, ROLE_TITLES, Role
from guapai.text import Said, isolated, joined
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people import staffing
from storage.people.organisation import OrganisationKind
from storage.people.person import Person
from storage.people.staffing import Span

_SUPERVISE = frozenset(OrganisationKind) - {OrganisationKind.enterprise, OrganisationKind.union}
"""The kinds of organisation that supervise enterprises."""


def check_admins(work: Work, person: Person, roles: set[Role], span: Span) -> None:
    """No person is two of the three administrators on one day, in their own post or another's."""
    if not roles & ADMINS:
        return
    mine = {Role(p.role) for p in staffing.posts_within(work, person.id, span)} | roles
    for other in staffing.substitutions_within(work, person.id, span):
        days = _both(span, Span(other.from_on, other.until_on))
        if other.substitute_id == person.id:
            mine |= {Role(p.role) for p in staffing.posts_within(work, other.absent_id, days)}
        else:
            _refuse_two(work, other.substitute_id, roles, days)
    _refuse(person.name, mine)


def _refuse_two(work: Work, person_id: int, roles: set[Role], span: Span) -> None:
    """Who stands in for somebody gets the new post as well."""
    (person,) = staffing.people_known_as(work, str(person_id))
    own = {Role(p.role) for p in staffing.posts_within(work, person_id, span)}
    _refuse(person.name, own | roles)


def _refuse(name: str, roles: set[Role]) -> None:
    if len(roles & ADMINS) > 1:
        both = (Said(ROLE_TITLES[r]) for r in sorted(roles & ADMINS))
        titles = joined("%(before)s、%(next)s", both)
        said = "%(name)s将同时担任%(roles)s；三员（系统、安全、审计管理员）须由不同的人担任"
        raise Conflict(Said(said, name=isolated(name), roles=titles))


def _both(one: Span, other: Span) -> Span:
    ends = [s.until_on for s in (one, other) if s.until_on is not None]
    return Span(max(one.from_on, other.from_on), min(ends, default=None))


def check_sides(
    work: Work, person: Person, wanted: set[tuple[Role, OrganisationKind]], span: Span
) -> None:
    """Nobody sits at an enterprise and at who supervises enterprises on one day.

    An expert may come from an enterprise; in the cases of their own one they decide nothing
    (`check_permission`).
    """
    held = {
        (Role(p.role), o.kind)
        for p in staffing.posts_within(work, person.id, span)
        if (o := organisations.get(work, p.organisation_id)) is not None
    } | wanted
    ruling = {k for role, k in held if role is not Role.expert and k in _SUPERVISE}
    if ruling and any(kind is OrganisationKind.enterprise for _, kind in held):
        raise Conflict(
            f"{person.name} would sit at an enterprise and at a {min(ruling)} at once; end one first"
        )
