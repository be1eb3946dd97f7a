"""The parent of a worker: when it has died, however it died, the worker ends too."""

import os
import signal
import threading
import time

LOOK = 1.0
"""Seconds between two looks (own)."""

LAST = 30.0
"""Seconds for the requests under way once the parent is gone (own)."""


def end_with_parent() -> None:
    """From now on this process ends soon after the one that started it.

    Else workers would go on serving on the port, without a timetable, and no restart could begin.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(LAST)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
