"""Backups that are tried: a pack is read back, restored beside, and its history proved."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from actions.history.proof import Fault
from actions.history.verification import LATE, Verified, verify
from actions.upkeep.anew import Beginner, Begun, begin_anew
from actions.upkeep.marking import begin_mark, keep_mark
from guapai.clock import Clock
from guapai.errors import BadInput, Conflict, Unready
from statemachines.noted import Administered
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.files.place import store_at
from storage.files.store import FileStore, sync_folder
from storage.schema import mark as marks
from storage.schema.backup import Manifest, Tell, unpack, write_pack
from storage.schema.dump import counted, dump, load, refuse_existing, spare_database
from storage.schema.health import sqlite_file
from storage.schema.schema import knows, migrate, newest_revision
from storage.upkeep import made

_CASES_TRIED = 200
"""About so many cases of a pack are proved after each backup and restore."""


@dataclass(frozen=True)
class BackedUp:
    """A pack, and how it was tried. ``untried`` says why it could not be restored beside, if so."""

    path: Path
    size: int
    manifest: Manifest
    verified: Verified | None
    untried: str = ""

    @property
    def faults(self) -> list[Fault]:
        """The faults that make the pack doubtful; a late letter does not."""
        return doubtful(self.verified)

    @property
    def wrong(self) -> str:
        """What is wrong with the pack, in a few words; empty when it is good."""
        lost, faults = len(self.manifest.lost), len(self.faults)
        said = [f"{lost} files are lost or damaged"] if lost else []
        return ", ".join(said + ([f"the history has {faults} faults"] if faults else []))

    @property
    def good(self) -> bool:
        """Whether all that was packed is whole."""
        return not self.wrong


def doubtful(found: Verified | None) -> list[Fault]:
    """The faults that make a pack or a restored database doubtful; a late letter does not."""
    return [f for f in (found.faults if found else ()) if f.what != LATE]


@dataclass(frozen=True)
class Restored:
    """What was restored, from which revision to which, the proof of a sample, and what is in doubt."""

    manifest: Manifest
    revision: str | None
    verified: Verified
    begun: Begun


def back_up(
    url: str, files: Path, folder: Path, clock: Clock, *, tell: Tell | None = None
) -> BackedUp:
    """Pack a running database and its files into a folder, and try the pack.

    What was made is written down in the database. Raises Unready or BadInput when there is no
    pack, or none to be trusted; a pack that does not hold what was packed is removed. A database
    that has lost something is not packed: its packs would push out the good ones.
    """
    store = store_at(files)
    _require_not_behind(url, store, clock)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=folder) as draft:
        database = Path(draft) / "database"
        dumped = dump(url, database)
        path, manifest = write_pack(folder, database, dumped, store, clock(), tell)
    try:
        verified, untried = _try(path, manifest, url, folder, clock)
    except BadInput:
        path.unlink()
        raise
    done = BackedUp(path, path.stat().st_size, manifest, verified, untried)
    _note(url, clock, store, done)
    return done


def _require_not_behind(url: str, store: FileStore, clock: Clock) -> None:
    mark, file = marks.read(store), sqlite_file(url)
    if mark is None or (file is not None and not file.exists()):
        return
    engine = open_engine(url, role=None)
    try:
        if found := marks.behind(engine, mark, marks.look(engine, clock())):
            raise Unready(f"{found}; nothing was packed; run: guapai doctor")
    finally:
        engine.dispose()


def _note(url: str, clock: Clock, store: FileStore, done: BackedUp) -> None:
    """Write down what was made, where the database has a place for it."""
    if done.manifest.revision != newest_revision():
        return
    engine = open_engine(url)
    tried, good = done.verified is not None, done.good
    try:
        with unit_of_work(engine, clock) as work:
            made.note(work, str(done.path.resolve()), done.size, tried=tried, good=good)
        keep_mark(engine, clock, store)
    finally:
        engine.dispose()


def _try(
    path: Path, manifest: Manifest, url: str, folder: Path, clock: Clock
) -> tuple[Verified | None, str]:
    with tempfile.TemporaryDirectory(prefix=".try-", dir=folder) as room:
        unpack(path, Path(room))
        try:
            with spare_database(url, Path(room)) as spare:
                load(spare, Path(room) / manifest.database)
                _same(path, manifest, spare)
                _bring_up(spare, manifest, clock)
                return _prove(spare, Path(room) / "files", manifest, clock), ""
        except Unready as error:
            return None, str(error)


def _same(path: Path, manifest: Manifest, url: str) -> None:
    """The restored database has as many rows in every table as were packed."""
    there = counted(url)
    odd = sorted(n for n in manifest.counts if manifest.counts[n] != there.get(n))
    if odd:
        wanted, found = manifest.counts[odd[0]], there.get(odd[0])
        raise BadInput(f"{path}: table {odd[0]} has {found} rows, {wanted} were packed")


def _prove(url: str, files: Path, manifest: Manifest, clock: Clock) -> Verified:
    engine = open_engine(url, role=None)
    try:
        sample = max(1, manifest.counts.get("hazards", 0) // _CASES_TRIED)
        return verify(engine, clock, files, sample=sample)
    finally:
        engine.dispose()


def restore(
    path: Path, url: str, files: Path, clock: Clock, *, who: str = "", reason: str = ""
) -> Restored:
    """Make a database and a file store from a pack; neither may be there already.

    Every hash is checked before anything is put into place. An older database is migrated. Who
    restores it (an id or an e-mail) is asked of the restored database, whose history says it. Raises
    Conflict for a target that exists, BadInput for a pack that cannot be trusted or used.
    """
    store = store_at(files)
    _check_targets(url, files, store)
    with _room_beside(store.folder) as room:
        manifest = unpack(path, room)
        _check_fit(path, manifest, url)
        try:
            for packed in sorted((room / "files").rglob("*")):
                if packed.is_file():
                    store.take(packed, packed.name)
            load(url, room / manifest.database)
        except BaseException:
            for digest in list(store.every()):  # ours: none was there before
                store.remove(digest)
            shutil.rmtree(store.folder, ignore_errors=True)
            raise
        if (file := sqlite_file(url)) is not None:
            sync_folder(file.parent)
    _same(path, manifest, url)
    _bring_up(url, manifest, clock)
    verified = _prove(url, files, manifest, clock)
    engine = open_engine(url, role=None)
    try:
        beginner = Beginner(who, reason, Administered.restore)
        begun = begin_anew(engine, clock, beginner, path.name)
        begin_mark(engine, clock, store)
    finally:
        engine.dispose()
    return Restored(manifest, newest_revision(), verified, begun)


def _bring_up(url: str, manifest: Manifest, clock: Clock) -> None:
    """Migrate what an older release packed; on PostgreSQL rights are given anew as well."""
    if manifest.kind == "postgresql" or manifest.revision != newest_revision():
        engine = open_engine(url, role=None)
        try:
            migrate(engine, clock)
        finally:
            engine.dispose()


def _check_targets(url: str, files: Path, store: FileStore) -> None:
    file = sqlite_file(url)
    for folder in filter(None, (store.folder.parent, file.parent if file else None)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    refuse_existing(url)
    if not store.is_empty():
        raise Conflict(f"{files} is there already and not empty; name a folder that is not")


def _check_fit(path: Path, manifest: Manifest, url: str) -> None:
    if url.split("+")[0].split(":")[0] != manifest.kind:
        raise BadInput(f"{path} holds a {manifest.kind} database; --db names another kind")
    if not knows(manifest.revision):
        raise BadInput(
            f"{path} is of revision {manifest.revision}, which this program does not know; "
            "install the release that made it, or a later one"
        )


@contextmanager
def _room_beside(folder: Path) -> Iterator[Path]:
    """Room on the disk of the files, so that they need only be renamed into place."""
    room = Path(tempfile.mkdtemp(prefix=".restore-", dir=folder.parent))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
