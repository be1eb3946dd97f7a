"""The life of a process that runs the timetable: told to end, it ends in good order and in time."""

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from apscheduler.schedulers.background import BackgroundScheduler

from actions.post.drain import PATIENCE, drain

LOG = logging.getLogger(__name__)
LAST = PATIENCE + 10
"""Seconds until a process that is to end does so, whatever its jobs do: every one may be killed."""


@contextmanager
def until_told() -> Iterator[threading.Event]:
    """While this lasts SIGTERM and SIGINT end nothing at once: the post drains, the event is set.

    A web server takes the signals for itself while it runs and raises them again when it has
    ended; without handlers of ours that would be the end of the process, and of its jobs.
    """
    told = threading.Event()

    def tell(*_: object) -> None:
        drain()
        told.set()

    before = {s: signal.signal(s, tell) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def close(scheduler: BackgroundScheduler, last: float = LAST) -> None:
    """End the timetable: nothing new begins, the post finishes what is under way.

    A job that takes longer is left to be taken up by another process, as after a kill.
    """
    drain()
    ending = threading.Thread(target=scheduler.shutdown, kwargs={"wait": True}, daemon=True)
    ending.start()
    ending.join(last)
    if ending.is_alive():
        LOG.error("a job did not end within %d seconds; another process takes it up", last)
        logging.shutdown()
        os._exit(1)
