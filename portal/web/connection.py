"""Connections: how long one may say nothing, how many there are, and whose goes when there are too many.

What uvicorn lacks: a time within which the head of a request has to be here, one within which an
answer has to be taken, and a number of connections that the process can carry. A new one is never
refused while another is idle: that one, the oldest, is closed.
"""

import asyncio
import logging
import resource
import socket
from collections import Counter
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

LOG = logging.getLogger("guapai.portal")
HEAD = 10
"""Seconds within which the head of a request has to be here (own)."""
IDLE = 15
"""Seconds an idle connection is kept (own)."""
TAKEN = 30
"""Seconds within which some of an answer has to be taken by its reader (own)."""
LINGER = 3
"""Seconds for the rest of a body that nobody wants any more (own)."""
MOST = 2000
"""Connections of one process, however many descriptors it may have (own)."""
KEPT_FREE = 128
"""Descriptors kept free for the database, files and what is being accepted (own)."""
ACCEPTED_AT_ONCE = 32
"""Connections taken up in one go: what is too many is closed before the next go (own)."""
QUEUE = 1024
"""Connections the kernel holds until they are taken up (own)."""
_PROXIES = frozenset({"127.0.0.1", "::1", ""})
"""Behind these come others' connections; no one of them is counted as one visitor's."""
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: 5\r\nRetry-After: 5\r\nConnection: close\r\n\r\nbusy\n"
)


def most_connections() -> int:
    """How many connections this process can carry."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(MOST, max(soft - KEPT_FREE, soft // 4))


def raise_descriptors() -> None:
    """Take as many descriptors as the machine lets us have: the usual 1,024 are few for a server."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + 2 * KEPT_FREE
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if wanted > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _trouble(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """One line for what asyncio could not do: without descriptors it says so thousands of times."""
    error = context.get("exception")
    ours = error if isinstance(error, Exception) and not isinstance(error, OSError) else None
    told = {"said": str(context.get("message", ""))[:100], "error": type(error).__name__}
    LOG.warning("the loop is in trouble", extra=told, exc_info=ours)


class Lobby:
    """The connections of this process, in the order in which they last said something."""

    def __init__(self) -> None:
        self.most = most_connections()
        self._idle: dict[Connection, None] = {}
        self._of: Counter[str] = Counter()
        self._count = 0

    def enter(self, one: "Connection") -> bool:
        """Whether there is room for a new one; there is where another can be sent away."""
        host = one.host
        self._count += 1
        self._of[host] += 1
        crowded = host not in _PROXIES and self._of[host] > self.most // 2
        if self._count <= self.most and not crowded:
            return True
        oldest = next((c for c in self._idle if not crowded or c.host == host), None)
        if oldest is None:
            return False
        oldest.close_now()
        return True

    def leave(self, one: "Connection") -> None:
        """One is gone."""
        self._count -= 1
        self._of[one.host] -= 1
        if not self._of[one.host]:
            del self._of[one.host]
        self._idle.pop(one, None)

    def rests(self, one: "Connection") -> None:
        """One asks for nothing now."""
        self._idle.pop(one, None)
        self._idle[one] = None

    def works(self, one: "Connection") -> None:
        """One has asked for something."""
        self._idle.pop(one, None)


_LOBBIES: "WeakKeyDictionary[ServerState, Lobby]" = WeakKeyDictionary()


def _lobby_of(state: ServerState, config: Config, loop: asyncio.AbstractEventLoop) -> Lobby:
    """The lobby of a server, set up with the first connection.

    asyncio takes one number for how many connections it takes up at once and how many the kernel
    holds meanwhile; from then on the kernel holds more. And its loop complains in one line.
    """
    if state not in _LOBBIES:
        _LOBBIES[state] = Lobby()
        loop.set_exception_handler(_trouble)
        if isinstance(config, Serving) and config.listening is not None:
            config.listening.listen(QUEUE)
    return _LOBBIES[state]


class Serving(Config):
    """How the portal is served; ``listening`` is where connections come in."""

    listening: socket.socket | None = None


class Connection(H11Protocol):
    """One connection of uvicorn's, with deadlines."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has connected."""
        super().connection_made(transport)
        self.host = self.client[0] if self.client else ""
        self.lobby = _lobby_of(self.server_state, self.config, self.loop)
        self._deadline: asyncio.TimerHandle | None = None
        self._blocked: asyncio.TimerHandle | None = None
        if not self.lobby.enter(self):
            transport.write(_FULL)
            transport.close()
            return
        self.lobby.rests(self)
        self._wait(HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._stop()
        if self._blocked is not None:
            self._blocked.cancel()
        self.lobby.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something has come. Half a head does not begin the time for it anew."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before and self._is_asked():
            self.lobby.works(self)
            self._stop()
        elif self._deadline is None and not self._is_asked():
            self._wait(HEAD)

    def on_response_complete(self) -> None:
        """An answer is given: now they may be idle for a while, or have to end their body soon."""
        unfinished = self.conn.their_state is not h11.DONE
        before = self.cycle
        super().on_response_complete()
        if self.cycle is not before and self._is_asked():  # the next request had come already
            self._stop()
            return
        self.lobby.rests(self)
        if unfinished:
            self._wait(LINGER)

    def pause_writing(self) -> None:
        """They do not take what they asked for."""
        super().pause_writing()
        if self._blocked is None:
            self._blocked = self.loop.call_later(TAKEN, self.close_now)

    def resume_writing(self) -> None:
        """They take it again."""
        super().resume_writing()
        if self._blocked is not None:
            self._blocked.cancel()
            self._blocked = None

    def close_now(self) -> None:
        """Close, and do not wait for anything."""
        self.lobby.works(self)  # not to be chosen again before it is gone
        if self.transport is not None:
            self.transport.abort()

    def _is_asked(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self, seconds: float) -> None:
        self._stop()
        self._deadline = self.loop.call_later(seconds, self.close_now)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
