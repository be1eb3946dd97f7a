"""People, posts and substitutions as an operator enters them; what cannot be is refused in a sentence."""

from datetime import date

from actions.act.administration import By, check_organisation, check_person, note, tell
from actions.people.separation import check_admins, check_sides
from guapai.clock import local_date
from guapai.errors import BadInput, Conflict, Missing
from guapai.people import ROLE_TITLES, WATCHED, Role
from guapai.text import one_line
from notifications.post.sealing import mailbox
from statemachines.noted import Administered
from statemachines.side import SIDE
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people import person as people
from storage.people import staffing
from storage.people.organisation import ANSWERING, Organisation, OrganisationKind
from storage.people.person import Person, Post
from storage.people.staffing import Span

_K = OrganisationKind
_AUTHORITIES = frozenset({_K.department, _K.commission, _K.government})
_KINDS_OF_SIDE = {
    "unit": ANSWERING,
    "department": frozenset({_K.department}),
    "commission": frozenset({_K.commission}),
    "government": frozenset({_K.government}),
    "township": frozenset({_K.township}),
    "any": frozenset(_K),
}
_KINDS_OF_ROLE = {
    Role.union_chair: frozenset({_K.enterprise, _K.union}),
    Role.worker_delegate: frozenset({_K.enterprise, _K.union}),
    Role.supplier: frozenset({_K.enterprise}),
    Role.hotline_clerk: _AUTHORITIES,
    Role.expert: frozenset(_K) - {_K.enterprise},
    Role.system_admin: _AUTHORITIES,
}


def kinds_of(role: Role) -> frozenset[OrganisationKind]:
    """The kinds of organisation at which a role can be held."""
    if role in _KINDS_OF_ROLE:
        return _KINDS_OF_ROLE[role]
    return _KINDS_OF_SIDE[SIDE[role]] if role in SIDE else _AUTHORITIES


def role_named(text: str) -> Role:
    """The role of an English name or a Chinese title. Raises BadInput for any other."""
    for role, title in ROLE_TITLES.items():
        if role is not Role.clock and text.strip() in (role.value, title):
            return role
    known = "\n".join(f"  {r.value}  {t}" for r, t in ROLE_TITLES.items() if r is not Role.clock)
    raise BadInput(f"there is no role {text!r}; use one of these names or titles:\n{known}")


def person_named(work: Work, text: str, *, inactive: bool = False) -> Person:
    """The person of an id or an e-mail address; locked, so that two changes wait for each other.

    ``inactive``: also one whose account is closed. Raises Missing for nobody, Conflict when several
    people have the address.
    """
    found = staffing.people_known_as(work, text.strip())
    if not found:
        raise Missing(f"nobody is known as {text!r}; see: guapai user list")
    if len(found) > 1:
        ids = ", ".join(str(p.id) for p in found)
        raise Conflict(f"several people have the address {text}; name one by id: {ids}")
    if not (inactive or found[0].active):
        raise Conflict(f"{found[0].name} ({text}) is not active any more")
    return found[0]


def organisation_named(work: Work, text: str) -> Organisation:
    """The organisation of an id, an exact name or a credit code. Raises Missing or Conflict."""
    found = staffing.organisations_known_as(work, text.strip())
    if not found:
        like = staffing.names_like(work, text.strip())
        hint = f"; did you mean: {', '.join(like)}?" if like else ""
        raise Missing(f"there is no organisation {text!r} (id, exact name or credit code){hint}")
    if len(found) > 1:
        ids = ", ".join(str(o.id) for o in found)
        raise Conflict(f"several organisations are called {text!r}; name one by id: {ids}")
    return found[0]


def add_person(
    work: Work,
    by: By,
    name: str,
    email: str,
    certificate: str = "",
    certificate_until: date | None = None,
) -> Person:
    """Enter a person. Raises BadInput for a name or address that cannot be, Conflict for a double."""
    name, certificate = checked_name(name), checked_certificate(certificate)
    check_end(certificate, certificate_until)
    address = checked_address(work, email)
    return enter_person(work, by, name, address, certificate, certificate_until)


def enter_person(
    work: Work,
    by: By,
    name: str,
    email: str | None,
    certificate: str,
    certificate_until: date | None = None,
) -> Person:
    """Enter a person whose name, address and certificate can be."""
    person_id = people.add(work, name, email, certificate, certificate_until)
    until = str(certificate_until) if certificate_until else None
    said = {"name": name, "email": email, "certificate": certificate or None}
    note(work, by, "person", person_id, Administered.enter, {}, {**said, "until": until})
    return Person(
        id=person_id,
        name=name,
        email=email,
        certificate_no=certificate,
        certificate_until=certificate_until,
    )


def check_end(certificate: str, until: date | None) -> None:
    """Raise BadInput for the last day of no certificate."""
    if until is not None and not certificate:
        raise BadInput("a last day belongs to a certificate; give its number, too")


def checked_name(text: str) -> str:
    """A name that can be. Raises BadInput."""
    name = one_line(text)
    if not 0 < len(name) <= 80:
        raise BadInput("the name must have 1 to 80 characters")
    return name


def checked_certificate(text: str) -> str:
    """The number of a certificate that can be, or none. Raises BadInput."""
    certificate = one_line(text)
    if len(certificate) > 40:
        raise BadInput("the certificate number has more than 40 characters")
    return certificate


def checked_address(work: Work, email: str, but: int = 0) -> str:
    """An address letters reach and nobody has, but perhaps one person. Raises BadInput, Conflict."""
    try:
        address = mailbox(email.strip())
    except BadInput:
        raise BadInput(f"{email!r} is no e-mail address a letter can be sent to") from None
    for other in staffing.people_known_as(work, address):
        if other.id != but:
            raise Conflict(f"{other.name} (id {other.id}) has the address {address} already")
    return address


