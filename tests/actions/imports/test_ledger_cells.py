"""What stands in the cells of a ledger: days, places, units, other words."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from tests.actions.conftest import PLACE, Office
from tests.actions.imports.hazard_rows import (
    GOOD,
    HEADER,
    _csv,
    _hazards,
    _load,
    _show_as,
    _with_day,
    _xlsx,
    read_ledger,
)


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
