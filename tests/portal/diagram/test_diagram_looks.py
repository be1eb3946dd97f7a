"""A diagram can be read, and a browser has nothing against it."""

import re
from collections.abc import Mapping

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from portal.diagram.draw import draw
from statemachines.nouns import PROCEDURES
from tests.portal.browser import Scheme, axe, serving
from tests.portal.conftest import OpenPage
from tests.portal.diagram.drawn import STYLE


def palettes() -> list[Mapping[str, str]]:
    """The colours of the style sheet: light, dark by choice, dark by habit."""
    return [
        dict(re.findall(r"--diagram-([a-z-]+):\s*(#[0-9a-f]{6})", block))
        for block in re.findall(r"\{([^{}]*--diagram-ground:[^{}]*)\}", STYLE.read_text("utf-8"))
    ]


def brightness(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *(("ink", "box"), ("ink", "ground"), ("visited-ink", "visited")),
        *(("present-ink", "present"), ("line", "ground"), ("line", "box"), ("side", "ground")),
        *(("way", "ground"), ("way", "visited"), ("present", "ground")),
    ],
)
def test_colours_differ_enough(ink: str, ground: str) -> None:
    light, dark, habit = palettes()
    assert dark == habit
    for palette in (light, dark):
        bright = sorted(brightness(palette[name]) for name in (ink, ground))
        assert (bright[1] + 0.05) / (bright[0] + 0.05) >= 4.5, palette


async def shown(_: Request) -> Response:
    """All procedures on one page with the strictest policy."""
    drawn = "".join(
        f'<div class="diagram-scroll" tabindex="0" role="region" aria-label="{noun}">'
        f"{draw(p, [*p.states][-1].value, [])}</div>"
        for noun, p in PROCEDURES.items()
    )
    head = '<link rel="stylesheet" href="/diagram.css"><link rel="icon" href="data:,">'
    return HTMLResponse(
        f'<!doctype html><html lang="zh-CN"><head><title>图</title>{head}</head>'
        f"<body><main><h1>图</h1>{drawn}</main></body></html>",
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:"},
    )


async def style(_: Request) -> Response:
    """The style sheet of the diagrams."""
    return FileResponse(STYLE)


APP = Starlette(routes=[Route("/", shown), Route("/diagram.css", style)])


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1040, "dark")])
def test_a_browser_has_nothing_against_it(open_page: OpenPage, width: int, scheme: Scheme) -> None:
    with serving(APP) as home:
        watched = open_page(home, width, color_scheme=scheme)
        watched.goto()
        assert axe(watched.page) == []
        assert watched.page.evaluate("() => document.documentElement.scrollWidth") <= width
        box = watched.page.locator("[data-state=lead] .state-box").first
        ground = box.evaluate("(e) => getComputedStyle(e).fill")
        assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(29, 44, 63)")
        watched.assert_clean()
