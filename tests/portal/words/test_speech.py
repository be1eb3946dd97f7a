"""A sentence that a page may show is found wherever somebody writes it, and has its English."""

import ast
import tomllib
from pathlib import Path
from textwrap import dedent

import pytest

import portal
from portal.web.language import catalogue
from portal.words.modules import LAYERS, modules, reached
from portal.words.speech import said_in

ERRORS = modules()["guapai.errors"]
HEAD = "from guapai.errors import BadInput, Refused\nfrom guapai.text import Said, joined\n"


def said(text: str, page: str = "from actions.new import begin") -> tuple[set[str], set[str]]:
    """What is found in a new module that a page runs."""
    written = {"portal.new": page, "actions.new": HEAD + dedent(text)}
    return said_in({"guapai.errors": ERRORS, **{n: ast.parse(t) for n, t in written.items()}})


FOUND = {
    "an error": 'def begin(): raise Refused("不行")',
    "an error that is answered": 'def begin(): return BadInput("不行")',
    "an error of its own": """
        class Shut(Refused):
            def __init__(self): super().__init__("不行")
    """,
    "another error": 'def begin(): raise ValueError("不行")',
    "a name": 'NO = "不行"\ndef begin(): raise Refused(NO)',
    "a name in a function": """
        def begin(case):
            said = "不行" if case else ""
            raise Refused(said)
    """,
    "a table": 'NO = {1: "不行"}\ndef begin(): raise Refused(NO.get(1, ""))',
    "an answer": 'def _no(): return "不行"\ndef begin(): raise Refused(_no())',
    "a parameter": """
        def _end(said): raise Refused(said)
        def begin(): _end("不行")
    """,
    "a word at the end": 'def begin(): _end(1, said="不行")\ndef _end(n, *, said): raise Refused(said)',
    "a field": 'def begin(): raise BadInput(Said("不行").beside("email"))',
    "values": 'def begin(): raise Refused(Said("不行", what=1))',
    "a guarded row": 'def begin(work): work.update(1, 2, guarded="不行")',
    "a note": 'def begin(record): record.write({"why": "不行"})',
}


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND)
def test_a_sentence_of_a_new_module_is_found_by_itself(text: str) -> None:
    found, unreadable = said(text)
    assert (found, unreadable) == ({"不行"}, set())


UNREADABLE = {
    "values between words": 'def begin(n): raise Refused(f"不行{n}")',
    "words in a row": 'def begin(n): raise Refused("不行" + n)',
    "values by place": 'def begin(n): raise Refused("不行%s" % n)',
    "values by a method": 'def begin(n): raise Refused("不行{}".format(n))',
    "a name for it": 'def begin(n):\n    said = f"不行{n}"\n    raise Refused(said)',
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_what_nobody_can_look_up_is_named_with_its_place(text: str) -> None:
    found, unreadable = said(text)
    assert found == set()
    assert [where.partition(":")[0] for where in unreadable] == ["actions.new"]


def test_what_no_page_runs_says_what_it_likes_unless_it_is_marked() -> None:
    text = 'def begin(n): raise Refused(f"不行{n}")\nJOB = Job(title="名称")\nWHY = Said("原因")'
    assert said(text, page="") == ({"名称", "原因"}, set())


def test_a_module_is_reached_by_whatever_way_it_is_named() -> None:
    written = {
        "portal.page": "def show():\n    from actions.late import begin",
        "actions": "",
        "actions.late": "import storage.row",
        "storage.row": "from law import term as terms",
        "law.term": "",
        "actions.console": "from portal.page import show",
    }
    found = reached({n: ast.parse(t) for n, t in written.items()})
    assert found == set(written) - {"actions.console"}


def test_no_package_of_the_product_is_left_out() -> None:
    root = Path(portal.__file__).parents[1]
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    packages = settings["tool"]["importlinter"]["root_packages"]
    assert set(packages) - set(LAYERS) == {"cli", "demo"}, "it speaks at the console, or to nobody"


def test_every_sentence_of_the_product_can_be_looked_up() -> None:
    found, unreadable = said_in(modules())
    assert unreadable == set(), "say it with guapai.text.Said and its values"
    assert found - catalogue("en").keys() == set(), "add them to the locale"
    for text in (
        "您已登记过解除，还须由另一人登记",
        "%(name)s不在可以解除暂停的岗位（%(roles)s）",
        "暂停已由他人解除，请刷新后再看",
        "没有登记制发文书的单位，请先补录机构关系",
        "请填写整数",
        "到期清扫与提醒",
        "暂停期间不计入",
    ):
        assert text in found
