"""Tables as files: workbooks without formulas, CSV that no spreadsheet executes, JSON lines."""

import csv
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from actions.exports.export import Column, Row, Table, shown
from guapai.clock import local_time
from guapai.errors import BadInput
from storage.history.event import plain

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet may take for a formula (OWASP: CSV Injection)."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_LONGEST_CELL = 32_767
_MOST_ROWS = 1_048_575
"""What a sheet holds below its header."""
_CUT = "…（已截断）"

_SAFE = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_csv(table: Table, out: IO[bytes]) -> int:
    """Write CSV (RFC 4180, UTF-8 with a mark, local times); how many rows."""
    text = TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([c.title for c in table.columns])
    count = 0
    for row in table.rows:
        writer.writerow([_csv_cell(c, row) for c in table.columns])
        count += 1
    text.flush()
    text.detach()
    return count


def _csv_cell(column: Column, row: Row) -> str:
    value = shown(column, row)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{local_time(value):%Y-%m-%d %H:%M:%S}"
    return harmless(value) if isinstance(value, str) else str(value)


def harmless(text: str) -> str:
    """The text, with ' before a sign that a spreadsheet may take for the beginning of a formula."""
    if text.startswith(_DANGEROUS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def write_jsonl(table: Table, out: IO[bytes]) -> int:
    """Write one JSON object a line: raw words, times in UTC, and titles beside the words."""
    count = 0
    for row in table.rows:
        count += 1
        value: dict[str, Any] = {}
        for column in table.columns:
            raw = row[column.name]
            value[column.name] = plain(raw.astimezone(UTC) if isinstance(raw, datetime) else raw)
            if column.words is not None:
                value[f"{column.name}_title"] = shown(column, row)
        out.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
    return count


def write_xlsx(table: Table, out: IO[bytes]) -> int:
    """Write a workbook, row by row; texts stay texts, a full sheet is followed by another."""
    book = xlsxwriter.Workbook(out, _SAFE)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    head = book.add_format({"bold": True})
    sheet, count = None, 0
    for row in table.rows:
        line = count % _MOST_ROWS + 1
        if line == 1:
            sheet = _sheet(book, table, head, count)
        for nth, column in enumerate(table.columns):
            _write(sheet, line, nth, shown(column, row), day, minute)
        count += 1
    if sheet is None:
        _sheet(book, table, head, 0)
    book.close()
    return count


def _sheet(book: Any, table: Table, head: Any, count: int) -> Any:
    number = count // _MOST_ROWS
    sheet = book.add_worksheet(table.name + (f" {number + 1}" if number else ""))
    sheet.freeze_panes(1, 1)
    for nth, column in enumerate(table.columns):
        sheet.set_column(nth, nth, 18)
        sheet.write_string(0, nth, column.title, head)
    return sheet


def _write(sheet: Any, line: int, nth: int, value: Any, day: Any, minute: Any) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        sheet.write_datetime(line, nth, local_time(value).replace(tzinfo=None), minute)
    elif isinstance(value, date):
        sheet.write_datetime(line, nth, value, day)
    elif isinstance(value, str):
        whole = len(value) <= _LONGEST_CELL
        sheet.write_string(line, nth, value if whole else value[: _LONGEST_CELL - 8] + _CUT)
    else:
        sheet.write_number(line, nth, value)


Write = Callable[[Table, IO[bytes]], int]
WRITERS: dict[str, Write] = {"xlsx": write_xlsx, "csv": write_csv, "jsonl": write_jsonl}
"""The formats, by the ending of their files."""


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that is there whole or not at all: written beside its place and moved there.

    Raises BadInput when the folder is not there or cannot be written to.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        out = draft.open("xb")
    except OSError as error:
        raise BadInput(f"cannot write {path}: {error.strerror}") from None
    try:
        with out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
