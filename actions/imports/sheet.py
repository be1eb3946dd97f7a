"""One sheet of a workbook, row by row: only the row at hand is in memory."""

from collections.abc import Iterator
from datetime import date
from typing import IO, Protocol

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from actions.imports.xml import Attributes, TextOf, feed, local_name, new_parser, unescaped
from guapai.text import many_lines

Row = tuple[int, list[str]]
"""A row's number, from 1, and its cells as text, from column A to the last that says something."""
Merge = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column, from 1."""

UNCOUNTED = "#FORMULA!"
"""What a formula says whose result was never stored."""

_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)


class Book(Protocol):
    """What a sheet asks its workbook for."""

    first_day: date

    def open(self, part: str) -> IO[bytes]:
        """A part of the workbook."""

    def size(self, part: str) -> int:
        """How many bytes a part unpacks to."""

    def shown(self, kind: str, value: str, style: str | None) -> str:
        """What a cell says."""


class Sheet:
    """One visible sheet of a workbook."""

    def __init__(self, book: Book, name: str, part: str) -> None:
        self.name, self.book, self._part = name, book, part
        self._size = max(1, book.size(part))
        self._read = 0

    @property
    def share(self) -> float:
        """How much of the sheet has been read, from 0 to 1."""
        return self._read / self._size

    @property
    def from_1904(self) -> bool:
        """Whether days are counted from 1904."""
        return self.book.first_day.year == 1904

    def merges(self) -> list[Merge]:
        """The merged ranges in the order of their rows. Raises Broken where the sheet is no XML."""
        found: list[Merge] = []

        def start(name: str, given: Attributes) -> None:
            if name.endswith("}mergeCell"):
                left, top, right, bottom = range_boundaries(given["ref"])
                if left and top and right and bottom:
                    found.append((top, left, bottom, right))

        parser = new_parser()
        parser.StartElementHandler = start
        with self.book.open(self._part) as file:
            for _ in feed(file, parser):
                pass
        return sorted(found)

    def rows(self) -> Iterator[Row]:
        """The rows in which some cell says something."""
        reading = _Reading(self.book)
        with self.book.open(self._part) as file:
            for _ in feed(file, reading.parser):
                self._read = file.tell()
                yield from reading.rows
                reading.rows.clear()


class _Reading:
    """The rows of a sheet as its XML goes by."""

    def __init__(self, book: Book) -> None:
        self.rows: list[Row] = []
        self._book = book
        self._cells: list[str] = []
        self._number = self._column = 0
        self._cell: Attributes = {}
        self._formula = self._open = False
        self._value: list[str] = []
        self._text = TextOf()
        starts = {"row": self._start_row, "c": self._start_cell, "f": self._start_formula}
        ends = {"row": self._end_row, "c": self._end_cell}
        self._starts = {f"{ns}}}{k}": f for ns in _MAIN for k, f in starts.items()}
        self._ends = {f"{ns}}}{k}": f for ns in _MAIN for k, f in ends.items()}
        self.parser = new_parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data

    def _start(self, name: str, given: Attributes) -> None:
        known = self._starts.get(name)
        if known is not None:
            known(given)
        elif name.endswith("}v"):
            self._open = True
        else:
            self._text.start(local_name(name))

    def _end(self, name: str) -> None:
        known = self._ends.get(name)
        if known is not None:
            known()
        elif name.endswith("}v"):
            self._open = False
        else:
            self._text.end(local_name(name))

    def _data(self, text: str) -> None:
        if self._open:
            self._value.append(text)
        else:
            self._text.data(text)

    def _start_row(self, given: Attributes) -> None:
        self._number = int(float(given["r"])) if "r" in given else self._number + 1
        self._column, self._cells = 0, []

    def _start_cell(self, given: Attributes) -> None:
        place = given.get("r")
        self._column = coordinate_to_tuple(place)[1] if place else self._column + 1
        self._cell, self._formula, self._value = given, False, []

    def _start_formula(self, _: Attributes) -> None:
        self._formula = True

    def _end_cell(self) -> None:
        kind, value = self._cell.get("t", "n"), "".join(self._value).strip(" \r\n\t")
        text = self._text.take()
        if kind not in ("inlineStr", "str"):
            uncounted = self._formula and not value
            text = UNCOUNTED if uncounted else self._book.shown(kind, value, self._cell.get("s"))
        elif kind == "str":
            text = unescaped("".join(self._value))
        text = many_lines(text)
        if text and self._column:
            self._cells += [""] * (self._column - len(self._cells))
            self._cells[self._column - 1] = text

    def _end_row(self) -> None:
        if self._cells:
            self.rows.append((self._number, self._cells))
