"""Every paper of every noun: its template, the class of what it says, and a sample that prints whole."""

import inspect
from datetime import date
from typing import get_type_hints

import pytest
from pydantic import BaseModel

from actions import nouns
from law.provisions import PROVISIONS
from notifications import typesetting
from statemachines.nouns import NOUNS, PAPERS
from statemachines.side import LED
from tests.notifications.test_typesetting import NOTICE, words

SAMPLES: dict[str, BaseModel] = {"listing_notice": NOTICE}
"""What each paper says of a made-up case."""

EACH = [(n.name, p.name) for n in NOUNS.values() for p in n.papers]


@pytest.mark.parametrize(("noun", "name"), EACH)
def test_a_paper_is_written_from_one_class(noun: str, name: str) -> None:
    shape = get_type_hints(nouns.paper(noun, name))["return"]
    assert issubclass(shape, BaseModel)
    assert isinstance(SAMPLES[name], shape)


def test_templates_and_papers_are_the_same() -> None:
    templates = {p.stem for p in typesetting.PAPERS.glob("*.typ") if not p.stem.startswith("_")}
    assert templates == PAPERS.keys() == SAMPLES.keys()


@pytest.mark.parametrize("kind", PAPERS.values(), ids=PAPERS)
def test_a_paper_has_an_issuer_and_a_basis(kind: object) -> None:
    known = dict(inspect.getmembers(kind))
    assert known["issuer"] in LED
    assert known["basis"]
    assert set(known["basis"]) <= PROVISIONS.keys()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_prints_all_it_says(name: str) -> None:
    paper = typesetting.print_paper(name, SAMPLES[name].model_dump(mode="json"))
    assert paper.missing == ()
    text = words(paper)
    for value in SAMPLES[name].model_dump().values():
        if isinstance(value, str) and value:
            assert "".join(value.split()) in text
        if isinstance(value, date):
            assert f"{value.year}年{value.month}月{value.day}日" in text
