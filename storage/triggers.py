"""What the database itself refuses: changed history, changed letters, changed rule packs.

One list, re-created after every migration: SQLite's batch migrations drop triggers without a
word (pitfalls F).
"""

from sqlalchemy import Connection, text

FROZEN = ("events", "event_subjects", "packs", "calendars", "letter_lines", "reads")
"""Tables whose rows are never changed or deleted."""

LETTER_CONTENT = (
    "case_id",
    "kind",
    "person_id",
    "recipient_name",
    "subject",
    "text",
    "html",
    "statutory",
    "created_at",
)
LETTER_SEAL = ("recipient", "message_id", "sealed_at", "sha256", "mime")
"""What a letter says never changes; how it was sealed does not once it is.

The triggers name these columns (UPDATE OF): a change of state does not make the database read and
compare the sealed bytes, and a statement that does not name a column cannot change it.
"""


def install_triggers(connection: Connection) -> None:
    """Create every trigger anew."""
    if connection.dialect.name == "postgresql":
        _install_postgresql(connection)
    else:
        _install_sqlite(connection)


def trigger_names(connection: Connection) -> set[str]:
    """The triggers that are there now."""
    if connection.dialect.name == "postgresql":
        found = connection.execute(
            text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        ).scalars()
    else:
        found = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).scalars()
    return set(found)


def expected_names(dialect: str) -> set[str]:
    """The triggers that have to be there."""
    if dialect == "postgresql":
        names = {f"{t}_frozen" for t in FROZEN} | {f"{t}_kept" for t in FROZEN}
        return names | {"letters_frozen", "letters_kept", "letters_whole"}
    names = {f"{t}_no_{how}" for t in FROZEN for how in ("update", "delete")}
    return names | {"letters_content", "letters_seal", "letters_no_delete"}


def _install_postgresql(connection: Connection) -> None:
    content = " OR ".join(f"NEW.{c} IS DISTINCT FROM OLD.{c}" for c in LETTER_CONTENT)
    seal = " OR ".join(f"NEW.{c} IS DISTINCT FROM OLD.{c}" for c in LETTER_SEAL)
    connection.execute(
        text(
            "CREATE OR REPLACE FUNCTION guapai_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    )
    connection.execute(
        text(
            "CREATE OR REPLACE FUNCTION guapai_keep_letter() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN IF {content} OR (OLD.mime IS NOT NULL AND ({seal})) THEN "
            "RAISE EXCEPTION 'a letter never changes'; END IF; RETURN NEW; END $$"
        )
    )
    for table in (*FROZEN, "letters"):
        rows = "UPDATE OR DELETE" if table != "letters" else "DELETE"
        for name, statement in (
            ("frozen" if table != "letters" else "kept", f"BEFORE {rows} ON {table} FOR EACH ROW"),
            ("kept" if table != "letters" else "whole", f"BEFORE TRUNCATE ON {table}"),
        ):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}"))
            connection.execute(
                text(f"CREATE TRIGGER {table}_{name} {statement} EXECUTE FUNCTION guapai_refuse()")
            )
    guarded = ", ".join(LETTER_CONTENT + LETTER_SEAL)
    connection.execute(text("DROP TRIGGER IF EXISTS letters_frozen ON letters"))
    connection.execute(
        text(
            f"CREATE TRIGGER letters_frozen BEFORE UPDATE OF {guarded} ON letters FOR EACH ROW "
            "EXECUTE FUNCTION guapai_keep_letter()"
        )
    )


def _install_sqlite(connection: Connection) -> None:
    for name in sorted(trigger_names(connection)):
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    for table in FROZEN:
        for how in ("update", "delete"):
            connection.execute(
                text(
                    f"CREATE TRIGGER {table}_no_{how} BEFORE {how.upper()} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
            )
    content = " OR ".join(f"NEW.{c} IS NOT OLD.{c}" for c in LETTER_CONTENT)
    seal = " OR ".join(f"NEW.{c} IS NOT OLD.{c}" for c in LETTER_SEAL)
    for name, columns, when in (
        ("letters_content", LETTER_CONTENT, content),
        ("letters_seal", LETTER_SEAL, f"OLD.mime IS NOT NULL AND ({seal})"),
    ):
        connection.execute(
            text(
                f"CREATE TRIGGER {name} BEFORE UPDATE OF {', '.join(columns)} ON letters "
                f"WHEN {when} BEGIN "
                "SELECT RAISE(ABORT, 'a letter never changes'); END"
            )
        )
    connection.execute(
        text(
            "CREATE TRIGGER letters_no_delete BEFORE DELETE ON letters BEGIN "
            "SELECT RAISE(ABORT, 'letters is append-only'); END"
        )
    )
