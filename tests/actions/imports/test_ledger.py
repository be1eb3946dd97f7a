"""Ledgers: the named reservoirs arrive as leads, once; a faulty row says why and stops nothing."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from demo.city import PLACES
from guapai.errors import BadInput
from statemachines.facts import Source
from statemachines.hazard.states import HazardState
from tests.actions.conftest import PLACE, Office
from tests.actions.imports.hazard_rows import (
    GOOD,
    HEADER,
    _csv,
    _hazards,
    _load,
    _xlsx,
    read_ledger,
)

SAMPLE = Path(__file__).parents[3] / "docs" / "samples" / "luan_reservoirs.csv"


def test_the_seven_reservoirs_are_leads_without_unit(office: Office) -> None:
    report = _load(office, SAMPLE)
    assert (report.read, report.imported, report.unchanged, report.rejected) == (7, 7, 0, [])
    found = _hazards(office)
    assert {h.state for h in found} == {HazardState.lead}
    assert {h.unit_id for h in found} == {None}
    assert {h.source for h in found} == {Source.ledger}
    assert {h.sector for h in found} == {"水利"}
    assert {h.found_on for h in found} == {date(2026, 2, 24)}
    names = ["龙穴", "马庄", "民主", "墩塘", "大藕塘", "交元", "龙井潭"]
    titles = {p: f"{n}水库病险" for p, n in zip(PLACES, names, strict=True)}
    assert {h.place_code: h.title for h in found} == titles


@pytest.mark.parametrize("nth", [0, 1])
def test_the_same_file_again_adds_nothing(office: Office, nth: int) -> None:
    _load(office, SAMPLE)
    report = _load(office, SAMPLE, nth)
    assert (report.read, report.imported, report.unchanged, report.rejected) == (7, 0, 7, [])
    assert len(_hazards(office)) == 7


@pytest.mark.parametrize("nth", [0, 1])
def test_the_same_hazard_with_other_values_is_rejected(
    office: Office, tmp_path: Path, nth: int
) -> None:
    _load(office, _csv(tmp_path, GOOD))
    changed = (*GOOD[:2], "危险化学品", *GOOD[3:])
    report = _load(office, _csv(tmp_path, changed), nth)
    assert (report.imported, report.unchanged) == (0, 0)
    (refused,) = report.rejected
    assert refused.row == 2
    assert "已经登记" in refused.message
    (kept,) = _hazards(office)
    assert kept.sector == "工贸"


def test_spelling_makes_no_other_hazard(office: Office, tmp_path: Path) -> None:
    report = _load(office, _csv(tmp_path, GOOD, ("除尘器 无泄爆口", *GOOD[1:])))
    assert (report.imported, report.unchanged, report.rejected) == (1, 1, [])


def test_a_faulty_row_stops_nothing(office: Office, tmp_path: Path) -> None:
    rows = (
        ("a", "金安区", "工贸", "示" * 201, "2026-02-24"),
        ("b", "芜湖市", "工贸", "", "2026-02-24"),
        ("c", "999999", "工贸", "", "2026-02-24"),
        ("d", "", "工贸", "", "2026-02-24"),
        ("e", "金安区", "", "", "2026-02-24"),
        ("f", "金安区", "工贸", "", ""),
        ("g", "金安区", "工贸", "", "2026-03-03"),
        ("无", "金安区", "工贸", "", "2026-02-24"),
        ("h" * 201, "金安区", "工贸", "", "2026-02-24"),
        ("i", "金安区", "工贸", "金安区应急管理局", "2026-02-24"),
        ("j", "#N/A", "工贸", "", "2026-02-24"),
        GOOD,
    )
    report = _load(office, _csv(tmp_path, *rows))
    assert (report.read, report.imported, report.unchanged) == (12, 1, 0)
    columns = (
        "责任单位 所在地 所在地 所在地 行业领域 发现日期 发现日期 隐患名称 隐患名称 责任单位 所在地"
    )
    assert [r.column or "-" for r in report.rejected] == columns.split()
    assert [r.row for r in report.rejected] == list(range(2, 13))
    assert "晚于今天" in report.rejected[6].message
    assert "超过200字" in report.rejected[8].message
    assert [h.title for h in _hazards(office)] == [GOOD[0]]


def test_a_workbook_with_a_title_real_dates_and_numbers(office: Office, tmp_path: Path) -> None:
    path = _xlsx(
        tmp_path,
        ("重大事故隐患台账",),
        HEADER,
        (GOOD[0], 341502, *GOOD[2:4], datetime(2026, 2, 24)),  # noqa: DTZ001 (a cell has no zone)
        (),
        ("无围堰", 341503, "工贸", None, date(2026, 2, 25)),
    )
    report = _load(office, path)
    assert (report.read, report.imported, report.rejected) == (2, 2, [])
    first, second = _hazards(office)
    assert (first.place_code, first.unit_id) == (PLACE, office.unit)
    assert (first.found_on, second.found_on) == (date(2026, 2, 24), date(2026, 2, 25))
    assert (second.place_code, second.unit_id) == ("341503", None)
    assert [r.number for r in read_ledger(path)] == [3, 5]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.xls", b"", "只能导入"),
        ("a.csv", "隐患名称,所在地".encode("utf-16"), "GB18030"),
        ("a.csv", '隐患名称,所在地\r\n"未完'.encode(), "引号"),
        ("a.csv", "名称,日期\r\n".encode(), "没有找到表头"),
        ("a.csv", b"", "没有找到表头"),
        ("a.xlsx", b"PK\x03\x04 not a workbook", "不是可读的"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BadInput, match=says):
        read_ledger(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="打不开文件"):
        read_ledger(tmp_path / "没有.csv")


def test_two_sheets_that_look_like_ledgers(tmp_path: Path) -> None:
    path = _xlsx(tmp_path, HEADER, GOOD)
    book = openpyxl.load_workbook(path)
    book.create_sheet("另一张").append(HEADER)
    book.save(path)
    with pytest.raises(BadInput, match="多张工作表"):
        read_ledger(path)
