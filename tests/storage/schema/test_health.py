"""Who may run for long: a login that cannot rewrite history."""

import pytest
import sqlalchemy as sa

from guapai.errors import Unready
from storage.database.engine import Engine, open_engine
from storage.database.role import acting_role, quoted
from storage.schema.health import require_servant


def test_an_owner_is_refused_and_a_servant_is_not(url: str, owner: Engine) -> None:
    if owner.dialect.name == "sqlite":
        require_servant(owner)
        return
    with pytest.raises(Unready, match="guapai_app"):
        require_servant(owner)
    with owner.connect() as connection:
        role = quoted(acting_role(connection))
        connection.execute(sa.text(f"CREATE ROLE guapai_test_login LOGIN IN ROLE {role}"))
        connection.commit()
    servant = open_engine(
        sa.make_url(url).set(username="guapai_test_login").render_as_string(hide_password=False)
    )
    try:
        require_servant(servant)
    finally:
        servant.dispose()
        with owner.connect() as connection:
            connection.execute(sa.text("DROP ROLE guapai_test_login"))
            connection.commit()
