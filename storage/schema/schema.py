"""Migrations, configured in code; after each run the triggers, the role and the shipped rules."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, Dialect, Engine, inspect, select, text
from sqlalchemy.exc import ProgrammingError

from guapai.clock import Clock, utc_now
from guapai.errors import Unready
from law.calendar import shipped_calendar
from law.pack import Pack, read_packs, shipped_texts
from statemachines.vocabulary import VOCABULARY
from storage.database.role import acting_roles, quoted, role_of
from storage.database.statement import Question
from storage.database.work import BLOCK, Work, unit_of_work
from storage.history import event
from storage.schema.names import require_known
from storage.schema.tables import METADATA, tables_of
from storage.schema.triggers import install_triggers
from storage.upkeep import pack, provision

_E = event.TABLE
_PUBLISHED_BY_PEOPLE = Question(
    select(_E.c.row_id).where(_E.c.case_id.is_(None), _E.c.noun == "pack", _E.c.move == "publish")
)


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration without a file."""
    config = Config()
    config.set_main_option("script_location", str(files("storage") / "schema" / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, clock: Clock = utc_now) -> None:
    """Bring a database to the newest revision; the engine connects as the owner.

    Safe to run again. Publishes the shipped rule packs and calendar where they are new.
    """
    require_known_revision(revision(engine))
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            bring_up(connection)
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
    publish(engine, shipped_texts(), clock)


def bring_up(connection: Connection) -> None:
    """The tables of the newest revision with triggers and rights, in the transaction at hand."""
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        connection.execute(text("SELECT pg_advisory_xact_lock(738201)"))
        _create_role(connection)
    command.upgrade(configuration(connection), "head")
    _create_sequences(connection)
    install_triggers(connection)
    if not sqlite:
        _grant(connection)
        return
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        raise Unready(f"{len(broken)} references point nowhere after the migration")


def publish(engine: Engine, texts: Mapping[str, str], clock: Clock = utc_now) -> list[str]:
    """Publish rule packs and the shipped calendar; answer the names of the packs that are new.

    Where somebody has published a pack of their own (of that name, or for that place) ours stays
    back: a changed number survives an upgrade.
    """
    packs = read_packs(texts, VOCABULARY)
    with unit_of_work(engine, clock) as work:
        back = set(kept_back(work, packs))
        new = [
            name
            for name, p in packs.items()
            if name not in back and pack.publish(work, p) is not None
        ]
        provision.publish(work)
        if not work.records(pack.NEWEST_CALENDAR):
            pack.publish_calendar(work, shipped_calendar())
    return new


def kept_back(work: Work, packs: Mapping[str, Pack]) -> list[str]:
    """The packs of ours in whose place, and for whose trade, somebody has published their own."""
    given = {e["row_id"] for e in work.records(_PUBLISHED_BY_PEOPLE)}
    theirs = [p for p in pack.published(work) if p.id in given]
    names = {p.name for p in theirs}
    places = {(p.jurisdiction, pack.get(work, p.id).sector) for p in theirs}
    return [n for n, p in packs.items() if n in names or (p.jurisdiction, p.sector) in places]


def revision(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The revision this code needs."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def require_newest(engine: Engine) -> None:
    """Raise Unready unless the database is at the revision this code needs, and its names are known."""
    there = revision(engine)
    require_known_revision(there)
    if there != newest_revision():
        raise Unready("the database is not up to date; back up, then run: guapai migrate")
    require_known(engine)


def knows(revision: str | None) -> bool:
    """Whether this program has a migration of that name, so that it can go on from there."""
    script = ScriptDirectory.from_config(configuration())
    return revision in {r.revision for r in script.walk_revisions()}


def require_known_revision(revision: str | None) -> None:
    """Raise Unready for a database that a later release has migrated."""
    if revision is not None and not knows(revision):
        raise Unready(
            f"the database is of revision {revision}, which this program does not know; a later "
            "release migrated it: install that one, or a later one"
        )


def _create_role(connection: Connection) -> None:
    """Make the role that acts in this database, and let the owner act as it (for the demo)."""
    role = role_of(str(connection.scalar(text("SELECT current_database()"))))
    there = "SELECT count(*) FROM pg_roles WHERE rolname = :role"
    try:
        if not connection.scalar(text(there), {"role": role}):
            connection.exec_driver_sql(f"CREATE ROLE {quoted(role)} NOLOGIN")
        if connection.scalar(
            text("SELECT NOT rolsuper FROM pg_roles WHERE rolname = current_user")
        ):
            connection.exec_driver_sql(f"GRANT {quoted(role)} TO CURRENT_USER")
    except ProgrammingError as error:
        owner = connection.engine.url.username or "OWNER"
        raise Unready(
            f"{str(error.orig).splitlines()[0]}; let somebody who may make roles say: "
            f"CREATE ROLE {quoted(role)} NOLOGIN; GRANT {quoted(role)} TO {quoted(owner)} "
            "WITH ADMIN OPTION"
        ) from None


def _create_sequences(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(f"CREATE SEQUENCE IF NOT EXISTS guapai_ids INCREMENT {BLOCK} START {BLOCK}")
        )
        return
    connection.execute(
        text("INSERT OR IGNORE INTO sequences (name, next) VALUES ('ids', :first)"),
        {"first": BLOCK},
    )


def _grant(connection: Connection) -> None:
    """What the acting role may do: everything but rewriting history, rules and migrations."""
    own = role_of(str(connection.scalar(text("SELECT current_database()"))))
    role = quoted(own)
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor:
        strangers = [r for r in acting_roles(cursor, raw.info.dbname) if r != own]
    for stranger in map(quoted, strangers):  # of another database, or of all of them as it once was
        connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {stranger}")
        connection.exec_driver_sql(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {stranger}")
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
    # SELECT: whoever serves makes the packs of the night, too
    connection.execute(text(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"))
    unchangeable, forgettable = tables_of("frozen", "erasable"), tables_of("erasable", "passing")
    for table in METADATA.tables.values():
        unchanging = table.name in unchangeable
        rights = "SELECT, INSERT" if unchanging else "SELECT, INSERT, UPDATE"
        if table.name in forgettable:
            rights += ", DELETE"
        connection.execute(text(f"REVOKE ALL ON {table.name} FROM {role}"))
        connection.execute(text(f"GRANT {rights} ON {table.name} TO {role}"))
    connection.execute(text(f"GRANT SELECT ON alembic_version TO {role}"))


def differences(connection: Connection) -> list[object]:
    """How the migrated database differs from the declared tables; empty when they agree."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 (checks only)

    context = MigrationContext.configure(connection, opts={"compare_type": False})
    declared, there = set(_declared_checks(connection.dialect)), set(_checks(connection))
    return [
        *compare_metadata(context, METADATA),
        *(("check declared", *check) for check in sorted(declared - there)),
        *(("check in the database", *check) for check in sorted(there - declared)),
    ]


_Check = tuple[str, str, str]
"""The table of a CHECK, its name, and the words of its condition in the order of the alphabet."""


def _declared_checks(dialect: Dialect) -> Iterator[_Check]:
    for table in METADATA.tables.values():
        for found in table.constraints:
            if isinstance(found, CheckConstraint):
                condition = found.sqltext.compile(
                    dialect=dialect, compile_kwargs={"literal_binds": True, "include_table": False}
                )
                yield table.name, str(found.name), _condition(str(condition))


def _checks(connection: Connection) -> Iterator[_Check]:
    looker = inspect(connection)
    for table in METADATA.tables:
        if looker.has_table(table):
            for found in looker.get_check_constraints(table):
                yield table, str(found["name"]), _condition(found["sqltext"])


def _condition(sql: str) -> str:
    """What a condition says, however a database writes it: words, values, comparisons.

    PostgreSQL shows ``state IN ('a', 'b')`` as ``(state)::text = ANY (ARRAY['a'::character varying…``
    """
    plain = re.sub(r"::(character varying|[a-z]+)(\[\])?", "", sql)
    found = set(re.findall(r"'(?:[^']|'')*'|\w+|[<>=!]+", plain))
    return " ".join(sorted(found - {"IN", "ANY", "ARRAY", "="}))
