"""Damage is refused: what has lost something is not served, verified or migrated, and the way out is named."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.upkeep.backup import back_up
from actions.upkeep.marking import keep_mark
from storage.database.engine import open_engine
from storage.files.store import FileStore
from storage.history.event import TABLE as EVENTS
from storage.schema.mark import NAME
from storage.schema.wreck import file_fault
from tests.actions.administrator import Administrator
from tests.actions.conftest import Office
from tests.cli.commands import Commands
from tests.conftest import Databases


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GUAPAI_BACKUPS", str(tmp_path / "packs"))
    return tmp_path / "packs"


@pytest.fixture
def file(town: Office) -> Path:
    assert town.engine.url.database
    return Path(town.engine.url.database)


def _lived(town: Office, packs: Path) -> Path:
    """The town has lived and made a pack, lives on, and its mark was written; nobody is in it any more."""
    town.listed()
    url = town.engine.url.render_as_string(hide_password=False)
    pack = back_up(url, town.files, packs, town.clock).path
    town.lead()
    first = keep_mark(town.engine, town.clock, FileStore(town.files))
    assert (first[0].startswith("up to event"), first[1]) == (True, "")
    assert keep_mark(town.engine, town.clock, FileStore(town.files)) == first
    town.engine.dispose()
    return pack


def _cut(file: Path) -> None:
    with file.open("rb+") as handle:
        handle.truncate(file.stat().st_size // 2)


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _gone(file: Path) -> None:
    file.unlink()


def _overwritten(file: Path) -> None:
    file.write_bytes(b"x" * file.stat().st_size)


def _broken_inside(file: Path) -> None:
    """Pages in the middle are garbage, the head and the length are right."""
    with file.open("rb+") as handle:
        handle.seek(4096)
        handle.write(b"\xff" * (file.stat().st_size - 8192))


def _log_lost(file: Path) -> None:
    file.with_name(file.name + "-shm").write_bytes(bytes(32768))


COMMANDS = (("doctor",), ("verify",), ("run", "sweep"), ("migrate",), ("serve",), ("clock",))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_cut, "was cut off"),
        (_empty, "has 0 bytes"),
        (_gone, "but the files of a city are"),
        (_overwritten, "is no SQLite database"),
        (_broken_inside, "is damaged: database disk image is malformed"),
        (_log_lost, "-shm is there without"),
    ],
)
def test_a_damaged_file_is_refused_with_the_newest_pack(
    guapai: Commands,
    town: Office,
    db: tuple[str, str],
    file: Path,
    packs: Path,
    damage: Callable[[Path], None],
    said: str,
) -> None:
    pack = _lived(town, packs)
    damage(file)
    before = file.read_bytes() if file.exists() else None
    for command in COMMANDS:
        ran = guapai(*command, *db)
        assert ran.code == (1 if command == ("doctor",) else 2), (command, ran.flat)
        assert said in ran.flat, (command, ran.flat)
        assert f"guapai restore {pack}" in ran.flat, command
        assert "run: guapai migrate" not in ran.flat, command
    assert (file.read_bytes() if file.exists() else None) == before, "nothing was made or mended"


def test_a_log_that_is_lost_with_what_was_committed_is_found(
    guapai: Commands, town: Office, db: tuple[str, str], file: Path, packs: Path
) -> None:
    """A -wal removed after a kill, and -shm with it: the file is whole, but older than the mark."""
    _lived(town, packs)
    copy = file.with_name("before.db")
    shutil.copy(file, copy)
    engine = open_engine(f"sqlite:///{file}")
    later = Office(engine, town.clock, town.files, town.city)
    later.lead()
    keep_mark(engine, town.clock, FileStore(town.files))
    engine.dispose()
    copy.replace(file)
    assert file_fault(file) == ""
    ran = guapai("doctor", *db)
    assert "the database is older than the one last seen" in ran.flat
    assert "guapai restore" in ran.flat
    assert "run: guapai migrate" not in ran.flat
    packed = guapai("backup", *db)
    assert (packed.code, "nothing was packed" in packed.flat) == (2, True)
    _, why = keep_mark(open_engine(f"sqlite:///{file}"), town.clock, FileStore(town.files))
    assert why.startswith("the database is behind: ")


def test_another_life_of_the_same_city_is_found(
    guapai: Commands, town: Office, db: tuple[str, str], file: Path, packs: Path
) -> None:
    """As many events, but others: the database of another branch of its life."""
    _lived(town, packs)
    with open_engine(f"sqlite:///{file}", role=None).connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER events_no_update")
        connection.exec_driver_sql("UPDATE events SET leaf = leaf || ' '")
        connection.commit()
    assert "its event" in guapai("doctor", *db).flat


def test_the_files_of_another_city_are_not_taken_for_its_own(
    guapai: Commands,
    town: Office,
    db: tuple[str, str],
    packs: Path,
    databases: Callable[[str], Databases],
) -> None:
    _lived(town, packs)
    other = databases("sqlite").copy("other")
    engine = open_engine(other, role=None)
    with engine.connect() as connection, connection.begin():
        connection.execute(sa.text("UPDATE origins SET name = 'another'"))
    engine.dispose()
    for command in ("verify", "backup"):
        ran = guapai(command, "--db", other)
        assert (ran.code, "those of another city" in ran.flat) == (2, True), command
    assert guapai("verify", *db).code in (0, 1)
    databases("sqlite").drop(other)


def test_a_mark_that_cannot_be_read_refuses_nobody(
    guapai: Commands, town: Office, db: tuple[str, str], packs: Path
) -> None:
    _lived(town, packs)
    (town.files / NAME).write_text("{")
    assert "older" not in guapai("doctor", *db).flat


def test_a_database_restored_in_another_way_is_adopted(
    guapai: Commands, town: Office, db: tuple[str, str], file: Path, packs: Path, tmp_path: Path
) -> None:
    _lived(town, packs)
    copy = file.with_name("before.db")
    shutil.copy(file, copy)
    engine = open_engine(f"sqlite:///{file}")
    Office(engine, town.clock, town.files, town.city).lead()
    keep_mark(engine, town.clock, FileStore(town.files))
    engine.dispose()
    copy.replace(file)
    doubt = ("--doubt", tmp_path / "doubt.csv")
    done = guapai("adopt", *db, "--reason", "PITR", *doubt)
    assert done.code == 0, done.flat
    assert "The post is held" in done.flat
    engine = open_engine(f"sqlite:///{file}")  # it is another file
    with engine.connect() as connection:
        (said,) = connection.execute(EVENTS.select().where(EVENTS.c.noun == "database")).mappings()
    engine.dispose()
    assert (said["move"], "PITR" in said["leaf"]) == ("adopt", True)
    assert (tmp_path / "doubt.csv").stat().st_mode & 0o077 == 0
    assert "older" not in guapai("doctor", *db).flat
    again = guapai("adopt", *db, "--reason", "PITR")
    assert (again.code, "nothing was changed" in again.flat) == (2, True)
    assert json.loads((town.files / NAME).read_text())["epoch"]


def test_who_adopts_is_an_administrator_where_there_is_one(
    guapai: Commands, town: Office, db: tuple[str, str], file: Path, packs: Path
) -> None:
    Administrator(town, email="admin@example.com")
    _lived(town, packs)
    copy = file.with_name("before.db")
    shutil.copy(file, copy)
    engine = open_engine(f"sqlite:///{file}")
    Office(engine, town.clock, town.files, town.city).lead()
    keep_mark(engine, town.clock, FileStore(town.files))
    engine.dispose()
    copy.replace(file)
    for who in ((), ("--as", "nobody@example.com")):
        refused = guapai("adopt", *db, "--reason", "PITR", *who)
        assert (refused.code, "The post is held" in refused.flat) == (2, False), refused.flat
    assert "older" in guapai("doctor", *db).flat
    done = guapai("adopt", *db, "--reason", "PITR", "--as", "admin@example.com")
    assert done.code == 0, done.flat


def test_a_log_beside_a_file_under_change_is_no_damage(town: Office, file: Path) -> None:
    """A city at work, and one killed at work: both files are there."""
    town.lead()
    assert file.with_name(file.name + "-shm").exists()
    assert file_fault(file) == ""
    for suffix in ("", "-wal"):  # the copy of a killed one
        shutil.copy(file.with_name(file.name + suffix), file.with_name("killed.db" + suffix))
    assert file_fault(file.with_name("killed.db")) == ""
