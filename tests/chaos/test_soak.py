"""The portal under a steady crowd, one request in a hundred broken off: it does not grow.

``GUAPAI_SOAK_MINUTES`` says how long (5 by default; a release is tried for 30).
"""

import asyncio
import base64
import os
import random
import re
import secrets
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from time import monotonic

import httpx
import psutil
import pytest

from actions.people.entrance import fingerprint
from guapai.clock import SimulatedClock, local_date, utc_now
from guapai.people import Actor, Role
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.people import session as sessions
from storage.people.session import Session
from tests.actions.conftest import PLACE, Office
from tests.chaos.sink import Sink

RATE = 30
"""Requests a second."""
MINUTES = float(os.environ.get("GUAPAI_SOAK_MINUTES", "5"))
WARM = 60
"""Seconds after which nothing may grow any more: caches are full and threads are there."""

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')

Request = Callable[["Crowd"], Awaitable[int]]


@dataclass
class Reading:
    """What the server holds at one moment."""

    memory: int
    descriptors: int
    log: int


@dataclass
class Crowd:
    """People with sessions, and what they were answered."""

    http: httpx.AsyncClient
    port: int
    people: dict[Role, str]
    cases: list[int]
    unit: int
    chance: random.Random
    answers: Counter[str] = field(default_factory=Counter)
    spent: list[float] = field(default_factory=list)

    def cookie(self, role: Role) -> dict[str, str]:
        """The header of somebody's browser."""
        return {"Cookie": f"guapai={self.people[role]}"}

    async def get(self, path: str, role: Role) -> int:
        """Ask for a page."""
        return (await self.http.get(path, headers=self.cookie(role))).status_code


async def _desk(crowd: Crowd) -> int:
    return await crowd.get("/desk", crowd.chance.choice(list(crowd.people)))


async def _case(crowd: Crowd) -> int:
    return await crowd.get(f"/cases/{crowd.chance.choice(crowd.cases)}", Role.inspector)


async def _ledger(crowd: Crowd) -> int:
    return await crowd.get("/ledger?text=除尘", Role.commission_office)


async def _workbook(crowd: Crowd) -> int:
    return await crowd.get("/ledger.xlsx", Role.commission_office)


async def _report(crowd: Crowd) -> int:
    shown = await crowd.http.get("/report", headers=crowd.cookie(Role.inspector))
    typed = {
        "title": "除尘器泄爆口朝向通道",
        "description": "泄爆口正对人员通道",
        "another_because": "另一处泄爆口",
        "place_code": f"{PLACE}100",
        "sector": "工贸",
        "source": "inspection",
        "found_on": local_date(utc_now()).isoformat(),
        "unit_id": str(crowd.unit),
    }
    form = {**dict(_HIDDEN.findall(shown.text.partition('action="/report"')[2])), **typed}
    got = await crowd.http.post("/report", data=form, headers=crowd.cookie(Role.inspector))
    found = re.search(r"/cases/(\d+)", got.headers.get("location", ""))
    if found and len(crowd.cases) < 200:
        crowd.cases.append(int(found[1]))
    return got.status_code


async def _upload(crowd: Crowd) -> int:
    who = {
        **crowd.cookie(Role.inspector),
        "X-Guapai-Token": "token",
        "Tus-Resumable": "1.0.0",
    }
    data = b"\x89PNG\r\n\x1a\n" + crowd.chance.randbytes(50_000)
    name = base64.b64encode("现场.png".encode()).decode()
    told = {"Upload-Length": str(len(data)), "Upload-Metadata": f"filename {name}"}
    begun = await crowd.http.post("/uploads", headers={**who, **told})
    if begun.status_code != 201:
        return begun.status_code
    piece = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    place = begun.headers["location"]
    sent = await crowd.http.patch(place, content=data, headers={**who, **piece})
    await crowd.http.delete(place, headers=who)
    return sent.status_code


async def _wrong_door(crowd: Crowd) -> int:
    typed = {"email": f"nobody.{crowd.chance.randrange(99)}@example.com", "password": "x"}
    return (await crowd.http.post("/sign-in", data=typed)).status_code


async def _cut(crowd: Crowd) -> int:
    """Somebody whose line breaks in the middle of a request, or before its answer."""
    _, writer = await asyncio.open_connection("127.0.0.1", crowd.port)
    request = f"GET /ledger HTTP/1.1\r\nHost: x\r\n{_line(crowd.cookie(Role.inspector))}\r\n\r\n"
    writer.write(request[: crowd.chance.randint(1, len(request))].encode())
    await writer.drain()
    writer.transport.abort()
    return 0


def _line(header: dict[str, str]) -> str:
    return "\r\n".join(f"{name}: {value}" for name, value in header.items())


_MIX: list[tuple[Request, int]] = [
    (_desk, 40),
    (_case, 25),
    (_ledger, 17),
    (_report, 6),
    (_upload, 6),
    (_wrong_door, 3),
    (_workbook, 2),
    (_cut, 1),
]


