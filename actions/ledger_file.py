"""A plain ledger as a file: the header row, and the rows under it as text by field."""

import csv
import io
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import from_excel

from guapai.errors import BadInput
from guapai.text import half_width, many_lines

Sheet = list[list[str]]

SYNONYMS: dict[str, tuple[str, ...]] = {
    "title": ("隐患名称", "隐患", "事故隐患", "事故隐患名称", "隐患点", "隐患点名称", "隐患项目"),
    "description": (
        "隐患描述",
        "存在问题",
        "存在的问题",
        "存在隐患",
        "存在的隐患",
        "隐患内容",
        "隐患情况",
        "问题描述",
        "主要问题",
        "问题隐患",
    ),
    "part": ("部位", "隐患部位", "具体部位", "隐患位置"),
    "place": (
        "所在地",
        "行政区划",
        "行政区划代码",
        "县区",
        "区县",
        "所在县区",
        "所属县区",
        "所在区县",
        "所属区县",
        "属地",
        "所属地区",
    ),
    "address": ("详细地址", "地址", "单位地址", "企业地址", "隐患地址"),
    "sector": ("行业领域", "行业", "所属行业", "所属行业领域", "领域"),
    "unit": (
        "责任单位",
        "企业名称",
        "单位名称",
        "隐患单位",
        "责任主体",
        "整改责任单位",
        "被检查单位",
        "受检单位",
        "生产经营单位",
    ),
    "found_on": ("发现日期", "发现时间", "检查日期", "检查时间", "排查日期", "排查时间"),
    "origin": ("隐患来源", "线索来源", "来源"),
    "contact": ("联系人", "联系人及电话", "联系人及联系电话", "单位联系人"),
    "phone": ("联系电话", "电话", "联系方式"),
}
"""The usual words for each field, the likeliest first."""

_FIELDS = {word: field for field, words in SYNONYMS.items() for word in words}
_DAY_FORMATS = frozenset({28, 29, 30, 31, 51, 53, 54, 58})
_MONTH_FORMATS = frozenset({27, 36, 50, 52, 57})


@dataclass(frozen=True, kw_only=True)
class LedgerRow:
    """One row of a ledger. ``number`` counts as the sheet does, from 1, the header included.

    ``values`` hold the cells that are not empty, by field; ``headers`` how the sheet calls them.
    """

    number: int
    values: Mapping[str, str]
    headers: Mapping[str, str]


def read_ledger(path: Path) -> list[LedgerRow]:
    """The rows under the header row; rows with nothing in a known column are left out.

    Raises BadInput when the file cannot be read, or no row of it looks like a header.
    """
    kind = path.suffix.lower()
    if kind not in (".xlsx", ".csv"):
        raise BadInput(f"只能导入 .xlsx 或 .csv 文件，请将“{path.name}”另存为其中一种后再导入")
    try:
        data = path.read_bytes()
    except OSError:
        raise BadInput(f"打不开文件“{path.name}”，请检查文件名和权限") from None
    sheets = _workbook(data, path.name) if kind == ".xlsx" else {path.name: _csv(data, path.name)}
    found = {name: (at, s) for name, s in sheets.items() if (at := _header_at(s)) is not None}
    if not found:
        raise BadInput(
            f"“{path.name}”中没有找到表头：表头行至少要有“隐患名称”（或“隐患描述”“存在问题”）"
            "和“所在地”（或“责任单位”“企业名称”）"
        )
    if len(found) > 1:
        raise BadInput(
            f"“{path.name}”中有多张工作表像台账（{'、'.join(found)}），请每个文件只保留一张"
        )
    at, sheet = next(iter(found.values()))
    return list(_rows(sheet, at))


def _csv(data: bytes, name: str) -> Sheet:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"“{name}”不是 UTF-8 编码，请另存为“CSV UTF-8”格式后再导入") from None
    try:
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        return [[many_lines(c) for c in row] for row in rows]
    except csv.Error:
        raise BadInput(f"“{name}”不是完整的 CSV 文件，请检查引号是否成对") from None


def _workbook(data: bytes, name: str) -> dict[str, Sheet]:
    """The visible sheets of a workbook as text."""
    try:
        with warnings.catch_warnings():
            # what openpyxl warns of (styles, drop-down lists) does not touch the cells
            warnings.simplefilter("ignore")
            return _sheets(data)
    except Exception:
        # a broken or locked workbook makes the library raise almost anything
        raise BadInput(
            f"“{name}”不是可读的 .xlsx 文件（可能已损坏或加密），请用表格软件打开并另存后再导入"
        ) from None


def _sheets(data: bytes) -> dict[str, Sheet]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        read: dict[str, Sheet] = {}
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()  # programs write wrong ones, and rows would be lost
            read[sheet.title] = [[_text(c) for c in row] for row in sheet.iter_rows()]
        return read
    finally:
        book.close()


def _text(cell: Any) -> str:
    """What a cell says; a date as 2026-03-05, or 2026-03 where the cell shows no day."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return _day(value, cell.number_format)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(cell, value)
    return many_lines(str(value))


def _day(value: date, shown_as: str) -> str:
    # someone types 2021-05 and the table program makes it the first of May, shown without a day
    letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", shown_as).lower()
    return f"{value:%Y-%m-%d}" if "d" in letters else f"{value:%Y-%m}"


def _number(cell: Any, value: int | float) -> str:
    # built-in formats 27–58 are dates in the Chinese edition only; openpyxl leaves them numbers
    form = cell.style_array.numFmtId
    if form in _DAY_FORMATS | _MONTH_FORMATS:
        shown = from_excel(value, cell.parent.parent.epoch)
        if isinstance(shown, datetime):
            return f"{shown:%Y-%m-%d}" if form in _DAY_FORMATS else f"{shown:%Y-%m}"
    return str(int(value)) if float(value).is_integer() else str(value)


def _field(header: str) -> str | None:
    """The field a header means: spaces, stars and what stands in brackets do not count."""
    plain = re.sub(r"\([^)]*\)|[\s*:]", "", half_width(header))
    return _FIELDS.get(plain)


def _header_at(sheet: Sheet) -> int | None:
    for at, row in enumerate(sheet):
        fields = {_field(cell) for cell in row}
        if fields & {"title", "description"} and fields & {"place", "unit"}:
            return at
    return None


def _rows(sheet: Sheet, header_at: int) -> Iterator[LedgerRow]:
    headers = sheet[header_at]
    columns = [(i, f) for i, cell in enumerate(headers) if (f := _field(cell)) is not None]
    names: dict[str, str] = {}
    for i, field in columns:
        names.setdefault(field, headers[i])
    for at, row in enumerate(sheet[header_at + 1 :], start=header_at + 2):
        values: dict[str, str] = {}
        for i, field in columns:
            if i >= len(row) or not row[i]:
                continue
            if field == "description" and field in values:
                values[field] += f"\n{row[i]}"
            values.setdefault(field, row[i])
        if values:
            yield LedgerRow(number=at, values=values, headers=names)
