"""The diagram of a procedure: everything is on it once, and nothing lies over anything else."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from guapai.word import Word
from portal.diagram import draw as diagram
from portal.diagram import places as diagram_places
from portal.diagram.draw import draw, wrapped
from portal.diagram.places import Box, arcs, births, placed
from portal.diagram.routes import Point, routed
from statemachines.nouns import PROCEDURES
from statemachines.procedure import Move, Procedure
from tests.portal.browser import Scheme, axe, serving
from tests.portal.conftest import OpenPage

SVG = "{http://www.w3.org/2000/svg}"
STYLE = Path(diagram.__file__).parents[1] / "static" / "css" / "diagram.css"
HOSTILE = "\"><script>alert('1')</script>&%(state)s"
WAY = ["lead", "grading", "major_confirmed", "reported", "plan_due", "plan_review"]
EVERY = pytest.mark.parametrize("noun", PROCEDURES)


@pytest.fixture(params=["by hand", "in layers"])
def procedure(
    request: pytest.FixtureRequest, noun: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Procedure]:
    """A procedure, drawn on its grid and as if it had none."""
    if request.param == "in layers":
        monkeypatch.setattr(diagram_places, "BY_HAND", {})
    diagram._geometry.cache_clear()
    yield PROCEDURES[noun]
    diagram._geometry.cache_clear()


def picture(procedure: Procedure, present: str | None = None) -> ElementTree.Element:
    """The picture of a row that came through the first states in a row."""
    states = [state.value for state in procedure.states]
    return ElementTree.fromstring(draw(procedure, present or states[-1], states[:-1]))


def boxes(svg: ElementTree.Element) -> dict[str, Box]:
    """The drawn rectangles by state."""
    found = {}
    for group in svg.findall(f"{SVG}g[@data-state]"):
        rect = group.find(f"{SVG}rect")
        assert rect is not None
        sizes = (int(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        found[group.attrib["data-state"]] = Box(*sizes)
    return found


def edges(svg: ElementTree.Element) -> dict[tuple[str, str], list[ElementTree.Element]]:
    """The drawn arrows by their ends."""
    found: dict[tuple[str, str], list[ElementTree.Element]] = {}
    for group in svg.findall(f"{SVG}g[@data-from]"):
        key = group.attrib["data-from"], group.attrib["data-to"]
        found.setdefault(key, []).append(group)
    return found


def corners(edge: ElementTree.Element, kind: str) -> list[Point]:
    """All points that the path of an arrow names."""
    path = edge.find(f"{SVG}path[@class='{kind}']")
    assert path is not None
    numbers = [int(n) for n in re.findall(r"-?\d+", path.attrib["d"])]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def apart(a: Box, b: Box, room: int) -> bool:
    """Whether so much room is between two boxes."""
    beside = a.right + room <= b.left or b.right + room <= a.left
    return beside or a.bottom + room <= b.top or b.bottom + room <= a.top


def span(a: Point, b: Point) -> Box:
    """A piece of a line as a very thin box."""
    return Box(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1]))


def on_border(point: Point, box: Box) -> bool:
    x, y = point
    beside = x in (box.left, box.right) and box.top < y < box.bottom
    return beside or (y in (box.top, box.bottom) and box.left < x < box.right)


@EVERY
def test_everything_is_drawn_once(procedure: Procedure) -> None:
    svg = picture(procedure)
    shown = [group.attrib["data-state"] for group in svg.findall(f"{SVG}g[@data-state]")]
    assert sorted(shown) == sorted(state.value for state in procedure.states)
    drawn, moves = edges(svg), arcs(procedure)
    assert drawn.keys() == moves.keys()
    for move in (m for m in procedure.moves if m.dest is not None):
        for source in (s for s in move.source if s != move.dest):
            (edge,) = drawn[source.value, str(move.dest)]
            assert move.title in (edge.findtext(f"{SVG}title") or "")
    born = svg.findall(f"{SVG}g[@class='edge edge-visited edge-birth']")
    assert len(born) == len(births(procedure)) > 0


@EVERY
def test_no_box_lies_over_another(procedure: Procedure) -> None:
    svg = picture(procedure)
    width, height = int(svg.attrib["width"]), int(svg.attrib["height"])
    for box in boxes(svg).values():
        assert apart(box, Box(width, 0, 0, height), 10) and box.left > 10
        assert apart(box, Box(0, height, width, 0), 10) and box.top > 10
    assert all(apart(a, b, 40) for a, b in combinations(boxes(svg).values(), 2))


@EVERY
def test_arrows_keep_away_from_foreign_boxes(procedure: Procedure) -> None:
    svg = picture(procedure)
    shown = boxes(svg)
    for (source, dest), (edge,) in edges(svg).items():
        line, (tip, *_) = corners(edge, "edge-line"), corners(edge, "edge-head")
        assert on_border(line[0], shown[source])
        assert on_border(tip, shown[dest])
        own = {source: line[1:], dest: line}
        for state, box in shown.items():
            for a, b in pairwise(own.get(state, [*line, tip])):
                assert apart(span(a, b), box, 0 if state in own else 10), (source, dest, state)


@EVERY
def test_lines_to_different_states_only_cross(procedure: Procedure) -> None:
    lines = routed(placed(procedure), arcs(procedure), births(procedure))
    pieces = [(arc[1], span(a, b)) for arc, path in lines.items() for a, b in pairwise(path)]
    for (one, a), (other, b) in combinations(pieces, 2):
        if one != other and not apart(a, b, 1):
            assert (a.width == 0) != (b.width == 0), (one, other)
            upright, flat = (a, b) if a.width == 0 else (b, a)
            assert flat.left < upright.left < flat.right, (one, other)
            assert upright.top < flat.top < upright.bottom, (one, other)


@EVERY
def test_exactly_one_state_is_the_present_one(noun: str) -> None:
    procedure = PROCEDURES[noun]
    for state in procedure.states:
        svg = picture(procedure, state.value)
        present = [
            g for g in svg.findall(f"{SVG}g") if "state-present" in g.attrib["class"].split()
        ]
        assert [group.attrib["data-state"] for group in present] == [state.value]
        assert procedure.titles[state] in (svg.findtext(f"{SVG}title") or "")
        final = {
            g.attrib["data-state"]
            for g in svg.findall(f"{SVG}g[@data-state]")
            if "state-final" in g.attrib["class"].split()
        }
        assert final == procedure.final


@EVERY
def test_the_policy_allows_every_attribute(noun: str) -> None:
    svg = picture(PROCEDURES[noun])
    assert svg.attrib["role"] == "img"
    assert [child.tag for child in svg][:2] == [f"{SVG}title", f"{SVG}desc"]
    for element in svg.iter():
        assert not {a for a in element.attrib if a in ("style", "id") or a.startswith("on")}
        assert element.tag.removeprefix(SVG) not in (
            "style",
            "script",
            "a",
            "image",
            "foreignObject",
        )


def visited(svg: ElementTree.Element) -> set[tuple[str, str]]:
    return {
        arc for arc, (edge,) in edges(svg).items() if "edge-visited" in edge.attrib["class"].split()
    }


def test_a_history_marks_the_arrows_taken_and_a_set_all_between_its_states() -> None:
    hazard = PROCEDURES["hazard"]
    history = ElementTree.fromstring(draw(hazard, "voided", WAY))
    assert visited(history) == {*pairwise(WAY), ("plan_review", "voided")}
    loose = ElementTree.fromstring(draw(hazard, "voided", set(WAY)))
    assert visited(loose) > visited(history)
    assert ("lead", "voided") in visited(loose)
    said = history.findtext(f"{SVG}desc") or ""
    assert said.startswith("经过：线索待核实、待判定、")
    assert said.endswith("到此终结。")


def test_the_next_steps_are_said_and_marked() -> None:
    listing = ElementTree.fromstring(draw(PROCEDURES["listing"], "listed", ["proposed"]))
    assert listing.findtext(f"{SVG}desc") == "经过：已提出挂牌建议。 接下来可到：已摘牌。"
    ahead = [a for a, (edge,) in edges(listing).items() if "edge-ahead" in edge.attrib["class"]]
    assert ahead == [("listed", "lifted")]


@pytest.mark.parametrize(("present", "been"), [("nowhere", []), ("lead", ["nowhere"])])
def test_an_unknown_state_is_an_error(present: str, been: list[str]) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        draw(PROCEDURES["hazard"], present, been)


def test_another_language_says_everything() -> None:
    drawn = draw(PROCEDURES["hazard"], "plan_due", WAY[:4], language=lambda text: "word")
    assert not re.search("[\u4e00-\u9fff]", drawn)


def test_hostile_titles_are_text() -> None:
    class Odd(Word):
        a = "a", HOSTILE
        b = "b", HOSTILE

    moves = (
        Move(name="m", title=HOSTILE, source=(), dest=Odd.a, basis=""),
        Move(name="n", title=HOSTILE, source=(Odd.a,), dest=Odd.b, basis=""),
    )
    odd = Procedure("odd", Odd, moves, final=frozenset())
    drawn = draw(odd, "b", ["a"])
    assert "<script" not in drawn
    assert "'1'" not in drawn
    svg = ElementTree.fromstring(drawn)
    assert svg.findtext(f"{SVG}title") == f"流程图，现在：{HOSTILE}"
    tips = [g.findtext(f"{SVG}title") for g in svg.findall(f"{SVG}g[@data-state]")]
    assert tips == [HOSTILE, HOSTILE]


@pytest.mark.parametrize(
    ("title", "room", "lines"),
    [
        ("整改中", 8, ("整改中",)),
        ("未发送（无有效地址）", 8, ("未发送", "（无有效地址）")),
        ("已判定重大待报告", 6, ("已判定重", "大待报告")),
        ("Listed, plan due", 6, ("Listed,", "plan due")),
        ("一二三四五六七八九十", 4, ("一二…", "六七…")),
    ],
)
def test_titles_take_two_lines_at_most(title: str, room: float, lines: tuple[str, ...]) -> None:
    assert wrapped(title, room) == lines


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
