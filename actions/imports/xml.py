"""The XML of workbooks as a stream: no document types, no tree, the shared strings on disk."""

import re
import tempfile
from array import array
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

LARGEST = 2 << 30
"""How many bytes a part of a workbook may unpack to (own): more is no ledger but an attack."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CHUNK = 1 << 16

Attributes = dict[str, str]


class Broken(Exception):
    """The file is no workbook we can read."""


def feed(file: IO[bytes], parser: Any) -> Iterator[None]:
    """Parse a part step by step. Raises Broken for a document type: entities are never needed."""

    def refuse(*_: object) -> None:
        raise Broken("a document type")

    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    size = 0
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > LARGEST:
            raise Broken("too large")
        parser.Parse(chunk, False)
        yield
    parser.Parse(b"", True)
    yield


def new_parser() -> Any:
    """A parser that names elements by namespace, brace, local name."""
    return expat.ParserCreate(namespace_separator="}")


def local_name(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition("}")[2]


class Texts:
    """Shared strings: they wait in a file of their own, and memory holds only where each begins."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`)
        self._starts = array("Q", [0])
        self._near: dict[int, str] = {}

    def read(self, part: IO[bytes]) -> None:
        """Take in the part of the workbook that has them."""
        text = TextOf()
        parser = new_parser()

        def end(name: str) -> None:
            local = local_name(name)
            if local == "si":
                self._file.write(text.take().encode())
                self._starts.append(self._file.tell())
            text.end(local)

        parser.StartElementHandler = lambda name, _: text.start(local_name(name))
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text.data
        for _ in feed(part, parser):
            pass

    def __getitem__(self, at: int) -> str:
        found = self._near.get(at)
        if found is None:
            if not 0 <= at < len(self._starts) - 1:
                return "#REF!"
            self._file.seek(self._starts[at])
            found = self._file.read(self._starts[at + 1] - self._starts[at]).decode()
            if len(self._near) >= 4096:
                self._near.clear()
            self._near[at] = found
        return found

    def close(self) -> None:
        """Forget the strings."""
        self._file.close()


def unescaped(text: str) -> str:
    """Text in which signs XML cannot carry are written as ``_x000D_``, as it was meant."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)


class TextOf:
    """Collects the text of runs, without the phonetic signs beside them."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open = False
        self._phonetic = False

    def start(self, local: str) -> None:
        """An element begins."""
        if local == "t":
            self._open = not self._phonetic
        elif local == "rPh":
            self._phonetic = True

    def end(self, local: str) -> None:
        """An element ends."""
        if local == "t":
            self._open = False
        elif local == "rPh":
            self._phonetic = False

    def data(self, text: str) -> None:
        """Text goes by."""
        if self._open:
            self._parts.append(text)

    def take(self) -> str:
        """The text since the last call."""
        text, self._parts = "".join(self._parts), []
        return unescaped(text)
