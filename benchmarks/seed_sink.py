"""Where seeded rows go: COPY on PostgreSQL with indexes put aside, INSERT on SQLite; one transaction."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from storage.database.engine import open_engine
from storage.database.work import BLOCK
from storage.schema.tables import METADATA

_CHUNK = 4_000_000
"""So many signs of a table wait in memory before they are written."""

_UNESCAPED = {r"\\": "\\", r"\n": "\n", r"\t": "\t", r"\r": "\r"}
_HEX = r"\x"


class Sink(Protocol):
    """Takes lines as COPY reads them."""

    def add(self, table: str, columns: list[str], lines: str) -> None:
        """More rows of a table."""

    def first_ids(self) -> tuple[int, int]:
        """The first free id, and the first free id of an act."""

    def finish(self, next_id: int, next_act: int) -> None:
        """Write what waits, and let later ids begin here."""


class _Waiting:
    """Lines that wait, table by table, each after those it refers to."""

    def __init__(self) -> None:
        self.lines: dict[str, list[str]] = {t.name: [] for t in METADATA.sorted_tables}
        self.columns: dict[str, list[str]] = {}
        self.size = 0

    def add(self, table: str, columns: list[str], lines: str) -> bool:
        """Keep lines; whether there are enough to be written."""
        self.columns[table] = columns
        self.lines[table].append(lines)
        self.size += len(lines)
        return self.size > _CHUNK

    def take(self) -> Iterator[tuple[str, list[str], str]]:
        """All that waits."""
        for table, lines in self.lines.items():
            if lines:
                yield table, self.columns[table], "".join(lines)
                lines.clear()
        self.size = 0


_FOREIGN = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
_UNIQUE = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
AND (contype = 'u' OR contype = 'p' AND conrelid = 'case_grams'::regclass)
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
"""


class _Postgresql:
    """COPY into tables without secondary indexes and references, which come back at the end."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._waiting = _Waiting()
        constraints = [*self._rows(_FOREIGN), *self._rows(_UNIQUE)]
        self._definitions: list[str] = []
        for table, name, definition in constraints:
            raw.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            self._definitions.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        for name, definition in self._rows(_INDEXES):
            raw.execute(f"DROP INDEX {name}")
            self._definitions.append(definition)

    def _rows(self, query: str) -> list[Any]:
        found: list[Any] = self._raw.execute(query).fetchall()
        return found

    def add(self, table: str, columns: list[str], lines: str) -> None:
        if self._waiting.add(table, columns, lines):
            self._write()

    def _write(self) -> None:
        for table, columns, lines in self._waiting.take():
            names = ", ".join(f'"{c}"' for c in columns)
            with (
                self._raw.cursor() as cursor,
                cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
            ):
                copy.write(lines)

    def first_ids(self) -> tuple[int, int]:
        (block,) = self._raw.execute("SELECT nextval('guapai_ids')").fetchone()
        (act,) = self._raw.execute("SELECT coalesce(max(id), 0) + 1 FROM acts").fetchone()
        return block, act

    def finish(self, next_id: int, next_act: int) -> None:
        self._write()
        for definition in reversed(self._definitions):
            self._raw.execute(definition)
        self._raw.execute("SELECT setval('guapai_ids', %s, false)", (_whole_blocks(next_id),))
        self._raw.execute(
            "SELECT setval(pg_get_serial_sequence('acts', 'id'), %s, false)", (next_act,)
        )


class _Sqlite:
    """INSERT of the same lines, split into cells; for small numbers of cases."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._waiting = _Waiting()

    def add(self, table: str, columns: list[str], lines: str) -> None:
        if self._waiting.add(table, columns, lines):
            self._write()

    def _write(self) -> None:
        for table, columns, lines in self._waiting.take():
            names = ", ".join(f'"{c}"' for c in columns)
            marks = ", ".join("?" * len(columns))
            rows = [[_cell(c) for c in row.split("\t")] for row in lines.split("\n")[:-1]]
            self._raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)

    def first_ids(self) -> tuple[int, int]:
        (first,) = self._raw.execute("SELECT next FROM sequences WHERE name = 'ids'").fetchone()
        (act,) = self._raw.execute("SELECT coalesce(max(id), 0) + 1 FROM acts").fetchone()
        return first, act

    def finish(self, next_id: int, next_act: int) -> None:
        self._write()
        self._raw.execute(
            "UPDATE sequences SET next = ? WHERE name = 'ids'", (_whole_blocks(next_id),)
        )


def _cell(text: str) -> Any:
    if text == r"\N":
        return None
    plain = re.sub(r"\\.", lambda m: _UNESCAPED[m[0]], text)
    return bytes.fromhex(plain[2:]) if plain.startswith(_HEX) else plain


def _whole_blocks(next_id: int) -> int:
    return -(-next_id // BLOCK) * BLOCK


@contextmanager
def sinking(owner_url: str) -> Iterator[Sink]:
    """A sink into a database, by its owner; all of it is kept when the block ends well."""
    engine = open_engine(owner_url, role=None)
    try:
        with engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            if engine.dialect.name == "sqlite":
                yield from _within(raw, "BEGIN IMMEDIATE", _Sqlite)
                raw.execute("ANALYZE")
                return
            for setting in ("statement_timeout", "lock_timeout"):
                raw.execute(f"SET {setting} = 0")
            raw.execute("SET idle_in_transaction_session_timeout = 0")
            raw.execute("SET maintenance_work_mem = '1GB'")
            yield from _within(raw, "BEGIN", _Postgresql)
            raw.execute("VACUUM (ANALYZE)")
    finally:
        engine.dispose()


def _within(raw: Any, begin: str, kind: Any) -> Iterator[Sink]:
    raw.execute(begin)
    try:
        yield kind(raw)
    except BaseException:
        raw.execute("ROLLBACK")
        raise
    raw.execute("COMMIT")
