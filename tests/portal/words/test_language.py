"""Every text has its English, and pages in English are English but for what people wrote."""

import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from guapai.people import Role
from guapai.text import Said, joined
from law.grading import shipped_catalogue
from law.provisions import PROVISIONS, cite
from portal.diagram.draw import draw
from portal.web.language import LANGUAGES, catalogue, choose, translator
from portal.words.catalogue import texts
from statemachines.nouns import PROCEDURES
from storage.database.work import unit_of_work
from tests.portal.town import Town

FOREIGN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
"""Chinese words, and the signs between them."""
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%")
OTHER_NAME = LANGUAGES["zh"]
"""The one Chinese word that belongs on every page: a language is named in itself."""
NOT_SHOWN = {"value", "href", "action", "content"}
"""Attributes nobody reads as text; ``value`` holds data."""
EXAMPLES = {
    str(example)
    for procedure in PROCEDURES.values()
    for move in procedure.moves
    for field in move.facts.model_fields.values()
    for example in field.examples or ()
}
"""What a form gives as an example of what to type; cases are written in Chinese."""
TYPED = {"dd", "figcaption", "img"}
"""Where words of people stand that may be words of ours by chance, such as a caption."""


@pytest.mark.parametrize("language", [n for n in LANGUAGES if n != "zh"])
def test_every_text_has_its_translation_and_no_other(language: str) -> None:
    known = catalogue(language)
    assert texts() - known.keys() == set(), "add them to the locale"
    assert known.keys() - texts() == set(), "nobody uses these any more"


def test_translations_say_the_same_values_and_hold_no_chinese() -> None:
    for text, forms in catalogue("en").items():
        for form in forms:
            assert sorted(PLACEHOLDER.findall(form)) == sorted(PLACEHOLDER.findall(text)), text
            assert not FOREIGN.search(form), text
            assert form.strip() or text in "：（）、", text


def test_translations_end_as_sentences_do() -> None:
    for text, forms in catalogue("en").items():
        for form in forms if len(text) > 1 else ():
            assert form == form.strip()
            assert form.endswith(".") == (text.endswith("。") or ". " in form), form


def test_the_catalogue_looks_everywhere() -> None:
    found = texts()
    for text in (
        "登录",  # a template
        "%(name)s已认领",  # with a value
        "在办",  # a table of the portal
        "没有这种语言",  # a sentence of the portal
        "执法人员",  # a role
        "配套资金（元）",  # a field, as a form shows it
        "写明事实和依据，将进入案卷。",  # its help
        "请选择单位类别",  # a sentence of an action
        "已有一份延期申请在办",  # a guard
        "如确不能按期完成，请在期限届满前尽早提出延期申请",  # a rule pack
        "签署：%(what)s",
        "退回：%(what)s",
        "、",
    ):
        assert text in found
    assert "配套资金（分）" not in found
    assert "人民政府" not in found
    assert OTHER_NAME not in found


@pytest.mark.parametrize(
    ("wanted", "accepted", "language"),
    [
        ("en", "zh-CN,zh;q=0.9", "en"),
        ("zh", "en", "zh"),
        ("", "en-GB", "en"),
        ("", "EN-gb", "en"),
        ("", "zh-TW", "zh"),
        ("", "ZH-hant-TW, en", "zh"),
        ("", "fr-FR, de;q=0.9, en;q=0.1", "en"),
        ("", "en;q=0.3, zh-CN;q=0.8", "zh"),
        ("", "zh;q=0, en;q=0.5", "en"),
        ("", "en;q=0", "zh"),
        ("", "fr", "zh"),
        ("", "*", "zh"),
        ("", "", "zh"),
        ("../../etc/passwd", "", "zh"),
        ("rubbish", "rubbish;;q=x,,;q=0.5, \x00", "zh"),
        ("", "a-" * 5000, "zh"),
    ],
)
def test_choosing_a_language(wanted: str, accepted: str, language: str) -> None:
    assert choose(wanted, accepted) == language


def test_a_text_with_values_is_said_in_the_readers_language() -> None:
    duty = Said("%(duty)s（%(month)s）", duty=Said("报送整改进展"), month="2026-03")
    assert duty == "报送整改进展（2026-03）"
    assert translator("zh")(duty) == duty
    assert translator("en")(duty) == "Report progress (2026-03)"


def test_what_people_wrote_is_never_translated() -> None:
    said = joined("%(before)s；%(next)s", ["无", Said("无"), "50%"])
    assert said == "无；无；50%"
    assert translator("en")(said) == "无; None; 50%"
    assert translator("en")("不知道的话") == "不知道的话"


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("还有%(days)d日", {"days": 1}, "1 day left"),
        ("还有%(days)d日", {"days": 3}, "3 days left"),
        (
            "已签署“%(what)s”，还差%(n)s人签署。",
            {"what": "x", "n": "1"},
            "Signed: “x”. 1 more signature is needed.",
        ),
        ("完成比例（%）", {}, "Completed (%)"),
    ],
)
def test_one_and_many(text: str, values: dict[str, Any], said: str) -> None:
    assert translator("en")(text, **values) == said


