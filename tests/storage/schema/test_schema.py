"""The migrated database is the declared one, and refuses what it must refuse."""

import ast
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine

import storage
from guapai.clock import SimulatedClock
from guapai.errors import Unready
from storage.database.columns import FROZEN, PASSING
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.schema.schema import differences, migrate, newest_revision, require_newest, revision
from storage.schema.tables import METADATA, tables_of


def test_migrations_make_the_declared_tables(owner: Engine) -> None:
    with owner.connect() as connection:
        assert differences(connection) == []
    assert revision(owner) == newest_revision()


def _words(owner: Engine, table: str, column: str, words: str) -> None:
    """Give a column of words another CHECK, as a migration would that knows other words."""
    with owner.connect() as connection, connection.begin():
        steps = Operations(MigrationContext.configure(connection))
        with steps.batch_alter_table(table) as batch:
            name = f"ck_{table}_{column}"
            batch.drop_constraint(steps.f(name), type_="check")
            batch.create_check_constraint(steps.f(name), sa.text(f"{column} IN ({words})"))


def test_a_word_that_the_database_would_refuse_is_a_difference(owner: Engine) -> None:
    _words(owner, "listings", "level", "'county', 'city', 'province'")
    with owner.connect() as connection:
        found = differences(connection)
    name = ("listings", "ck_listings_level")
    assert found == [
        ("check declared", *name, "'city' 'county' 'province' 'state' level"),
        ("check in the database", *name, "'city' 'county' 'province' level"),
    ]
    _words(owner, "listings", "level", "'state', 'county', 'city', 'province'")
    with owner.connect() as connection:
        assert differences(connection) == []


def test_migrating_again_changes_nothing(owner: Engine, clock: SimulatedClock) -> None:
    with owner.connect() as connection:
        before = connection.execute(sa.text("SELECT count(*) FROM packs")).scalar()
    migrate(owner, clock)
    with owner.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM packs")).scalar() == before == 2


def test_acting_role_may_not_touch_history(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        return
    for statement in (
        "UPDATE events SET basis = ''",
        "DELETE FROM events",
        "DROP TRIGGER events_frozen ON events",
        "UPDATE alembic_version SET version_num = 'x'",
        "DELETE FROM letters",
    ):
        with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as failed:
            connection.execute(sa.text(statement))
        assert "permission denied" in str(failed.value) or "must be owner" in str(failed.value)


def _deleted() -> Iterator[tuple[str, sa.Table]]:
    """Every ``sa.delete(TABLE)`` in storage, with its table."""
    for info in walk_packages(storage.__path__, "storage."):
        if "migrations" in info.name:
            continue
        module = import_module(info.name)
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "sa.delete":
                said = ast.unparse(node.args[0])
                found = vars(module).get(said) if said.isidentifier() else None
                if found is None and "." in said:
                    found = getattr(vars(module)[said.split(".")[0]], said.split(".")[1])
                assert isinstance(found, sa.Table), f"{info.name}: {said}"
                yield info.name, found


def test_what_we_delete_says_of_itself_that_it_may_go() -> None:
    found = list(_deleted())
    assert len(found) > 10
    assert [
        (m, t.name) for m, t in found if t.info.get("rows") not in ("erasable", "passing")
    ] == []
    gone = {t.name for _, t in found}
    assert set(tables_of("passing")) <= gone, "marked, though nothing ever deletes it"


def test_every_table_says_a_fate_that_is_known() -> None:
    fates = {t.info["rows"] for t in METADATA.tables.values() if "rows" in t.info}
    assert fates == {"frozen", "erasable", "passing"}


_SAID: dict[str, dict[str, dict[str, str]]] = {"frozen": FROZEN, "passing": PASSING, "kept": {}}


@pytest.fixture
def marked(owner: Engine, clock: SimulatedClock) -> Iterator[dict[str, sa.Table]]:
    """A new table for each fate, and one that says nothing, in a database migrated with them."""
    made = {
        fate: sa.Table(
            f"new_{fate}",
            METADATA,
            sa.Column("id", sa.Integer, primary_key=True),
            info=said.get("info"),
        )
        for fate, said in _SAID.items()
    }
    for table in made.values():
        table.create(owner)
    yield made
    for table in made.values():
        table.drop(owner)
        METADATA.remove(table)


def test_a_new_table_gets_the_rights_and_triggers_of_its_fate(
    owner: Engine, engine: Engine, clock: SimulatedClock, marked: dict[str, sa.Table]
) -> None:
    migrate(owner, clock)
    with owner.connect() as connection, connection.begin():
        for table in marked.values():
            connection.execute(table.insert(), {"id": 1})
    told = {}
    for fate, table in marked.items():
        for what, statement in (("change", table.update().values(id=2)), ("go", table.delete())):
            with suppress(sa.exc.DBAPIError), unit_of_work(engine, clock) as work:
                work.execute(statement)
                told[fate, what] = True
    assert [(f, "change") in told for f in marked] == [False, True, True]
    if engine.dialect.name == "postgresql":
        assert [(f, "go") in told for f in marked] == [False, True, False]
    assert ("frozen", "go") not in told


def test_empty_database_says_what_to_do(tmp_path: object) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/empty.db", role=None)
    with pytest.raises(Unready, match="guapai migrate"):
        require_newest(engine)
    engine.dispose()


def test_a_mistyped_path_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(Unready, match="there is no database at"):
        open_engine(f"sqlite:///{tmp_path}/mistyped.db")
    with pytest.raises(Unready, match="is a folder"):
        open_engine(f"sqlite:///{tmp_path}")
    assert list(tmp_path.iterdir()) == []


def test_unknown_url_is_refused() -> None:
    with pytest.raises(Unready, match="must start with"):
        open_engine("mysql://x")
