"""Forms are made from facts: every field has a control, and what is typed becomes a fact or an error."""

import json
import re
from datetime import datetime
from typing import Any, cast

import pytest
from markupsafe import escape
from pydantic import ValidationError, create_model

from actions.hand.facts import FieldErrors
from guapai.clock import LOCAL
from guapai.errors import BadInput
from portal.form.form import Finders, read
from portal.web.language import LANGUAGES, translator
from portal.web.rendering import environment
from portal.web.visit import Form
from portal.words.field import Field, fields_of
from statemachines.deferral.row import ApplyDeferral
from statemachines.facts import Answered
from statemachines.hazard.delivery import ServeNotice
from statemachines.hazard.ending.acceptance import PassAcceptance
from statemachines.hazard.intake import GradeMajor, ReportLead, Verify
from statemachines.hazard.listed import ListHazard
from statemachines.hazard.report import FileReport
from statemachines.hazard.treatment import Progress
from statemachines.nouns import PROCEDURES

KINDS = {
    *("line", "words", "date", "moment", "month", "whole", "yuan", "choice", "check", "answer"),
    *("lines", "clauses", "rows", "evidence", "place", "unit", "department", "sector", "case"),
    *("commission", "official", "officers"),
}
MODELS = sorted(
    {m.facts for p in PROCEDURES.values() for m in p.moves if m.by}, key=lambda m: m.__name__
)


def _none(text: str) -> int:
    raise BadInput("没有")


FINDERS = Finders(unit=lambda text: 7 if text == "甲公司" else _none(text), case=lambda text: 9)


def _read(model: Any, **typed: str | list[str]) -> tuple[dict[str, Any], dict[str, Field]]:
    fields = fields_of(model)
    values = {n: v if isinstance(v, list) else [v] for n, v in typed.items()}
    return read(fields, Form(values), FINDERS), {f.name: f for f in fields}


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_field_has_a_control_and_a_title(model: Any) -> None:
    for field in fields_of(model):
        assert field.kind in KINDS, field
        assert field.title != field.name, field
        assert "（分）" not in field.title


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_no_control_is_chosen_by_name(model: Any) -> None:
    renamed = {f"x{n}": (f.annotation, f) for n, f in enumerate(model.model_fields.values())}
    other = create_model("Other", **cast("dict[str, Any]", renamed))
    assert [f.kind for f in fields_of(other)] == [f.kind for f in fields_of(model)]


def test_the_kinds_of_controls_are_those_of_types() -> None:
    seen = {f.kind for model in MODELS for f in fields_of(model)}
    assert seen == KINDS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_field_is_rendered_with_its_limit(model: Any, language: str) -> None:
    page = environment(language).from_string(
        '{% from "parts/field.html" import control with context %}{{ control(f, []) }}'
    )
    for field in fields_of(model):
        if field.kind == "officers":
            field.options = [("1", "示例甲")]
        t = translator(language)
        shown = page.render(f=field, t=t, shown_before=[])
        name = f"{field.name}-upload" if field.kind == "evidence" else field.name
        name = f"{field.name}-{field.columns[-1].name}" if field.columns else name
        assert f'name="{name}"' in shown
        assert str(escape(t(field.title))) in shown
        if field.kind in ("lines", "clauses", "evidence", "rows"):
            assert field.most
            assert f"{field.most}" in re.sub(r"<[^>]*>", "", shown)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_an_empty_form_misses_exactly_what_is_required(model: Any) -> None:
    facts, fields = _read(model)
    try:
        model.model_validate(facts)
        missed: set[str] = set()
    except ValidationError as error:
        missed = set(FieldErrors(model, error).fields)
    assert missed == {n for n, f in fields.items() if f.required}


def test_money_is_typed_in_yuan() -> None:
    facts, fields = _read(FileReport, own_fen="１２，０００．５", fiscal_fen="3,000 元")
    assert facts["own_fen"] == 1_200_050
    assert facts["fiscal_fen"] == 300_000
    assert fields["own_fen"].title == "自筹资金（元）"
    for wrong in ("一万", "-5", "1.005", "NaN", "1e999", "∞"):
        facts, fields = _read(FileReport, own_fen=wrong)
        assert fields["own_fen"].error, wrong
        assert fields["own_fen"].value == wrong
        assert "own_fen" not in facts


def test_moments_are_local() -> None:
    facts, _ = _read(ServeNotice, served_at="2026-03-05T08:30")
    assert facts["served_at"] == datetime(2026, 3, 5, 8, 30, tzinfo=LOCAL)
    _, fields = _read(ServeNotice, served_at="昨天")
    assert "2026-03-05 08:30" in fields["served_at"].error


def test_lines_and_picks() -> None:
    facts, _ = _read(ListHazard, violations="《甲》\r\n\r\n《乙》\n")
    assert facts["violations"] == ["《甲》", "《乙》"]
    facts, _ = _read(Verify, finding="属实", officers=["12", "12", "7"])
    assert facts["officers"] == [12, 7]
    _, fields = _read(Verify, finding="属实", officers=["甲"])
    assert "请从所列选项中选择" in fields["officers"].error
    picked = {"clauses-pick": ["LA-01", "LA-02"], "clauses": "LA-02\nLA-03"}
    facts, fields = _read(GradeMajor, **picked)
    assert facts["clauses"] == ["LA-01", "LA-02", "LA-03"]
    assert fields["clauses"].required


def test_yes_and_no() -> None:
    assert _read(Answered, agreed="yes")[0]["agreed"] is True
    assert _read(Answered, agreed="no")[0]["agreed"] is False
    assert "agreed" not in _read(Answered, agreed="")[0]
    assert _read(GradeMajor, real_danger="yes")[0]["real_danger"] is True
    assert GradeMajor.model_fields["real_danger"].default is False


def test_full_width_digits() -> None:
    facts, _ = _read(Progress, percent="５０", period="２０２６-０３")
    model = Progress.model_validate({**facts, "done": "一", "protection": "二"})
    assert (model.percent, model.period) == (50, "2026-03")


def test_units_are_found_by_name() -> None:
    assert _read(ReportLead, unit_id="甲公司")[0]["unit_id"] == 7
    _, fields = _read(ReportLead, unit_id="乙公司")
    assert fields["unit_id"].error == "没有"


def test_evidence_rows() -> None:
    typed = {
        "evidence-file": ["a" * 64, "b" * 64],
        "evidence-kind": ["before", "after"],
        "evidence-point": ["泄爆口", ""],
        "evidence-caption": ["", "𠮷龘"],
        "evidence-supersedes": ["", "12"],
    }
    facts, fields = _read(PassAcceptance, **typed)
    assert facts["evidence"] == [
        {"file": "a" * 64, "kind": "before", "point": "泄爆口"},
        {"file": "b" * 64, "kind": "after", "caption": "𠮷龘", "supersedes": 12},
    ]
    assert fields["evidence"].required
    assert not {f.name: f for f in fields_of(ApplyDeferral)}["evidence"].required
    assert json.dumps(facts)
