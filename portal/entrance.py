"""The door: signing in and out, the language, and the first administrator."""

import re
from typing import Any

from starlette.responses import Response

from actions.people.entrance import (
    LONGEST,
    Arrived,
    Founding,
    WrongGuess,
    fingerprint,
    found,
    needs_first,
    sign_in,
)
from actions.people.password import TooManyTries
from actions.people.renewal import Renewed
from guapai.errors import GuapaiError, Missing, NotAllowed
from portal.web.apology import passing
from portal.web.endpoint import again, show
from portal.web.language import LANGUAGES
from portal.web.may import EVERYBODY, SIGNED_IN
from portal.web.page import Answer, page, see
from portal.web.visit import Form, Visit, cookie_name
from storage.history import access
from storage.history.access import Access, Outcome
from storage.people import session as sessions

_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A path and perhaps a query, in printable ASCII, without a backslash."""
_A_YEAR = 365 * 24 * 3600
_FOUNDING = ("code", "name", "email", "authority", "kind", "place_code")


@page("/", may=EVERYBODY)
def begin(visit: Visit) -> Answer:
    """Where somebody who only knows the address goes on."""
    if visit.entry is not None:
        return see(visit, "/desk")
    return see(visit, "/setup" if needs_first(visit.work) else "/sign-in")


@page("/sign-in", may=EVERYBODY, template="entrance/sign_in.html")
def door(visit: Visit) -> Answer:
    """The door."""
    if visit.entry is not None:
        return see(visit, "/desk")
    return {"next": within(visit.query("next")), "to": "", "carried": [], "said": "", "email": ""}


@page("/sign-in", may=EVERYBODY, method="POST")
async def come_in(visit: Visit) -> Answer:
    """Sign in; what was about to be sent when the session ended is sent after it."""
    form, house = _form(visit), visit.house
    device = visit.request.cookies.get(cookie_name(visit.request, "guapai-device"), "")
    try:
        arrived = await house.pools.door.run(
            sign_in,
            house.engine,
            house.clock,
            form.get("email"),
            form.get("password"),
            device=device,
            address=visit.address,
            before=visit.reference,
        )
    except (WrongGuess, TooManyTries) as error:
        outcome = Outcome.failed if isinstance(error, WrongGuess) else Outcome.locked
        await visit.refused(outcome, Access.sign_in, error.person_id)
        return _outside(visit, error)
    except Exception as error:
        told = passing(error)
        if told is None:
            raise
        return _outside(visit, told)
    return let_in(visit, arrived, await house.pools.reads.run(_onward, visit, arrived, form))


def _outside(visit: Visit, error: GuapaiError) -> Response:
    """The door again, with a sentence; what was carried to it is kept."""
    form = _form(visit)
    values: dict[str, Any] = {"next": within(form.get("next")), "to": within(form.get("to"))}
    values |= {"carried": carried(form), "said": error.said, "email": form.get("email")}
    return show(visit, "entrance/sign_in.html", values, error.status, again(error))


def carried(form: Form) -> list[tuple[str, str]]:
    """The fields of a form that was sent without a session."""
    names, values = form.all("carried-name"), form.all("carried-value")
    return list(zip(names, values, strict=False))


def _onward(visit: Visit, arrived: Arrived, form: Form) -> Response:
    """Where somebody who came in goes on; what they carry is not lost while they choose a post."""
    to, following, seats = within(form.get("to")), within(form.get("next")), arrived.seats
    if not to and (len(seats) == 1 or not following):
        return see(visit, (following or "/desk") if len(seats) == 1 else "/post")
    with visit.reading() as work:
        visit.entry = sessions.entry(work, fingerprint(arrived.reference))
    values = {"to": to, "next": following, "carried": carried(form), "seats": seats}
    values["done"] = "已重新登录"
    return show(visit, "entrance/go_on.html" if len(seats) == 1 else "account/post.html", values)


def let_in(visit: Visit, arrived: Arrived | Renewed, response: Response) -> Response:
    """The same answer, with which the browser gets the references to keep."""
    request = visit.request
    secure = request.url.scheme == "https"
    for name, value, age in (
        ("guapai", arrived.reference, int(LONGEST.total_seconds())),
        ("guapai-device", arrived.device, _A_YEAR),
    ):
        response.set_cookie(
            cookie_name(request, name),
            value,
            max_age=age,
            path="/",
            httponly=True,
            samesite="lax",
            secure=secure,
        )
    return response


def within(address: str) -> str:
    """An address of our own, or nothing: nobody is sent to another site from here."""
    return address if _LOCAL.fullmatch(address) else ""


@page("/sign-out", may=SIGNED_IN, method="POST")
def go_out(visit: Visit) -> Answer:
    """Sign out."""
    assert visit.entry is not None
    with visit.writing() as work:
        sessions.end(work, visit.entry.hash)
        who = visit.entry.person_id
        access.note(work, Access.sign_out, Outcome.ok, person_id=who, address=visit.address)
    response = see(visit, "/sign-in")
    name, secure = cookie_name(visit.request, "guapai"), visit.request.url.scheme == "https"
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@page("/language", may=EVERYBODY, method="POST")
def speak(visit: Visit) -> Answer:
    """Choose the language."""
    form = _form(visit)
    if form.get("language") not in LANGUAGES:
        raise Missing("没有这种语言")
    response = see(visit, within(form.get("next")) or "/")
    response.set_cookie(
        "guapai-language", form.get("language"), max_age=_A_YEAR, path="/", samesite="lax"
    )
    return response


@page("/setup", may=EVERYBODY, template="entrance/setup.html")
def set_up(visit: Visit) -> Answer:
    """The form for the first administrator, while there is none."""
    if not needs_first(visit.work):
        raise Missing("没有这个页面，或您无权查看")
    return {"said": "", "form": {**dict.fromkeys(_FOUNDING, ""), "code": visit.query("code")}}


@page("/setup", may=EVERYBODY, method="POST")
async def set_up_now(visit: Visit) -> Answer:
    """Enter the first administrator."""
    form, house = _form(visit), visit.house
    typed = {n: form.get(n) for n in _FOUNDING}
    try:
        if form.get("password") != form.get("again"):
            raise GuapaiError("两次输入的密码不一致，请重新输入")
        said = Founding(**typed, secret=form.get("password"))
        arrived = await house.pools.door.run(
            found, house.engine, house.clock, said, address=visit.address
        )
    except Exception as error:
        told = passing(error)
        if told is None:
            raise
        if isinstance(told, NotAllowed):
            await visit.refused(Outcome.failed, Access.sign_in)
        values = {"said": told.said, "form": typed}
        return show(visit, "entrance/setup.html", values, told.status, again(told))
    return let_in(visit, arrived, see(visit, "/people"))


def _form(visit: Visit) -> Form:
    assert visit.form is not None
    return visit.form
