"""Coming in and going out: sessions, throttles, the first administrator."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from actions.act.administration import By, note
from actions.people import password
from actions.people.password import SPAN, TRIES, TooManyTries
from actions.people.staffing import add_person, give_post
from guapai.clock import Clock, local_date
from guapai.errors import BadInput, NotAllowed
from guapai.people import Role
from guapai.text import Said, half_width, one_line
from law.place import COUNTRY, PROVINCES
from statemachines.noted import Administered
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.history import access
from storage.history.access import Access, Outcome
from storage.people import organisation as organisations
from storage.people import password as passwords
from storage.people import session as sessions
from storage.people import throttle
from storage.people.organisation import Organisation, OrganisationKind
from storage.people.password import Known
from storage.people.session import Seat, Session
from storage.people.staffing import Span

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
"""How long a session lives without a visit, and at all (own)."""
TRIES_OF_ADDRESS = 100
"""Tries from one address within the span."""
_CODE_LIVES = timedelta(hours=24)
FIRST_LIVES = timedelta(hours=72)
"""How long a first password lets somebody in who has not changed it (own)."""


@dataclass(frozen=True)
class Arrived:
    """Somebody is in: the references to keep in the browser, and the posts they can act in."""

    reference: str
    device: str
    seats: list[Seat]


def fingerprint(reference: str) -> str:
    """How a random reference is kept: nobody who reads the database can use it."""
    return hashlib.sha256(reference.encode()).hexdigest()


_WAIT = "尝试次数过多，请15分钟后再试；急需登录的，请联系本单位系统管理员重发初始密码"


class WrongGuess(NotAllowed):
    """Not let in; ``person_id``: for whom was tried, if that is somebody."""

    def __init__(self, said: str, person_id: int | None = None) -> None:
        super().__init__(said)
        self.person_id = person_id


def sign_in(
    engine: Engine,
    clock: Clock,
    email: str,
    secret: str,
    *,
    device: str,
    address: str,
    before: str = "",
) -> Arrived:
    """Let a person in by address and password; the session the browser had ``before`` ends.

    Tries are counted before anything is compared: for the person, from devices unknown to them,
    so that whoever guesses elsewhere cannot lock them out of their own (ASVS 6.3.1). A right one
    is taken back from what it was counted under. Raises TooManyTries, or WrongGuess with one
    sentence for every other reason.

    A first password lets its owner in however often others have guessed: we made it up, and it has
    more than 70 bits. So that nobody can tell by the time whose is one, every password is compared.
    """
    email = one_line(email)[:254].lower()
    with unit_of_work(engine, clock) as work:
        known = passwords.known_as(work, email)
        tried = _count_try(work, known, email, device, address)
    person_id = known.person_id if known else None
    wait = TooManyTries(_WAIT, person_id)
    if tried.crowded:
        raise wait
    right = password.fits(known.hash if known and known.active else None, secret[:1000])
    if tried.over and not (known is not None and known.first and right):
        raise wait
    if known is None or not right:
        said = "邮箱或密码不正确，请重新输入；忘记密码请联系本单位系统管理员重发初始密码"
        raise WrongGuess(said, person_id)
    with unit_of_work(engine, clock) as work:
        _refuse_stale(work, known.person_id)
        for key in tried.keys:
            if key.startswith("device:"):
                throttle.forget(work, key)
            else:
                throttle.take_back(work, key)
        if before:
            sessions.end(work, fingerprint(before))
        access.note(work, Access.sign_in, Outcome.ok, person_id=known.person_id, address=address)
        return _enter(work, known.person_id, device)


def _refuse_stale(work: Work, person_id: int) -> None:
    """Raise NotAllowed for a first password that nobody has changed in time."""
    kept = passwords.of_person(work, person_id)
    if kept is not None and kept.first and work.now - kept.changed_at > FIRST_LIVES:
        hours = FIRST_LIVES // timedelta(hours=1)
        raise NotAllowed(
            Said("初始密码已超过%(hours)d小时，不能再用；请联系系统管理员重发", hours=hours)
        )


@dataclass(frozen=True)
class _Tried:
    """Under what a try was counted.

    ``over``: for somebody from devices unknown to them there were too many. ``crowded``: so many
    from one device or address that nothing more is compared.
    """

    keys: tuple[str, str]
    over: bool
    crowded: bool


def _count_try(work: Work, known: Known | None, email: str, device: str, address: str) -> _Tried:
    """Count a try.

    A device counts for each person apart: nobody's own sign-in forgets the guesses at another.
    """
    mark = fingerprint(device)
    familiar = bool(device) and known is not None and sessions.knows(work, mark, known.person_id)
    key = f"device:{mark}:{known.person_id}" if familiar and known else f"name:{fingerprint(email)}"
    place = f"address:{address}"[:100]
    over = throttle.count(work, key, SPAN) > TRIES
    crowded = throttle.count(work, place, SPAN) > TRIES_OF_ADDRESS
    return _Tried((key, place), over, over if familiar else crowded)


def _enter(work: Work, person_id: int, device: str) -> Arrived:
    """Begin a session; with one post only, in that post.

    The browser gets a new value as a device each time: one that was planted or copied is worth
    nothing to whoever knows it.
    """
    reference, fresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    seats = sessions.seats(work, person_id, local_date(work.now))
    seat = seats[0] if len(seats) == 1 else None
    sessions.begin(
        work,
        Session(
            hash=fingerprint(reference),
            person_id=person_id,
            token=secrets.token_urlsafe(32),
            role=seat.role if seat else None,
            organisation_id=seat.organisation_id if seat else None,
            behalf_of=seat.behalf_of if seat else None,
            began_at=work.now,
            seen_at=work.now,
        ),
    )
    sessions.remember(work, fingerprint(fresh), person_id, instead_of=fingerprint(device))
    return Arrived(reference, fresh, seats)


def needs_first(work: Work) -> bool:
    """Whether nobody can sign in yet, so that the first administrator has to be entered."""
    return not passwords.any_given(work)


def issue_code(engine: Engine, clock: Clock) -> str | None:
    """A code for the first administrator, good for a day; None when somebody can sign in already."""
    with unit_of_work(engine, clock) as work:
        if not needs_first(work):
            return None
        code = secrets.token_urlsafe(16)
        passwords.issue_code(work, fingerprint(code), work.now + _CODE_LIVES)
        return code


@dataclass(frozen=True, kw_only=True)
class Founding:
    """What the first administrator says: who they are and for which authority."""

    code: str
    name: str
    email: str
    secret: str
    authority: str
    kind: str
    place_code: str


def found(engine: Engine, clock: Clock, said: Founding, *, address: str = "") -> Arrived:
    """Enter the first administrator and their authority, and let them in.

    The hash is made outside any transaction, and only for who knows the code. Raises NotAllowed
    for a wrong code or when there is an administrator already, BadInput, Busy.
    """
    with unit_of_work(engine, clock, write=False) as work:
        if not _may_found(work, said):
            raise NotAllowed(_WRONG_CODE)
    authority = _check_founding(said)
    fresh = password.hashed(said.secret)
    with unit_of_work(engine, clock) as work:
        right = passwords.has_code(work, fingerprint(said.code))
        if right:
            passwords.void_codes(work)  # of two at once the second waits here, then finds somebody
        if not right or not needs_first(work):
            raise NotAllowed(_WRONG_CODE)
        person_id = _found(work, said, authority)
        passwords.keep(work, person_id, fresh, first=False)
        access.note(work, Access.sign_in, Outcome.ok, person_id=person_id, address=address)
        work.flush()
        return _enter(work, person_id, "")


_WRONG_CODE = "初始化码不正确或已失效；请在启动服务的终端查看新的初始化码"


def _may_found(work: Work, said: Founding) -> bool:
    return passwords.has_code(work, fingerprint(said.code)) and needs_first(work)


def _check_founding(said: Founding) -> str:
    """The name of the authority. Raises BadInput for what cannot be taken."""
    if said.kind not in (OrganisationKind.department, OrganisationKind.commission):
        raise BadInput("请选择单位类别")
    place = half_width(said.place_code).strip()
    if not (place.isascii() and place.isdigit() and len(place) == 6):
        raise BadInput("行政区划代码为6位数字，例如341500")
    if place != COUNTRY and place[:2] not in PROVINCES:
        raise BadInput("没有这一行政区划代码，请核对；前两位为省、自治区、直辖市代码")
    authority = one_line(said.authority)[:200]
    if not authority:
        raise BadInput("请填写单位名称")
    password.check(said.secret, (said.name, said.email, authority))
    return authority


def _found(work: Work, said: Founding, authority: str) -> int:
    """The first administrator, in their post at the authority."""
    by = By(None, founding=True)
    person = add_person(work, by, said.name, said.email)
    home = organisations.named(work, authority) or _found_authority(work, by, said, authority)
    give_post(work, by, person, Role.system_admin, home, Span(local_date(work.now), None))
    return person.id


def _found_authority(work: Work, by: By, said: Founding, name: str) -> Organisation:
    values = {
        "kind": OrganisationKind(said.kind),
        "name": name,
        "place_code": half_width(said.place_code).strip(),
    }
    found = organisations.get(work, organisations.add(work, **values))
    assert found is not None
    note(work, by, "organisation", found.id, Administered.enter, values)
    return found
