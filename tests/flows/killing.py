"""A job that is killed at a random moment, again and again, over one city."""

import json
import random
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from actions.post.round import BATCH
from actions.post.round import LEASE as POST_LEASE
from flows.running import LEASE as RUN_LEASE
from flows.running import run_due
from flows.timetable import Ground
from notifications.post.catcher import Catcher
from notifications.post.offices import SmtpOffice
from notifications.post.smtp import Channel, Tls
from tests.actions.conftest import Office
from tests.flows.jobs import JOBS
from tests.flows.victim import SENDER, SMALL

SEED = 20261124
BACKLOG = 450
"""More than four lines hold with full batches."""


class Killing:
    """A case load, a mail server, and a job that is killed over it again and again."""

    def __init__(self, office: Office, url: str, job: str, catcher: Catcher, victim: Any) -> None:
        self.office, self.url, self.job, self.catcher = office, url, job, catcher
        self._victim = victim
        self._random = random.Random(f"{SEED} {job} {url.partition(':')[0]}")
        channel = Channel(host="127.0.0.1", port=catcher.port, tls=Tls.none)
        outside = SmtpOffice(channel, SENDER)
        self.ground = Ground(office.engine, office.clock, outside, office.files)

    def order(self, fatal: int | None, batch: int = SMALL) -> dict[str, Any]:
        """Let a child run the job, to the end or to its fatal moment; how it ended."""
        order = {
            "job": self.job,
            "url": self.url,
            "at": self.office.clock().isoformat(),
            "files": str(self.office.files),
            "port": self.catcher.port,
            "fatal": fatal,
            "batch": batch,
        }
        self._victim.stdin.write(json.dumps(order) + "\n")
        self._victim.stdin.flush()
        ended: dict[str, Any] = json.loads(self._victim.stdout.readline())
        assert ended["code"] in (0, None), f"seed {SEED}: {order} failed by itself"
        return ended

    def kill(self, supply: Callable[[], None], times: int) -> None:
        """Supply work, kill the job in its middle, let the next run finish; so many times."""
        killed, tries = 0, 0
        supply()
        moments = self.order(None)["moments"]
        while killed < times:
            tries += 1
            assert tries <= 4 * times, f"only {killed} of {tries} children could be killed"
            supply()
            ended = self.order(self._random.randint(1, moments))
            killed += ended["signal"] == signal.SIGKILL
            self.office.clock.advance(max(POST_LEASE, RUN_LEASE) + timedelta(minutes=1))
            self.finish()

    def kill_over(self, supply: Callable[[int], object], times: int, life: int) -> None:
        """Supply one backlog and kill job after job over it; nobody finishes in between.

        A job lives for ``life`` letters at most, so that most letters see many deaths.
        """
        few = 40
        supply(few)
        each = self.order(None, BATCH)["moments"] // few
        supply(BACKLOG + times * life // 2)
        for _ in range(times):
            self.order(self._random.randint(1, each * life), BATCH)
            self.office.clock.advance(POST_LEASE + timedelta(minutes=1))

    def finish(self) -> None:
        """The next run, in this process and to its end."""
        run_due(self.ground, JOBS[self.job])
