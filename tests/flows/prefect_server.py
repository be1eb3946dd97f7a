"""A real Prefect server that a test starts, asks, and ends; and processes that know it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 120.0
"""Seconds to wait for what must come; not a measure."""


def environment(home: Path, **more: str) -> dict[str, str]:
    quiet = {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
        "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_RUNS": "1",
        "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "3",
        "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "PT30S",
        # nobody looks at its events here, and its SQLite file has one writer at a time
        "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
        "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_WORKER_PREFETCH_SECONDS": "1",
        "DO_NOT_TRACK": "1",
        "NO_PROXY": "127.0.0.1",
    }
    return {**os.environ, **quiet, **more}


class Prefect:
    """A server on this machine with a folder of its own, and the workers it got."""

    def __init__(self, home: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port = int(listening.getsockname()[1])
        self.home, self.api = home, f"http://127.0.0.1:{self.port}/api"
        home.mkdir()
        self.begun: list[subprocess.Popen[bytes]] = []
        self.server = self.start(["-m", "prefect", "server", "start", "--port", str(self.port)])
        self.wait(self._answers)

    def start(self, arguments: list[str], **more: str) -> subprocess.Popen[bytes]:
        """A process of its own group that knows the server; its output goes to a file."""
        known = environment(self.home, PREFECT_API_URL=self.api, **more)
        with (self.home / "said").open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-W", "ignore", *arguments],
                env=known,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self.begun.append(process)
        return process

    def guapai(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        return self.start(["-c", "import cli; cli.main()", *words], **more)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.api}/health", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def wait(self, done: Callable[[], Any]) -> Any:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = done()
            if found:
                return found
            time.sleep(0.2)
        raise AssertionError((self.home / "said").read_text()[-6000:])

    def runs(self, **of: Any) -> list[dict[str, Any]]:
        """The runs that the server itself scheduled, newest first."""
        asked = {"limit": 200, "sort": "EXPECTED_START_TIME_DESC", **of}
        found = httpx.post(
            f"{self.api}/flow_runs/filter", json=asked, trust_env=False, timeout=PATIENCE
        )
        return [r for r in found.json() if r["auto_scheduled"]]

    def count(self, state: str) -> int:
        """How many runs ever came to this state."""
        asked = {"flow_runs": {"state": {"type": {"any_": [state]}}}}
        found = httpx.post(
            f"{self.api}/flow_runs/count", json=asked, trust_env=False, timeout=PATIENCE
        )
        return int(found.json())

    def ended(self, state: str) -> list[dict[str, Any]]:
        return [r for r in self.runs() if r["state_type"] == state]

    def stop(self, process: subprocess.Popen[bytes]) -> int:
        process.send_signal(signal.SIGTERM)
        return process.wait(timeout=60)


@contextmanager
def serving(home: Path) -> Iterator[Prefect]:
    found = Prefect(home)
    try:
        yield found
    finally:
        for process in reversed(found.begun):  # the server last, and none outlives a failed test
            if process.poll() is None:
                found.stop(process)
