"""The pages in docs/reference say what the tables say now, and there are no others."""

from pathlib import Path

import pytest

from guapai.people import ROLE_TITLES
from law.pack import Pack, read_packs, shipped_texts
from statemachines.diagrams import mermaid, pages, reference
from statemachines.nouns import DUTIES, PROCEDURES
from statemachines.procedure import Procedure
from statemachines.vocabulary import VOCABULARY

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.fixture(scope="module")
def luan() -> Pack:
    return read_packs(shipped_texts(), VOCABULARY)["luan"]


def test_the_folder_holds_the_pages_and_no_others(luan: Pack) -> None:
    assert {p.name for p in REFERENCE.iterdir()} == pages(luan).keys()


def test_no_page_is_stale(luan: Pack) -> None:
    made = pages(luan)
    stale = [n for n, text in made.items() if (REFERENCE / n).read_text(encoding="utf-8") != text]
    assert stale == [], "write docs/reference anew from statemachines.diagrams.pages"


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)
def test_a_diagram_shows_every_state_and_every_move(procedure: Procedure) -> None:
    lines = mermaid(procedure).splitlines()
    assert lines[0] == "stateDiagram-v2"
    for state in procedure.states:
        assert f'    state "{procedure.titles[state]}" as {state}' in lines
        assert (f"    {state} --> [*]" in lines) == (state in procedure.final)
    for move in procedure.moves:
        for start in move.source or ("[*]",):
            arrow = f"    {start} --> {move.dest if move.dest is not None else start}: "
            shown = "\n".join(x for x in lines if x.startswith(arrow))
            assert f"{move.title}（" in shown
            assert all(ROLE_TITLES[role] in shown for role in move.by)


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)
def test_no_label_holds_a_sign_that_ends_a_diagram_line(procedure: Procedure) -> None:
    for line in mermaid(procedure).splitlines()[1:]:
        label = line.partition(": ")[2]
        assert not set(label) & set(':;"#{}%')


def test_only_the_asked_state_is_marked() -> None:
    hazard = PROCEDURES["hazard"]
    assert "classDef" not in mermaid(hazard)
    marked = [x.strip() for x in mermaid(hazard, "rework").splitlines() if " class " in x]
    assert marked == ["class rework present"]
    with pytest.raises(ValueError, match="nowhere"):
        mermaid(hazard, "nowhere")


@pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=PROCEDURES)
def test_every_table_row_has_every_cell(procedure: Procedure) -> None:
    rows = [x for x in reference(procedure).splitlines() if x.startswith("| `")]
    moves = [x for x in rows if "<br>" in x.split(" | ")[0]]
    assert len(moves) == len(procedure.moves)
    assert {x.replace("\\|", "").count("|") for x in moves} == {12}
    assert not any("|  |" in x for x in rows)


def test_a_move_is_told_in_full() -> None:
    (row,) = [
        x for x in reference(PROCEDURES["hazard"]).splitlines() if x.startswith("| `list`<br>")
    ]
    for said in (
        "已报告待挂牌决定 | 挂牌待报方案 | 部门主要负责人<br>安委会（副）主任 | — |",
        "挂牌级别 *（`level`）",
        "方案备案期限（日，自送达起）（`plan_days`）",
        "Proposer ≠ approver (domain.md §8).",
        "国发〔2010〕23号",
        "完成：提出挂牌建议、作出挂牌决定",
        "产生：送达挂牌督办通知书、报上级安委办备案、公示挂牌督办",
        "文书 `listing_notice`<br>信件 `hazard_listed`",
        "`listing:proposed`：`take_effect`",
    ):
        assert said in row


def test_every_duty_and_every_rung_is_told(luan: Pack) -> None:
    page = pages(luan)["duties.md"]
    for kind in DUTIES.values():
        assert f"| `{kind.name}`<br>{kind.title} | {ROLE_TITLES[kind.role]} |" in page
        assert all(rung.say in page for rung in luan.rungs(kind.name))
    for said in (
        "3个工作日",
        "每月30日",
        "90日、12个月",
        "| -20wd | 提醒 |",
        "+22d，此后每1周",
        "建议：研究是否约谈",
    ):
        assert said in page


def test_a_duty_that_only_a_listing_has_says_so(luan: Pack) -> None:
    rows = [x for x in pages(luan)["duties.md"].splitlines() if "（仅限挂牌督办中的）" in x]
    named = [x.partition("`<br>")[0].removeprefix("| `") for x in rows]
    assert named == [k.name for k in DUTIES.values() if k.only_with] == ["consider_upgrade"]
