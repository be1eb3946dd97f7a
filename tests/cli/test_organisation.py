"""A place from nothing: its offices, its first officer, its first ledger, as the docs say."""

import json
import re
from pathlib import Path

import pytest

from actions.people.organisation import add_organisation, kind_named
from guapai.errors import BadInput, GuapaiError
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from tests.actions.conftest import FOUNDER
from tests.cli.commands import Commands

GET_STARTED = Path(__file__).parents[2] / "docs" / "howto" / "get-started.md"


def _as_the_docs_say(guapai: Commands, folder: Path) -> None:
    """Run every command of the page that enters something, in its order."""
    (folder / "docs").symlink_to(GET_STARTED.parents[1])
    text = GET_STARTED.read_text("utf-8").partition("## Then a city")[2]
    lines = re.findall(r"bin/guapai ((?:organisation|user|import) [^#\n]*)", text)
    assert len(lines) == 11
    for line in lines:
        done = guapai(*line.split())
        assert done.code == 0, (line, done.out, done.err)


def test_a_city_from_nothing_takes_its_ledgers(guapai: Commands, tmp_path: Path) -> None:
    assert guapai("migrate").code == 0
    _as_the_docs_say(guapai, tmp_path)
    assert guapai("verify").code == 0
    listed = guapai("organisation", "list", "--place", "341503", "--json")
    kinds = {o["kind"] for o in json.loads(listed.out)}
    assert kinds >= {"commission", "government", "department", "union", "township", "enterprise"}
    assert "六安市安全生产委员会" in guapai("organisation", "list").out
    hazards = guapai("export", "hazards", "--format", "jsonl").out.splitlines()
    assert len(hazards) == 7


@pytest.mark.parametrize(
    ("kind", "name", "place", "more", "said"),
    [
        ("department", "某局", "34150", {}, "has 6 digits"),
        ("township", "某镇", "341502", {}, "9 or 12 digits"),
        ("government", "另一政府", "341500", {}, "has a government already"),
        ("government", "六安市人民政府", "341502", {}, "is there already"),
        ("enterprise", "某厂", "341502", {"credit_code": "123"}, "no unified social credit code"),
        ("department", " ", "341502", {}, "needs a name"),
    ],
)
def test_what_cannot_be_is_refused(
    engine: Engine, kind: str, name: str, place: str, more: dict[str, str], said: str
) -> None:
    with unit_of_work(engine) as work:
        add_organisation(work, FOUNDER, kind_named("政府"), "六安市人民政府", "341500")
    with pytest.raises(GuapaiError, match=said), unit_of_work(engine) as work:
        add_organisation(work, FOUNDER, kind_named(kind), name, place, **more)


def test_a_kind_that_is_none_is_answered_with_those_there_are() -> None:
    with pytest.raises(BadInput, match="commission"):
        kind_named("club")


def test_the_numbers_of_a_commission_begin_with_its_place(engine: Engine) -> None:
    with unit_of_work(engine) as work:
        found = add_organisation(
            work, FOUNDER, kind_named("安委会"), "金安区安全生产委员会", "341502"
        )
    assert found.paper_code == "金安安督"