@contextmanager
def _served(url: str, files: Path, mail: int, said: Path) -> Iterator[tuple[int, psutil.Process]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = int(listening.getsockname()[1])
    environment = {
        **os.environ,
        "GUAPAI_FILES": str(files),
        "GUAPAI_SMTP_HOST": "127.0.0.1",
        "GUAPAI_SMTP_PORT": str(mail),
        "GUAPAI_SMTP_TLS": "none",
    }
    command = [sys.executable, "-c", "from cli import main; main()", "serve"]
    with said.open("w") as err:
        process = subprocess.Popen(
            [*command, "--db", url, "--port", str(port)], stdout=err, stderr=err, env=environment
        )
    try:
        for _ in range(300):
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
                break
            except httpx.TransportError:
                assert process.poll() is None, said.read_text()
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _sit(office: Office, actor: Actor) -> str:
    reference = secrets.token_urlsafe(16)
    with unit_of_work(office.engine, utc_now) as work:
        row = Session(
            hash=fingerprint(reference),
            person_id=actor.person_id or 0,
            token="token",
            role=actor.role,
            organisation_id=actor.organisation_id,
            behalf_of=None,
            began_at=work.now,
            seen_at=work.now,
        )
        sessions.begin(work, row)
    return reference


async def _soak(crowd: Crowd, process: psutil.Process, log: Path) -> list[Reading]:
    """Requests at a fixed rate, whoever waits; a reading every two seconds."""
    begun, running, readings = monotonic(), set[asyncio.Task[None]](), list[Reading]()
    requests, weights = zip(*_MIX, strict=True)

    async def one(request: Request) -> None:
        start = monotonic()
        try:
            crowd.answers[f"{request.__name__} {await request(crowd)}"] += 1
        except httpx.TransportError as error:
            crowd.answers[f"{request.__name__} {type(error).__name__}"] += 1
        crowd.spent.append(monotonic() - start)

    for nth in range(int(RATE * MINUTES * 60)):
        await asyncio.sleep(max(0.0, begun + nth / RATE - monotonic()))
        task = asyncio.create_task(one(crowd.chance.choices(requests, weights)[0]))
        running.add(task)
        task.add_done_callback(running.discard)
        if nth % (2 * RATE) == 0:
            readings.append(_read(process, log))
    await asyncio.gather(*running)
    return readings


def _read(process: psutil.Process, log: Path) -> Reading:
    family = [process, *process.children(recursive=True)]
    memory = descriptors = 0
    for one in family:
        try:
            memory += one.memory_info().rss
            descriptors += one.num_fds()
        except psutil.NoSuchProcess:
            continue
    return Reading(memory, descriptors, log.stat().st_size if log.exists() else 0)


@pytest.mark.long
def test_a_steady_crowd_makes_nothing_grow(
    engine: Engine, url: str, clock: SimulatedClock, tmp_path: Path
) -> None:
    office = Office(engine, clock, tmp_path / "files")
    cases = [office.listed() for _ in range(20)]
    roles = (Role.inspector, Role.commission_office, Role.enterprise_head, Role.department_head)
    people = {role: _sit(office, office.who(role)) for role in roles}
    seed = f"20261128 {url.partition(':')[0]}"
    log = Path(url.removeprefix("sqlite:///") + "-wal")
    said = tmp_path / "said"
    with Sink(seed, refuses=0.01) as sink, _served(url, office.files, sink.port, said) as served:
        port, process = served

        async def go() -> tuple[Crowd, list[Reading]]:
            address = f"http://127.0.0.1:{port}"
            async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as http:
                crowd = Crowd(http, port, people, cases, office.unit, random.Random(seed))
                return crowd, await _soak(crowd, process, log)

        crowd, readings = asyncio.run(go())
    late = quantiles(crowd.spent, n=100)
    print(f"{seed}: {dict(crowd.answers)}")
    print(f"p50 {late[49] * 1000:.0f} ms, p95 {late[94] * 1000:.0f} ms, mail {sink.copies.total()}")
    rest = readings[WARM // 2 :]
    third = len(rest) // 3
    early, end = rest[:third], rest[-third:]
    for name in ("memory", "descriptors", "log"):
        before, after = (median(getattr(r, name) for r in part) for part in (early, end))
        print(f"{name}: {before:,.0f} -> {after:,.0f}")
        room = {"memory": 0.05 * before + 4e6, "descriptors": 8, "log": 0.5 * before + 4e6}[name]
        assert after <= before + room, f"{name} grew from {before:,.0f} to {after:,.0f}"
    bad = {name: count for name, count in crowd.answers.items() if name[-3:] >= "500"}
    assert not any(name.split()[1].startswith("5") for name in bad), (bad, said.read_text()[-2000:])
