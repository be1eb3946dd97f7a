"""Nothing of a diagram lies over anything else."""

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

from portal.diagram.places import Box, arcs, births, placed
from portal.diagram.routes import Point, routed
from statemachines.procedure import Procedure
from tests.portal.diagram.drawn import EVERY, SVG, boxes, edges, picture


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


def corners(edge: ElementTree.Element, kind: str) -> list[Point]:
    """All points that the path of an arrow names."""
    path = edge.find(f"{SVG}path[@class='{kind}']")
    assert path is not None
    numbers = [int(n) for n in re.findall(r"-?\d+", path.attrib["d"])]
    return list(zip(numbers[::2], numbers[1::2], strict=True))