def give_post(
    work: Work, by: By, person: Person, role: Role, organisation: Organisation, span: Span
) -> None:
    """Give a person a post for a span of days.

    Raises BadInput for an empty span or a role that does not fit the organisation, Conflict when
    the same post is held on one of these days, another of the three administrators' posts, or one
    on the other side of the supervision; NotAllowed for what is beyond who administers.
    """
    _check_span(span)
    check_organisation(by, organisation)
    check_person(work, by, person.id, {role})
    kinds = kinds_of(role)
    if organisation.kind not in kinds:
        fit = ", ".join(sorted(kinds))
        raise BadInput(
            f"{role} ({ROLE_TITLES[role]}) is a post at: {fit}; "
            f"{organisation.name} is of the kind {organisation.kind}"
        )
    for post in staffing.posts_within(work, person.id, span):
        if (post.role, post.organisation_id) == (role, organisation.id):
            raise Conflict(
                f"{person.name} holds this post {said(Span(post.from_on, post.until_on))} already; "
                "end it first (guapai user end) or choose other days"
            )
    check_admins(work, person, {role}, span)
    check_sides(work, person, {(role, organisation.kind)}, span)
    people.appoint(work, person.id, role, organisation.id, span.from_on, span.until_on)
    _note_post(work, by, person.id, Administered.appoint, (role, organisation.id, span))
    if role in WATCHED:
        tell(work, by, person, f"任{organisation.name}{role.label}，{span.from_on}起")


def _note_post(
    work: Work, by: By, person_id: int, move: Administered, post: tuple[Role, int, Span]
) -> None:
    role, organisation_id, span = post
    facts = {"role": role, "organisation_id": organisation_id}
    note(work, by, "person", person_id, move, {**facts, **vars(span)})


def end_post(
    work: Work, by: By, person: Person, role: Role, organisation: Organisation, last_day: date
) -> Post:
    """End a post with a day, the last one on which it is held; the post as it was.

    Raises Missing when the person does not hold it on that day, NotAllowed for what is beyond who
    administers.
    """
    check_organisation(by, organisation)
    check_person(work, by, person.id)
    for post in staffing.posts_within(work, person.id, Span(last_day, last_day)):
        if (post.role, post.organisation_id) == (role, organisation.id):
            close_post(work, by, post, last_day)
            tell(work, by, person, f"{organisation.name}{role.label}岗位至{last_day}结束")
            return post
    raise Missing(
        f"{person.name} is not {role} ({ROLE_TITLES[role]}) at {organisation.name} on {last_day}; "
        "see: guapai user list"
    )


def close_post(work: Work, by: By, post: Post, last_day: date) -> None:
    """The last day of a post; one that had not begun by then was never held."""
    staffing.end_post(work, post.id, last_day)
    span = Span(post.from_on, last_day)
    held = (Role(post.role), post.organisation_id, span)
    _note_post(work, by, post.person_id, Administered.end, held)


def stand_in(
    work: Work, by: By, absent: Person, substitute: Person, span: Span, reason: str
) -> None:
    """Let somebody stand in for somebody, in all the posts they hold.

    Raises BadInput for oneself, an empty span or no reason, Conflict when it is so already, when
    there is no post to stand in for, when one person would be two administrators or stand on both
    sides of the supervision; NotAllowed for what is beyond who administers.
    """
    _check_span(span)
    if absent.id == substitute.id:
        raise BadInput(f"{absent.name} cannot stand in for themselves; name somebody else")
    if not one_line(reason):
        raise BadInput("say why (--reason), it will be read in the files")
    check_person(work, by, absent.id)
    check_person(work, by, substitute.id)
    held = staffing.posts_within(work, absent.id, span)
    if not held:
        raise Conflict(f"{absent.name} holds no post {said(span)}, so nobody can stand in for it")
    for other in staffing.substitutions_within(work, absent.id, span):
        if (other.absent_id, other.substitute_id) == (absent.id, substitute.id):
            known = said(Span(other.from_on, other.until_on))
            raise Conflict(f"{substitute.name} stands in for {absent.name} {known} already")
    check_admins(work, substitute, {Role(p.role) for p in held}, span)
    kinds = {o.id: o.kind for p in held if (o := organisations.get(work, p.organisation_id))}
    wanted = {(Role(p.role), kinds[p.organisation_id]) for p in held}
    check_sides(work, substitute, wanted, span)
    until, why = span.until_on or span.from_on, one_line(reason)[:200]
    people.substitute(work, absent.id, substitute.id, span.from_on, until, why)
    facts = {"substitute_id": substitute.id, "from_on": span.from_on, "until_on": until}
    note(work, by, "person", absent.id, Administered.substitute, {**facts, "why": why})
    for person in (absent, substitute):
        what = f"{substitute.name}代理{absent.name}的岗位，{span.from_on}至{until}"
        tell(work, by, person, what)


def _check_span(span: Span) -> None:
    if span.until_on is not None and span.until_on < span.from_on:
        raise BadInput(f"the last day {span.until_on} lies before the first, {span.from_on}")


def span_of(work: Work, first: str, last: str) -> Span:
    """A span from ISO days; no first day means today, no last one no end. Raises BadInput."""
    return Span(day_of(first) if first else local_date(work.now), day_of(last) if last else None)


def day_of(text: str) -> date:
    """A day as ISO writes it. Raises BadInput."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"{text!r} is not a day such as 2026-03-05") from None


def said(span: Span) -> str:
    """A span in words."""
    return f"from {span.from_on}" + (f" until {span.until_on}" if span.until_on else " on")
