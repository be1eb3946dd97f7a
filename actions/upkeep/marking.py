"""The high-water mark of a running city: written while all is well, never over a loss."""

from guapai.clock import Clock
from storage.database.engine import Engine
from storage.files.store import FileStore
from storage.schema import mark as marks


def keep_mark(engine: Engine, clock: Clock, store: FileStore) -> str:
    """Write down how far the database is, unless it has lost something; a sentence.

    Nothing is written while nothing has happened.
    """
    mark, now = marks.read(store), marks.look(engine, clock())
    if mark is not None and (found := marks.behind(engine, mark, now)):
        return f"nothing kept; ALARM: {found}; run: guapai doctor"
    if now is None or _same(mark, now):
        return "nothing new"
    marks.keep(store, now)
    return f"up to event {now.event}"


def begin_mark(engine: Engine, clock: Clock, store: FileStore) -> None:
    """Write down how far a database is, whatever was there: it was just made or put back."""
    now = marks.look(engine, clock())
    if now is not None:
        marks.keep(store, now)


def _same(mark: marks.Mark | None, now: marks.Mark) -> bool:
    return mark is not None and marks.Mark(**{**vars(now), "at": mark.at}) == mark
