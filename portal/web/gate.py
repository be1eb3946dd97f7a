"""The gate every request passes: where it comes from, how much it carries, what the answer promises."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.web.language import language_of, translator

MOST_BYTES = 64 * 1024 * 1024
"""The largest body (own): a form with its files where the browser runs no scripts."""

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
_TOO_MUCH = ("内容太大，请减少附件后再提交", 413)
_BROKEN = ("系统出错，已记录；请稍后再试，您的内容可能尚未提交。", 500)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class TooMuch(Exception):
    """The body is larger than it may be."""


class Gate:
    """ASGI middleware: refuses what other sites send, and what is too large; adds the headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, promise = Request(scope), _Promise(send)
        app = _refusal(request) or self.app
        try:
            await app(scope, _Counted(receive), promise)
        except Exception as error:
            much = isinstance(error, TooMuch)
            if not promise.begun:
                said = _said(request, *(_TOO_MUCH if much else _BROKEN))
                await said(scope, receive, promise)
            if not much:
                raise


def _refusal(request: Request) -> PlainTextResponse | None:
    if request.method not in _SAFE and not comes_from_us(request.headers, request["scheme"]):
        return _said(request, "请求来自其他网站，已拒绝", 403)
    if _declared(request.headers) > MOST_BYTES:
        return _said(request, *_TOO_MUCH)
    return None


def _said(request: Request, text: str, status: int) -> PlainTextResponse:
    return PlainTextResponse(translator(language_of(request))(text), status_code=status)


class _Promise:
    """An answer with the headers every answer has."""

    def __init__(self, send: Send) -> None:
        self.send, self.begun = send, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            said = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *((name, value) for name, value in _RAW if name not in said),
            ]
        await self.send(message)


class _Counted:
    """A body that is read no further than it may be long."""

    def __init__(self, receive: Receive) -> None:
        self.receive, self.size = receive, 0

    async def __call__(self) -> Message:
        message = await self.receive()
        self.size += len(message.get("body", b""))
        if self.size > MOST_BYTES:
            raise TooMuch
        return message


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
