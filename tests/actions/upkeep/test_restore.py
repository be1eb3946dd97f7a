"""After a restore nothing goes out until people have looked, and nothing lies under a hash not its own."""

import csv
import hashlib
import json
import lzma
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from actions.history.verification import verify
from actions.upkeep.anew import Beginner, begin_anew, write_list
from actions.upkeep.backup import back_up, restore
from guapai.clock import SimulatedClock
from guapai.errors import BadInput, Unready
from guapai.people import Role
from statemachines.letter import LetterState
from statemachines.noted import Administered
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.history.event import TABLE as EVENTS
from storage.letter import TABLE as LETTERS
from storage.people import session as sessions
from storage.people.session import Session
from storage.schema.schema import migrate, newest_revision, require_newest
from storage.upkeep import hold as holds
from storage.upkeep import made
from storage.upkeep.epoch import current_epoch
from storage.upkeep.hold import Held, HoldReason
from tests.actions.administrator import Administrator
from tests.actions.conftest import Office
from tests.cli.test_backup import _backup, _repacked, kind, target, tools, url
from tests.conftest import START

__all__ = ["kind", "target", "tools", "url"]
_QUEUED = LETTERS.select().where(LETTERS.c.state == LetterState.queued)
ADOPT = Administered.adopt
FROZEN = Path(__file__).parents[2] / "evolution" / "city_0_1.db.xz"


def _signed_in(office: Office) -> None:
    person = office.who(Role.inspector).person_id
    with unit_of_work(office.engine, office.clock) as work:
        now = {"began_at": work.now, "seen_at": work.now}
        sessions.begin(work, Session(hash="a" * 64, person_id=person or 0, token="t", **now))


def test_a_restored_city_holds_its_post_and_says_what_is_in_doubt(
    office: Office, url: str, target: str, tmp_path: Path
) -> None:
    office.listed()
    _signed_in(office)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        waiting = [r["id"] for r in work.execute(_QUEUED).mappings()]
    assert waiting
    pack = _backup(url, office, tmp_path).path
    done = restore(pack, target, tmp_path / "again", office.clock)
    assert [row["id"] for row in done.begun.letters] == waiting
    assert any(row["statutory"] for row in done.begun.letters)
    assert all(row["recipient"] and row["number"] for row in done.begun.letters)
    assert done.begun.sessions == 1
    write_list(done.begun.letters, tmp_path / "doubt.csv")
    with (tmp_path / "doubt.csv").open(encoding="utf-8-sig") as table:
        assert [int(row["id"]) for row in csv.DictReader(table)] == waiting
    assert (tmp_path / "doubt.csv").stat().st_mode & 0o077 == 0
    engine = open_engine(target)
    with unit_of_work(engine, office.clock, write=False) as work:
        (hold,) = holds.standing(work, Held.post)
        assert (hold.reason, hold.note) == (HoldReason.restore, pack.name)
        assert current_epoch(work) == done.begun.epoch != ""
        assert sessions.entry(work, "a" * 64) is None
    engine.dispose()


def test_the_restored_history_says_who_restored_it(
    office: Office, url: str, target: str, tmp_path: Path
) -> None:
    """A pack may be older than the administrator: then it says that somebody did, under a hash."""
    admin = Administrator(office).actor
    office.lead()
    pack = _backup(url, office, tmp_path).path
    told = {"who": "system.admin@example.com", "reason": "磁盘损坏"}
    done = restore(pack, target, tmp_path / "again", office.clock, **told)
    engine = open_engine(target)
    with unit_of_work(engine, office.clock, write=False) as work:
        (said,) = work.execute(EVENTS.select().where(EVENTS.c.noun == "database")).mappings()
    assert (said["person_id"], said["move"]) == (admin.person_id, "restore")
    assert (done.begun.by, "磁盘损坏" in said["leaf"]) == (admin.name, True)
    assert verify(engine, office.clock, tmp_path / "again").faults == []
    begun = begin_anew(engine, office.clock, Beginner("new@example.com", "", ADOPT), "again")
    with unit_of_work(engine, office.clock, write=False) as work:
        said = work.execute(EVENTS.select().where(EVENTS.c.move == "adopt")).mappings().one()
    assert (begun.by, said["person_id"], "new@example.com" in said["leaf"]) == ("", None, False)
    assert "claimed" in said["leaf"]
    assert verify(engine, office.clock, tmp_path / "again").faults == []
    engine.dispose()


def test_two_restores_of_one_pack_are_two_lives(
    office: Office, url: str, target: str, tmp_path: Path, kind: str
) -> None:
    office.listed()
    pack = _backup(url, office, tmp_path).path
    one = restore(pack, target, tmp_path / "one", office.clock).begun.epoch
    if kind == "sqlite":
        other = f"sqlite:///{tmp_path}/other.db"
        assert restore(pack, other, tmp_path / "other", office.clock).begun.epoch != one


