"""From a request to an answer: the session, the gate of the page, the handler, the template."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from guapai.clock import local_date
from guapai.errors import GuapaiError, Missing, NotAllowed
from portal.web.gate import TooMuch
from portal.web.language import language_of, translator
from portal.web.page import Answer, Page, see
from portal.web.visit import Form, House, Visit, entry_of
from storage.database.work import Work, unit_of_work
from storage.people import session as sessions

LOG = logging.getLogger("guapai.portal")
TOUCH = timedelta(minutes=1)
"""A session's last use is written down no more often than this."""
MOST_FIELDS, MOST_FILES = 400, 40


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


def endpoint_of(house: House, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """The function that answers requests to a page."""

    async def endpoint(request: Request) -> Response:
        try:
            form = await _form(request) if page.method == "POST" and not page.streams else None
        except TooMuch:
            return PlainTextResponse(
                open_visit(house, request).t("内容太大，请减少附件后再提交"), status_code=413
            )
        try:
            return await run_in_threadpool(_answer, house, page, request, form)
        finally:
            await request.close()  # the files of the form

    return endpoint


async def _form(request: Request) -> Form:
    sent = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=2**20)
    form = Form({})
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                form.files.setdefault(name, []).append(value)
        else:
            form.values.setdefault(name, []).append(value)
    return form


def _answer(house: House, page: Page, request: Request, form: Form | None) -> Response:
    visit = open_visit(house, request, form)
    try:
        return _open(visit, page)
    except Elsewhere as elsewhere:
        return _lead(visit, page, elsewhere.first)
    except GuapaiError as error:
        if page.streams:
            return PlainTextResponse(visit.t(error.said), status_code=error.status)
        return refuse(visit, error)


def open_visit(house: House, request: Request, form: Form | None = None) -> Visit:
    """A visit about which nothing is known but its language."""
    language = language_of(request)
    return Visit(house, request, language, translator(language), form=form)


def _open(visit: Visit, page: Page) -> Response:
    house, params = visit.house, visit.request.path_params
    with unit_of_work(house.engine, house.clock, write=False) as work:
        visit.entry = entry_of(house, visit.request, work)
        _admit(visit, page)
        if not page.works:
            visit._work = work
            response = _respond(visit, page, page.handler(visit, **params))
            visit._work = None
    if page.works:
        if page.may.session and page.method not in ("GET", "HEAD"):
            _check_token(visit)
        response = _respond(visit, page, page.handler(visit, **params))
    _touch(visit)
    return response


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
        raise NotAllowed("页面已过期，请返回上一页刷新后再提交")


def _touch(visit: Visit) -> None:
    entry = visit.entry
    if entry is not None and visit.house.clock() - entry.seen_at > TOUCH:
        with visit.writing() as work:
            sessions.touch(work, entry.hash)


def _respond(visit: Visit, page: Page, answer: Answer) -> Response:
    if isinstance(answer, Response):
        return answer
    return HTMLResponse(visit.house.render(visit, page.template, answer))


def show(visit: Visit, template: str, values: dict[str, Any], status: int = 200) -> Response:
    """A page from a template other than the declared one, or with another status."""
    return HTMLResponse(visit.house.render(visit, template, values), status_code=status)


def _lead(visit: Visit, page: Page, first: _First) -> Response:
    if page.method == "GET":
        return see(visit, first.address + (_following(visit) if first is _DOOR else ""))
    if page.streams or visit.form is None:
        return PlainTextResponse(visit.t(first.said), status_code=first.status)
    if not page.may.post:  # nothing of an account is carried: a password least of all
        return see(visit, first.address)
    carried = [(n, v) for n, values in visit.form.values.items() for v in values if n != "token"]
    if visit.form.files:
        carried.append(("lost", "yes"))
    values: dict[str, Any] = {"next": "", "to": visit.request.url.path, "carried": carried}
    values |= {"said": "", "email": ""}
    if first is _POST:
        with visit.reading() as work:
            values["seats"] = seats(visit, work)
    return show(visit, first.template, values, status=first.status)


def _following(visit: Visit) -> str:
    url = visit.request.url
    return f"?next={quote(url.path + (f'?{url.query}' if url.query else ''))}"


def seats(visit: Visit, work: Work) -> list[sessions.Seat]:
    """The posts the visitor can act in today."""
    assert visit.entry is not None
    return sessions.seats(work, visit.entry.person_id, local_date(work.now))


def refuse(visit: Visit, error: GuapaiError) -> Response:
    """The page that says what is wrong. What is forbidden looks exactly like what is not there."""
    if isinstance(error, Missing):
        error = Missing("没有这个页面，或您无权查看")
    return show(visit, "error.html", {"said": error.said}, status=error.status)
