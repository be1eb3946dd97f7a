"""Administrative acts: who does them, for which places, why, with whom; each is an entry of history."""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from guapai.clock import local_date
from guapai.errors import BadInput, NotAllowed
from guapai.people import ROLE_TITLES, WATCHED, Actor, Role
from guapai.text import Said, isolated, joined, one_line
from law.place import head_of
from law.provisions import pin
from notifications.rendering import render
from statemachines.noted import Administered, Register
from storage import letter as letters
from storage.database.columns import defaults
from storage.database.work import Work
from storage.history import act as acts
from storage.history import event as events
from storage.people import organisation as organisations
from storage.people import session as sessions
from storage.people import staffing
from storage.people.organisation import Organisation
from storage.people.person import Person
from storage.people.staffing import Span

STAFF = frozenset({Role.system_admin})
"""Who keeps people, posts and organisations."""
RULERS = frozenset({Role.commission_office, Role.commission_chair})
"""Who sets the numbers and the calendar: the commission of the place (own)."""
REASON_MOST = 200

_BASIS = "own_administration"


class NeedsSecond(NotAllowed):
    """One alone may not decide this; somebody else has to do so, too."""


@dataclass(frozen=True)
class By:
    """Who does an administrative act, and why.

    ``founding``: nobody is system administrator, as in an empty database; whoever holds the
    machine founds, and need not be known (``actor`` None). ``head`` are the signs with which the
    codes of their places begin; ``second`` is the second person, where one alone is not enough.
    """

    actor: Actor | None
    head: str = ""
    reason: str = ""
    second: Actor | None = None
    founding: bool = False

    @property
    def name(self) -> str:
        """Who it is, as a letter says."""
        return self.actor.name if self.actor else str(Role.system_admin.label)

    @property
    def people(self) -> frozenset[int]:
        """The natural persons on both sides of a substitution."""
        return _people(self.actor)


def _people(actor: Actor | None) -> frozenset[int]:
    known = (actor.person_id, actor.on_behalf_of) if actor else ()
    return frozenset(p for p in known if p is not None)


def is_founding(work: Work) -> bool:
    """Whether nobody is system administrator today."""
    return nobody_rules(staffing.watched_today(work))


def nobody_rules(watched: Iterable[tuple[int, str]]) -> bool:
    """The same of the people who are administrators or auditors today."""
    return all(role != Role.system_admin for _, role in watched)


def by_whom(
    work: Work,
    known_as: str,
    *,
    reason: str = "",
    second: str = "",
    roles: Collection[Role] = STAFF,
) -> By:
    """Who acts, by an id or an e-mail address; nobody need be named while there is no administrator.

    Raises BadInput where nobody is named, NotAllowed for somebody in no such role.
    """
    reason = one_line(reason)
    if len(reason) > REASON_MOST:
        raise BadInput(Said("理由超过%(n)d字，请缩短", n=REASON_MOST))
    founding = is_founding(work)
    if founding and not known_as.strip():
        return By(None, "", reason, founding=True)
    if not known_as.strip():
        titles = "、".join(ROLE_TITLES[r] for r in sorted(roles))
        raise BadInput(f"say who does it with --as EMAIL: {titles} ({', '.join(sorted(roles))})")
    if founding and roles is STAFF:
        return By(_seated(work, known_as, frozenset(Role)), "", reason, founding=True)
    by = _by(work, _seated(work, known_as, roles), reason)
    if not second.strip():
        return by
    return with_second(work, by, _seated(work, second, WATCHED))


def with_second(work: Work, by: By, other: Actor) -> By:
    """The same with a second person. Raises NotAllowed for one who cannot be it."""
    return paired(by, _by(work, other, ""))


def paired(by: By, other: By) -> By:
    """The same with a second person, whose places are known. Raises NotAllowed as before."""
    assert other.actor is not None
    if other.actor.role not in WATCHED:
        raise _no_such_role(other.name, WATCHED)
    if by.people & other.people:
        raise NotAllowed("第二人不能是办理人本人，也不能是其代理的人")
    if not (other.head.startswith(by.head) or by.head.startswith(other.head)):
        raise NotAllowed(Said("%(name)s是其他地区的人员，不能作为第二人", name=other.name))
    return By(by.actor, by.head, by.reason, other.actor)


def by_actor(work: Work, actor: Actor, *, reason: str = "", roles: Collection[Role] = STAFF) -> By:
    """Who acts, where their post is known already. Raises NotAllowed for one in no such role."""
    if is_founding(work) and roles is STAFF:
        return By(actor, "", reason, founding=True)
    if actor.role not in roles:
        raise _no_such_role(actor.name, roles)
    return _by(work, actor, one_line(reason)[:REASON_MOST])


def _by(work: Work, actor: Actor, reason: str) -> By:
    home = organisations.get(work, actor.organisation_id or 0)
    if home is None:
        raise NotAllowed("您今天没有岗位，不能办理")
    return By(actor, head_of(home.place_code), reason)


def _seated(work: Work, known_as: str, roles: Collection[Role]) -> Actor:
    """Somebody in one of the roles today, in a post of their own or another's."""
    text = known_as.strip()
    found = [p for p in staffing.people_found_as(work, text) if p.active]
    if len(found) != 1:
        raise NotAllowed(Said("没有%(known)s这个在用的人员，或不止一位", known=text))
    person = found[0]
    seats = sessions.seats(work, person.id, local_date(work.now))
    for seat in seats:
        if seat.role in roles:
            return Actor(person.id, seat.role, seat.organisation_id, seat.behalf_of, person.name)
    raise _no_such_role(person.name, roles)


