"""Backups that are tried: a pack is read back, restored beside, and its history proved."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from actions.history.verification import Verified, verify
from guapai.clock import Clock
from guapai.errors import BadInput, Conflict, Unready
from storage.database.engine import open_engine
from storage.files.store import FileStore, sync_folder
from storage.schema.backup import Manifest, Tell, unpack, write_pack
from storage.schema.dump import counted, dump, knows, load, refuse_existing, spare_database
from storage.schema.health import sqlite_file
from storage.schema.schema import migrate, newest_revision

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


@dataclass(frozen=True)
class Restored:
    """What was restored, from which revision to which, and the proof of a sample."""

    manifest: Manifest
    revision: str | None
    verified: Verified


def back_up(
    url: str, files: Path, folder: Path, clock: Clock, *, tell: Tell | None = None
) -> BackedUp:
    """Pack a running database and its files into a folder, and try the pack.

    Raises Unready or BadInput when there is no pack, or none to be trusted; a pack that does not
    hold what was packed is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=folder) as draft:
        database = Path(draft) / "database"
        dumped = dump(url, database)
        path, manifest = write_pack(folder, database, dumped, FileStore(files), clock(), tell)
    try:
        verified, untried = _try(path, manifest, url, folder, clock)
    except BadInput:
        path.unlink()
        raise
    return BackedUp(path, path.stat().st_size, manifest, verified, untried)


def _try(
    path: Path, manifest: Manifest, url: str, folder: Path, clock: Clock
) -> tuple[Verified | None, str]:
    with tempfile.TemporaryDirectory(prefix=".try-", dir=folder) as room:
        unpack(path, Path(room))
        try:
            with spare_database(url, Path(room)) as spare:
                load(spare, Path(room) / manifest.database)
                _same(path, manifest, spare)
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


def restore(path: Path, url: str, files: Path, clock: Clock) -> Restored:
    """Make a database and a file store from a pack; neither may be there already.

    Every hash is checked before anything is put into place. An older database is migrated. Raises
    Conflict for a target that exists, BadInput for a pack that cannot be trusted or used.
    """
    _check_targets(url, files)
    with _room_beside(url, files) as room:
        manifest = unpack(path, room)
        _check_fit(path, manifest, url)
        packed = room / "files"
        packed.mkdir(exist_ok=True)
        if files.exists():
            files.rmdir()  # an empty folder, as checked
        os.replace(packed, files)
        sync_folder(files.parent)
        try:
            load(url, room / manifest.database)
        except BaseException:
            shutil.rmtree(files)  # ours: it was not there before
            raise
        if (file := sqlite_file(url)) is not None:
            sync_folder(file.parent)
    _same(path, manifest, url)
    if manifest.kind == "postgresql" or manifest.revision != newest_revision():
        engine = open_engine(url, role=None)
        migrate(engine, clock)
        engine.dispose()
    return Restored(manifest, newest_revision(), _prove(url, files, manifest, clock))


def _check_targets(url: str, files: Path) -> None:
    file = sqlite_file(url)
    for folder in filter(None, (files.parent, file.parent if file else None)):
        folder.mkdir(parents=True, exist_ok=True)
    refuse_existing(url)
    if files.exists() and (not files.is_dir() or any(files.iterdir())):
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
def _room_beside(url: str, files: Path) -> Iterator[Path]:
    """Room on the disk of the files, so that they need only be renamed into place."""
    room = Path(tempfile.mkdtemp(prefix=".restore-", dir=files.parent))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
