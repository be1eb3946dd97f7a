"""A city moves from SQLite to PostgreSQL, once, with all it has; what was left is not used again."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from actions.history.verification import Verified, verify
from actions.upkeep.guard import require_sound
from actions.upkeep.marking import begin_mark
from guapai.clock import Clock
from guapai.errors import BadInput, Damaged, Missing
from guapai.settings import Settings
from storage.database.engine import open_engine
from storage.files.place import store_at
from storage.files.store import FileStore
from storage.schema.copying import Tell, alone_with, copy_city
from storage.schema.dump import refuse_existing
from storage.schema.health import sqlite_file
from storage.schema.schema import require_newest


@dataclass(frozen=True)
class Moved:
    """What arrived: rows by table, files that were copied, those that could not be, and the proof."""

    counts: Mapping[str, int]
    files: int
    lost: list[str]
    verified: Verified


def move(settings: Settings, url: str, files: Path | None, clock: Clock, tell: Tell) -> Moved:
    """Copy a city into an empty PostgreSQL database, and its files to another place if one is named.

    Nothing of the old city is changed but its mark, which says that it has moved. After a failure
    the target is as empty as before. Raises BadInput, Conflict, Unready.
    """
    file = sqlite_file(settings.database_url)
    if file is None or not url.startswith("postgresql"):
        raise BadInput("a city moves from sqlite:///… to postgresql+psycopg://…")
    require_sound(settings, clock)
    _require_newest(settings.database_url)
    refuse_existing(url)
    old = store_at(settings.files)
    new = store_at(files) if files is not None else old
    source = alone_with(file)
    target = open_engine(url, role=None)
    try:
        with source.connect() as here:
            wanted = [str(row[0]) for row in here.exec_driver_sql("SELECT sha256 FROM files")]
        lost = _copy_files(old, new, wanted) if files is not None else []
        counts = copy_city(source, target, tell)
        verified = verify(target, clock, files or settings.files)
        for store in {id(s): s for s in (new, old)}.values():
            begin_mark(target, clock, store)
    finally:
        source.dispose()
        target.dispose()
    copied = len(wanted) - len(lost) if files is not None else 0
    return Moved(counts, copied, lost, verified)


def _require_newest(url: str) -> None:
    engine = open_engine(url)
    try:
        require_newest(engine)
    finally:
        engine.dispose()


def _copy_files(old: FileStore, new: FileStore, wanted: list[str]) -> list[str]:
    """Copy files that are not there yet; the hashes of those that are lost or damaged."""
    lost, there = [], set(new.every())
    for sha256 in wanted:
        if sha256 in there:
            continue
        try:
            with old.open(sha256) as handle:
                new.bring(handle, sha256)
        except (FileNotFoundError, Missing, Damaged):
            lost.append(sha256)
    return lost
