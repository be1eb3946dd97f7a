"""A process that imports everything once and forks a child for every order, so that a life costs little.

Orders come in as JSON lines (``{"role": …, …}``); the pid of each child goes out as a line. Children
are not waited for: whoever kills them counts. All of them die with the nursery.
"""

import ctypes
import json
import logging
import os
import signal
import subprocess
import sys
from typing import Any, Self

from tests.chaos.roles import ROLES

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Nursery:
    """The other end of the process: `with Nursery() as nursery: nursery.bear("send", …)`."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-W", "ignore", "-m", "tests.chaos.nursery"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def bear(self, role: str, **order: Any) -> int:
        """The pid of a child that plays a role until it ends by itself or is killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"role": role, **order}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def alive(pid: int) -> bool:
    """Whether a child still lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kill(pid: int) -> bool:
    """Kill a child with SIGKILL; False when it had ended before."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _live(order: dict[str, Any]) -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    sys.stdin.close()
    try:
        ROLES[order.pop("role")](**order)
    except BaseException:
        logging.exception("a child failed before it was killed")
        os._exit(1)
    os._exit(0)


def main() -> None:
    """Fork a child for every order."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are cleared away by the system
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(json.loads(line))
        print(pid, flush=True)


if __name__ == "__main__":
    main()
