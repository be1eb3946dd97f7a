"""The search by pairs of signs: two Chinese characters are enough, spelling does not count."""

import pytest

from storage.database.gram import grams_of
from storage.database.work import unit_of_work
from storage.questions import ledger
from storage.questions.scope import ALL, Scope
from storage.questions.wanted import Wanted
from tests.actions.conftest import PLACE, Office


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("水库", 1),
        ("水", 0),
        ("", 0),
        ("水库 粉尘", 2),
        ("水库，粉尘", 2),
        ("𠮷龘村", 2),
        ("ＡＢ", 1),
        ("aaaa", 1),
        ("--", 0),
    ],
)
def test_pairs(text: str, pairs: int) -> None:
    assert len(grams_of(text)) == pairs


def test_width_and_capitals_do_not_count() -> None:
    assert grams_of("２号ＡＢ") == grams_of("2号ab")


def test_words_lead_to_hazards(office: Office) -> None:
    dam = office.lead(title="甲水库坝体渗漏", description="渗")
    dust = office.lead(title="除尘器（粉尘）堆积", description="积")
    rare = office.lead(title="𠮷祥商场2号楼", description="楼")

    def found(text: str, scope: Scope = ALL) -> set[int]:
        with unit_of_work(office.engine, office.clock, write=False) as work:
            return {r.id for r in ledger.page(work, scope, Wanted(text=text))}

    assert found("水库") == {dam}
    assert found("粉尘") == {dust}
    assert found("𠮷祥") == {rare}
    assert found("水库坝体") == {dam}
    assert found("水库粉尘") == set()
    assert found("库坝 渗漏") == {dam}
    unit = office.city.named(office.unit)
    assert found(unit) == {dam, dust, rare}
    assert found(unit, Scope("unit_id", office.city.units[PLACE][1])) == set()
    number = f"{PLACE}-2026-00002"
    assert found(number) == {dust}
    assert found(f"{PLACE}-2026") == {dam, dust, rare}
    assert found("341503-2026") == set()
    assert found("%%") == set()


def test_a_unit_named_later_is_found_too(office: Office) -> None:
    case = office.reported(title="无主仓库")
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert [r.id for r in ledger.page(work, ALL, Wanted(text="无主仓库"))] == [case]
