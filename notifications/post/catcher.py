"""The catcher: a real SMTP server on loopback that keeps every letter; the demo's mailbox."""

import asyncio
import socket
from collections.abc import Awaitable
from dataclasses import dataclass
from threading import Lock
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from guapai.clock import Clock, utc_now
from guapai.errors import BadInput, Unready
from notifications.post.smtp import is_loopback

_LARGEST = 32 * 1024 * 1024  # octets, told to clients as SIZE (RFC 1870)


@dataclass(frozen=True, slots=True)
class Caught:
    """A letter as it arrived; ``at`` is in seconds since 1970, UTC."""

    sender: str
    recipients: tuple[str, ...]
    mime: bytes
    at: float


class Catcher:
    """A mail server for this machine alone: takes every letter, passes none on.

    Open it with `with`; from then on ``port`` is the real one, also when 0 ("any free one") was
    asked for. Raises BadInput for a host that others can reach, and Unready on entry when the
    port cannot be had.
    """

    def __init__(self, port: int = 0, *, host: str = "127.0.0.1", clock: Clock = utc_now) -> None:
        if not is_loopback(host):
            raise BadInput(
                f"mail catcher: {host} is not a loopback address; letters of real people must not"
                " be readable from other machines, use 127.0.0.1"
            )
        self.host = host
        self.port = port
        self._asked = port
        self._clock = clock
        self._lock = Lock()
        self._letters: list[Caught] = []
        self._desk: _Desk | None = None

    @property
    def letters(self) -> list[Caught]:
        """Every letter so far, oldest first; a copy, so it may be read in any thread."""
        with self._lock:
            return list(self._letters)

    def __enter__(self) -> Self:
        listening = _listen(self.host, self._asked)
        self.port = listening.getsockname()[1]
        self._desk = _Desk(self, listening)
        self._desk.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._desk is not None:
            self._desk.hang_up()
            self._desk = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one letter; aiosmtpd calls this hook in the server's own thread."""
        letter = Caught(
            envelope.mail_from or "",
            tuple(envelope.rcpt_tos),
            envelope.original_content or b"",
            self._clock().timestamp(),
        )
        with self._lock:
            self._letters.append(letter)
            return f"250 2.0.0 kept as {len(self._letters)}"


class _Desk(Controller):
    """The server's thread. It listens on a socket that is already bound, so that port 0 works."""

    def __init__(self, catcher: Catcher, listening: socket.socket) -> None:
        self._listening = listening
        self._talks: list[SMTP] = []
        super().__init__(
            catcher,
            hostname=catcher.host,
            port=catcher.port,
            server_hostname="catcher.invalid",  # nobody's name, RFC 2606
            data_size_limit=_LARGEST,
        )

    def factory(self) -> SMTP:
        self._talks = [talk for talk in self._talks if talk.transport is not None]
        talk = SMTP(self.handler, **self.SMTP_kwargs)
        self._talks.append(talk)
        return talk

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)

    def hang_up(self) -> None:
        """End the open talks first: `stop` alone would leave their sockets to the collector."""
        asyncio.run_coroutine_threadsafe(self._end_talks(), self.loop).result()
        self.stop()

    async def _end_talks(self) -> None:
        for _ in range(5):  # turns: three make an accepted socket a talk, one more closes it
            for talk in self._talks:
                if isinstance(talk.transport, asyncio.WriteTransport):
                    talk.transport.abort()
            await asyncio.sleep(0)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
        # accepted sockets inherit it; asyncio sets it only on those whose protocol it knows, and
        # without it each answer of several lines waits 40 ms for an acknowledgement
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        raise Unready(
            f"mail catcher: cannot listen on {host} port {port} ({error.strerror});"
            " choose another port, or 0 for any free one"
        ) from error
