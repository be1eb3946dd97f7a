"""Where the database is, and how every connection to it behaves."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine as Engine
from sqlalchemy import event
from sqlalchemy.orm import configure_mappers
from sqlmodel import create_engine

from guapai.errors import Unready
from storage.database.patience import be_patient
from storage.database.place import Place
from storage.database.role import PREFIX, act_as_servant

IN_UNIT = "guapai_in_unit"
"""An option of connections whose transaction a unit of work begins and ends."""

_FIXED_SQLITE = (3, 51, 3)

_STATEMENTS = 512
"""Prepared statements a connection keeps; there are some 150 questions, and the writes (own)."""


def open_engine(url: str, *, role: str | None = PREFIX) -> Engine:
    """An engine for a database URL (``sqlite:///path`` or ``postgresql+psycopg://…``).

    On PostgreSQL every connection acts under the role of its database (``role`` None: as the one
    who connects, which only migrations do). Raises Unready for a SQLite library with the WAL-reset bug (pitfalls A6).
    """
    configure_mappers()  # rows are built without the ORM, and it readies its classes only for itself
    if url.startswith("sqlite"):
        return _sqlite(url, create=role is None)
    if not url.startswith("postgresql+psycopg://"):
        raise Unready(
            "the database URL must start with sqlite:/// or postgresql+psycopg://; "
            f"this one starts with {url.split(':', 1)[0]!r}"
        )
    return _postgresql(url, role)


def sqlite_driver() -> Any:
    """The module that speaks to SQLite. Raises Unready when there is none, or with the WAL-reset bug."""
    try:
        driver = import_module("pysqlite3.dbapi2")  # absent where only PostgreSQL is used
    except ImportError:
        raise Unready("the package pysqlite3 is missing; install it") from None
    if driver.sqlite_version_info < _FIXED_SQLITE:
        raise Unready(
            f"SQLite {driver.sqlite_version} can corrupt a WAL database; "
            "install the package pysqlite3, which brings 3.51.3 or later"
        )
    return driver


def _sqlite(url: str, *, create: bool) -> Engine:
    driver = sqlite_driver()
    path = Path(url.removeprefix("sqlite:///"))
    if not path.parent.is_dir():
        raise Unready(f"the folder {path.parent} does not exist; run: guapai migrate")
    if path.is_dir():
        raise Unready(f"{path} is a folder, not a database; name a file")
    if not create and not path.exists():
        raise Unready(f"there is no database at {path}; to make one, run: guapai migrate")
    if create and not path.exists():  # what SQLite puts beside it gets the same rights
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    place = Place(path.absolute())
    reading, writing = (_sqlite_pool(url, place, driver, write=w) for w in (False, True))
    # whoever forgets to say that they write is refused; a unit of work says it
    engine, other = (writing, reading) if create else (reading, writing)
    engine.update_execution_options(guapai_other=other, guapai_writes=create)
    event.listen(engine, "engine_disposed", lambda _engine: other.dispose())
    return engine


def pool_of(engine: Engine, *, write: bool) -> Engine:
    """The engine whose connections read, or write: SQLite has one for each, PostgreSQL one for both.

    A connection that is told by turns to read and to write (``query_only``) forgets its prepared
    statements every time.
    """
    options = engine.get_execution_options()
    return options["guapai_other"] if options.get("guapai_writes", write) is not write else engine


def _sqlite_pool(url: str, place: Place, driver: Any, *, write: bool) -> Engine:
    # the connection used last has its statements and pages at hand
    engine = create_engine(
        url,
        module=driver,
        poolclass=place.pool,
        pool_use_lifo=True,
        connect_args={"cached_statements": _STATEMENTS},
        hide_parameters=True,
    )
    place.keep(engine)

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # INSERT OR REPLACE tells the delete triggers
            "busy_timeout=10000",
            "trusted_schema=OFF",
            f"query_only={'OFF' if write else 'ON'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if IN_UNIT not in connection.get_execution_options():
            raw: Any = connection.connection.driver_connection
            raw.execute("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _postgresql(url: str, role: str | None) -> Engine:
    engine = create_engine(url, pool_size=5, max_overflow=20, hide_parameters=True)
    be_patient(engine)

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        if role is not None:
            act_as_servant(connection)
        with connection.cursor() as cursor:
            if role is not None:
                # whoever forgets to say that they write is refused; a unit of work says it
                cursor.execute("SET default_transaction_read_only = on")
            cursor.execute("SET TIME ZONE 'UTC'")
            cursor.execute("SET statement_timeout = '30s'")
            cursor.execute("SET lock_timeout = '10s'")
            cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
        connection.commit()
        # Nothing of ours runs outside a transaction: a unit of work sends its own BEGIN along
        # with its first statements, which the driver's implicit one cannot do.
        connection.autocommit = True

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if IN_UNIT not in connection.get_execution_options():
            connection.exec_driver_sql("BEGIN READ WRITE")

    return engine
