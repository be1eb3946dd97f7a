"""Draws a procedure as a picture: where a row stands, which way it came, and where it may go."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from unicodedata import east_asian_width

from portal.diagram.places import MARGIN, Arc, Box, Sheet, arcs, births, placed
from portal.diagram.routes import BUSY, Point, born, routed
from statemachines.procedure import Procedure

Language = Callable[[str], str]
Routes = Mapping[Arc, list[Point]]

ROUND, HEAD, HALF_HEAD = 6, 9, 4
SIGN, LINE, PADDING = 14, 17, 6
LATIN = 0.52
"""How wide a Latin letter is, measured in Chinese signs."""
EASE = 0.5
"""So much must stay free beside a single line."""
LEGEND = {
    "present": "现在",
    "visited": "经过",
    "next": "下一步",
    "ahead": "未到",
    "final": "终结",
}
LEGEND_HEIGHT, LEGEND_GAP, SAMPLE = 30, 36, (28, 16)


@dataclass(frozen=True)
class _Life:
    """A procedure and how far one row has come in it."""

    procedure: Procedure
    now: str
    been: list[str]
    ordered: bool
    language: Language

    def taken(self, known: Collection[Arc]) -> set[Arc]:
        """The arrows on its way."""
        if self.ordered:
            return set(pairwise([*self.been, self.now])) & set(known)
        reached = {*self.been, self.now}
        return {arc for arc in known if reached.issuperset(arc)}

    def title(self, state: str) -> str:
        """What a state is called."""
        return self.language(self.procedure.titles[self.procedure.states(state)])

    def joined(self, words: Collection[str]) -> str:
        """Several words in a row."""
        return self.language("、").join(words)


def draw(
    procedure: Procedure,
    present: str,
    visited: Collection[str],
    *,
    language: Language = str,
) -> str:
    """The procedure as an inline SVG, coloured by css/diagram.css.

    `visited` in the order of the history marks the very arrows that were taken; a set marks all
    arrows between its states. Raises ValueError for a state the procedure does not know.
    """
    now = procedure.states(present).value
    been = [procedure.states(state).value for state in visited]
    life = _Life(procedure, now, been, isinstance(visited, Sequence), language)
    sheet, routes = _geometry(procedure)
    legend, legend_end = _legend(language, sheet.size[1])
    width, height = max(sheet.size[0], legend_end), sheet.size[1] + LEGEND_HEIGHT
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram" role="img" '
            f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
            *_spoken(life, routes),
            *_beginnings(life, sheet),
            *_edges(life, routes),
            *(_state(life, state, box) for state, box in sheet.boxes.items()),
            *legend,
            "</svg>",
        ]
    )


@cache
def _geometry(procedure: Procedure) -> tuple[Sheet, Routes]:
    sheet = placed(procedure)
    return sheet, routed(sheet, arcs(procedure), births(procedure))


def _spoken(life: _Life, routes: Routes) -> Iterator[str]:
    """What a screen reader says instead of the picture."""
    title = life.language("流程图，现在：%(state)s") % {"state": life.title(life.now)}
    yield f"<title>{escape(title)}</title>"
    said = []
    if life.been:
        way = life.joined([life.title(state) for state in life.been])
        said.append(life.language("经过：%(states)s。") % {"states": way})
    if ahead := [life.title(b) for a, b in routes if a == life.now]:
        said.append(life.language("接下来可到：%(states)s。") % {"states": life.joined(ahead)})
    else:
        said.append(life.language("到此终结。"))
    yield f"<desc>{escape(' '.join(said))}</desc>"


def _beginnings(life: _Life, sheet: Sheet) -> Iterator[str]:
    """A dot and an arrow where a life begins; every life has come that way."""
    for state, titles in births(life.procedure).items():
        path = born(sheet, state)
        (x, y), *_ = path
        dot = f'<circle class="edge-head" cx="{x}" cy="{y}" r="5"/>'
        words = life.joined([life.language(title) for title in titles])
        yield f'<g class="edge edge-visited edge-birth"><title>{escape(words)}</title>{dot}'
        yield f"{_arrow([path[0], path[-1]])}</g>"


def _edges(life: _Life, routes: Routes) -> Iterator[str]:
    """The arrows; what may come next lies above what may not, and what was above all."""
    titles, taken = arcs(life.procedure), life.taken(routes)
    into = Counter(dest for _, dest in routes)

    def height(arc: Arc) -> tuple[bool, bool, bool]:
        return arc in taken, arc[0] == life.now, into[arc[1]] <= BUSY

    for arc in sorted(routes, key=height):
        kind = "edge edge-side" if into[arc[1]] > BUSY else "edge"
        kind += " edge-ahead" if arc[0] == life.now else ""
        kind = "edge edge-visited" if arc in taken else kind
        words = life.joined([life.language(title) for title in titles[arc]])
        way = f"{life.title(arc[0])} → {life.title(arc[1])}"
        yield f'<g class="{kind}" data-from="{arc[0]}" data-to="{arc[1]}">'
        yield f"<title>{escape(f'{words} ({way})')}</title>{_arrow(routes[arc])}</g>"


def _arrow(path: list[Point]) -> str:
    """A line with round corners and a head; a broad unseen line below it is easier to point at."""
    line = [f"M{path[0][0]} {path[0][1]}"]
    for a, b, c in zip(path, path[1:], path[2:], strict=False):
        (x, y), (u, v) = _toward(b, a, ROUND), _toward(b, c, ROUND)
        line.append(f"L{x} {y}Q{b[0]} {b[1]} {u} {v}")
    (x, y), (u, v) = path[-1], _toward(path[-1], path[-2], HEAD)
    line.append(f"L{u} {v}")
    dx, dy = (v - y) * HALF_HEAD // HEAD, (u - x) * HALF_HEAD // HEAD
    drawn = "".join(line)
    return (
        f'<path class="edge-reach" d="{drawn}"/><path class="edge-line" d="{drawn}"/>'
        f'<path class="edge-head" d="M{x} {y}L{u + dx} {v + dy}L{u - dx} {v - dy}Z"/>'
    )


def _toward(a: Point, b: Point, far: int) -> Point:
    """The point so far from one corner on the way to the next; half of the way at most."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = abs(dx) + abs(dy)
    far = min(far, length // 2)
    return a[0] + dx * far // length, a[1] + dy * far // length


def _state(life: _Life, state: str, box: Box) -> str:
    """One box with its title, a tick when it was visited, a dot when the row stands there."""
    final = life.procedure.states(state) in life.procedure.final
    kind = ["state", *(["state-final"] if final else [])]
    mark = ""
    if state == life.now:
        kind, mark = [*kind, "state-present"], _dot(box.right - 3, box.top + 3)
    elif state in life.been:
        kind, mark = [*kind, "state-visited"], _tick(box.right - 3, box.top + 3)
    title = life.title(state)
    lines = wrapped(title, (box.width - 2 * PADDING) / SIGN)
    tip = f"<title>{escape(title)}</title>" if lines[-1].endswith("…") else ""
    return (
        f'<g class="{" ".join(kind)}" data-state="{state}">{tip}{_frame(box, final)}'
        f"{_text(lines, box)}{mark}</g>"
    )


def _frame(box: Box, final: bool) -> str:
    def rectangle(shift: int, corner: int, kind: str) -> str:
        return (
            f'<rect class="{kind}" x="{box.left + shift}" y="{box.top + shift}" rx="{corner}" '
            f'width="{box.width - 2 * shift}" height="{box.height - 2 * shift}"/>'
        )

    return rectangle(0, 8, "state-box") + (rectangle(3, 5, "state-ring") if final else "")


def _text(lines: Sequence[str], box: Box) -> str:
    x, y = box.middle
    first = y + 5 - (len(lines) - 1) * LINE // 2
    return "".join(
        f'<text x="{x}" y="{first + n * LINE}" text-anchor="middle">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )


def _tick(x: int, y: int) -> str:
    return f'<circle class="mark" cx="{x}" cy="{y}" r="7"/><path class="mark-sign" d="M{x - 3} {y}l2 3 4 -5"/>'


def _dot(x: int, y: int) -> str:
    return f'<circle class="mark" cx="{x}" cy="{y}" r="7"/><circle class="mark-dot" cx="{x}" cy="{y}" r="3"/>'


MARKS: Mapping[str, Callable[[int, int], str]] = {"present": _dot, "visited": _tick}


def _legend(language: Language, top: int) -> tuple[list[str], int]:
    """What the looks mean, one beside the other, and where that ends."""
    drawn, left = [], MARGIN
    for kind, word in ((kind, language(word)) for kind, word in LEGEND.items()):
        box = Box(left, top, *SAMPLE)
        mark = MARKS[kind](box.right - 2, box.top + 2) if kind in MARKS else ""
        (x, y), far = box.middle, SAMPLE[0] // 2
        frame = (
            _arrow([(x - far, y), (x + far, y)]) if kind == "next" else _frame(box, kind == "final")
        )
        text = f'<text x="{box.right + 12}" y="{y + 5}">{escape(word)}</text>'
        drawn.append(f'<g class="legend legend-{kind}">{frame}{mark}{text}</g>')
        left = box.right + 12 + round(_wide(word) * SIGN) + LEGEND_GAP
    return drawn, left


def wrapped(title: str, room: float) -> tuple[str, ...]:
    """A title on one line or two, each no wider than so many signs; what is left over becomes …"""
    if _wide(title) <= room - EASE:
        return (title,)
    cuts = range(1, len(title))
    cut = min(cuts, key=lambda n: max(_wide(title[:n]), _wide(title[n:])) + _unnatural(title, n))
    return tuple(_shortened(part.strip(), room) for part in (title[:cut], title[cut:]))


def _wide(text: str) -> float:
    return sum(1 if east_asian_width(sign) in "WF" else LATIN for sign in text)


def _unnatural(title: str, cut: int) -> float:
    """How little a line should end there: between words or before a bracket is best."""
    before, after = title[cut - 1], title[cut]
    if before == " " or after == "（":
        return 0
    if after in "），。、" or before == "（" or (_wide(before) < 1 and _wide(after) < 1):
        return 20
    return 2


def _shortened(text: str, room: float) -> str:
    if _wide(text) <= room:
        return text
    while text and _wide(text) + LATIN * 2 > room:
        text = text[:-1]
    return f"{text}…"
