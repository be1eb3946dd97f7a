"""A portal in a process of its own, and what is done to it with bare sockets meanwhile."""

import hashlib
import http.client
import io
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from PIL import Image

from actions.files.upload import Quota, begin
from actions.people.entrance import fingerprint
from guapai.clock import utc_now
from guapai.people import Actor
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.files.store import FileStore, Kept
from storage.people import session as sessions
from storage.people.session import Session

ROOT = Path(__file__).parents[3]
SERVE = "from cli import main; main()"
PATIENCE = 20.0


@dataclass
class Fortress:
    """A portal that serves, the database and files it serves from, and what it says."""

    url: str
    files: Path
    port: int
    process: "subprocess.Popen[bytes]"
    said: Path

    @property
    def home(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def take(self, path: str, cookies: dict[str, str] | None = None) -> tuple[int, float]:
        """Ask once over a connection of its own; the status, and the seconds it took."""
        began = time.monotonic()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        said = {"Cookie": "; ".join(f"{n}={v}" for n, v in (cookies or {}).items())}
        try:
            line.request("GET", path, headers=said)
            answer = line.getresponse()
            answer.read()
        finally:
            line.close()
        return answer.status, time.monotonic() - began

    def knock(self) -> socket.socket:
        """A connection that says nothing yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)


@contextmanager
def besieged(
    url: str, files: Path, folder: Path, *, descriptors: int = 0, **settings: str
) -> Iterator[Fortress]:
    """The portal over a database, served until the block ends, with so many descriptors at most."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = int(listening.getsockname()[1])
    said = folder / "said"
    limit = f"ulimit -n {descriptors} && " if descriptors else ""
    words = f'{limit}exec "{sys.executable}" -c "{SERVE}" serve --no-clock --port {port}'
    given = {"GUAPAI_DATABASE_URL": url, "GUAPAI_FILES": str(files), **settings}
    with said.open("wb") as out:
        process = subprocess.Popen(
            ["bash", "-c", words],
            cwd=ROOT,
            env={**os.environ, **given, "PYTHONPATH": str(ROOT)},
            stdout=out,
            stderr=out,
        )
    fortress = Fortress(url, files, port, process, said)
    try:
        _wait(fortress)
        yield fortress
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(fortress: Fortress) -> None:
    for _ in range(600):
        try:
            assert fortress.take("/healthz")[0] == 200
        except OSError:
            assert fortress.process.poll() is None, fortress.said.read_text()
            time.sleep(0.1)
        else:
            return
    raise AssertionError(fortress.said.read_text())


def cookie(url: str, actor: Actor) -> dict[str, str]:
    """A session of today for somebody."""
    engine, reference = open_engine(url), secrets.token_urlsafe(32)
    with unit_of_work(engine, utc_now) as work:
        values = Session(
            hash=fingerprint(reference),
            person_id=actor.person_id or 0,
            token=f"token-{actor.person_id}",
            role=actor.role,
            organisation_id=actor.organisation_id,
            behalf_of=None,
            began_at=work.now,
            seen_at=work.now,
        )
        sessions.begin(work, values)
    engine.dispose()
    return {"guapai": reference}


@contextmanager
def creeping(fortress: Fortress, actors: list[Actor], each: int) -> Iterator[list[socket.socket]]:
    """Uploads of several people, of which one byte has come and the next are still to come."""
    engine = open_engine(fortress.url)
    with ExitStack() as open_lines:
        lines = []
        for actor in actors:
            cookies = cookie(fortress.url, actor)
            for _ in range(each):
                with unit_of_work(engine, utc_now) as work:
                    upload = begin(work, actor.person_id or 0, "a.pdf", 5000, Quota(99, 99))
                line = open_lines.enter_context(fortress.knock())
                head = (
                    f"PATCH /uploads/{upload.id} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    f"Cookie: guapai={cookies['guapai']}\r\nTus-Resumable: 1.0.0\r\n"
                    f"X-Guapai-Token: token-{actor.person_id}\r\nUpload-Offset: 0\r\n"
                    "Content-Type: application/offset+octet-stream\r\nContent-Length: 5000\r\n\r\n"
                )
                line.sendall(head.encode() + b"%")
                lines.append(line)
        time.sleep(1)
        yield lines
    engine.dispose()


def scanned(side: int, scans: int) -> bytes:
    """A progressive photograph with so many scans more: each makes the decoder go over it once more."""
    picture = Image.new("RGB", (side, side))
    picture.paste(Image.effect_noise((64, 64), 60).convert("RGB"), (8, 8))
    out = io.BytesIO()
    picture.save(out, "JPEG", progressive=True)
    data = out.getvalue()
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * scans + data[-2:]


def lay(url: str, files: Path, data: bytes) -> int:
    """Lay a picture into a case as an earlier release would have taken it; its number as evidence."""
    store, sha256 = FileStore(files), hashlib.sha256(data).hexdigest()
    store.path(sha256).parent.mkdir(parents=True, exist_ok=True)
    store.path(sha256).write_bytes(data)
    engine = open_engine(url)
    with unit_of_work(engine, utc_now) as work:
        evidence.remember(work, Kept(sha256, len(data), "image/jpeg"))
        like = dict(work.execute(sa.select(evidence.TABLE)).mappings().first() or {})
        number = work.take_id()
        work.insert(evidence.TABLE, {**like, "id": number, "file": sha256, "supersedes": None})
    engine.dispose()
    return number


def guess(fortress: Fortress, nth: int) -> tuple[int, str | None, str]:
    """One wrong sign-in over a connection of its own: status, when to come again, page."""
    form = urlencode({"email": f"nobody{nth}@example.com", "password": f"Guess-{nth}-guess"})
    line = http.client.HTTPConnection("127.0.0.1", fortress.port, timeout=PATIENCE)
    try:
        line.request(
            "POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = line.getresponse()
        return answer.status, answer.getheader("Retry-After"), answer.read().decode()
    finally:
        line.close()
