"""What this machine knows about time besides the time: since when it is up, and who sets its clock."""

import ctypes
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_TIME_ERROR, _UNSYNCHRONISED = 5, 0x40
"""What adjtimex(2) answers, and the flag in its status, when nobody disciplines the clock."""


@dataclass(frozen=True)
class Witness:
    """A moment as the machine sees it.

    ``uptime`` counts seconds since the boot called ``boot``, sleep included, and no setting of the
    clock moves it. ``synchronised``: a time server keeps the clock right; the kernel forgets that
    as soon as somebody sets the clock by hand.
    """

    boot: str
    uptime: float
    host: str
    synchronised: bool


Machine = Callable[[], Witness]
"""Answers the present moment's witness."""


def this_machine() -> Witness:
    """The witness of the machine this process runs on."""
    return Witness(_boot(), _uptime(), socket.gethostname()[:80], _synchronised())


@cache
def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()[:40]
    except OSError:  # not Linux: only this process can be followed
        return f"process-{time.monotonic_ns()}"


def _uptime() -> float:
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class _Timex(ctypes.Structure):
    """The head of ``struct timex``; the rest is only room."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def _synchronised() -> bool:
    try:
        ask = ctypes.CDLL(None).adjtimex
    except (AttributeError, OSError):
        return False
    found = _Timex()
    answer = ask(ctypes.byref(found))
    return answer not in (-1, _TIME_ERROR) and not found.status & _UNSYNCHRONISED
