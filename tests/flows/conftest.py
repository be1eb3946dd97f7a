"""What serves: on PostgreSQL a login that may act and not rewrite history."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from storage.database.engine import Engine
from storage.database.role import acting_role, quoted


@pytest.fixture
def serving_url(url: str, owner: Engine) -> Iterator[str]:
    """The address of the fresh database for those who serve: `serve`, `clock` and workers."""
    if owner.dialect.name == "sqlite":
        yield url
        return
    with owner.connect() as connection:
        role = quoted(acting_role(connection))
        connection.execute(sa.text(f"CREATE ROLE guapai_server LOGIN IN ROLE {role}"))
        connection.commit()
    yield sa.make_url(url).set(username="guapai_server").render_as_string(hide_password=False)
    with owner.connect() as connection:
        connection.execute(sa.text("DROP ROLE guapai_server"))
        connection.commit()
