"""What is done by night: every file is read and held against its hash, and the history is proved."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from actions.history.verification import LATE, verify
from actions.upkeep.backup import back_up
from guapai.clock import Clock, local_time
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.files import damage
from storage.files.place import store_at
from storage.files.store import FileStore
from storage.schema.backup import made_at
from storage.upkeep.tally import Figure as F
from storage.upkeep.tally import Tally


@dataclass(frozen=True)
class Keeping:
    """Where packs go, and of how many days and weeks the last one is kept."""

    folder: Path
    daily: int
    weekly: int


_SAID = 3
"""So many faults are named in the sentence of a night."""


@dataclass
class Checked:
    """How many files were read; those found damaged and those whole again, by hash."""

    files: int = 0
    damaged: dict[str, str] = field(default_factory=dict)
    mended: int = 0


def check_files(
    engine: Engine, clock: Clock, store: FileStore, tell: Callable[[int], None] | None = None
) -> Checked:
    """Read every file there ought to be; what is damaged, and what is whole again, is written down."""
    found, after = Checked(), ""
    while True:
        with unit_of_work(engine, clock, write=False) as work:
            page = damage.files_after(work, after)
            known = {row.sha256 for row in damage.standing(work)}
        if not page:
            return found
        after = page[-1]
        wrong = {sha256: why for sha256 in page if (why := store.wrong(sha256))}
        whole = known.intersection(page) - wrong.keys()
        if wrong or whole:
            with unit_of_work(engine, clock) as work:
                for sha256, why in wrong.items():
                    damage.note(work, sha256, why)
                found.mended += sum(damage.mended(work, sha256) for sha256 in sorted(whole))
        found.damaged.update(wrong)
        found.files += len(page)
        if tell is not None:
            tell(found.files)


def verify_by_night(engine: Engine, clock: Clock, place: Path) -> tuple[str, str]:
    """Check every file and prove the whole history: what was read, and what is wrong, if anything."""
    files = check_files(engine, clock, store_at(place))
    proved = verify(engine, clock, place, read_files=False)
    wrong = [f"{f.what}: {f.where}: {f.found}" for f in proved.faults if f.what != LATE]
    wrong += [f"file {sha256[:12]}… is {why}" for sha256, why in files.damaged.items()]
    said = Tally({F.cases: proved.cases, F.events: proved.events, F.read: files.files})
    if not wrong:
        return said, ""
    first = f"{'; '.join(wrong[:_SAID])}; see: guapai verify"
    damaged = len(files.damaged)
    return said, Tally({F.faults: len(wrong) - damaged, F.lost: damaged, F.found: first})


def back_up_by_night(
    engine: Engine, clock: Clock, files: Path, keeping: Keeping
) -> tuple[str, str]:
    """Make the pack of the day, let go of those that are too old: what was done, and what is wrong."""
    url = engine.url.render_as_string(hide_password=False)
    done = back_up(url, files, keeping.folder, clock)
    gone = let_go(keeping) if done.good else []
    size = max(1, round(done.size / 10**6))
    counted = {F.megabytes: size, F.removed: len(gone)}
    said = Tally({**counted, F.pack: done.path.name, F.untried: done.untried})
    if done.good:
        return said, ""
    return said, Tally({F.lost: len(done.manifest.lost), F.faults: len(done.faults)})


def let_go(keeping: Keeping) -> list[Path]:
    """Remove the packs that are neither the last of a kept day nor of a kept week.

    They are told by their names; other files in the folder stay.
    """
    packs = {path: at for path in keeping.folder.glob("guapai-*.tar") if (at := made_at(path))}
    kept: set[Path] = set()
    for most, period in ((keeping.daily, "%Y-%m-%d"), (keeping.weekly, "%G-%V")):
        last = {f"{local_time(at):{period}}": path for path, at in sorted(packs.items(), key=_when)}
        kept |= {last[name] for name in sorted(last)[-most:]} if most else set()
    gone = sorted(packs.keys() - kept)
    for path in gone:
        path.unlink()
    return gone


def _when(pack: tuple[Path, datetime]) -> tuple[datetime, Path]:
    return pack[1], pack[0]
