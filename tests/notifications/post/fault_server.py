"""A mail server on real sockets that misbehaves by script, at any step of the talk."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Any, Self, TypeVar

from notifications.post.answers import Answer
from notifications.post.smtp import Channel, Tls, connect

T = TypeVar("T")
SENDER, READER, OTHER = "post@guapai.example", "wang@example.cn", "li@example.cn"
MIME = b"Subject: x\r\n\r\n.a line that begins with a dot\r\n..two\r\nend\r\n"
IMPATIENT = {"timeout": 0.15, "patience": 0.15}  # seconds; a scripted hang costs one of these


class Deed(Enum):
    """What the server does instead of answering."""

    drop = "close the connection"
    reset = "close it with RST"
    hang = "say nothing and keep the line open"


Step = str | Deed
Script = Mapping[str, Step | list[Step]]
"""Step → what happens there. A list is used up one by one, the last entry for ever.

Steps: connect, EHLO, STARTTLS, AUTH, MAIL, RCPT, RSET, DATA, end (after the final dot), QUIT.
A text is sent as it stands with CRLF behind it; "250 ok\\r\\n250 more" is an extra line.
"""

_USUAL = {
    "connect": "220 fault.test",
    "STARTTLS": "220 go ahead",
    "AUTH": "235 welcome",
    "MAIL": "250 sender ok",
    "RCPT": "250 recipient ok",
    "RSET": "250 flushed",
    "DATA": "354 go on",
    "end": "250 2.0.0 taken",
    "QUIT": "221 bye",
}


@dataclass(frozen=True)
class Taken:
    """A letter whose final dot arrived, whatever was answered then."""

    sender: str
    recipients: tuple[str, ...]
    mime: bytes


@dataclass
class FaultServer:
    """`async with FaultServer({"RCPT": "550 5.1.1 no such user"}) as server: …`."""

    script: Script = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    hide_starttls: bool = False
    ways_in: str = "PLAIN LOGIN"

    port: int = field(default=0, init=False)
    heard: bytearray = field(default_factory=bytearray, init=False)
    commands: list[str] = field(default_factory=list, init=False)
    letters: list[Taken] = field(default_factory=list, init=False)
    talks: int = field(default=0, init=False)

    async def __aenter__(self) -> Self:
        self._left = {k: list(v) if isinstance(v, list) else [v] for k, v in self.script.items()}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(
            self._meet, "127.0.0.1", 0, ssl=self.tls if self.implicit else None
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def count(self, verb: str) -> int:
        """How often a command was heard."""
        return sum(command.upper().startswith(verb) for command in self.commands)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.talks += 1
        try:
            await _Talk(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, _Gone):
            pass
        except asyncio.CancelledError:  # the test is over; ending quietly keeps the log clean
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    def _next(self, step: str) -> Step:
        left = self._left.get(step)
        if left:
            return left.pop(0) if len(left) > 1 else left[0]
        return self._offers() if step == "EHLO" else _USUAL.get(step, "502 what?")

    def _offers(self) -> str:
        offers = ["fault.test", "SIZE 33554432", "8BITMIME"]
        if self.ways_in:
            offers.append(f"AUTH {self.ways_in}")
        if self.tls and not self.implicit and not self.hide_starttls:
            offers.append("STARTTLS")
        return "\r\n".join([*(f"250-{offer}" for offer in offers), "250 ok"])


class _Gone(Exception):
    """The script ended this talk."""


class _Talk:
    def __init__(
        self, server: FaultServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.sender = ""
        self.recipients: list[str] = []

    async def run(self) -> None:
        await self.answer("connect")
        while line := await self.line():
            self.server.commands.append(line)
            verb = line.split(" ")[0].upper()
            if line.startswith(("AUTH LOGIN ", "AUTH CRAM-MD5")):  # these want one question
                self.writer.write(b"334 PDFAZmF1bHQudGVzdD4=\r\n")
                await self.line()
            said = await self.answer(verb)
            if verb == "MAIL":
                self.sender, self.recipients = _path(line), []
            elif verb == "RCPT" and said.startswith("2"):
                self.recipients.append(_path(line))
            elif verb == "STARTTLS" and said.startswith("220"):
                assert self.server.tls is not None
                await self.writer.start_tls(self.server.tls)
            elif verb == "DATA" and said.startswith("354"):
                await self.body()
            elif verb == "QUIT":
                return

    async def body(self) -> None:
        lines: list[bytes] = []
        while (line := await self.reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        letter = Taken(self.sender, tuple(self.recipients), b"".join(lines))
        self.server.letters.append(letter)
        await self.answer("end")

    async def line(self) -> str:
        line = await self.reader.readuntil(b"\r\n")
        self.server.heard += line
        return line.decode("utf-8", "replace").rstrip("\r\n")

    async def answer(self, step: str) -> str:
        said = self.server._next(step)
        if isinstance(said, str):
            self.writer.write(f"{said}\r\n".encode("utf-8", "surrogateescape"))
            await self.writer.drain()
            if said.startswith("421"):  # a server that says goodbye also goes
                raise await self.part()
            return said
        if said is Deed.hang:
            await self.reader.read()  # until the client loses patience and hangs up
        elif said is Deed.reset:
            at_once = struct.pack("ii", 1, 0)
            held: socket.socket = self.writer.get_extra_info("socket")
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        else:
            raise await self.part()
        raise _Gone

    async def part(self) -> _Gone:
        self.writer.close()
        await self.writer.wait_closed()
        return _Gone()


def _path(line: str) -> str:
    return line[line.index("<") + 1 : line.index(">")]


def go(work: Coroutine[Any, Any, T]) -> T:
    """Run in a loop of its own, with a limit so that no fault can hang the suite."""
    return asyncio.run(asyncio.wait_for(work, 10))


def channel(server: FaultServer, **changes: Any) -> Channel:
    """A way to this server: patient, without TLS, unless told otherwise."""
    settings: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": server.port,
        "tls": Tls.none,
        "timeout": 5.0,
        "patience": 5.0,
    }
    return Channel(**(settings | changes))


@dataclass(frozen=True)
class Told:
    """What came of one letter."""

    answer: Answer
    alive: bool
    server: FaultServer


async def post(server: FaultServer, **changes: Any) -> Told:
    """Offer one letter on one line, as the post does."""
    async with server, connect(channel(server, **changes)) as line:
        answer = await line.offer(SENDER, READER, len(MIME))
        if answer is None:
            answer = await line.hand_over(MIME)
        return Told(answer, line.alive, server)


def told(script: Script, **changes: Any) -> Told:
    """The same against a server that follows this script."""
    return go(post(FaultServer(script), **changes))
