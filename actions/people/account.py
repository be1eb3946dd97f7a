"""Accounts as an administrator keeps them: passwords, addresses, who is shut out, who leaves."""

from datetime import date
from typing import Any

from actions.act.administration import By, check_person, note, tell
from actions.people.password import give_first
from actions.people.staffing import (
    check_end,
    checked_address,
    checked_certificate,
    checked_name,
    close_post,
)
from guapai.errors import BadInput, Conflict
from statemachines.noted import Administered
from storage.database.work import Work
from storage.people import person as people
from storage.people import session as sessions
from storage.people import staffing
from storage.people.person import Person
from storage.people.staffing import Span


def give_password(work: Work, by: By, person: Person, fresh: str) -> None:
    """Give somebody a first password (its hash); their sessions end, and they are told."""
    check_person(work, by, person.id)
    give_first(work, person.id, fresh)
    note(work, by, "person", person.id, Administered.password, {})
    tell(work, by, person, "已发放新的初始密码，原有登录全部退出")


def change_person(
    work: Work,
    by: By,
    person: Person,
    *,
    name: str = "",
    email: str = "",
    certificate: str = "",
    certificate_until: date | None = None,
) -> Person:
    """Correct a name, an address, a certificate or its last day; the person as they are then.

    Another certificate has a last day of its own; where none is said, no end is known.
    Both the old and the new address are told. Raises BadInput, Conflict, NotAllowed.
    """
    check_person(work, by, person.id)
    wanted: dict[str, Any] = {
        "name": checked_name(name) if name else person.name,
        "email": checked_address(work, email, person.id) if email else person.email,
        **_certificate(person, certificate, certificate_until),
    }
    changed = {n: v for n, v in wanted.items() if v != getattr(person, n)}
    if not changed:
        raise BadInput(f"nothing would change for {person.name}; see: guapai user change --help")
    people.change(work, person.id, **changed)
    told = {n: str(v) if v else None for n, v in changed.items()}
    old = {f"old_{n}": str(getattr(person, n) or "") or None for n in changed}
    note(
        work,
        by,
        "person",
        person.id,
        Administered.change,
        {"fields": sorted(changed)},
        old | told,
    )
    found = Person(id=person.id, **wanted)
    titles = {"name": "姓名", "email": "邮箱"}
    titles |= {"certificate_no": "证件号", "certificate_until": "证件有效期"}
    what = f"已更改登记的{'、'.join(titles[n] for n in changed)}"
    tell(work, by, found, what)
    if "email" in changed and person.email:
        tell(work, by, found, what, email=person.email)
    return found


def _certificate(person: Person, number: str, until: date | None) -> dict[str, Any]:
    """The certificate somebody has from now on, and its last day."""
    number = checked_certificate(number) if number else person.certificate_no
    check_end(number, until)
    known = person.certificate_until if number == person.certificate_no else None
    return {"certificate_no": number, "certificate_until": until or known}


def disable(work: Work, by: By, person: Person) -> None:
    """Shut somebody out at once: no signing in, no letters, their sessions end; posts stay."""
    check_person(work, by, person.id)
    if not person.active:
        raise Conflict(f"{person.name} is disabled already")
    people.change(work, person.id, active=False)
    sessions.end_all(work, person.id)
    note(work, by, "person", person.id, Administered.disable, {})
    tell(work, by, person, "账号已停用，原有登录全部退出")


def enable(work: Work, by: By, person: Person) -> None:
    """Let somebody in again."""
    check_person(work, by, person.id)
    if person.active:
        raise Conflict(f"{person.name} is not disabled")
    people.change(work, person.id, active=True)
    note(work, by, "person", person.id, Administered.enable, {})
    tell(work, by, person, "账号已恢复")


def sign_out(work: Work, by: By, person: Person) -> None:
    """End every session of somebody; they may sign in again."""
    check_person(work, by, person.id)
    sessions.end_all(work, person.id)
    note(work, by, "person", person.id, Administered.sign_out, {})


def leave(work: Work, by: By, person: Person, last_day: date) -> int:
    """End every post and every standing-in of somebody with a day, the last one; how many posts.

    What they did stays under their name. Raises Conflict when they hold no post after that day.
    """
    check_person(work, by, person.id)
    coming = Span(last_day, None)
    posts = [p for p in staffing.posts_within(work, person.id, coming) if p.until_on != last_day]
    covers = [
        s
        for s in staffing.substitutions_within(work, person.id, coming)
        if s.substitute_id == person.id and s.until_on > last_day
    ]
    if not posts and not covers:
        raise Conflict(f"{person.name} holds no post after {last_day}; see: guapai user list")
    for post in posts:
        close_post(work, by, post, last_day)
    for cover in covers:
        staffing.end_substitution(work, cover.id, last_day)
        facts = {"substitute_id": person.id, "until_on": last_day}
        note(work, by, "person", cover.absent_id, Administered.substitute, facts)
    tell(work, by, person, f"全部岗位和代理至{last_day}结束")
    return len(posts)
