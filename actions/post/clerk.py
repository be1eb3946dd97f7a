"""Writes down what several lines of the post have to say, in one transaction for all who wait."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from guapai.clock import Clock
from storage import way as ways
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work

PATIENCE = 0.002
"""Seconds that a line waits for the others: about as long as a commit takes (own)."""


@dataclass(frozen=True)
class Writing:
    """What is written down in one transaction, and the ways out whose pace it looks at or changes."""

    write: Callable[[Work], None]
    ways: Iterable[str] = ()


def write_down(work: Work, writings: Sequence[Writing]) -> None:
    """Write all of it, in order.

    Ways out are shared by all processes, and each writing comes upon its own in its own order: all
    of them are locked beforehand, in one order for everybody, or two would wait for each other.
    """
    ways.lock(work, {way for writing in writings for way in writing.ways})
    for writing in writings:
        writing.write(work)


class Clerk:
    """One clerk for all lines of a run. Who comes is written down together with the others.

    ``lines`` is how many lines are open: once all of them wait there is nobody to wait for.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.lines = 0
        self._engine, self._clock = engine, clock
        self._waiting: list[tuple[Sequence[Writing], asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None

    async def write(self, writings: Sequence[Writing]) -> None:
        """Have something written; returns when it is committed. Raises what the database raises."""
        if self.lines < 2 and not self._waiting:
            with unit_of_work(self._engine, self._clock) as work:
                write_down(work, writings)
            return
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((writings, done))
        if len(self._waiting) >= self.lines:
            self._write_all()
        elif self._timer is None:
            self._timer = loop.call_later(PATIENCE, self._write_all)
        await done

    def _write_all(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        taken, self._waiting = self._waiting, []
        failed: Exception | None = None
        try:
            with unit_of_work(self._engine, self._clock) as work:
                write_down(work, [one for writings, _ in taken for one in writings])
        except Exception as error:
            failed = error
        for done in (d for _, d in taken if not d.done()):  # a cancelled line hears nothing
            if failed is None:
                done.set_result(None)
            else:
                done.set_exception(failed)
