"""Processes end in good order: workers when their parent is killed, the post with its letters done."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.city import found_city
from guapai.clock import utc_now
from notifications.post.catcher import Catcher
from storage import letter
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.schema.schema import migrate

GUAPAI = str(Path(sys.executable).with_name("guapai"))
"""The command beside the interpreter."""


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait(for_what: Callable[[], bool], seconds: float) -> bool:
    for _ in range(int(seconds * 10)):
        if for_what():
            return True
        time.sleep(0.1)
    return False


def _listens(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _serving(
    url: str, *more: str, **environment: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = _free()
    command = [GUAPAI, "serve", "--db", url, "--port", str(port), *more]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        yield process, port
    finally:
        process.kill()
        process.wait()


def _database(folder: Path) -> str:
    url = f"sqlite:///{folder}/guapai.db"
    owner = open_engine(url, role=None)
    migrate(owner)
    owner.dispose()
    return url


_CHILD = """
import os, time
from portal.web.parent import end_with_parent
end_with_parent()
print(os.getpid(), flush=True)
time.sleep(90)
"""
_PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_CHILD!r}])"


def test_a_process_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert _wait(lambda: not _lives(child), 30)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


_TOLD = """
import signal
from actions.post.drain import drain_at_sigterm, draining
drain_at_sigterm()
try:
    signal.raise_signal(signal.SIGTERM)
finally:
    print(draining())
"""


def test_a_process_that_others_stop_drains_and_ends() -> None:
    done = subprocess.run([sys.executable, "-c", _TOLD], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("True", 128 + signal.SIGTERM)


@pytest.mark.long
def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    with _serving(_database(tmp_path), "--workers", "2", "--no-clock") as (process, port):
        assert _wait(lambda: _listens(port), 60)
        process.kill()
        process.wait()
        assert _wait(lambda: not _listens(port), 40), "orphans hold the port"


class Slow(Catcher):
    """A mail server that takes its time for every letter."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one letter, half a second later."""
        await asyncio.sleep(0.5)
        return await super().handle_DATA(server, session, envelope)


@pytest.mark.long
def test_a_backlog_outlives_three_restarts(tmp_path: Path) -> None:
    url = _database(tmp_path)
    engine = open_engine(url)
    with unit_of_work(engine) as work:
        found_city(work)
        ids = work.take_ids(600)
        head = {"kind": "hazard_listed", "recipient_name": "收件人", "subject": "通知"}
        text = {"text": "正文", "html": "<p>正文</p>", "statutory": True, "state": "queued"}
        counts = {"version": 1, "attempts": 0, "deaths": 0, "answer": "", "maybe_twice": False}
        times = {"created_at": work.now, "next_try_at": work.now}
        work.insert_many(
            letter.TABLE,
            [
                {"id": i, "recipient": f"r{i}@example.com", **head, **text, **counts, **times}
                for i in ids
            ],
        )

    def states() -> Counter[str]:
        with unit_of_work(engine, utc_now, write=False) as work:
            return Counter(str(r.state) for r in letter.every(work))

    with Slow() as server:
        mail = {"GUAPAI_SMTP_HOST": "127.0.0.1", "GUAPAI_SMTP_PORT": str(server.port)}
        mail |= {"GUAPAI_SMTP_TLS": "none", "GUAPAI_MAIL_DOMAIN": "example.com"}
        for _ in range(3):
            before = len(server.letters)
            with _serving(url, **mail) as (process, _):
                assert _wait(lambda: len(server.letters) > before, 90)  # noqa: B023
                time.sleep(5)
                process.send_signal(signal.SIGTERM)
                assert process.wait(60) == 0
            assert set(states()) <= {"sent", "queued"}
        assert states()["queued"] > 0
        with _serving(url, **mail) as (process, _):
            assert _wait(lambda: len(server.letters) >= 600, 300)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        found = Counter(message_from_bytes(c.mime)["Message-ID"] for c in server.letters)
    assert states() == {"sent": 600}
    assert (len(found), set(found.values())) == (600, {1})
    engine.dispose()
