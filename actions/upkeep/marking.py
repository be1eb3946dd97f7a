"""The high-water mark of a running city: written while all is well, never over a loss."""

from guapai.clock import Clock
from storage.database.engine import Engine
from storage.files.store import FileStore
from storage.schema import mark as marks
from storage.upkeep.tally import Figure, Tally


def keep_mark(engine: Engine, clock: Clock, store: FileStore) -> tuple[str, str]:
    """Write down how far the database is: up to where, and what it has lost, if anything.

    Nothing is written then, nor while nothing has happened.
    """
    mark, now = marks.read(store), marks.look(engine, clock())
    if mark is not None and (found := marks.behind(engine, mark, now)):
        return Tally({}), Tally({Figure.behind: f"{found}; run: guapai doctor"})
    if now is not None and not _same(mark, now):
        marks.keep(store, now)
    return Tally({Figure.event: str(now.event)} if now else {}), ""


def begin_mark(engine: Engine, clock: Clock, store: FileStore) -> None:
    """Write down how far a database is, whatever was there: it was just made or put back."""
    now = marks.look(engine, clock())
    if now is not None:
        marks.keep(store, now)


def _same(mark: marks.Mark | None, now: marks.Mark) -> bool:
    return mark is not None and marks.Mark(**{**vars(now), "at": mark.at}) == mark
