"""Another password of one's own, and with it another reference of the session and value of the device."""

import secrets
from dataclasses import dataclass

from actions.people import password
from actions.people.entrance import fingerprint
from actions.people.password import SPAN, TRIES, TooManyTries
from guapai.clock import Clock
from guapai.errors import BadInput
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.history import access
from storage.history.access import Access, Outcome
from storage.people import password as passwords
from storage.people import person as people
from storage.people import session as sessions
from storage.people import throttle


class WrongPassword(BadInput):
    """The old password is another one."""


@dataclass(frozen=True)
class Renewed:
    """What the browser keeps from now on."""

    reference: str
    device: str


def renew_password(
    engine: Engine,
    clock: Clock,
    person_id: int,
    old: str,
    new: str,
    session: str,
    *,
    address: str = "",
) -> Renewed:
    """Change one's own password, in a session known by its hash.

    Other sessions of the person end, and no other device is known any more; the browser at hand gets
    new values of both, so that whoever has copied the old ones has nothing.

    Hashes are made outside any transaction: they take long, and SQLite has one writer. Raises
    BadInput, or TooManyTries for too many wrong guesses of the old one.
    """
    with unit_of_work(engine, clock) as work:
        over = throttle.count(work, f"password:{person_id}", SPAN) > TRIES
        kept, person = passwords.of_person(work, person_id), people.get(work, person_id)
    if over:
        raise TooManyTries("尝试次数过多，请15分钟后再试")
    if kept is None or person is None or not password.fits(kept.hash, old):
        raise WrongPassword("原密码不正确，请重新输入")
    if old == new:
        raise BadInput("新密码不能与原密码相同")
    password.check(new, (person.name, (person.email or "").split("@")[0]))
    hashed = password.hashed(new)
    fresh = Renewed(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    with unit_of_work(engine, clock) as work:
        passwords.keep(work, person_id, hashed, first=False)
        sessions.end_all(work, person_id, but=session)
        sessions.renew(work, session, fingerprint(fresh.reference), secrets.token_urlsafe(32))
        sessions.forget_devices(work, person_id)
        sessions.remember(work, fingerprint(fresh.device), person_id)
        access.note(work, Access.password, Outcome.ok, person_id=person_id, address=address)
        throttle.forget(work, f"password:{person_id}")
    return fresh
