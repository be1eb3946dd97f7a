"""Damage is refused: a database that has lost something is not served, and the way out is named."""

import shlex
from pathlib import Path

import sqlalchemy as sa

from actions.upkeep.anew import Beginner, Begun, begin_anew
from actions.upkeep.marking import begin_mark
from guapai.clock import Clock, utc_now
from guapai.errors import Conflict, GuapaiError, Unready
from guapai.settings import Settings
from guapai.text import one_line
from statemachines.noted import Administered
from storage.database.engine import Engine, open_engine
from storage.files.place import store_at
from storage.schema import mark as marks
from storage.schema.health import hurried, masked, sqlite_file
from storage.schema.schema import require_newest
from storage.schema.wreck import file_fault

_BROKEN = ("malformed", "not a database", "disk I/O error", "invalid page", "could not read block")
"""Words in what a driver says of a database whose bytes are damaged."""


_ADOPT = ". Was it restored in another way, and nothing newer can be had? guapai adopt --as EMAIL --reason …"


def newest_pack(folder: Path) -> Path | None:
    """The newest pack in a folder, by the instant in its name."""
    return max(folder.glob("guapai-*.tar"), default=None)


def way_out(settings: Settings) -> str:
    """What to do about a database that is damaged or lost, in one sentence."""
    pack = newest_pack(settings.backups)
    if pack is None:
        return (
            "do not migrate it; restore the newest pack there is: guapai restore PACK … "
            f"(none is in {settings.backups}; GUAPAI_BACKUPS names the folder)"
        )
    kind = "sqlite:///NEW.db" if sqlite_file(settings.database_url) else "NEW-DATABASE-URL"
    return (
        "do not migrate it; keep what is there, and restore the newest pack: guapai restore "
        f"{shlex.quote(str(pack))} --db {kind} --files NEW-FOLDER --as EMAIL --reason …"
    )


def fault_of(settings: Settings, clock: Clock = utc_now, engine: Engine | None = None) -> str:
    """What is wrong with the database of an installation; empty when nothing is seen.

    Raises what the driver raises when the database cannot be asked at all.
    """
    file = sqlite_file(settings.database_url)
    store = store_at(settings.files)
    mark = marks.read(store)
    if file is not None:
        if found := file_fault(file):
            return found
        if not file.exists():
            return f"there is no database {file}, but the files of a city are" if mark else ""
    ours = engine or open_engine(hurried(settings.database_url))
    try:
        return _compared(ours, mark, clock)
    except sa.exc.DBAPIError as error:
        said = str(error.orig).splitlines()[0]
        if not any(word in said for word in _BROKEN):
            raise
        return f"the database {masked(settings.database_url)} is damaged: {said}"
    finally:
        if engine is None:
            ours.dispose()


def adopt(settings: Settings, clock: Clock, reason: str, *, who: str = "") -> Begun:
    """Go on with a database that is behind its mark, as after a restore.

    Raises Unready for one that is damaged, foreign or empty, Conflict for one that is not behind,
    and BadInput or NotAllowed for somebody who is no administrator there.
    """
    store = store_at(settings.files)
    mark = marks.read(store)
    engine = open_engine(settings.database_url)
    try:
        require_newest(engine)
        now = marks.look(engine, clock())
        if mark is None or now is None or not marks.behind(engine, mark, now):
            raise Conflict("this database is not older than the last one seen; nothing was changed")
        if now.city != mark.city:
            raise Unready("this is another city's database; name the folder of its own files")
        beginner = Beginner(who, reason, Administered.adopt, must=True)
        begun = begin_anew(engine, clock, beginner, one_line(reason))
        begin_mark(engine, clock, store)
        return begun
    finally:
        engine.dispose()


def seen_fault(settings: Settings, clock: Clock = utc_now) -> str:
    """The same for whoever looks at everything: nothing is seen in a database that cannot be asked."""
    try:
        return fault_of(settings, clock)
    except (GuapaiError, sa.exc.SQLAlchemyError):
        return ""


def _compared(engine: Engine, mark: marks.Mark | None, clock: Clock) -> str:
    now = marks.look(engine, clock())
    return marks.behind(engine, mark, now) if mark is not None else ""


def require_sound(settings: Settings, clock: Clock = utc_now) -> None:
    """Raise Unready for a damaged, older or foreign database, with the way out."""
    if found := fault_of(settings, clock):
        behind = marks.OLDER in found
        raise Unready(f"{found}; {way_out(settings)}{_ADOPT if behind else ''}")
