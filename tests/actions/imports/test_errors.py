"""What was rejected comes back as a workbook that is mended and loaded again."""

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from actions.imports.errors import errors_beside
from actions.imports.landing import Report, import_ledger
from guapai.errors import BadInput
from guapai.people import Role
from storage import hazard
from storage.database.work import unit_of_work
from tests.actions.conftest import Office
from tests.actions.imports.ledgers import HEADER, ONE, TWO, book, credit_code, text


def _load(office: Office, path: Path, errors: Path, *, dry_run: bool = False) -> Report:
    actor = office.city.who(Role.inspector, office.city.at("department", "341500"))
    return import_ledger(office.engine, path, actor, office.clock, errors=errors, dry_run=dry_run)


def _rows(path: Path) -> list[list[str]]:
    workbook = openpyxl.load_workbook(path)
    (sheet,) = workbook.worksheets
    assert {c.data_type for row in sheet.iter_rows() for c in row} <= {"s", "n"}
    return [["" if c is None else str(c) for c in row] for row in sheet.iter_rows(values_only=True)]


def _mend(path: Path, to: Path, **cells: str) -> Path:
    workbook = openpyxl.load_workbook(path)
    (sheet,) = workbook.worksheets
    for place, value in cells.items():
        sheet[place] = value
    workbook.save(to)
    workbook.close()
    return to


def _merge(sheet: Worksheet) -> None:
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("D2:D3")


def _titles(office: Office) -> set[str]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return {h.title for h in hazard.every(work)}


def test_rejected_rows_are_mended_and_loaded_again(office: Office, tmp_path: Path) -> None:
    path = book(
        ("台账（示例）",),
        ("编号", *HEADER),
        (1, *ONE),
        (2, "=1+1", *TWO[1:4], "2026-02"),
        (3, "https://example.com", "芜湖市", *TWO[2:4], 46078),
    )(tmp_path)
    errors = errors_beside(path)
    report = _load(office, path, errors)
    assert (report.read, report.imported, len(report.rejected)) == (3, 1, 2)
    assert errors.name == "台账.错误.xlsx"
    head, first, second = _rows(errors)
    assert head == ["编号", *HEADER, "错误说明"]
    assert first[:2] == ["2", "#FORMULA!"]
    assert second[:-1] == ["3", "https://example.com", "芜湖市", *TWO[2:4], "2026-02-25"]
    assert "行政区划" in second[-1]
    half = _mend(errors, tmp_path / "改.xlsx", B2="=示例", F2="2026-02-25")
    workbook = openpyxl.load_workbook(half)
    workbook.active["B2"].data_type = "s"  # type: ignore[index]
    workbook.save(half)
    report = _load(office, half, tmp_path / "再.xlsx")
    assert (report.read, report.imported, [r.row for r in report.rejected]) == (2, 1, [3])
    again = _rows(tmp_path / "再.xlsx")
    assert again[0] == head and again[1] == second
    whole = _mend(tmp_path / "再.xlsx", tmp_path / "全.xlsx", C2="裕安区")
    report = _load(office, whole, tmp_path / "无.xlsx")
    assert (report.imported, report.rejected) == (1, [])
    assert not (tmp_path / "无.xlsx").exists()
    assert _titles(office) == {ONE[0], "=示例", "https://example.com"}
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def test_a_header_of_two_rows_and_text(office: Office, tmp_path: Path) -> None:
    path = text(
        ("隐患名称", "所在地", "行业领域", "责任单位", "", "发现日期"),
        ("", "", "", "名称", "统一社会信用代码", ""),
        (*ONE[:4], credit_code("91341502MA9HL0000")[:-1] + "!", ONE[4]),
    )(tmp_path)
    errors = errors_beside(path)
    (refused,) = _load(office, path, errors).rejected
    assert refused.column == "责任单位/统一社会信用代码"
    mended = _mend(errors, tmp_path / "改.xlsx", E3=credit_code("91341502MA9HL0000"))
    assert _load(office, mended, tmp_path / "无.xlsx").imported == 1


def test_merged_values_come_back_in_each_row(office: Office, tmp_path: Path) -> None:
    path = book(
        HEADER,
        (*ONE[:4], "上周"),
        ("未接地", None, "工贸", None, "上周"),
        then=_merge,
    )(tmp_path)
    errors = errors_beside(path)
    assert len(_load(office, path, errors).rejected) == 2
    assert [row[1] for row in _rows(errors)[1:]] == ["金安区", "金安区"]


def test_an_older_workbook_of_errors_is_left_alone(office: Office, tmp_path: Path) -> None:
    path = book(HEADER, ONE)(tmp_path)
    errors = errors_beside(path)
    errors.write_bytes(b"older")
    assert _load(office, path, errors).rejected == []
    assert errors.read_bytes() == b"older"


def test_errors_that_cannot_be_written_stop_before_anything_lands(
    office: Office, tmp_path: Path
) -> None:
    path = book(HEADER, ONE)(tmp_path)
    for errors in (tmp_path / "没有" / "错误.xlsx", tmp_path):
        with pytest.raises(BadInput, match="--errors"):
            _load(office, path, errors)
    with pytest.raises(BadInput, match="台账本身"):
        _load(office, path, path)
    assert _titles(office) == set()