@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_is_restored_is_its_owners_only(
    office: Office, url: str, target: str, tmp_path: Path
) -> None:
    office.listed(evidence=office.photos())
    restore(_backup(url, office, tmp_path).path, target, tmp_path / "again", office.clock)
    paths = [*(tmp_path / "again").rglob("*"), tmp_path / "again", *(tmp_path / "new").iterdir()]
    assert len(paths) > 4
    assert [p for p in paths if p.stat().st_mode & 0o077] == []
    assert (tmp_path / "packs").stat().st_mode & 0o077 == 0


def _other_bytes(members: dict[str, bytes]) -> None:
    """A file with other bytes, and a manifest that says so."""
    name = next(n for n in members if n.startswith("files/"))
    members[name] = b"forged"
    manifest = json.loads(members["manifest.json"])
    manifest["members"][name] = {"size": 6, "sha256": hashlib.sha256(b"forged").hexdigest()}
    members["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_file_that_has_not_its_hash_is_refused(
    office: Office, url: str, target: str, tmp_path: Path
) -> None:
    """Only the manifest's hash was compared."""
    office.listed(evidence=office.photos())
    bad = _repacked(_backup(url, office, tmp_path).path, _other_bytes)
    with pytest.raises(BadInput, match="other bytes than its name says"):
        restore(bad, target, tmp_path / "again", office.clock)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_file_that_was_damaged_when_packed_is_not_restored(
    office: Office, url: str, target: str, tmp_path: Path
) -> None:
    office.listed(evidence=office.photos())
    changed = next(p for p in office.files.rglob("*") if p.is_file())
    changed.write_bytes(b"other")
    done = _backup(url, office, tmp_path)
    assert (done.good, done.wrong) == (
        False,
        "1 files are lost or damaged, the history has 1 faults",
    )
    restored = restore(done.path, target, tmp_path / "again", office.clock)
    assert not list((tmp_path / "again").rglob(changed.name))
    assert [f.what for f in restored.verified.faults] == ["file"]


def test_a_pack_is_written_down_where_it_was_made(office: Office, url: str, tmp_path: Path) -> None:
    office.lead()
    done = _backup(url, office, tmp_path)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = made.last_good(work)
    assert found is not None
    assert (found.place, found.size, found.tried) == (str(done.path), done.size, True)
    assert found.made_at == office.clock()


@pytest.fixture
def frozen(tmp_path: Path) -> str:
    """The city of the first release, as it was."""
    path = tmp_path / "frozen.db"
    path.write_bytes(lzma.decompress(FROZEN.read_bytes()))
    return f"sqlite:///{path}"


def test_an_older_schema_is_packed_and_the_pack_is_tried(frozen: str, tmp_path: Path) -> None:
    """The backup before an upgrade ended with “no such table”."""
    clock = SimulatedClock(START + timedelta(days=400))
    done = back_up(frozen, tmp_path / "files", tmp_path / "packs", clock)
    assert done.manifest.revision == "2026_11_28_first" != newest_revision()
    assert done.verified is not None
    assert done.verified.cases > 0
    assert {f.what for f in done.faults} <= {"file"}, "the frozen city has no files beside it"
    engine = open_engine(frozen)
    with pytest.raises(Unready, match="back up, then run: guapai migrate"):
        require_newest(engine)
    engine.dispose()


def test_a_newer_schema_is_left_to_its_own_program(frozen: str, tmp_path: Path) -> None:
    """An old program said “run: guapai migrate”, and that ended in a traceback."""
    owner = open_engine(frozen, role=None)
    with owner.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '2099_01_01_later'")
    refused: list[Callable[[], object]] = [
        lambda: require_newest(owner),
        lambda: migrate(owner),
        lambda: back_up(frozen, tmp_path / "files", tmp_path / "packs", SimulatedClock(START)),
    ]
    for act in refused:
        with pytest.raises(Unready, match="a later release migrated it"):
            act()
    assert not list((tmp_path / "packs").glob("*.tar"))
    owner.dispose()


def test_a_restored_city_verifies_and_the_files_are_where_they_belong(
    office: Office, url: str, target: str, tmp_path: Path
) -> None:
    office.closed()
    done = restore(_backup(url, office, tmp_path).path, target, tmp_path / "again", office.clock)
    engine = open_engine(target)
    found = verify(engine, office.clock, tmp_path / "again")
    assert (found.faults, found.files) == ([], len(done.manifest.members) - 1)
    engine.dispose()
