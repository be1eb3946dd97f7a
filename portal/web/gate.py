"""The gate every request passes: where it comes from, how much it carries, what the answer promises."""

import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.web import body
from portal.web.body import Body, TooMuch, TooSlow
from portal.web.language import language_of, translator
from storage.database.ailment import code_of

LOG = logging.getLogger("guapai.portal")
Forged = Callable[[Request], Awaitable[None]]
"""Told of a request that another site sent."""

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
_UNLESS_SAID = {**HEADERS, "Cache-Control": "no-store"}
"""What every answer carries where it does not say otherwise itself."""
_RAW = [(name.lower().encode(), value.encode()) for name, value in _UNLESS_SAID.items()]
TOO_MUCH = ("内容太大，请减少附件后再提交", 413)
TOO_SLOW = ("内容传得太慢，连接已断开；请检查网络后再试", 408)
_BROKEN = ("系统出错，已记录（编号%(id)s）；请稍后再试，您的内容可能尚未提交。", 500)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Gate:
    """ASGI middleware: refuses what other sites send and what is too large or too slow; adds headers.

    Whatever goes wrong inside ends here: as a sentence with a number for whoever asked, and as one
    line with the same number in the log.
    """

    def __init__(self, app: ASGIApp, *, access_log: bool, forged: Forged) -> None:
        self.app, self.access_log, self.forged = app, access_log, forged

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, promise = Request(scope), _Promise(send)
        scope["guapai.request"], began = promise.number, time.monotonic()
        scope["guapai.most"] = body.MOST_BYTES
        sent = Body(receive, lambda: int(scope["guapai.most"]))
        try:
            await (await self._refusal(request) or self.app)(scope, sent, promise)
        except ClientDisconnect:
            LOG.info("the visitor left", extra=_told(request))
        except Exception as error:
            said = await _broken(request, error)
            if not promise.begun:
                await said(scope, receive, promise)
        if self.access_log:
            took = round((time.monotonic() - began) * 1000, 1)
            LOG.info("request", extra={**_told(request), "status": promise.status, "ms": took})

    async def _refusal(self, request: Request) -> PlainTextResponse | None:
        if request.method not in _SAFE and not comes_from_us(request.headers, request["scheme"]):
            await self.forged(request)
            return _said(request, "请求来自其他网站，已拒绝", 403)
        if _declared(request.headers) > body.MOST_BYTES:
            return _said(request, *TOO_MUCH)
        return None


def allow(request: Request, most: int) -> None:
    """So much may be sent with a request. Raises TooMuch when more is announced."""
    request.scope["guapai.most"] = most
    if _declared(request.headers) > most:
        raise TooMuch


async def _broken(request: Request, error: Exception) -> PlainTextResponse:
    """What is said when something broke, once the log knows."""
    if isinstance(error, TooMuch | TooSlow):
        said = _said(request, *(TOO_MUCH if isinstance(error, TooMuch) else TOO_SLOW))
        said.headers["Connection"] = "close"
        return said
    LOG.error("request failed", extra={**_told(request), "code": code_of(error)}, exc_info=error)
    text, status = _BROKEN
    return _said(request, text, status, id=request["guapai.request"])


def _told(request: Request) -> dict[str, Any]:
    """What the log says of a request: nothing that somebody typed, so no query either."""
    return {
        "request": request["guapai.request"],
        "method": request.method[:10],
        "path": request.scope["path"][:200],
        "person": request.scope.get("guapai.person"),
        "address": request.client.host if request.client else "",
    }


def _said(request: Request, text: str, status: int, **values: Any) -> PlainTextResponse:
    return PlainTextResponse(translator(language_of(request))(text, **values), status_code=status)


class _Promise:
    """An answer with the headers every answer has, and a number by which the log knows it."""

    def __init__(self, send: Send) -> None:
        self.send, self.begun, self.status = send, False, 0
        self.number = secrets.token_hex(6)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun, self.status = True, message["status"]
            said = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *((name, value) for name, value in _RAW if name not in said),
                (b"x-request-id", self.number.encode()),
            ]
        await self.send(message)


def _declared(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() else 0


def comes_from_us(headers: Headers, scheme: str) -> bool:
    """Whether a changing request comes from our own pages, as far as the browser tells.

    Browsers say so in Sec-Fetch-Site, older ones in Origin; whoever says neither is no browser,
    and gets no further than the token in the form lets them.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or origin == f"{scheme}://{headers.get('host', '')}"
