"""A city moves from SQLite to PostgreSQL: every row and byte, or nothing at all."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from actions.history.verification import LATE, verify
from actions.upkeep.guard import fault_of
from actions.upkeep.moving import Moved, move
from demo.living import Span
from demo.living import live as live_year
from guapai.clock import SimulatedClock
from guapai.errors import BadInput, Conflict, Unready
from guapai.settings import Settings
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.files.store import FileStore
from storage.questions import counting
from storage.questions.verification import trigger_faults
from storage.schema import dump
from storage.schema.dump import counted
from storage.schema.schema import differences, revision
from storage.schema.tables import METADATA
from tests.actions.conftest import Office
from tests.actions.lived import Lived, live
from tests.cli.commands import Commands
from tests.conftest import START, Databases
from tests.demo.test_year import UNTIL


@pytest.fixture
def lived(databases: Callable[[str], Databases], tmp_path: Path) -> Iterator[Lived]:
    kind = databases("sqlite")
    url = kind.copy("moving")
    engine = open_engine(url)
    now, number = live(engine, tmp_path / "files")
    engine.dispose()
    yield Lived(url, tmp_path / "files", now, number)
    kind.drop(url)


@pytest.fixture
def empty(databases: Callable[[str], Databases], tmp_path: Path) -> Iterator[str]:
    """An empty PostgreSQL database."""
    kind = databases("postgresql")
    beside = kind.copy("beside")
    with dump.spare_database(beside, tmp_path) as url:
        yield url
    kind.drop(beside)


def _move(lived: Lived, url: str, files: Path | None = None) -> Moved:
    settings = Settings(database_url=lived.url, files=lived.files)
    return move(settings, url, files, SimulatedClock(lived.now), lambda *_: None)


def _rows(url: str) -> Mapping[str, list[Any]]:
    """Every row of every table, as the driver gives it, without any type of ours but instants."""
    engine = open_engine(url, role=None)
    with engine.connect() as connection:
        found = {
            t.name: sorted(map(repr, connection.execute(sa.select(t)).all()))
            for t in METADATA.sorted_tables
            if t.name != "sequences"
        }
    engine.dispose()
    return found


def test_a_city_arrives_whole_and_goes_on(lived: Lived, empty: str, tmp_path: Path) -> None:
    before = _rows(lived.url)
    moved = _move(lived, empty)
    assert _rows(empty) == before
    assert moved.counts == {name: len(rows) for name, rows in before.items()}
    assert min(moved.counts[n] for n in ("events", "letters", "papers", "evidence", "acts")) > 0
    assert {f.what for f in moved.verified.faults} <= {LATE}
    owner = open_engine(empty, role=None)
    with owner.connect() as connection:
        assert differences(connection) == [], "foreign keys are back"
    engine = open_engine(empty)
    clock = SimulatedClock(lived.now + timedelta(days=1))
    with unit_of_work(engine, clock, write=False) as work:
        assert trigger_faults(work) == []
        highest = work.execute(sa.text("SELECT max(id) FROM events")).scalar()
    with unit_of_work(engine, clock) as work:
        assert work.take_id() > highest
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), owner.begin() as connection:
        connection.execute(sa.text("UPDATE events SET basis = ''"))
    with pytest.raises(sa.exc.DBAPIError, match="permission denied"), engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM events"))
    engine.dispose()
    owner.dispose()


def test_acts_go_on_with_new_ids(
    office: Office, url: str, databases: Callable[[str], Databases], empty: str
) -> None:
    if url.startswith("postgresql"):
        return
    office.closed()
    office.engine.dispose()
    settings = Settings(database_url=url, files=office.files)
    move(settings, empty, None, office.clock, lambda *_: None)
    engine = open_engine(empty)
    Office(engine, office.clock, office.files, office.city).closed()
    found = verify(engine, office.clock, office.files)
    assert (found.faults, found.cases) == ([], 2)
    engine.dispose()


def test_the_old_city_is_not_used_again(
    lived: Lived, empty: str, guapai: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUAPAI_FILES", str(lived.files))
    done = guapai("move-to", empty, "--db", lived.url)
    assert "rows in" in done.flat and "IN ROLE" in done.flat
    old = guapai("run", "post", "--db", lived.url)
    assert (old.code, "in a postgresql database" in old.flat) == (2, True)
    clock = SimulatedClock(lived.now)
    assert fault_of(Settings(database_url=empty, files=lived.files), clock) == ""


def test_a_target_with_anything_in_it_is_refused(lived: Lived, empty: str) -> None:
    owner = open_engine(empty, role=None)
    with owner.begin() as connection:
        connection.execute(sa.text("CREATE TABLE theirs (x int)"))
    owner.dispose()
    with pytest.raises(Conflict, match="name an empty database"):
        _move(lived, empty)
    with pytest.raises(BadInput, match="a city moves from"):
        _move(lived, "sqlite:///other.db")


def test_a_city_at_work_is_not_moved(lived: Lived, empty: str) -> None:
    engine = open_engine(lived.url)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT count(*) FROM events"))
    with pytest.raises(Unready, match="is in use"):
        _move(lived, empty)
    engine.dispose()
    assert counted(empty) == {}


def test_after_a_failure_the_target_is_empty_and_it_works_the_next_time(
    lived: Lived, empty: str
) -> None:
    """PostgreSQL takes no zero byte in a text; the tables before it were there already."""
    with lived.planting() as connection:
        connection.execute(sa.text("UPDATE letters SET answer = 'a' || char(0) WHERE id > 0"))
    with pytest.raises(sa.exc.DataError, match="NUL"):
        _move(lived, empty)
    assert counted(empty) == {}
    with lived.planting() as connection:
        connection.execute(sa.text("UPDATE letters SET answer = 'a'"))
    assert _move(lived, empty).counts["letters"] > 0


def test_files_come_along_where_that_is_asked(lived: Lived, empty: str, tmp_path: Path) -> None:
    old = FileStore(lived.files)
    lost = next(old.every())
    old.remove(lost)
    moved = _move(lived, empty, tmp_path / "elsewhere")
    new = FileStore(tmp_path / "elsewhere")
    assert list(new.every()) == list(old.every())
    assert (moved.lost, moved.files) == ([lost], len(list(new.every())))
    assert all(new.read(sha256) == old.read(sha256) for sha256 in new.every())


@pytest.mark.long
def test_a_city_of_400_days_moves(
    databases: Callable[[str], Databases], empty: str, tmp_path: Path
) -> None:
    url = databases("sqlite").copy("year")
    settings = Settings(database_url=url, files=tmp_path / "files")
    span = Span(days=400, until=UNTIL, seed=7)
    figures = live_year(settings, span, fresh=False, tell=lambda *_: None)
    clock = SimulatedClock(START.replace(year=2026, month=11, day=23, hour=9))
    moved = move(settings, empty, tmp_path / "there", clock, lambda *_: None)
    assert (moved.verified.faults, moved.lost) == ([], [])
    assert (moved.verified.cases, moved.verified.events) == (figures.hazards, figures.events)
    engine = open_engine(empty)
    assert revision(engine)
    with unit_of_work(engine, clock, write=False) as work:
        assert counting.figures(work) == figures
    engine.dispose()
