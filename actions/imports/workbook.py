"""A workbook (.xlsx) as any program writes it: its visible sheets, and how its cells are shown."""

import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import PurePosixPath
from typing import IO

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from actions.imports.sheet import Sheet
from actions.imports.xml import Attributes, Broken, Texts, feed, local_name, new_parser

_CHINESE_DAYS = frozenset({28, 29, 30, 31, 51, 53, 54, 58})
_CHINESE_MONTHS = frozenset({27, 36, 50, 52, 57})


class Workbook:
    """A workbook that is open: its visible sheets, its shared strings, how its numbers are shown.

    Raises Broken, or what `zipfile` and `expat` raise, where the file is none.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file)
        self._names = {n.replace("\\", "/").lower(): n for n in self._zip.namelist()}
        self._texts = Texts()
        self._forms: list[tuple[int, str]] = []
        self.first_day = date(1899, 12, 30)
        self.sheets: list[Sheet] = []
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        main = self._related("", "/officeDocument")
        book = next(iter(main.values()), "xl/workbook.xml")
        parts = self._related(book, "")
        self._read_styles(self._related(book, "/styles"))
        for part in self._related(book, "/sharedStrings").values():
            with self.open(part) as strings:
                self._texts.read(strings)
        sheets = self._related(book, "/worksheet")
        self._walk(book, lambda name, given: self._take_sheet(name, given, sheets, parts))

    def close(self) -> None:
        """Let go of the file and of the strings that waited beside it."""
        self._texts.close()
        self._zip.close()

    def open(self, part: str) -> IO[bytes]:
        """A part of the workbook."""
        return self._zip.open(self._names.get(part.lower(), part))

    def size(self, part: str) -> int:
        """How many bytes a part unpacks to."""
        return self._zip.getinfo(self._names.get(part.lower(), part)).file_size

    def _walk(self, part: str, start: Callable[[str, Attributes], None]) -> None:
        parser = new_parser()
        parser.StartElementHandler = lambda name, given: start(local_name(name), given)
        with self.open(part) as file:
            for _ in feed(file, parser):
                pass

    def _related(self, part: str, kind: str) -> dict[str, str]:
        """The parts a part refers to, by the name of the relation; of one kind, or all."""
        path = PurePosixPath(part)
        rels = f"{path.parent}/_rels/{path.name}.rels".removeprefix("./") if part else "_rels/.rels"
        found: dict[str, str] = {}

        def start(name: str, given: Attributes) -> None:
            if name == "Relationship" and given.get("Type", "").endswith(kind):
                target = given.get("Target", "").replace("\\", "/")
                inside = target[1:] if target.startswith("/") else f"{path.parent}/{target}"
                found[given.get("Id", "")] = inside.removeprefix("./")

        if rels.lower() in self._names:
            self._walk(rels, start)
        return found

    def _take_sheet(
        self, name: str, given: Attributes, sheets: dict[str, str], parts: dict[str, str]
    ) -> None:
        if name == "workbookPr" and given.get("date1904", "0") in ("1", "true", "on"):
            self.first_day = date(1904, 1, 1)
        if name != "sheet" or given.get("state", "visible") != "visible":
            return
        relation = next((v for k, v in given.items() if k.endswith("}id")), "")
        part = sheets.get(relation)
        if part is None and relation not in parts:
            raise Broken("a sheet without a part")
        if part is not None:
            self.sheets.append(Sheet(self, given.get("name", ""), part))

    def _read_styles(self, parts: dict[str, str]) -> None:
        codes: dict[int, str] = {}
        inside: list[str] = []

        def start(name: str, given: Attributes) -> None:
            if name == "numFmt":
                codes.setdefault(int(given.get("numFmtId", "0")), given.get("formatCode", ""))
            elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
                inside[:] = [name]
            elif name == "xf" and inside == ["cellXfs"]:
                form = int(given.get("numFmtId", "0") or 0)
                self._forms.append((form, codes.get(form) or BUILTIN_FORMATS.get(form, "")))

        for part in parts.values():
            self._walk(part, start)

    def shown(self, kind: str, value: str, style: str | None) -> str:
        """What a cell says; a date as 2026-03-05, or 2026-03 where the cell shows no day."""
        if not value:
            return ""
        if kind == "s":
            return self._texts[int(value) if value.isdecimal() else -1]
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind != "n":
            return value[:10] if kind == "d" else value
        try:
            number = float(value)
        except ValueError:
            return value
        at = int(style or 0)
        form, code = self._forms[at] if at < len(self._forms) else (0, "")
        pattern = _date_pattern(form, code)
        if pattern and 1 <= number < 2_958_466:
            return format(self.first_day + timedelta(days=int(number)), pattern)
        return str(int(number)) if number.is_integer() and abs(number) < 1e18 else value


def _date_pattern(form: int, code: str) -> str:
    """How a number of that format is a date; empty for a number that is none."""
    # built-in formats 27–58 are dates in the Chinese edition only
    if form in _CHINESE_DAYS | _CHINESE_MONTHS and not code:
        return "%Y-%m-%d" if form in _CHINESE_DAYS else "%Y-%m"
    if not code or not is_date_format(code):
        return ""
    # someone types 2021-05 and the table program makes it the first of May, shown without a day
    letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code).lower()
    if "d" in letters:
        return "%Y-%m-%d"
    return "%Y-%m" if "y" in letters else ""
