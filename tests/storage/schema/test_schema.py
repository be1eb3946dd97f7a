"""The migrated database is the declared one, and refuses what it must refuse."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine

from guapai.clock import SimulatedClock
from guapai.errors import Unready
from storage.database.engine import open_engine
from storage.schema.schema import differences, migrate, newest_revision, require_newest, revision


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
