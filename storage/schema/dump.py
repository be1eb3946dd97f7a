"""How a running database becomes one consistent file, and a file a database again."""

import errno
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from guapai.errors import Conflict, Unready
from storage.database.engine import Engine, open_engine
from storage.schema.health import masked, sqlite_file
from storage.schema.schema import require_known_revision

_FILES = (
    "SELECT sha256 FROM files UNION SELECT file FROM evidence "
    "UNION SELECT pdf FROM papers WHERE pdf IS NOT NULL ORDER BY 1"
)


@dataclass(frozen=True)
class Dumped:
    """What one instant of a database held: its revision, rows per table, files by hash."""

    kind: str
    revision: str | None
    counts: Mapping[str, int]
    files: tuple[str, ...]


def dump(url: str, target: Path) -> Dumped:
    """Write one consistent state of a running database to a new file; writers go on meanwhile.

    PostgreSQL needs pg_dump of its own version or later, and the owner's login. Raises Unready
    with what to install or to do.
    """
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise Unready(f"there is no database {file}; nothing to back up")
    engine = open_engine(url, role=None)
    try:
        return _dump_sqlite(engine, target) if _is_sqlite(url) else _dump_pg(engine, url, target)
    finally:
        engine.dispose()


def load(url: str, source: Path) -> None:
    """Make the database of a URL from a file that `dump` wrote. Raises Conflict and Unready."""
    refuse_existing(url)
    file = sqlite_file(url)
    if file is not None:
        _put(source, file)
        return
    _run(
        "pg_restore",
        url,
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        str(source),
    )


def _put(source: Path, target: Path) -> None:
    """Rename a file into its place, also from another disk."""
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        shutil.copyfile(source, draft)
        with draft.open("rb+") as handle:
            os.fsync(handle.fileno())
        os.replace(draft, target)


def refuse_existing(url: str) -> None:
    """Raise Conflict when something is there already that a restored database would replace."""
    file = sqlite_file(url)
    if file is not None:
        for path in (file, *(file.with_name(file.name + s) for s in ("-wal", "-shm"))):
            if path.exists():
                raise Conflict(f"{path} is there already; name a database that does not exist yet")
        return
    engine = open_engine(url, role=None)
    try:
        with engine.connect() as connection:
            there = sa.inspect(connection).get_table_names()
    except sa.exc.OperationalError as error:
        said = str(error.orig).strip().splitlines()[-1]
        raise Unready(f"{said}; make an empty database first, with createdb") from None
    finally:
        engine.dispose()
    if there:
        raise Conflict(f"{masked(url)} has {len(there)} tables already; name an empty database")


@contextmanager
def spare_database(url: str, folder: Path) -> Iterator[str]:
    """The URL of a database that does not matter, to try a dump in; gone afterwards.

    Raises Unready when the login may not make one.
    """
    name = f"guapai_check_{secrets.token_hex(4)}"
    if _is_sqlite(url):
        yield f"sqlite:///{folder / name}.sqlite"
        return
    try:
        _administer(url, f'CREATE DATABASE "{name}"')
    except sa.exc.DBAPIError:
        raise Unready("this login may not create a database to try the pack in") from None
    try:
        yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(url, f'DROP DATABASE "{name}" WITH (FORCE)')


def counted(url: str) -> Mapping[str, int]:
    """The rows of every table of a database that nobody writes to."""
    engine = open_engine(url, role=None)
    try:
        with engine.connect() as connection, connection.begin():
            return _counts(connection)
    finally:
        engine.dispose()


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def _administer(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


def _dump_sqlite(engine: Engine, target: Path) -> Dumped:
    """The online backup in one step: a reader among others, whom no writer waits for."""
    copy = sa.create_engine(f"sqlite:///{target}", module=engine.dialect.dbapi)
    source, into = engine.raw_connection(), copy.raw_connection()
    try:
        there, here = _driver(source), _driver(into)
        there.backup(here)
        here.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, nothing beside it
        (said,) = here.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        source.close()
        into.close()
    if said != "ok":
        raise Unready(f"the database is damaged: {said}; restore the last backup that verifies")
    with copy.connect() as connection:
        dumped = _look(connection, "sqlite")
    copy.dispose()
    return dumped


def _driver(pooled: Any) -> Any:
    return pooled.driver_connection


def _dump_pg(engine: Engine, url: str, target: Path) -> Dumped:
    """pg_dump under an exported snapshot, so that rows are counted at the instant it shows."""
    with engine.connect() as connection, connection.begin():
        for setting in (
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            "SET LOCAL idle_in_transaction_session_timeout = 0",
            "SET LOCAL statement_timeout = 0",
        ):
            connection.execute(sa.text(setting))
        snapshot = connection.scalar(sa.text("SELECT pg_export_snapshot()"))
        dumped = _look(connection, "postgresql")
        _run(
            "pg_dump",
            url,
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            f"--file={target}",
        )
    return dumped


def _look(connection: Connection, kind: str) -> Dumped:
    if not sa.inspect(connection).has_table("alembic_version"):
        raise Unready("this is no database of ours: it was never migrated")
    revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    require_known_revision(revision)
    files = tuple(connection.scalars(sa.text(_FILES)))
    return Dumped(kind, revision, _counts(connection), files)


def _counts(connection: Connection) -> Mapping[str, int]:
    names = sorted(sa.inspect(connection).get_table_names())
    return {n: int(connection.scalar(sa.text(f'SELECT count(*) FROM "{n}"')) or 0) for n in names}


def _run(tool: str, url: str, *words: str) -> None:
    """Run a tool of PostgreSQL's on a database; the password goes through the environment."""
    path = shutil.which(tool)
    if path is None:
        raise Unready(f"{tool} is not installed; on Debian: apt-get install postgresql-client")
    found = sa.make_url(url)
    query = {k: v for k, v in found.query.items() if k != "password"}
    password = found.password or found.query.get("password")
    plain = found.set(drivername="postgresql", query=query)._replace(password=None)
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    address = plain.render_as_string(hide_password=False)
    done = subprocess.run(
        [path, f"--dbname={address}", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unready(_reason(tool, done.stderr))


def _reason(tool: str, said: str) -> str:
    lines = [line for line in said.strip().splitlines() if line] or ["it gave no reason"]
    if "version mismatch" in said:
        return (
            f"{lines[0]}; {' '.join(lines[1:2])}; install the client of the server's version, "
            "on Debian: apt-get install postgresql-client-VERSION"
        )
    if "permission denied" in said or "lack SELECT privilege" in said:
        return f"{lines[0]}; use the owner's login: --db postgresql+psycopg://OWNER@…"
    return f"{tool} failed: {lines[0]}"
