"""Letters posted per second, beside bare SMTP clients with the same sealed bytes on as many lines."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import aiosmtplib

from actions.post.posting import LINES, post
from benchmarks.ground import SENDER, START
from benchmarks.measuring import Database, Figure, alternate, databases, figure, show, wants_json
from benchmarks.seal import queued, typical
from guapai.clock import SimulatedClock
from notifications.post.offices import SmtpOffice
from notifications.post.sealing import Sealed, seal
from notifications.post.smtp import Channel, Tls
from storage import letter as letters
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.schema.schema import migrate

LETTERS = 1000
HOST = "127.0.0.1"


@contextmanager
def sink(kind: str) -> Iterator[int]:
    """A server in a process of its own, "real" or "instant"; its port."""
    command = [sys.executable, "-m", "benchmarks.sink", kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def seal_all() -> list[Sealed]:
    """The letters of one run."""
    return [
        seal(typical(nth), letter_id=nth + 1, sender=SENDER, at=START) for nth in range(LETTERS)
    ]


def queue_sealed(engine: Engine, clock: SimulatedClock, sealed: list[Sealed]) -> None:
    """Put sealed letters into the queue, as a post that was stopped left them."""
    with unit_of_work(engine, clock) as work:
        rows = [
            {
                **queued(work, typical(nth)),
                "message_id": one.message_id,
                "sealed_at": one.date,
                "sha256": one.sha256,
                "mime": one.mime,
            }
            for nth, one in enumerate(sealed)
        ]
        work.insert_many(letters.TABLE, rows)


def ours(
    engine: Engine, clock: SimulatedClock, port: int, sealed: list[Sealed], lines: int
) -> float:
    """Seconds until every queued letter is sent and written down as sent."""
    queue_sealed(engine, clock, sealed)
    office = SmtpOffice(Channel(host=HOST, port=port, tls=Tls.none), SENDER)
    start = time.perf_counter()
    posted = asyncio.run(post(engine, office, clock, lines=lines))
    took = time.perf_counter() - start
    if posted.sent != len(sealed):
        raise SystemExit(f"only {posted.sent} letters were sent: no measure")
    return took


def library(port: int, sealed: list[Sealed], lines: int) -> float:
    """Seconds for the library's clients: so many lines, one letter after another on each."""

    async def send(share: list[Sealed]) -> None:
        client = aiosmtplib.SMTP(hostname=HOST, port=port, use_tls=False, start_tls=False)
        async with client:
            for letter in share:
                await client.sendmail(SENDER.address, [letter.recipient], letter.mime)

    async def send_all() -> None:
        await asyncio.gather(*(send(sealed[nth::lines]) for nth in range(lines)))

    start = time.perf_counter()
    asyncio.run(send_all())
    return time.perf_counter() - start


def bare(port: int, sealed: list[Sealed], _: int) -> float:
    """Seconds for a blocking socket with hand-written commands, each answer waited for."""
    start = time.perf_counter()
    with socket.create_connection((HOST, port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.recv(4096)
        for command in _commands(sealed):
            line.sendall(command)
            line.recv(4096)
    return time.perf_counter() - start


def _commands(sealed: list[Sealed]) -> Iterator[bytes]:
    yield b"EHLO localhost\r\n"
    for letter in sealed:
        yield f"MAIL FROM:<{SENDER.address}> SIZE={len(letter.mime)}\r\n".encode("ascii")
        yield f"RCPT TO:<{letter.recipient}>\r\n".encode("ascii")
        yield b"DATA\r\n"
        yield letter.mime + b".\r\n"
    yield b"QUIT\r\n"


def measure(database: Database, real: int, instant: int, sealed: list[Sealed]) -> list[Figure]:
    """Ours against both clients, on the ports of both servers."""
    clock = SimulatedClock(START)
    owner = database.create("post")
    migrate(owner, clock)
    owner.dispose()
    engine = database.open("post")
    out = []
    for name, client, port, lines, target in (
        ("post", library, real, 1, "≥ 0.60" if database.kind == "postgresql" else "≥ 0.70"),
        ("post_four_lines", library, real, LINES, "–"),
        ("post_vs_socket", bare, real, 1, "–"),
        ("post_instant_server", library, instant, 1, "–"),
    ):
        took = alternate(
            lambda _, port=port, n=lines: ours(engine, clock, port, sealed, n),  # type: ignore[misc]
            lambda _, port=port, n=lines, client=client: client(port, sealed, n),  # type: ignore[misc]
        )
        out.append(figure(name, database.kind, target, LETTERS, *took))
    engine.dispose()
    return out


def main() -> None:
    """Measure both databases."""
    as_json = wants_json(__doc__ or "")
    sealed = seal_all()
    with databases() as kinds, sink("real") as real, sink("instant") as instant:
        figures = [f for database in kinds for f in measure(database, real, instant, sealed)]
    show("post", figures, as_json=as_json)


if __name__ == "__main__":
    main()
