"""From a request to an answer: the session, the gate of the page, the handler, the template."""

import inspect
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from guapai.clock import local_date
from guapai.errors import Busy, Full, GuapaiError, Missing, NotAllowed
from portal.web import body, gate
from portal.web.apology import passing, patiently
from portal.web.body import MOST_OPEN, MOST_TEXT, TooMuch, TooSlow
from portal.web.language import language_of, translator
from portal.web.page import Answer, Page, see
from portal.web.visit import Form, House, Visit, entry_of, session_of
from storage.database.work import Work, unit_of_work
from storage.history.access import Outcome
from storage.people import session as sessions

TOUCH = timedelta(minutes=1)
"""A session's last use is written down no more often than this."""
MOST_FIELDS, MOST_FILES = 640, 40


@dataclass(frozen=True)
class _First:
    """Where a visitor has to go before a page opens, and how that page is called and answered."""

    address: str
    template: str
    status: int
    said: str
    """To a program that was uploading."""


_DOOR = _First("/sign-in", "entrance/sign_in.html", 401, "登录已过期，请重新登录后再上传")
_PASSWORD = _First("/password", "account/password.html", 409, "请先设置新密码，再上传")
_POST = _First("/post", "account/post.html", 409, "请先选择岗位，再上传")


class Elsewhere(Exception):
    """The visitor has to go elsewhere first; what they sent goes with them."""

    def __init__(self, first: _First) -> None:
        super().__init__(first.address)
        self.first = first


class Forged(NotAllowed):
    """A form that does not carry the token of the session it claims to belong to."""


def endpoint_of(house: House, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """The function that answers requests to a page."""

    async def at_once(request: Request) -> Response:
        return cast(Response, page.handler(open_visit(house, request)))

    async def endpoint(request: Request) -> Response:
        visit = open_visit(house, request)
        try:
            return await _answer(visit, page)
        except TooMuch:
            return PlainTextResponse(visit.t(gate.TOO_MUCH[0]), status_code=gate.TOO_MUCH[1])
        except TooSlow:
            if not page.streams:
                raise
            more = {"Retry-After": "5", "Connection": "close"}  # a program goes on after a 503
            return PlainTextResponse(visit.t(gate.TOO_SLOW[0]), status_code=503, headers=more)
        finally:
            await request.close()  # the files of the form

    return endpoint if page.pool else at_once


async def _answer(visit: Visit, page: Page) -> Response:
    try:
        response = await _open(visit, page)
    except Elsewhere as elsewhere:
        await _read_form(visit, page)
        return await _lead(visit, page, elsewhere.first)
    except Exception as error:
        refused = passing(error)
        if refused is None:
            raise
        if isinstance(refused, Missing | NotAllowed):
            forged = isinstance(refused, Forged)
            await visit.refused(Outcome.forged if forged else Outcome.refused)
        if page.streams:
            said, more = visit.t(refused.said), again(refused)
            return PlainTextResponse(said, status_code=refused.status, headers=more)
        if isinstance(refused, Busy | Full) and page.may.post and page.method == "POST":
            await _read_form(visit, page)
            return _kept(visit, refused)
        return refuse(visit, refused)
    await _touch(visit)
    return response


async def _open(visit: Visit, page: Page) -> Response:
    pool, one = visit.house.pools.named(page.pool), visit.reference
    if not page.works:
        return await patiently(pool, _read, visit, page, one=one)
    if page.pool != "watch":
        await patiently(visit.house.pools.reads, _enter, visit, page, one=one)
    await _read_form(visit, page)
    if page.may.session and page.method not in ("GET", "HEAD"):
        _check_token(visit)
    params = visit.request.path_params
    if inspect.iscoroutinefunction(page.handler):
        answer = cast(Answer, await page.handler(visit, **params))
        if isinstance(answer, Response):
            return answer
        return _respond(visit, page, answer)
    return await pool.run(_work, visit, page, one=one)


def open_visit(house: House, request: Request, form: Form | None = None) -> Visit:
    """A visit about which nothing is known but its language."""
    language = language_of(request)
    return Visit(house, request, language, translator(language), form=form)


def _read(visit: Visit, page: Page) -> Response:
    """A page that only reads: who asks and what is shown, in one unit of work."""
    house = visit.house
    with unit_of_work(house.engine, house.clock, write=False) as work:
        visit.entry = entry_of(house, visit.request, work)
        _admit(visit, page)
        visit._work = work
        answer = cast(Answer, page.handler(visit, **visit.request.path_params))
        response = _respond(visit, page, answer)
        visit._work = None
    return response


def _enter(visit: Visit, page: Page) -> None:
    with visit.reading() as work:
        visit.entry = entry_of(visit.house, visit.request, work)
        if visit.entry is None:
            visit.was_known = session_of(visit.request, work) is not None
        _admit(visit, page)


def _work(visit: Visit, page: Page) -> Response:
    answer = cast(Answer, page.handler(visit, **visit.request.path_params))
    return _respond(visit, page, answer)


async def _read_form(visit: Visit, page: Page) -> None:
    """Read what was sent, now that it is known whose it is. Raises TooMuch, TooSlow.

    Who is not signed in has said little: what they send is answered with a page that carries it.
    Somebody whose session has just ended may have sent files along, which are not kept.
    """
    if page.method != "POST" or page.streams or visit.form is not None:
        return
    request = visit.request
    files = request.headers.get("content-type", "").startswith("multipart/form-data")
    known = visit.entry is not None or visit.was_known
    most = (body.MOST_BYTES if files else MOST_TEXT) if known else MOST_OPEN
    gate.allow(request, min(most, body.MOST_BYTES))
    sent = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=2**20)
    form = Form({})
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                form.files.setdefault(name, []).append(value)
        else:
            form.values.setdefault(name, []).append(value)
    visit.form = form


