"""Ledgers: the named reservoirs arrive as leads, once; a faulty row says why and stops nothing."""

import csv
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.cell import Cell

from actions.imports.file import LedgerRow, open_ledger
from actions.imports.landing import Report, import_ledger
from actions.imports.words import HAZARDS
from demo.city import PLACES
from guapai.errors import BadInput
from guapai.people import Role
from statemachines.facts import Source
from statemachines.hazard.states import HazardState
from storage import hazard
from storage.database.work import unit_of_work
from storage.hazard import Hazard
from tests.actions.conftest import PLACE, Office

SAMPLE = Path(__file__).parents[3] / "docs" / "samples" / "luan_reservoirs.csv"
HEADER = ("隐患名称", "所在地", "行业领域", "责任单位", "发现日期")
GOOD = ("除尘器无泄爆口", "金安区", "工贸", "金安区示例木业有限公司", "2026-02-24")


def _load(office: Office, path: Path, nth: int = 0) -> Report:
    actor = office.city.who(Role.inspector, office.city.at("department", "341500"), nth)
    return import_ledger(office.engine, path, actor, office.clock)


def read_ledger(path: Path) -> list[LedgerRow]:
    """The entries of a ledger of hazards."""
    with open_ledger(path, HAZARDS) as ledger:
        return list(ledger.entries())


def _hazards(office: Office) -> list[Hazard]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return hazard.every(work)


def _csv(folder: Path, *rows: Sequence[str], header: Sequence[str] = HEADER) -> Path:
    path = folder / "台账.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def _xlsx(folder: Path, *rows: tuple[Any, ...]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    path = folder / "台账.xlsx"
    book.save(path)
    book.close()
    return path


def _show_as(path: Path, shown_as: str) -> None:
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    cell = book.active["E2"]
    assert isinstance(cell, Cell)
    cell.number_format = shown_as
    book.save(path)
    book.close()


def _with_day(folder: Path, day: str) -> Path:
    return _csv(folder, (*GOOD[:4], day))


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


@pytest.mark.parametrize(
    "day",
    [
        "2026-02-05",
        "2026/2/5",
        "2026年2月5日",
        "2026.02.05",
        "２０２６．２．５",
        "20260205",
        "46058",
        "2026 年 2 月 5 日",
        "2026-02-05 10:30",
    ],
)
def test_days_in_the_usual_ways(office: Office, tmp_path: Path, day: str) -> None:
    assert _load(office, _with_day(tmp_path, day)).rejected == []
    assert _hazards(office)[0].found_on == date(2026, 2, 5)


@pytest.mark.parametrize(
    "day",
    ["2021-05", "2021年5月", "年底前", "2月5日", "26.2.5", "2026-02/05", "460580", "²026-02-05x"],
)
def test_vague_days_ask_for_the_exact_one(office: Office, tmp_path: Path, day: str) -> None:
    (refused,) = _load(office, _with_day(tmp_path, day)).rejected
    assert refused.column == "发现日期"
    assert "请写明年月日" in refused.message


def test_a_day_that_never_was(office: Office, tmp_path: Path) -> None:
    (refused,) = _load(office, _with_day(tmp_path, "2026年2月30日")).rejected
    assert "没有“2026年2月30日”这一天" in refused.message


@pytest.mark.parametrize("place", ["341502", "六安市金安区", "安徽省六安市金安区", "３４１５０２"])
def test_places_by_code_and_by_name(office: Office, tmp_path: Path, place: str) -> None:
    assert _load(office, _csv(tmp_path, (GOOD[0], place, *GOOD[2:]))).rejected == []
    assert _hazards(office)[0].place_code == PLACE


def test_a_place_behind_a_wrong_city_is_unknown(office: Office, tmp_path: Path) -> None:
    (refused,) = _load(office, _csv(tmp_path, (GOOD[0], "芜湖市金安区", *GOOD[2:]))).rejected
    assert refused.column == "所在地"


@pytest.mark.parametrize("unit", ["", "（无）", "无", "—", "/"])
def test_no_unit_is_a_lead_without_one(office: Office, tmp_path: Path, unit: str) -> None:
    assert _load(office, _csv(tmp_path, (*GOOD[:3], unit, GOOD[4]))).imported == 1
    assert _hazards(office)[0].unit_id is None


def test_other_words_and_what_a_ledger_leaves_out(office: Office, tmp_path: Path) -> None:
    header = (
        "序号",
        "存在问题",
        "企业名称*",
        "检查时间（年月日）",
        "隐患来源",
        "联系人",
        "联系电话",
    )
    row = (
        "1",
        "除尘器积尘\n未清理",
        GOOD[3],
        "2026.2.24",
        "市级督查",
        "示例联系人",
        "0564-0000000",
    )
    assert _load(office, _csv(tmp_path, row, header=header)).rejected == []
    (lead,) = _hazards(office)
    assert lead.title == "除尘器积尘 未清理"
    assert lead.description == "除尘器积尘\n未清理\n台账所载来源：市级督查"
    assert (lead.unit_id, lead.place_code, lead.sector) == (office.unit, f"{PLACE}100", "工贸")
    assert lead.contact == "示例联系人 0564-0000000"


def test_characters_no_database_takes(office: Office, tmp_path: Path) -> None:
    row = ("泄爆口\x00朝向", "金安区", "工贸", "无\x00此", "2026-02-24")
    (refused,) = _load(office, _csv(tmp_path, row)).rejected
    assert refused.column == "责任单位"


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
    ("value", "shown_as", "read"),
    [
        (date(2021, 5, 1), 'yyyy"年"m"月"', "2021-05"),
        (date(2021, 5, 1), "mmm-yy", "2021-05"),
        (date(2026, 2, 24), 'yyyy"年"m"月"d"日"', "2026-02-24"),
    ],
)
def test_a_cell_that_shows_no_day_names_none(
    tmp_path: Path, value: date, shown_as: str, read: str
) -> None:
    path = _xlsx(tmp_path, HEADER, (*GOOD[:4], value))
    _show_as(path, shown_as)
    assert read_ledger(path)[0].values["found_on"] == read


@pytest.mark.parametrize(("form", "read"), [("31", "2026-02-24"), ("57", "2026-02")])
def test_dates_as_the_chinese_edition_numbers_them(tmp_path: Path, form: str, read: str) -> None:
    path = _xlsx(tmp_path, HEADER, (*GOOD[:4], 46077))
    _show_as(path, "mm-dd-yy")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data.replace(b'numFmtId="14"', f'numFmtId="{form}"'.encode()))
    assert read_ledger(path)[0].values["found_on"] == read


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
