"""A ledger as a file: the header, and the entries under it as text by field, as a stream."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Protocol
from xml.parsers.expat import ExpatError

from actions.imports.header import HEAD, Header, find_header
from actions.imports.sheet import Merge, Row
from actions.imports.words import Words, is_no_entry
from actions.imports.workbook import Workbook
from actions.imports.xml import Broken
from guapai.errors import BadInput
from guapai.text import many_lines

_UNREADABLE = (
    Broken,
    ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    LookupError,
    ValueError,
    RuntimeError,  # a part with a password
    NotImplementedError,
)
_EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}


@dataclass(frozen=True, kw_only=True)
class LedgerRow:
    """One entry of a ledger. ``number`` counts as the sheet does, from 1, the header included.

    ``values`` hold the cells that are not empty, by field; ``titles`` how the sheet calls the
    fields; ``cells`` the whole row, merged values included.
    """

    number: int
    values: Mapping[str, str]
    titles: Mapping[str, str]
    cells: Sequence[str]


class Table(Protocol):
    """A sheet of any kind of file."""

    name: str

    @property
    def from_1904(self) -> bool:
        """Whether days are counted from 1904."""

    @property
    def share(self) -> float:
        """How much of it has been read, from 0 to 1."""

    def merges(self) -> list[Merge]:
        """The merged ranges in the order of their rows."""

    def rows(self) -> Iterator[Row]:
        """The rows in which something stands."""


class Ledger:
    """An open ledger: the table, its header, and the entries as they are read."""

    def __init__(
        self, file: str, words: Words, table: Table, header: Header, merges: Sequence[Merge]
    ) -> None:
        self._file, self._table, self._words = file, table, words
        self._merges = [m for m in merges if m[2] > m[0] and m[2] > header.last]
        self.header = header

    @property
    def share(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return self._table.share

    def entries(self) -> Iterator[LedgerRow]:
        """The entries; blank rows, totals and signatures are left out.

        Raises BadInput where the file turns out to be broken.
        """
        columns = self.header.fields
        known = {at for at, _ in columns}
        words = [word for row in self.header.rows for word in row]
        try:
            for number, own, cells in _merged(self._table.rows(), self._merges):
                if number <= self.header.last:
                    continue
                if any(at < len(own) and own[at] for at in known) and not is_no_entry(own, words):
                    yield LedgerRow(
                        number=number,
                        values=self._values(cells),
                        titles=self.header.titles,
                        cells=cells,
                    )
        except _UNREADABLE:
            raise _unreadable(self._file) from None

    def _values(self, cells: list[str]) -> dict[str, str]:
        values: dict[str, str] = {}
        for at, name in self.header.fields:
            if at >= len(cells) or not cells[at]:
                continue
            if name in self._words.days:
                cells[at] = _serial(cells[at], from_1904=self._table.from_1904)
            if name == "description" and name in values:
                values[name] += f"\n{cells[at]}"
            values.setdefault(name, cells[at])
        return values


def _merged(
    rows: Iterator[Row], merges: Sequence[Merge]
) -> Iterator[tuple[int, list[str], list[str]]]:
    """Each row as it is, and with the values of cells merged downwards in all their rows."""
    coming = iter(merges)
    upcoming = next(coming, None)
    reach: dict[int, tuple[int, str]] = {}
    for number, own in rows:
        while upcoming is not None and upcoming[0] <= number:
            top, left, bottom, _ = upcoming
            word = own[left - 1] if top == number and left <= len(own) else ""
            reach[left - 1] = (bottom, word)
            upcoming = next(coming, None)
        cells = list(own)
        for at, (bottom, word) in list(reach.items()):
            if bottom < number:
                del reach[at]
            elif word and (at >= len(cells) or not cells[at]):
                cells += [""] * (at + 1 - len(cells))
                cells[at] = word
        yield number, own, cells


def _serial(text: str, *, from_1904: bool) -> str:
    """A day written as the number table programs count days by, as a date; else as it is."""
    if len(text) < 5 or not text[:5].isdecimal() or not text.isascii():
        return text
    whole, _, rest = text.partition(".")
    if len(whole) != 5 or (rest and not rest.isdecimal()):
        return text
    day = _EPOCHS[from_1904] + timedelta(days=int(whole))
    return day.isoformat() if 2000 <= day.year < 2100 else text


class _Csv:
    """A file of comma separated values, or of values with another sign between them."""

    from_1904 = False

    def __init__(self, path: Path, encoding: str, sign: str) -> None:
        self.name, self._path, self._encoding, self._sign = path.name, path, encoding, sign
        self._size = max(1, path.stat().st_size)
        self._read = 0

    @property
    def share(self) -> float:
        return self._read / self._size

    def merges(self) -> list[Merge]:
        return []

    def rows(self) -> Iterator[Row]:
        with (
            self._path.open("rb") as raw,
            io.TextIOWrapper(raw, encoding=self._encoding, newline="") as lines,
        ):
            for number, row in enumerate(csv.reader(lines, strict=True, delimiter=self._sign), 1):
                self._read = raw.tell()
                yield number, [many_lines(cell) for cell in row]


@contextmanager
def open_ledger(path: Path, words: Words) -> Iterator[Ledger]:
    """The one ledger in a file. Raises BadInput when it cannot be read, or is not there."""
    kind = path.suffix.lower()
    if kind not in (".xlsx", ".csv"):
        raise BadInput(f"只能导入 .xlsx 或 .csv 文件，请将“{path.name}”另存为其中一种后再导入")
    try:
        file = path.open("rb")
    except OSError:
        raise BadInput(f"打不开文件“{path.name}”，请检查文件名和权限") from None
    with file:
        if kind == ".csv":
            yield _csv_ledger(path, words)
            return
        try:
            book = Workbook(file)
        except _UNREADABLE:
            raise _unreadable(path.name) from None
        try:
            yield _ledger(path.name, book.sheets, words)
        finally:
            book.close()


def _unreadable(name: str) -> BadInput:
    return BadInput(
        f"“{name}”不是可读的文件（可能已损坏或加密），请用表格软件打开并另存为 .xlsx 后再导入"
    )


def _ledger(name: str, tables: Sequence[Table], words: Words) -> Ledger:
    found: list[tuple[Table, Header, Sequence[Merge]]] = []
    try:
        for table in tables:
            head = list(islice(table.rows(), HEAD))
            merges = table.merges()
            header = find_header(head, merges, words)
            if header is not None:
                found.append((table, header, merges))
    except _UNREADABLE:
        raise _unreadable(name) from None
    if not found:
        raise BadInput(f"“{name}”中没有找到表头：表头行至少要有{words.advice}")
    if all(isinstance(table, _Csv) for table, _, _ in found):
        found = [max(found, key=lambda one: len(one[1].fields))]
    if len(found) > 1:
        names = "、".join(table.name for table, _, _ in found)
        raise BadInput(f"“{name}”中有多张工作表像台账（{names}），请每个文件只保留一张")
    return Ledger(name, words, *found[0])


def _csv_ledger(path: Path, words: Words) -> Ledger:
    """The file read with each of the usual signs between its values; the best header wins."""
    encoding = next((e for e in ("utf-8-sig", "gb18030") if _decodes(path, e)), None)
    if encoding is None:
        raise BadInput(
            f"“{path.name}”既不是 UTF-8 也不是 GB18030 编码，请另存为“CSV UTF-8”格式后再导入"
        )
    tables = [_Csv(path, encoding, sign) for sign in (",", "\t", ";")]
    whole = [table for table in tables if _is_whole(table)]
    try:
        return _ledger(path.name, whole, words)
    except BadInput:
        if whole == tables:
            raise
    raise BadInput(f"“{path.name}”不是完整的 CSV 文件，请检查引号是否成对")


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(1 << 16):
                pass
    except UnicodeError:
        return False
    return True


def _is_whole(table: _Csv) -> bool:
    try:
        for _ in table.rows():
            pass
    except csv.Error:
        return False
    return True