def _no_such_role(name: str, roles: Collection[Role]) -> NotAllowed:
    titles = joined("%(before)s、%(next)s", (Said(ROLE_TITLES[r]) for r in sorted(roles)))
    return NotAllowed(
        Said("%(name)s今天不担任%(roles)s，不能办理这一事项", name=name, roles=titles)
    )


def check_place(by: By, place_code: str, name: str) -> None:
    """Raise NotAllowed for what lies outside the places of who administers."""
    if not place_code.startswith(by.head):
        raise NotAllowed(
            Said("%(name)s不在您管理的地区内，请由上级管理员办理", name=isolated(name))
        )


def check_person(work: Work, by: By, person_id: int, roles: Collection[Role] = ()) -> None:
    """Raise NotAllowed for somebody with a post elsewhere, or of whom nobody decides alone.

    ``roles`` are those they are about to get beside the ones they hold and will hold.
    """
    held = staffing.standing(work, person_id, Span(local_date(work.now), None))
    check_standing(by, person_id, held, lambda: staffing.watched_today(work), roles)


def check_standing(
    by: By,
    person_id: int,
    held: Iterable[Mapping[str, Any]],
    watched_today: Callable[[], Iterable[tuple[int, str]]],
    roles: Collection[Role] = (),
) -> None:
    """The same of somebody whose posts are known."""
    held = list(held)
    for post in held:
        check_place(by, post["place_code"], post["name"])
    watched = WATCHED & ({Role(p["role"]) for p in held} | set(roles))
    if by.founding or not (watched or person_id in by.people):
        return
    if by.second is not None and person_id not in _people(by.second):
        return
    others = {p for p, _ in watched_today()} - by.people
    if by.second is not None or others:
        raise NeedsSecond(
            "涉及管理员、审计员或本人的账号和岗位，须由另一名管理员或审计员共同办理"
            "（页面：共同办理；命令行：--second 邮箱）"
        )


def check_organisation(by: By, organisation: Organisation) -> None:
    """Raise NotAllowed for an organisation outside the places of who administers."""
    check_place(by, organisation.place_code, organisation.name)


def note(
    work: Work,
    by: By,
    noun: str,
    row_id: int,
    move: Administered,
    facts: Mapping[str, Any],
    personal: Mapping[str, str | None] | None = None,
) -> None:
    """Write an administrative act into history: who, on whom or what, what, and why.

    ``personal`` are values about a natural person: the entry keeps their salted hash only.
    """
    event_id = work.take_id()
    actor = by.actor or Actor(None, Role.system_admin, name="")
    taken = work.records(
        acts.take(work),
        person_id=actor.person_id or 0,
        move=f"{Register(noun)}.{move}",
        key=secrets.token_hex(16),
        facts_hash="",
        at=work.now,
    )
    head = {
        **{"id": event_id, "act_id": taken[0]["id"], "case_id": None},
        **{"noun": noun, "row_id": row_id, "move": move.value, "source": None, "dest": None},
        **{"person_id": actor.person_id, "behalf_of": actor.on_behalf_of},
        **{"role": actor.role.value, "organisation_id": actor.organisation_id, "at": work.now},
        **{"basis": _BASIS, "pack_id": None, "calendar": ""},
    }
    salts = {n: events.new_salt() for n, v in (personal or {}).items() if v is not None}
    hidden = {n: events.sealed(salt, (personal or {})[n] or "") for n, salt in salts.items()}
    notes: dict[str, Any] = {"founding": True} if by.founding else {}
    if by.second is not None:
        notes["second"] = by.second.person_id
    leaf = {
        **head,
        "format": 1,
        "ground": pin(_BASIS, local_date(work.now)),
        "facts": {**facts, **hidden, "reason": by.reason},
        "notes": notes,
        "changes": [],
        "subjects": [],
    }
    work.insert(events.TABLE, {**head, "leaf": events.canonical(leaf)})
    for name, salt in salts.items():
        secret = {"event_id": event_id, "field": name, "salt": salt}
        work.insert(events.SECRETS, {**secret, "value": (personal or {})[name]})


def tell(work: Work, by: By, person: Person, what: str, *, email: str | None = None) -> None:
    """Write to somebody what was done about their account; where there is no address, nobody hears.

    ``email`` is another address than the one that is known now.
    """
    context = {"what": what, "who": by.name, "reason": by.reason, "day": local_date(work.now)}
    write(work, "account", person.id, person.name, email or person.email, context)


def write(
    work: Work,
    kind: str,
    person_id: int,
    name: str,
    recipient: str | None,
    context: Mapping[str, Any],
) -> None:
    """Put a letter of no case in the queue; where there is no address, nobody hears."""
    if not recipient:
        return
    subject, text, html = render(kind, {**context, "name": name})
    work.insert(
        letters.TABLE,
        {
            **defaults(letters.TABLE),
            **{"id": work.take_id(), "kind": kind, "person_id": person_id},
            **{"recipient": recipient, "recipient_name": name},
            **{"subject": subject, "text": text, "html": html, "statutory": False},
            **{"state": "queued", "created_at": work.now, "next_try_at": work.now},
        },
    )
