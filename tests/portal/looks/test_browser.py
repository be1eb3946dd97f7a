"""The browser sees what it should: each thing a page must not do is found, a clean page is clean."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.portal.browser import Chromium, axe, serving
from tests.portal.conftest import OpenPage

POLICY = "default-src 'none'; img-src 'self' http:; script-src 'self'; style-src 'self'"
PAGE = (
    '<!doctype html><html lang="zh-CN"><head><title>页</title><link rel="icon" href="/dot.svg">'
    "{head}</head><body><main><h1>页</h1>{body}</main></body></html>"
)
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
PAGES = {
    "clean": ('<script src="/ok.js"></script>', '<img src="/dot.svg" alt="点">'),
    "inline": ("<script>document.title = 'x'</script>", ""),
    "styled": ("", '<p style="color: red">红</p>'),
    "elsewhere": ("", '<img src="http://elsewhere.example/a.png" alt="外">'),
    "missing": ("", '<img src="/nothing.png" alt="无">'),
    "thrown": ('<script src="/thrown.js"></script>', ""),
    "said": ('<script src="/said.js"></script>', ""),
    "blind": ("", '<img src="/dot.svg">'),
}
SCRIPTS = {
    "ok": "document.documentElement.dataset.ran = 'yes'",
    "thrown": "throw new Error('oh')",
    "said": "console.error('ow')",
}


async def page(request: Request) -> Response:
    """One of the pages, under a strict policy."""
    head, body = PAGES[request.path_params["name"]]
    return HTMLResponse(
        PAGE.format(head=head, body=body), headers={"Content-Security-Policy": POLICY}
    )


async def script(request: Request) -> Response:
    """One of the scripts."""
    return Response(SCRIPTS[request.path_params["name"]], media_type="text/javascript")


async def dot(_: Request) -> Response:
    """A picture."""
    return Response(DOT, media_type="image/svg+xml")


APP = Starlette(
    routes=[
        Route("/dot.svg", dot),
        Route("/pages/{name}", page),
        Route("/{name}.js", script),
    ]
)


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    with serving(APP) as address:
        yield address


def test_a_clean_page_is_clean(home: str, open_page: OpenPage) -> None:
    watched = open_page(home, 390, 800, color_scheme="dark")
    assert watched.goto("/pages/clean").ok
    assert watched.page.evaluate("() => document.documentElement.dataset.ran") == "yes"
    assert watched.page.evaluate("() => [innerWidth, navigator.language]") == [390, "zh-CN"]
    assert axe(watched.page) == []
    assert watched.seen() == []


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("inline", "csp", "script-src-elem forbids inline"),
        ("styled", "csp", "style-src-attr forbids inline"),
        ("elsewhere", "elsewhere", "elsewhere.example/a.png"),
        ("elsewhere", "failed", "ERR_NAME_NOT_RESOLVED"),
        ("missing", "console", r"404.*\(/nothing.png\)"),
        ("thrown", "error", "oh"),
        ("said", "console", "ow"),
    ],
)
def test_each_complaint_is_found(
    home: str, open_page: OpenPage, name: str, kind: str, said: str
) -> None:
    watched = open_page(home)
    watched.goto(f"/pages/{name}")
    watched.forgive(f"^{kind}: .*{said}")
    if watched.finds:
        watched.forgive("^(csp|console|failed|elsewhere): ")


def test_a_violation_is_found_without_scripts_too(home: str, open_page: OpenPage) -> None:
    watched = open_page(home, java_script_enabled=False)
    watched.goto("/pages/styled")
    watched.forgive("^csp: .*inline style")


def test_a_barrier_is_told_with_its_rule_and_place(home: str, open_page: OpenPage) -> None:
    watched = open_page(home)
    watched.goto("/pages/blind")
    (barrier,) = axe(watched.page)
    assert (barrier.rule, barrier.target) == ("image-alt", "img")
    assert "alt" in barrier.summary
    assert axe(watched.page, "h1") == []


def test_nothing_to_forgive_is_told(home: str, open_page: OpenPage) -> None:
    watched = open_page(home)
    watched.goto("/pages/clean")
    with pytest.raises(AssertionError, match="csp"):
        watched.forgive("csp")


def test_asyncio_is_free_in_the_middle_of_a_test(
    home: str, open_page: OpenPage, chromium: Chromium
) -> None:
    watched = open_page(home)
    with chromium.put_aside():
        asyncio.run(asyncio.sleep(0))
    assert watched.goto("/pages/clean").ok


def test_asyncio_is_free_between_tests(chromium: Chromium) -> None:
    asyncio.run(asyncio.sleep(0))
    assert chromium.browser is not None


def test_a_page_left_with_a_find_fails_its_test(home: str, open_page: OpenPage) -> None:
    watched = open_page(home)
    watched.goto("/pages/inline")
    with pytest.raises(AssertionError, match="csp: script-src-elem forbids inline"):
        watched.assert_clean()
    assert {find.kind for find in watched.finds} == {"csp"}
    watched.finds.clear()
