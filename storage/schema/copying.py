"""A whole city from SQLite to PostgreSQL: every row, in one transaction, compared before it ends."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as driver
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from guapai.errors import Unready
from storage.schema.schema import bring_up
from storage.schema.tables import METADATA, SEQUENCES

_CHUNK = 2000
Tell = Callable[[str, int], None]
"""Hears of each table that has arrived, and how many rows it has."""


def alone_with(file: Path) -> Engine:
    """A SQLite database that nobody else has open, and that nobody can open meanwhile.

    Raises Unready when somebody has it open.
    """

    def connect() -> Any:
        connection = driver.connect(f"file:{file}?mode=rw", uri=True, check_same_thread=False)
        connection.isolation_level = None
        try:
            connection.execute("PRAGMA busy_timeout=2000")
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except driver.OperationalError as error:
            connection.close()
            raise Unready(
                f"{file} is in use ({error}); stop guapai serve, guapai clock and their kind first"
            ) from None
        return connection

    engine = sa.create_engine("sqlite://", creator=connect, module=driver, poolclass=sa.StaticPool)
    try:
        engine.connect().close()
    except BaseException:
        engine.dispose()
        raise
    return engine


def copy_city(source: Engine, target: Engine, tell: Tell) -> Mapping[str, int]:
    """Copy every row into an empty PostgreSQL database; how many rows each table has.

    One transaction: the target has all of it or nothing. Raises Unready when what arrived is not
    what was sent.
    """
    with source.connect() as here, target.connect() as there, there.begin():
        for setting in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            there.execute(sa.text(f"SET LOCAL {setting} = 0"))
        bring_up(there)
        references = _drop_references(there)
        counts = {}
        for table in _tables():
            there.execute(table.delete())  # what the migrations wrote: the city has its own
            sent, summed = _send(here, there, table)
            if (sent, summed) != _sum(_rows(there, table)):
                raise Unready(f"table {table.name} did not arrive as it was sent; nothing was kept")
            counts[table.name] = sent
            tell(table.name, sent)
        for statement in references:
            there.exec_driver_sql(statement)
        _set_sequences(here, there)
    return counts


def _tables() -> Iterator[sa.Table]:
    return (t for t in METADATA.sorted_tables if t is not SEQUENCES)


def _drop_references(there: Connection) -> list[str]:
    """Take the foreign keys away, so that rows may come in any order; what brings them back."""
    found = there.execute(
        sa.text(
            "SELECT conrelid::regclass::text AS name, quote_ident(conname) AS constraint, "
            "pg_get_constraintdef(oid) AS sql FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
        )
    ).all()
    for name, constraint, _ in found:
        there.exec_driver_sql(f"ALTER TABLE {name} DROP CONSTRAINT {constraint}")
    return [f"ALTER TABLE {name} ADD CONSTRAINT {c} {sql}" for name, c, sql in found]


def _rows(connection: Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    streamed = {"stream_results": True, "yield_per": _CHUNK}
    found = connection.execute(sa.select(table), execution_options=streamed)
    for part in found.mappings().partitions():
        yield from map(dict, part)


def _send(here: Connection, there: Connection, table: sa.Table) -> tuple[int, int]:
    sent = summed = 0
    rows = _rows(here, table)
    while part := list(islice(rows, _CHUNK)):
        there.execute(table.insert(), part)
        sent, summed = sent + len(part), summed + sum(map(_hash, part))
    return sent, summed


def _sum(rows: Iterator[dict[str, Any]]) -> tuple[int, int]:
    """How many rows, and a sum over their hashes that does not ask for their order."""
    count = summed = 0
    for row in rows:
        count, summed = count + 1, summed + _hash(row)
    return count, summed


def _hash(row: Mapping[str, Any]) -> int:
    said = repr([_plain(value) for value in row.values()])
    return int.from_bytes(hashlib.sha256(said.encode()).digest())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return bytes(value) if isinstance(value, memoryview) else value


def _set_sequences(here: Connection, there: Connection) -> None:
    """Ids go on where they were: those of cases and events, and those the database counts itself."""
    following = here.scalar(sa.select(SEQUENCES.c.next).where(SEQUENCES.c.name == "ids"))
    there.execute(sa.text("SELECT setval('guapai_ids', :next, false)"), {"next": following})
    for table in _tables():
        for column in table.primary_key:
            name = there.scalar(
                sa.text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": table.name, "column": column.name},
            )
            if name:
                last = there.scalar(sa.select(sa.func.max(column))) or 0
                there.execute(
                    sa.text("SELECT setval(:name, :next, false)"), {"name": name, "next": last + 1}
                )
