"""Every guard lets the right thing pass and refuses the wrong one with a Chinese sentence."""

import inspect
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from law.deadlines import Term
from statemachines.deferral import guards as d
from statemachines.hazard import guards as g
from statemachines.nouns import PROCEDURES
from statemachines.procedure import Guard
from tests.statemachines.guard_cases import PASSES, REFUSES
from tests.statemachines.guard_situations import granted
from tests.statemachines.situations import (
    Seen,
)


def test_the_cap_of_all_deferrals_is_that_of_the_pack_and_rolls_like_any_term() -> None:
    case = granted(date(2026, 8, 31), term_started_on=date(2026, 2, 26))
    assert d.beyond_cap_next_level(case) is None
    rules = case.pack.parameters
    half_year = rules.term.max.model_copy(update={"value": Term.parse("6m")})
    term = rules.term.model_copy(update={"max": half_year})
    pack = case.pack.model_copy(update={"parameters": rules.model_copy(update={"term": term})})
    said = "整改期限累计不得超过%s（%s）；确需更长的，由上一级安委会说明理由后核定"
    assert d.beyond_cap_next_level(replace(case, pack=pack)) == said % ("6个月", "2026-08-26")
    friday = granted(date(2026, 8, 31), term_started_on=date(2025, 8, 28))
    assert d.beyond_cap_next_level(friday) == said % ("1年", "2026-08-28")
    saturday = granted(date(2026, 8, 31), term_started_on=date(2025, 8, 29))
    assert d.beyond_cap_next_level(saturday) is None


def named(cases: list[tuple[Guard, Seen]]) -> list[Any]:
    return [pytest.param(*c, id=f"{c[0].__name__}-{i}") for i, c in enumerate(cases)]


@pytest.mark.parametrize(("guard", "case"), named(PASSES))
def test_it_passes(guard: Guard, case: Seen) -> None:
    assert guard(case) is None


@pytest.mark.parametrize(("guard", "case"), named(REFUSES))
def test_it_refuses_with_a_sentence_in_chinese(guard: Guard, case: Seen) -> None:
    reason = guard(case)
    assert isinstance(reason, str)
    assert re.search(r"[\u4e00-\u9fff]{4}", reason)
    assert not re.search(r"[A-Za-z_{}]", reason)
    assert not reason.endswith("。")


def test_every_guard_is_tried_both_ways() -> None:
    used = {guard for p in PROCEDURES.values() for m in p.moves for guard in m.guards}
    assert {guard for guard, _ in PASSES} == used
    assert {guard for guard, _ in REFUSES} == used


def test_no_guard_is_written_for_nobody() -> None:
    used = {guard for p in PROCEDURES.values() for m in p.moves for guard in m.guards}
    ours = {f for n, f in inspect.getmembers(g, inspect.isfunction) if f.__module__ == g.__name__}
    assert {f for f in ours if not f.__name__.startswith("_")} <= used
