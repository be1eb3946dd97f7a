"""The diagram of a procedure: everything is on it once, and says what it is."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from guapai.word import Word
from portal.diagram.draw import draw, wrapped
from portal.diagram.places import arcs, births
from statemachines.nouns import PROCEDURES
from statemachines.procedure import Move, Procedure
from tests.portal.diagram.drawn import EVERY, HOSTILE, SVG, WAY, edges, picture


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
