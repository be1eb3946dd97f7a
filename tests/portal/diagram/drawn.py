"""The picture of a procedure, as what lies on it."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from portal.diagram import draw as diagram
from portal.diagram.draw import draw
from portal.diagram.places import Box
from statemachines.nouns import PROCEDURES
from statemachines.procedure import Procedure

SVG = "{http://www.w3.org/2000/svg}"


WAY = ["lead", "grading", "major_confirmed", "reported", "plan_due", "plan_review"]


EVERY = pytest.mark.parametrize("noun", PROCEDURES)


HOSTILE = "\"><script>alert('1')</script>&%(state)s"


STYLE = Path(diagram.__file__).parents[1] / "static" / "css" / "diagram.css"


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