def _admit(visit: Visit, page: Page) -> None:
    """Raise unless the visitor may open the page now: Missing, or Elsewhere."""
    may = page.may
    if may.session and visit.entry is None:
        raise Elsewhere(_DOOR)
    if not may.post:
        return
    if visit.must_change:
        raise Elsewhere(_PASSWORD)
    if not visit.in_post:
        raise Elsewhere(_POST)
    if may.roles and visit.actor.role not in may.roles:
        raise Missing("没有这个页面，或您无权查看")


def _check_token(visit: Visit) -> None:
    """A changing request carries the token of the session it claims to belong to."""
    assert visit.entry is not None
    given = visit.form.get("token") if visit.form else ""
    given = given or visit.request.headers.get("x-guapai-token", "")
    if not secrets.compare_digest(given.encode(), visit.entry.token.encode()):
        raise Forged("页面已过期，请返回上一页刷新后再提交")


async def _touch(visit: Visit) -> None:
    """Note that the session is in use; a page does not wait for it while others hold the lock."""
    entry = visit.entry
    if entry is not None and visit.house.clock() - entry.seen_at > TOUCH:
        await visit.house.pools.records.run_behind(1, _seen, visit, entry.hash)


def _seen(visit: Visit, reference_hash: str) -> None:
    with visit.writing() as work:
        sessions.touch(work, reference_hash)


def _respond(visit: Visit, page: Page, answer: Answer) -> Response:
    if isinstance(answer, Response):
        return answer
    return HTMLResponse(visit.house.render(visit, page.template, answer))


def show(
    visit: Visit,
    template: str,
    values: dict[str, Any],
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """A page from a template other than the declared one, or with another status."""
    said = visit.house.render(visit, template, values)
    return HTMLResponse(said, status_code=status, headers=headers)


async def _lead(visit: Visit, page: Page, first: _First) -> Response:
    if page.method == "GET":
        return see(visit, first.address + (_following(visit) if first is _DOOR else ""))
    if page.streams or visit.form is None:
        return PlainTextResponse(visit.t(first.said), status_code=first.status)
    if not page.may.post:  # nothing of an account is carried: a password least of all
        return see(visit, first.address)
    values: dict[str, Any] = {"next": "", "to": visit.request.url.path, "carried": _sent(visit)}
    values |= {"said": "", "email": ""}
    if first is _POST:
        values["seats"] = await visit.house.pools.reads.run(_read_seats, visit)
    return show(visit, first.template, values, status=first.status)


def _sent(visit: Visit, *leaving: str) -> list[tuple[str, str]]:
    """What was typed into the form at hand, to be sent once more."""
    assert visit.form is not None
    dropped = {"token", *leaving}
    sent = [(n, v) for n, values in visit.form.values.items() for v in values if n not in dropped]
    return [*sent, ("lost", "yes")] if visit.form.files else sent


def _kept(visit: Visit, error: GuapaiError) -> Response:
    """The sentence with what was typed below it, to be sent again: nothing of it is lost."""
    assert visit.form is not None
    token = visit.entry.token if visit.entry else visit.form.get("token")
    values = {"said": error.said, "to": visit.request.url.path, "carried": _sent(visit)}
    return show(visit, "kept.html", {**values, "token": token}, error.status, again(error))


def again(error: GuapaiError) -> dict[str, str]:
    """When to come again, for programs."""
    return {"Retry-After": str(error.after)} if isinstance(error, Busy) else {}


def _following(visit: Visit) -> str:
    url = visit.request.url
    return f"?next={quote(url.path + (f'?{url.query}' if url.query else ''))}"


def seats(visit: Visit, work: Work) -> list[sessions.Seat]:
    """The posts the visitor can act in today."""
    assert visit.entry is not None
    return sessions.seats(work, visit.entry.person_id, local_date(work.now))


def _read_seats(visit: Visit) -> list[sessions.Seat]:
    with visit.reading() as work:
        return seats(visit, work)


def refuse(visit: Visit, error: GuapaiError) -> Response:
    """The page that says what is wrong. What is forbidden looks exactly like what is not there."""
    if isinstance(error, Missing):
        error = Missing("没有这个页面，或您无权查看")
    number = visit.request_id if error.status >= 500 else ""
    values = {"said": error.said, "number": number}
    return show(visit, "error.html", values, error.status, again(error))