@pytest.mark.parametrize("noun", PROCEDURES)
def test_the_diagrams_have_room_for_english(noun: str) -> None:
    procedure = PROCEDURES[noun]
    for state in procedure.states:
        drawn = draw(procedure, state.value, [], language=translator("en"))
        assert "…" not in drawn
        assert not FOREIGN.search(drawn)


class Shown(HTMLParser):
    """What a page shows: its texts and spoken attributes, each with the element it stands in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.within: list[str] = []
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the element and its attributes."""
        self.within.append(tag)
        self.found += [(tag, v or "") for n, v in attrs if n not in NOT_SHOWN]

    def handle_endtag(self, tag: str) -> None:
        """Leave the element, and those in it that need no end."""
        while self.within and self.within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """A text."""
        self.found.append((self.within[-1] if self.within else "", " ".join(data.split())))


def written(town: Town) -> set[str]:
    """All that people wrote, and letters, papers and laws, which are Chinese in any language."""
    found = {cite(rule, place) for rule in PROVISIONS.values() for place in ("341500", "000000")}
    found |= {f"{c.id} {c.text}" for c in shipped_catalogue()}
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        for table in SQLModel.metadata.sorted_tables:
            if not table.name.startswith("published_"):
                for row in work.connection.execute(sa.select(table)):
                    found.update(_strings(list(row)))
    return {" ".join(w.split()) for w in found if FOREIGN.search(w)}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        if value[:1] in ("{", "["):
            yield from _strings(json.loads(value))
        yield from value.split("\n") if "\n" in value else ()
        yield from [value.removesuffix("人民政府")] if value.endswith("人民政府") else ()
    elif isinstance(value, dict):
        yield from _strings([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


class Reader:
    """Finds the Chinese on pages that nobody wrote."""

    def __init__(self, data: set[str]) -> None:
        sure = data - texts()
        self.short = {w for w in sure if len(w) <= 2}  # only where nothing else stands beside it
        self.typed, self.sure = self._any_of(data), self._any_of({w for w in sure if len(w) > 2})
        self.seen: dict[tuple[str, str], bool] = {}

    @staticmethod
    def _any_of(words: set[str]) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)))

    def left_over(self, page: str) -> list[str]:
        """What is neither English nor data, with the element it stands in."""
        found = [(tag, text) for tag, text in Shown(page).found if FOREIGN.search(text)]
        for tag, text in {*found} - self.seen.keys():
            known = self.typed if tag in TYPED else self.sure
            self.seen[tag, text] = text not in self.short and bool(
                FOREIGN.search(known.sub("", text))
            )
        return [f"<{tag}> {text}" for tag, text in found if self.seen[tag, text]]


def pages(town: Town) -> Iterable[tuple[Role | None, str]]:
    """Pages, and who looks at them."""
    yield None, "/sign-in"
    for role in (Role.inspector, Role.division_chief, Role.enterprise_head, Role.commission_chair):
        yield from (
            (role, place) for place in ("/desk", "/ledger", "/letters", "/post", "/password")
        )
        yield from (
            (role, f"/cases/{case_id}")
            for stage, case_id in town.cases.items()
            if (role, stage) != (Role.enterprise_head, "lead")  # it is not told of one
        )
    yield Role.auditor, f"/cases/{town.cases['rectifying']}"
    yield from ((role, "/report") for role in (Role.inspector, Role.safety_officer))
    yield Role.system_admin, "/people"
    yield Role.system_admin, "/operation"
    yield Role.inspector, "/nowhere"
    yield Role.inspector, "/desk?kind=visit&narrow=late"
    yield Role.division_chief, "/desk?kind=verify_lead"


def forms(page: str) -> set[str]:
    """The forms of moves and the letters a case's page leads to."""
    return set(
        re.findall(r'href="(/cases/\d+/(?:hazard|listing|deferral|letters)/\d+(?:/\w+)?)"', page)
    )


def test_pages_in_english_are_english(copied_town: Town) -> None:
    town = copied_town
    reader = Reader(written(town) | EXAMPLES | {OTHER_NAME})
    odd: dict[str, list[str]] = {}
    seen = 0
    for role, place in pages(town):
        with town.visitor(town.who(role) if role else None) as visitor:
            visitor.cookies.set("guapai-language", "en")
            first = visitor.get(place)
            found = {place: first} | {f: visitor.get(f) for f in forms(first.text)}
        for address, answer in found.items():
            seen, page = seen + 1, answer.text
            assert answer.status_code == (404 if address == "/nowhere" else 200), address
            assert '<html data-bs-theme="light" lang="en">' in page, address
            if rest := reader.left_over(page):
                odd[f"{role} {address}"] = rest
    assert seen > 60
    assert odd == {}
