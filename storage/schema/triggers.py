"""What the database itself refuses: changed history, changed letters, changed rule packs.

One list, from which the triggers are made and against which `verify` and the doctor hold what is
there; re-created after every migration, because SQLite's batch migrations drop triggers without a
word (pitfalls F).

Each definition is written as the database shows it again (``sqlite_master.sql``,
``pg_get_triggerdef``, ``pg_get_functiondef``), so that the two can be compared as text.
"""

from collections.abc import Iterable, Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy import Connection, text

from storage.letter import SEAL
from storage.schema.tables import METADATA, tables_of

CHANGING: Mapping[str, tuple[str, ...]] = {
    t.name: t.info["changing"] for t in METADATA.tables.values() if "changing" in t.info
}
"""Tables whose rows are never deleted, and the columns that may change, as each table says of itself.

Their triggers name the other columns (UPDATE OF): a change of state does not make the database
read and compare the sealed bytes, and a statement that does not name a column cannot change it.
"""

SHOWN = {
    "sqlite": text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"),
    "postgresql": text(
        "SELECT tgname AS name, pg_get_triggerdef(oid) AS sql FROM pg_trigger "
        "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') UNION ALL "
        "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE oid IN "
        "(SELECT tgfoid FROM pg_trigger WHERE NOT tgisinternal)"
    ),
}
"""The triggers that are there and awake, with their definitions, by kind of database."""

_REFUSE = (
    "CREATE OR REPLACE FUNCTION public.guapai_refuse()\n RETURNS trigger\n LANGUAGE plpgsql\n"
    "AS $function$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $function$\n"
)


def definitions(dialect: str) -> dict[str, str]:
    """The triggers that have to be there, and on PostgreSQL what they call: SQL by name."""
    if dialect == "sqlite":
        return dict(_sqlite())
    return {"guapai_refuse": _REFUSE, **dict(_postgresql())}


def guarded_tables() -> tuple[str, ...]:
    """Every table with a trigger."""
    return (*tables_of("frozen", "erasable"), *CHANGING)


def install_triggers(connection: Connection) -> None:
    """Create every trigger anew; one that is none of ours goes."""
    sqlite = connection.dialect.name == "sqlite"
    found = connection.execute(
        text("SELECT name, '' FROM sqlite_master WHERE type = 'trigger'")
        if sqlite
        else text("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
    ).all()
    for name, table in found:
        connection.execute(text(f'DROP TRIGGER "{name}"' + (f" ON {table}" if table else "")))
    for sql in definitions(connection.dialect.name).values():
        connection.execute(text(sql))


def faults(dialect: str, shown: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is wrong with the triggers that a database shows: their names, and what it is."""
    expected, found = set(definitions(dialect).items()), set(shown)
    missing, extra = expected - found, found - expected
    other = {name for name, _ in extra}
    lacking = {name for name, _ in missing}
    said = [
        (n, "does something else" if n in other else "is not there, or is switched off")
        for n in lacking
    ]
    return sorted(said + [(n, "is none of ours") for n in other - lacking])


def _content(table: str) -> str:
    return ", ".join(c.name for c in METADATA.tables[table].c if c.name not in CHANGING[table])


def keys_of(table: str) -> Iterator[tuple[str, ...]]:
    """The columns that tell a row of a table from all others: one way, and every other way."""
    found = METADATA.tables[table]
    yield tuple(c.name for c in found.primary_key)
    for constraint in found.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            yield tuple(c.name for c in constraint.columns)
    for index in found.indexes:
        if index.unique:
            yield tuple(c.name for c in index.columns)


def _sqlite() -> Iterator[tuple[str, str]]:
    def trigger(name: str, table: str, event: str, when: str = "") -> tuple[str, str]:
        condition = f" WHEN {when}" if when else ""
        return name, (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table}{condition} BEGIN "
            f"SELECT RAISE(ABORT, '{table} is append-only'); END"
        )

    for table in guarded_tables():
        # INSERT OR REPLACE removes the row that has a key already, and tells no delete trigger
        # unless the connection asked for it (recursive_triggers); the hidden rowid is a key too
        there = (
            f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(f'{c} = NEW.{c}' for c in key)})"
            for key in (("rowid",), *sorted(keys_of(table)))
        )
        yield trigger(f"{table}_no_replace", table, "INSERT", " OR ".join(there))
        if table in CHANGING:
            yield trigger(f"{table}_content", table, f"UPDATE OF {_content(table)}")
            # UPDATE OR REPLACE could move a row to the place of another one
            yield trigger(f"{table}_no_move", table, "UPDATE", "NEW.rowid IS NOT OLD.rowid")
        else:
            yield trigger(f"{table}_no_update", table, "UPDATE")
        if table not in tables_of("erasable"):
            yield trigger(f"{table}_no_delete", table, "DELETE")
    seal = ", ".join(SEAL)
    yield trigger("letters_seal", "letters", f"UPDATE OF {seal}", "OLD.mime IS NOT NULL")
    yield trigger("letters_sent", "letters", "UPDATE", "OLD.state = 'sent'")


def _postgresql() -> Iterator[tuple[str, str]]:
    def trigger(name: str, table: str, event: str, rows: str) -> tuple[str, str]:
        return name, (
            f"CREATE TRIGGER {name} BEFORE {event} ON public.{table} FOR EACH {rows} "
            "EXECUTE FUNCTION guapai_refuse()"
        )

    for table in guarded_tables():
        event = "UPDATE" if table in tables_of("erasable") else "DELETE OR UPDATE"
        if table in CHANGING:
            event = f"DELETE OR UPDATE OF {_content(table)}"
        yield trigger(f"{table}_frozen", table, event, "ROW")
        yield trigger(f"{table}_kept", table, "TRUNCATE", "STATEMENT")
    for name, event, when in (
        ("seal", f"UPDATE OF {', '.join(SEAL)}", "(old.mime IS NOT NULL)"),
        ("sent", "UPDATE", "((old.state)::text = 'sent'::text)"),
    ):
        yield trigger(f"letters_{name}", "letters", event, f"ROW WHEN ({when})")
