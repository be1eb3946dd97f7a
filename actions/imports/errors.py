"""The rejected entries of a ledger as a workbook that can be mended and loaded again."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from actions.imports.header import Header
from actions.imports.words import ERRORS
from guapai.errors import BadInput

MOST = 32767
"""How many signs a cell of a workbook holds."""

_WIDE = {"description": 40, "title": 28, "unit": 28, "address": 28, "credit_code": 22, "email": 28}
"""The columns that need more room than others, in signs."""


def errors_beside(path: Path) -> Path:
    """Where the rejected entries of a ledger go by default."""
    return path.with_name(f"{path.stem}.错误.xlsx")


class ErrorBook:
    """Writes rejected entries one after another; the file appears only when it is complete.

    Raises BadInput where it cannot be written.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        self._header = header
        self._width = max(len(row) for row in header.rows)
        self._at = 0
        self._book: Any = None
        if path.is_dir() or not os.access(path.parent, os.W_OK):
            raise BadInput(f"写不了错误清单“{path}”，请用 --errors 另外指定一个文件")

    def add(self, cells: Sequence[str], message: str) -> None:
        """Write down a rejected entry and why."""
        if self._book is None:
            self._begin()
        self._write(cells, message, self._text)

    def close(self, *, keep: bool) -> None:
        """Complete the file if there is something in it and it is to be kept."""
        if self._book is None:
            return
        self._book.close()
        if keep:
            self._beside.replace(self.path)
        else:
            self._beside.unlink()

    @property
    def _beside(self) -> Path:
        return self.path.with_name(f".{self.path.name}.part")

    def _begin(self) -> None:
        self._book = xlsxwriter.Workbook(
            str(self._beside),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        text = {"num_format": "@", "text_wrap": True, "valign": "top"}
        self._text = self._book.add_format(text)
        self._why = self._book.add_format({**text, "font_color": "#C00000"})
        bold = self._book.add_format({**text, "bold": True, "bg_color": "#EDEDED"})
        self._sheet = self._book.add_worksheet("未导入")
        fields = dict(self._header.fields)
        wide = [str(_WIDE.get(fields.get(at, ""), 14)) for at in range(self._width)]
        widths = [*map(int, self._kept(wide, self._width)), 60]
        for at, width in enumerate(widths):
            last = at == len(widths) - 1
            self._sheet.set_column(at, at, width, self._why if last else self._text)
        self._sheet.freeze_panes(len(self._header.rows), 0)
        for row in self._header.rows:
            self._write(row, ERRORS, bold)

    def _write(self, cells: Sequence[str], why: str, form: Any) -> None:
        kept = self._kept(cells, self._width)
        for at, cell in enumerate(kept):
            if cell:
                self._sheet.write_string(self._at, at, cell[:MOST], form)
        last = form if why == ERRORS else self._why
        self._sheet.write_string(self._at, len(kept), why[:MOST], last)
        self._at += 1

    def _kept(self, cells: Sequence[str], width: int) -> list[str]:
        """The cells under the header, without the reasons of an earlier load."""
        kept = [*cells[:width], *([""] * (width - len(cells)))]
        if self._header.errors_at is not None:
            del kept[self._header.errors_at]
        return kept
