"""Draining: a process that is asked to end finishes the letter under way and lets the others go."""

import signal
import threading
from types import FrameType

PATIENCE = 20.0
"""Seconds that letters under way have left once the process is to end; systemd allows 90 (own)."""

_ending = threading.Event()


def drain() -> None:
    """From now on no post of this process claims letters."""
    _ending.set()


def draining() -> bool:
    """Whether this process is about to end."""
    return _ending.is_set()


def drain_at_sigterm() -> None:
    """Drain when the process is told to end, then do what was done before.

    For processes that others stop, such as a Prefect worker's; only in their main thread.
    """
    before = signal.getsignal(signal.SIGTERM)

    def told(number: int, frame: FrameType | None) -> None:
        drain()
        if callable(before):
            before(number, frame)
        elif before is signal.SIG_DFL:
            raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, told)
