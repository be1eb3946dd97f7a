"""By night a pack is made and tried, old ones are let go of, and nothing is let go of for a bad one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from actions.upkeep.nightly import Keeping, back_up_by_night, let_go
from guapai.clock import SimulatedClock
from storage.database.engine import open_engine
from storage.database.role import acting_role, quoted
from storage.database.work import unit_of_work
from storage.upkeep import made
from tests.actions.conftest import Office
from tests.cli.test_backup import kind, tools, url
from tests.conftest import START, Databases

__all__ = ["kind", "tools", "url"]


def _made(folder: Path, *instants: datetime) -> None:
    folder.mkdir(exist_ok=True)
    for at in instants:
        (folder / f"guapai-{at:%Y%m%dT%H%M%SZ}.tar").write_bytes(b"")


def test_the_last_packs_of_days_and_of_weeks_are_kept(tmp_path: Path) -> None:
    """Three a day for 100 days; days and weeks are local: 17:00Z is the next day."""
    first = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    _made(
        tmp_path,
        *(first + timedelta(days=day, hours=h) for day in range(100) for h in (0, 5, 10)),
    )
    (tmp_path / "guapai-notes.tar").touch()
    (tmp_path / "other.tar").touch()
    gone = let_go(Keeping(tmp_path, daily=7, weekly=4))
    left = sorted(p.name for p in tmp_path.glob("guapai-2*.tar"))
    assert len(gone) == 300 - len(left)
    days = [
        f"guapai-{first + timedelta(days=d, hours=10):%Y%m%dT%H%M%SZ}.tar" for d in range(93, 100)
    ]
    assert left[-7:] == days
    assert len(left) == 7 + 2, "of four weeks two are among the seven days"
    assert (tmp_path / "guapai-notes.tar").exists() and (tmp_path / "other.tar").exists()
    assert let_go(Keeping(tmp_path, daily=7, weekly=4)) == []
    _made(tmp_path, first + timedelta(days=400))
    let_go(Keeping(tmp_path, daily=1, weekly=0))
    assert len(list(tmp_path.glob("guapai-2*.tar"))) == 1


def test_a_good_pack_replaces_old_ones_and_a_bad_one_none(
    office: Office, url: str, tmp_path: Path
) -> None:
    office.closed()
    packs = tmp_path / "packs"
    old = START - timedelta(days=300)
    _made(packs, old, old + timedelta(days=1))
    keeping = Keeping(packs, daily=1, weekly=0)
    said, why = back_up_by_night(office.engine, office.clock, office.files, keeping)
    assert ("2 old packs removed" in said, why) == (True, "")
    _made(packs, old)
    next(p for p in office.files.rglob("*") if len(p.name) == 64).write_bytes(b"other")
    office.clock.advance(timedelta(days=1))
    said, why = back_up_by_night(office.engine, office.clock, office.files, keeping)
    assert "1 files lost or damaged" in why
    assert "0 old packs removed" in said
    assert len(list(packs.glob("*.tar"))) == 3
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = made.last_good(work)
    assert found is not None
    assert found.made_at == office.clock() - timedelta(days=1)


def test_whoever_serves_may_make_the_pack(
    databases: Callable[[str], Databases], tmp_path: Path, clock: SimulatedClock
) -> None:
    """The login that serves is no owner; what it cannot do is said."""
    kind = databases("postgresql")
    url = kind.copy("served")
    owner = open_engine(url, role=None)
    with owner.connect() as connection, connection.begin():
        role = quoted(acting_role(connection))
        connection.exec_driver_sql(f"CREATE ROLE night_login LOGIN IN ROLE {role}")
    engine = open_engine(
        sa.make_url(url).set(username="night_login").render_as_string(hide_password=False)
    )
    Office(engine, clock, tmp_path / "files").lead()
    keeping = Keeping(tmp_path / "packs", 2, 0)
    said, why = back_up_by_night(engine, clock, tmp_path / "files", keeping)
    assert "not restored beside: this login may not create a database" in said
    assert why == ""
    engine.dispose()
    with owner.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP ROLE night_login")
    owner.dispose()
    kind.drop(url)
