"""Writers of ledgers: workbooks by openpyxl or by hand as XML, and text; and two leads to put in."""

import csv
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from stdnum.cn import uscc

Lead = tuple[str, str, str | None, str]
"""Title, place, unit and day of a lead."""

HEADER = ("隐患名称", "所在地", "行业领域", "责任单位", "发现日期")
UNIT, OTHER = "金安区示例木业有限公司", "裕安区示例粉体有限公司"
ONE = ("除尘器无泄爆口", "金安区", "工贸", UNIT, "2026-02-24")
TWO = ("锁气卸灰装置缺失", "裕安区", "工贸", OTHER, "2026-02-25")
ONE_LEAD: Lead = (ONE[0], "341502", UNIT, ONE[4])
TWO_LEAD: Lead = (TWO[0], "341503", OTHER, TWO[4])
BOTH = (ONE_LEAD, TWO_LEAD)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One file: how it is written, the leads it gives, and row, column and reason of each refusal."""

    name: str
    write: Callable[[Path], Path]
    leads: tuple[Lead, ...] = BOTH
    rejected: tuple[tuple[int, str, str], ...] = ()


def credit_code(body: str) -> str:
    """A credit code with right check digits that no firm has."""
    return body + uscc.calc_check_digit(body)


def book(*rows: Sequence[Any], then: Callable[[Worksheet], None] | None = None) -> Any:
    """A writer of a workbook with these rows, changed by ``then``."""

    def write(folder: Path) -> Path:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert isinstance(sheet, Worksheet)
        for row in rows:
            sheet.append(list(row))
        if then is not None:
            then(sheet)
        path = folder / "台账.xlsx"
        workbook.save(path)
        workbook.close()
        return path

    return write


def text(
    *rows: Sequence[str], encoding: str = "utf-8", sign: str = ",", end: str = "\r\n"
) -> Callable[[Path], Path]:
    """A writer of a text file with these rows."""

    def write(folder: Path) -> Path:
        path = folder / "台账.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=sign, lineterminator=end).writerows(rows)
        return path

    return write


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def raw(
    data: str,
    *,
    after: str = "",
    strings: str = "",
    styles: str = "",
    head: str = "",
    main: str = MAIN,
    office: str = OFFICE,
    doctype: str = "",
    absolute: bool = False,
) -> Callable[[Path], Path]:
    """A writer of a workbook whose XML is given: one sheet, and only the parts that are named."""
    folder_of = "/xl/" if absolute else ""

    def rel(nth: int, kind: str, target: str) -> str:
        return f'<Relationship Id="rId{nth}" Type="{office}/{kind}" Target="{target}"/>'

    parts = {
        "_rels/.rels": rel(1, "officeDocument", "xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": rel(1, "worksheet", f"{folder_of}worksheets/sheet1.xml")
        + (rel(2, "sharedStrings", f"{folder_of}sharedStrings.xml") if strings else "")
        + (rel(3, "styles", f"{folder_of}styles.xml") if styles else ""),
    }
    parts = {
        name: f'<Relationships xmlns="{PACKAGE}">{rels}</Relationships>'
        for name, rels in parts.items()
    }
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{main}" xmlns:r="{office}">{head}'
        '<sheets><sheet name="台账" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    parts["xl/worksheets/sheet1.xml"] = (
        f'{doctype}<worksheet xmlns="{main}"><sheetData>{data}</sheetData>{after}</worksheet>'
    )
    if strings:
        parts["xl/SharedStrings.xml" if absolute else "xl/sharedStrings.xml"] = (
            f'<sst xmlns="{main}">{strings}</sst>'
        )
    if styles:
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{main}">{styles}</styleSheet>'

    def write(folder: Path) -> Path:
        path = folder / "台账.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return path

    return write


def inline(words: Iterable[str], more: str = "") -> str:
    """A row of inline strings, without references."""
    cells = "".join(f'<c t="inlineStr"><is><t>{w}</t></is></c>' if w else "<c/>" for w in words)
    return f"<row>{cells}{more}</row>"


def shared(first: int, count: int, number: int, more: str = "") -> str:
    """A row of shared strings, with references."""
    cells = "".join(
        f'<c r="{"ABCDEFGH"[i]}{number}" t="s"><v>{first + i}</v></c>' for i in range(count)
    )
    return f'<row r="{number}">{cells}{more}</row>'
