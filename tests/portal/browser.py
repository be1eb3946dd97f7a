"""Looks at pages as people do: a server of our own, Debian's Chromium, and what it complains of."""

import asyncio
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import uvicorn
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    WebError,
    sync_playwright,
)

from portal.web.connection import Connection

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # a page that asks for another host is told on, and gets no answer
    *("--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
)
TELL = """document.addEventListener("securitypolicyviolation", (e) => window.toldOfViolation(
    `${e.effectiveDirective} forbids ${e.blockedURI || "this"} ${e.sample}`.trim()));"""
Scheme = Literal["light", "dark"]


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an application on a free port of this machine; the address without a slash."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # no 40 ms per answer
    server = uvicorn.Server(uvicorn.Config(app, http=Connection, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the application did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


class Chromium:
    """One browser for many pages; between the tests that use it, asyncio is free for others."""

    def __init__(self) -> None:
        path = shutil.which("chromium")
        assert path is not None, "Chromium is missing: run `make browser`"
        self._context = sync_playwright()
        self._playwright: Playwright = self._context.start()
        self._loop = asyncio.get_running_loop()
        self.browser: Browser = self._playwright.chromium.launch(
            executable_path=path, args=list(FLAGS)
        )
        self.version = self.browser.version
        asyncio._set_running_loop(None)

    @contextmanager
    def in_hand(self) -> Iterator[Browser]:
        """The browser, for as long as a test looks at pages with it.

        Playwright's blocking calls leave their event loop marked as the running one of this
        thread, so that `asyncio.run` of any other test would refuse. Here the mark is taken off.
        """
        asyncio._set_running_loop(self._loop)
        try:
            yield self.browser
        finally:
            asyncio._set_running_loop(None)

    @contextmanager
    def put_aside(self) -> Iterator[None]:
        """Room for `asyncio.run` in the middle of a test that has the browser in hand."""
        asyncio._set_running_loop(None)
        try:
            yield
        finally:
            asyncio._set_running_loop(self._loop)

    def close(self) -> None:
        """Close the browser and end Playwright."""
        with self.in_hand():
            self.browser.close()
            self._playwright.stop()


class Find(NamedTuple):
    """Something a page should not do: csp, console, error, failed or elsewhere, what, and where."""

    kind: str
    said: str
    where: str


class Watched:
    """A page, and everything its browser complains of from the first request on."""

    def __init__(self, page: Page, home: str, *, scripted: bool = True) -> None:
        self.page = page
        self.home = home
        self.finds: list[Find] = []
        context = page.context
        if scripted:
            context.expose_binding("toldOfViolation", lambda _, said: self._find("csp", said))
            context.add_init_script(TELL)
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)
        context.on("requestfailed", self._on_failure)

    def goto(self, path: str = "/") -> Response:
        """Open a page of the server."""
        response = self.page.goto(self.home + path)
        assert response is not None
        return response

    def seen(self) -> list[Find]:
        """What was found until now, once the page has had time to complain."""
        if not self.page.is_closed():
            self.page.title()
            self.page.wait_for_timeout(50)
        return self.finds

    def forgive(self, pattern: str) -> None:
        """Take out what a test provoked on purpose; it fails when there is nothing like it."""
        rest = [f for f in self.seen() if not re.search(pattern, f"{f.kind}: {f.said}")]
        assert len(rest) < len(self.finds), (pattern, self.finds)
        self.finds[:] = rest

    def assert_clean(self) -> None:
        """Fail with everything that was found."""
        assert not self.seen(), "\n".join(f"{f.where}: {f.kind}: {f.said}" for f in self.finds)

    def _find(self, kind: str, said: str) -> None:
        size, path = self.page.viewport_size, self.page.url.removeprefix(self.home)
        self.finds.append(Find(kind, said, f"{path} in {size['width'] if size else 'any width'}"))

    def _on_console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self._find("csp", message.text)
        elif message.type == "error":
            place = message.location.get("url", "")
            self._find("console", f"{message.text} ({place.removeprefix(self.home)})")

    def _on_error(self, error: WebError) -> None:
        self._find("error", str(error.error))

    def _on_request(self, request: Request) -> None:
        ours = (f"{self.home}/", "data:", "blob:", "about:")
        if not request.url.startswith(ours):
            self._find("elsewhere", request.url)

    def _on_failure(self, request: Request) -> None:
        # a download or a newer navigation ends the request before it; nobody misses that one
        if request.failure != "net::ERR_ABORTED":
            self._find("failed", f"{request.url} {request.failure}")


class Barrier(NamedTuple):
    """A rule of WCAG that a page breaks, the element, and how to mend it."""

    rule: str
    target: str
    summary: str


def axe(page: Page, within: str | None = None) -> list[Barrier]:
    """What axe-core finds against WCAG 2.2 A and AA on a page, or in one part of it."""
    assert AXE.exists(), "axe-core is missing: run `make setup`"
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {
        "runOnly": {"type": "tag", "values": list(TAGS)},
        "resultTypes": ["violations"],
        "preload": False,
    }
    # what is no violation stays in the page: telling it all would take as long as looking
    violations = page.evaluate(
        "async ([within, options]) => (await axe.run(within || document, options)).violations",
        [within, options],
    )
    return [
        Barrier(found["id"], " ".join(map(str, node["target"])), node["failureSummary"])
        for found in violations
        for node in found["nodes"]
    ]
