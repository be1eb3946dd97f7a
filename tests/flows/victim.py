"""A process whose children run a job and are killed in the middle of it, with SIGKILL.

It imports everything once and touches no database itself, so that a child costs a fork: orders
come in as JSON lines, reports go out as JSON lines.
"""

import json
import logging
import os
import signal
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from flows import timetable
from flows.running import run_due
from flows.timetable import Ground
from guapai.clock import SimulatedClock
from notifications.post.offices import SmtpOffice
from notifications.post.sealing import Sender
from notifications.post.smtp import Channel, Tls
from storage.database.engine import open_engine
from tests.flows.jobs import JOBS

POST = timetable.post
SMALL = 2
"""A batch so small that a few letters go over several lines at once."""

SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")
_WATCHED = tuple(
    f"/{name}.py"
    for name in (
        "storage/database/work",
        "storage/upkeep/lease",
        "storage/files/evidence",
        "notifications/post/smtp",
        "actions/post/posting",
        "actions/post/claiming",
        "actions/post/line",
        "actions/post/ending",
        "actions/post/pace",
        "actions/post/reminder",
        "actions/post/clerk",
        "actions/clock/ladder",
        "actions/clock/rung",
        "actions/post/digest",
        "actions/post/contact",
        "actions/papers/printing",
        "actions/paper",
        "flows/running",
    )
)
_AROUND = {"commit", "rollback", "execute", "executemany", "send", "replace", "fsync"}
"""Calls of the drivers, the socket and the disk: just before and just after are the worst times."""


class Moments:
    """Counts the moments of a run at which a death could hurt, and dies at the one ordered."""

    def __init__(self, fatal: int | None) -> None:
        self.seen = 0
        self._fatal = fatal

    def watch(self, frame: Any, event: str, arg: Any) -> None:
        """The interpreter calls this at every call and return (`sys.setprofile`)."""
        if event in ("call", "return"):
            if not frame.f_code.co_filename.endswith(_WATCHED):
                return
        elif getattr(arg, "__name__", "") not in _AROUND:
            return
        self.seen += 1
        if self.seen == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def live(order: dict[str, Any]) -> int:
    """Run the job of an order; how many moments it had."""
    timetable.post = partial(POST, batch=order["batch"])
    engine = open_engine(order["url"])
    office = SmtpOffice(Channel(host="127.0.0.1", port=order["port"], tls=Tls.none), SENDER)
    clock = SimulatedClock(datetime.fromisoformat(order["at"]))
    ground = Ground(engine, clock, office, Path(order["files"]))
    moments = Moments(order["fatal"])
    sys.setprofile(moments.watch)
    run_due(ground, JOBS[order["job"]])
    sys.setprofile(None)
    engine.dispose()
    return moments.seen


def _child(order: dict[str, Any], report: int) -> None:
    try:
        os.write(report, str(live(order)).encode())
        os._exit(0)
    except BaseException:
        logging.exception("the victim failed before it was killed")
        os._exit(1)


def main() -> None:
    """Fork a child for every order, wait for its end, and report it."""
    for line in sys.stdin:
        inlet, outlet = os.pipe()
        pid = os.fork()
        if pid == 0:
            _child(json.loads(line), outlet)
        os.close(outlet)
        _, status = os.waitpid(pid, 0)
        moments = int(os.read(inlet, 20) or b"0")
        os.close(inlet)
        ended = {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None}
        ended["code"] = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        print(json.dumps({**ended, "moments": moments}), flush=True)


if __name__ == "__main__":
    main()
