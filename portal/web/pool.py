"""Pools of threads: whatever waits, waits in a queue of its own kind, and not for ever.

Nothing that one account, one picture or a crowd at the door asks for takes the threads that show
everybody else's pages. Who finds a queue full, or waits in it too long, is told when to come again.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, TypeVar

from anyio import CapacityLimiter, move_on_after, to_thread

from guapai.errors import Busy

T = TypeVar("T")
PoolName = Literal["reads", "works", "door", "pictures", "disk", "watch", "records", ""]
"""Where the work of a page is done; empty: in the loop, at once, without the database."""

_BUSY = "现在使用的人较多，请稍候再试"


@dataclass
class Pool:
    """So many threads at once; so many others wait for one, and no longer than ``patience``.

    ``most_of_one``: of these, so many may work or wait for one session.
    """

    most: int
    waiting: int
    patience: float
    most_of_one: int = 0
    _threads: CapacityLimiter = field(init=False, repr=False)
    _asked: Counter[str] = field(default_factory=Counter, init=False, repr=False)
    _behind: set[asyncio.Future[Any]] = field(default_factory=set, init=False, repr=False)

    def __post_init__(self) -> None:
        self._threads = CapacityLimiter(self.most)

    @property
    def asked(self) -> int:
        """How many work or wait now."""
        return self._asked.total()

    async def run(self, do: Callable[..., T], *args: Any, one: str = "", **more: Any) -> T:
        """What the function answers, from a thread of the pool. Raises Busy when there is none."""
        with self._place(one):
            place = object()
            with move_on_after(self.patience) as waiting:
                await self._threads.acquire_on_behalf_of(place)
            if waiting.cancelled_caught:
                raise Busy(_BUSY)
            try:
                # a limiter of its own: the place in the pool is ours already
                return await to_thread.run_sync(
                    partial(do, *args, **more), limiter=CapacityLimiter(1)
                )
            finally:
                self._threads.release_on_behalf_of(place)

    async def run_behind(self, seconds: float, do: Callable[..., T], *args: Any) -> bool:
        """Whether it was done within so many seconds; otherwise it is done behind the answer.

        What it raises is nobody's any more; what must be known, the function notes itself.
        """
        task = asyncio.ensure_future(self.run(do, *args))
        self._behind.add(task)
        task.add_done_callback(self._over)
        await asyncio.wait({task}, timeout=seconds)
        return task.done() and not task.cancelled() and task.exception() is None

    def _over(self, task: asyncio.Future[Any]) -> None:
        self._behind.discard(task)
        if not task.cancelled():
            task.exception()  # it is asked for, so that asyncio does not complain

    @contextmanager
    def _place(self, one: str) -> Iterator[None]:
        full = self.asked >= self.most + self.waiting
        if full or (one and self.most_of_one and self._asked[one] >= self.most_of_one):
            raise Busy(_BUSY)
        self._asked[one] += 1
        try:
            yield
        finally:
            self._asked[one] -= 1
            if not self._asked[one]:
                del self._asked[one]


@dataclass
class Turnstile:
    """Lets so many in for one person at a time, who wait for others and not for a thread."""

    most_of_one: int
    _inside: Counter[int] = field(default_factory=Counter, init=False, repr=False)

    @contextmanager
    def passed(self, person_id: int) -> Iterator[None]:
        """One more of a person's. Raises Busy when there are too many."""
        if self._inside[person_id] >= self.most_of_one:
            raise Busy(_BUSY)
        self._inside[person_id] += 1
        try:
            yield
        finally:
            self._inside[person_id] -= 1
            if not self._inside[person_id]:
                del self._inside[person_id]


@dataclass(frozen=True)
class Pools:
    """The pools of one process. The numbers are own.

    Together they ask the database for no more connections than its engine has: on PostgreSQL 25,
    on SQLite 15 that read and 15 that write.
    """

    reads: Pool = field(default_factory=lambda: Pool(12, 200, 10, most_of_one=60))
    """Pages that are only read, and who somebody is."""
    works: Pool = field(default_factory=lambda: Pool(6, 100, 15, most_of_one=40))
    """Whatever changes something; SQLite has one writer, and who waits for its lock waits here."""
    door: Pool = field(default_factory=lambda: Pool(2, 40, 5))
    """Passwords: each takes 64 MiB and an eighth of a second."""
    pictures: Pool = field(default_factory=lambda: Pool(2, 60, 15, most_of_one=40))
    """Views that have to be made first."""
    disk: Pool = field(default_factory=lambda: Pool(3, 200, 30))
    """Pieces of uploads on their way to the disk, once they are here."""
    watch: Pool = field(default_factory=lambda: Pool(1, 10, 3))
    """Probes and figures."""
    records: Pool = field(default_factory=lambda: Pool(1, 50, 1))
    """Entries of the security log."""
    arriving: Turnstile = field(default_factory=lambda: Turnstile(6))
    """Pieces of uploads that arrive; the pages send three at once."""

    def named(self, name: PoolName) -> Pool:
        """A pool by its name."""
        found: Pool = getattr(self, name)
        return found
