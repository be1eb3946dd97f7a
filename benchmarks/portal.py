"""Times the desk, the ledger and a case among many cases, against a bare page with the same queries."""

import asyncio
import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from rich.console import Console
from rich.table import Table

from actions.people.entrance import fingerprint
from benchmarks.measuring import databases
from benchmarks.seed import DAYS, Seeded, seed
from guapai.clock import SimulatedClock, utc_now
from guapai.people import Actor
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.people import session as sessions
from storage.people.session import Session
from storage.schema.schema import migrate

ALONE, RATE, SECONDS = 200, 60, 20
"""Requests of one client alone; requests a second, and for how long."""
PORTS = {"ours": 8911, "bare": 8912}


@dataclass(frozen=True)
class Asked:
    """A page, and the session that asks for it."""

    name: str
    path: str
    cookie: str


def main() -> None:
    """Seed, serve both, measure, print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=[100_000])
    parser.add_argument("--days", type=int, default=DAYS, help="days lived for the templates")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    results = []
    for cases in given.cases:
        with TemporaryDirectory() as place, databases() as kinds:
            database = next(d for d in kinds if d.kind == "postgresql")
            owner = database.create("portal")
            migrate(owner, utc_now)
            owner.dispose()
            seeded = seed(
                database.url("portal"), cases, files=Path(place) / "files", days=given.days
            )
            results += measure(database.url("portal"), seeded)
    if given.json:
        print(json.dumps(results))
    else:
        _show(results)


def measure(url: str, seeded: Seeded) -> list[dict[str, object]]:
    """One client alone, page by page and side by side; then many at a fixed rate."""
    pages = _pages(url, seeded)
    environment = {
        **os.environ,
        "BENCH_URL": url,
        "BENCH_FILES": str(seeded.files),
        "BENCH_NOW": seeded.now.isoformat(),
        "BENCH_PAGES": "\n".join(f"{p.path} {p.cookie}" for p in pages),
    }
    out: list[dict[str, object]] = []
    with _served("ours", environment), _served("bare", environment):
        for page in pages:
            ours, bare = _alone(page)
            out.append(
                {
                    "cases": seeded.cases,
                    "page": page.name,
                    "ours_ms": ours,
                    "bare_ms": bare,
                    "ratio": ours / bare,
                }
            )
        for side in PORTS:
            spent = asyncio.run(_rushed(PORTS[side], pages))
            out.append(
                {
                    "cases": seeded.cases,
                    "page": f"{side}, {RATE}/s mixed",
                    "p50_ms": _quantile(spent, 50),
                    "p95_ms": _quantile(spent, 95),
                    "p99_ms": _quantile(spent, 99),
                }
            )
    return out


def _pages(url: str, seeded: Seeded) -> list[Asked]:
    engine = open_engine(url)
    cookies = {}
    for actor in (seeded.inspector, seeded.auditor, seeded.chair, seeded.head):
        cookies[actor] = _session(engine, seeded, actor)
    engine.dispose()
    common, rare = quote(seeded.common), quote(seeded.rare)
    asked = (
        ("desk of an inspector", "/desk", seeded.inspector),
        ("desk of an enterprise", "/desk", seeded.head),
        ("ledger, all", "/ledger", seeded.auditor),
        ("ledger, by deadline", "/ledger?sort=deadline", seeded.auditor),
        ("ledger of a district", "/ledger", seeded.chair),
        ("ledger of a department", "/ledger", seeded.inspector),
        ("ledger of an enterprise", "/ledger", seeded.head),
        ("search, common word", f"/ledger?text={common}", seeded.auditor),
        ("search, rare word", f"/ledger?text={rare}", seeded.auditor),
        ("search in a district", f"/ledger?text={common}", seeded.chair),
        ("case", f"/cases/{seeded.long_case}", seeded.auditor),
    )
    return [Asked(name, path, cookies[actor]) for name, path, actor in asked]


def _session(engine: object, seeded: Seeded, actor: Actor) -> str:
    reference = secrets.token_urlsafe(16)
    with unit_of_work(engine, SimulatedClock(seeded.now)) as work:  # type: ignore[arg-type]
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


@contextmanager
def _served(side: str, environment: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.portal_apps", side, str(PORTS[side])]
    process = subprocess.Popen(command, env=environment)
    try:
        asyncio.run(_until_there(PORTS[side]))
        yield
    finally:
        process.terminate()
        process.wait()


async def _until_there(port: int) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await asyncio.sleep(1)
            return
        except OSError:
            await asyncio.sleep(0.2)
    raise SystemExit("the server did not start")


class Line:
    """One kept connection, which asks and reads whole answers."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> "Line":
        """Connect."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def ask(self, page: Asked) -> float:
        """Ask for a page; milliseconds until its last byte."""
        start = time.perf_counter()
        self.writer.write(
            f"GET {page.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: guapai={page.cookie}\r\n\r\n".encode()
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.split(b"\r\n")[0], head
        length = next(
            int(h.split(b":")[1])
            for h in head.split(b"\r\n")
            if h.lower().startswith(b"content-length")
        )
        await self.reader.readexactly(length)
        return (time.perf_counter() - start) * 1000


def _alone(page: Asked) -> tuple[float, float]:
    """Medians of one client that asks both sides in turns."""

    async def run() -> tuple[float, float]:
        lines = [await Line(PORTS[s]).open() for s in ("ours", "bare")]
        spent: tuple[list[float], list[float]] = ([], [])
        for nth in range(ALONE):
            for side in (0, 1) if nth % 2 else (1, 0):
                spent[side].append(await lines[side].ask(page))
        return statistics.median(spent[0][20:]), statistics.median(spent[1][20:])

    return asyncio.run(run())


async def _rushed(port: int, pages: list[Asked]) -> list[float]:
    """Requests at a fixed rate, whoever waits; milliseconds from when each was due."""
    free: asyncio.Queue[Line] = asyncio.Queue()
    for _ in range(32):
        free.put_nowait(await Line(port).open())
    begun, spent = time.perf_counter(), []

    async def one(nth: int) -> None:
        due = begun + nth / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        line = await free.get()
        await line.ask(pages[nth % len(pages)])
        spent.append((time.perf_counter() - due) * 1000)
        free.put_nowait(line)

    await asyncio.gather(*(one(nth) for nth in range(RATE * SECONDS)))
    return spent


def _quantile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def _show(results: list[dict[str, object]]) -> None:
    table = Table(title="The portal beside a bare page with the same queries (ms)")
    for column in ("cases", "page", "ours", "bare", "ratio", "p50", "p95", "p99"):
        table.add_column(column)
    for row in results:
        cells = [row.get(k) for k in ("ours_ms", "bare_ms", "ratio", "p50_ms", "p95_ms", "p99_ms")]
        shown = [f"{c:.2f}" if isinstance(c, float) else "" for c in cells]
        table.add_row(f"{row['cases']:,}", str(row["page"]), *shown)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
