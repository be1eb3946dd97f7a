"""A word of ours stands once, on its list: pages, exports and English find it there."""

import json
from enum import StrEnum

import pytest
import sqlalchemy as sa
from pydantic import BaseModel

from actions.exports import export
from guapai.word import Word, label_of
from portal.web.language import catalogue
from portal.words.catalogue import every_word
from portal.words.field import fields_of
from portal.words.speech import CHINESE
from portal.words.wording import facts_said
from statemachines.facts import EvidenceKind, Source, Stopped
from statemachines.hazard.enforcement.stops import StopProduction
from statemachines.hazard.intake import GradeMajor, ReportLead
from statemachines.hazard.measures import Void, VoidGround
from statemachines.nouns import PROCEDURES
from storage.hazard import Grade
from storage.history.event import canonical
from storage.schema.tables import METADATA

LISTS = sorted(every_word(), key=lambda words: words.__name__)


@pytest.mark.parametrize("words", LISTS, ids=lambda words: words.__name__)
def test_every_word_has_its_chinese_and_its_english(words: type[Word]) -> None:
    english = catalogue("en")
    for word in words:
        assert CHINESE.search(word.label)
        assert english[word.label]
        assert word.name == word.value == str(word)
        assert words(word.value) is word
    assert len({word.label for word in words}) == len(words)


def test_every_list_of_a_column_is_one_of_ours() -> None:
    types = [c.type for table in METADATA.tables.values() for c in table.columns]
    of_columns = {t.enum_class for t in types if isinstance(t, sa.Enum) and t.enum_class}
    assert len(of_columns) > 10
    assert of_columns <= set(LISTS)
    assert {EvidenceKind, VoidGround, *(p.states for p in PROCEDURES.values())} <= set(LISTS)


def test_a_word_without_chinese_is_refused() -> None:
    with pytest.raises(TypeError, match="nobody can read"):

        class Silent(Word):
            one = "one"


def test_a_word_stays_the_plain_word() -> None:
    class Fact(BaseModel):
        source: Source

    fact = Fact.model_validate({"source": "tip_off"})
    assert fact.source is Source.tip_off
    assert fact.model_dump_json() == '{"source":"tip_off"}'
    assert json.dumps(Source.tip_off) == '"tip_off"'
    assert canonical({"a": Source.tip_off}) == '{"a":"tip_off"}'
    assert isinstance(Source.tip_off, StrEnum)


def test_a_value_is_read_by_the_list_of_its_field() -> None:
    grade = {"stop_needed": "none", "causes": "none", "clauses": ["general"]}
    assert facts_said(GradeMajor, grade) == [
        ("判定依据条款", "general"),
        ("现状及产生原因", "none"),
        ("需停产范围", Stopped.none.label),
    ]
    assert label_of(Grade, "none") == "未判定" != Stopped.none.label
    assert label_of(Grade, "retired") == "retired"
    assert ("撤销情形", "重复登记") in facts_said(Void, {"ground": "duplicate"})
    assert facts_said(StopProduction, {"production_stopped": "all"}) == [("停产范围", "全部停产")]


def test_a_form_and_an_export_say_the_same() -> None:
    offered = next(f.options for f in fields_of(ReportLead) if f.name == "source")
    column = next(c for c in export.COLUMNS["hazards"] if c.name == "source")
    for word, said in offered:
        assert export.shown(column, {"source": word}) == said
    assert dict(offered)["inspection"] == "执法检查"
    assert dict(offered)["assignment"] == "上级交办"
