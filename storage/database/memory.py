"""What a process remembers of rows that never change, so that it reads each of them once."""

from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from storage.database.work import Work

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """What was read, by database and key; at most so many, then it begins anew.

    A unit of work may read what it has written itself. If that is rolled back, SQLite gives the
    same ids to other rows: so the unit knows what it read, and everybody else once it is committed.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[tuple[str, Key], Value] = {}
        self._unsure: WeakKeyDictionary[Work, dict[Key, Value]] = WeakKeyDictionary()

    def recall(self, work: Work, key: Key, read: Callable[[], Value | None]) -> Value | None:
        """What is known for a key, else what is read now; None is not remembered."""
        place = (work.database, key)
        if (found := self._kept.get(place)) is not None:
            return found
        mine = self._unsure.setdefault(work, {})
        if key not in mine:
            said = read()
            if said is None:
                return None
            mine[key] = said
            work.once_committed.append(partial(self._keep, place, said))
        return mine[key]

    def _keep(self, place: tuple[str, Key], value: Value) -> None:
        if len(self._kept) >= self._most:
            self._kept.clear()
        self._kept[place] = value
