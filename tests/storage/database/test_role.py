"""Each database has a role of its own: who acts in one city reads nothing of another one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from guapai.clock import SimulatedClock
from guapai.errors import Unready
from storage.database.engine import open_engine
from storage.database.role import quoted, role_of
from storage.database.work import unit_of_work
from storage.people import organisation
from storage.schema.health import require_servant
from storage.schema.schema import migrate
from tests.conftest import Databases


@dataclass
class Cluster:
    """A server with logins that are made here and gone afterwards."""

    url: str
    logins: tuple[str, ...] = ()

    def run(self, *statements: str, url: str = "") -> None:
        engine = sa.create_engine(url or self.url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                for statement in statements:
                    connection.exec_driver_sql(statement)
        finally:
            engine.dispose()

    def login(self, name: str, *more: str) -> None:
        self.run(f"CREATE ROLE {name} LOGIN {' '.join(more)}")
        self.logins += (name,)

    def named(self, url: str, **parts: str) -> str:
        return sa.make_url(url).set(**parts).render_as_string(hide_password=False)  # type: ignore[arg-type]


@pytest.fixture
def cluster(databases: Callable[[str], Databases]) -> Iterator[Cluster]:
    found = databases("postgresql").copy("cluster")
    made = Cluster(found)
    yield made
    for name in made.logins:
        made.run(f"DROP OWNED BY {name}", f"DROP ROLE {name}")
    databases("postgresql").drop(found)


def test_who_acts_in_one_city_reads_nothing_of_another(
    cluster: Cluster, databases: Callable[[str], Databases], clock: SimulatedClock
) -> None:
    """There was one role for the whole cluster."""
    kind = databases("postgresql")
    cities = [kind.copy("city"), kind.copy("city")]
    for url in cities:
        owner = open_engine(url, role=None)
        migrate(owner, clock)
        owner.dispose()
    roles = [role_of(sa.make_url(url).database or "") for url in cities]
    cluster.login("login_a", f"IN ROLE {quoted(roles[0])}")
    here, there = (cluster.named(url, username="login_a") for url in cities)
    engine = open_engine(here)
    with unit_of_work(engine, clock, write=False) as work:
        assert organisation.every(work) == []
    require_servant(engine)
    engine.dispose()
    other = open_engine(there)
    with pytest.raises(Unready, match="GRANT"), unit_of_work(other, clock, write=False) as work:
        organisation.every(work)
    other.dispose()
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        cluster.run("SELECT count(*) FROM persons", url=there)
    cluster.run("REVOKE " + quoted(roles[0]) + " FROM login_a")
    for url in cities:
        kind.drop(url)
    cluster.run(*(f"DROP ROLE {quoted(role)}" for role in roles))


@pytest.mark.parametrize("right", ["CREATEROLE", ""])
def test_a_plain_owner_makes_a_city_and_may_not_serve_it(
    cluster: Cluster, clock: SimulatedClock, right: str
) -> None:
    cluster.login("plain_owner", right)
    cluster.run('CREATE DATABASE "plain" OWNER plain_owner')
    url = cluster.named(cluster.url, username="plain_owner", database="plain")
    owner = open_engine(url, role=None)
    if not right:
        with pytest.raises(Unready, match=r"CREATE ROLE .guapai_app_plain.* WITH ADMIN OPTION"):
            migrate(owner, clock)
        cluster.run(
            'CREATE ROLE "guapai_app_plain" NOLOGIN',
            'GRANT "guapai_app_plain" TO "plain_owner" WITH ADMIN OPTION',
        )
    migrate(owner, clock)
    acting = open_engine(url)
    with unit_of_work(acting, clock) as work:  # as the demo does
        assert work.execute(sa.text("SELECT current_user")).scalar() == "guapai_app_plain"
    with pytest.raises(Unready, match="owns the tables and could rewrite history"):
        require_servant(acting)
    owner.dispose()
    acting.dispose()
    cluster.run('REVOKE "guapai_app_plain" FROM "plain_owner" CASCADE')
    refused = open_engine(url)
    with pytest.raises(Unready, match="owns the tables and could rewrite history"):
        require_servant(refused)
    refused.dispose()
    cluster.run('DROP DATABASE "plain" WITH (FORCE)', 'DROP ROLE "guapai_app_plain"')


def test_a_long_name_of_a_database_has_a_role_too() -> None:
    names = {role_of("市" * 20 + end) for end in "ab"}
    assert len(names) == 2
    assert all(len(name.encode()) <= 63 for name in names)
