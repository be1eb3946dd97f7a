"""A PostgreSQL server that is just restarting: connections it cut are told, and it is waited for a little."""

import select
import threading
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, event

from guapai.errors import Unready

BETWEEN = 2.0
"""So many seconds a connection waits for a server that restarts (own)."""
AT_BOOT = 120.0
"""So many seconds a process that starts waits for its database (own)."""
_PAUSE = 0.2
_WAITING = threading.BoundedSemaphore(20)
"""So many threads of a process wait at once; the others say at once that they cannot (own)."""
_PASSING = (
    "starting up",
    "shutting down",
    "recovery mode",
    "not yet accepting connections",
    "Connection refused",
    "Connection reset",
    "No such file or directory",
    "server closed the connection",
    "timeout expired",
    "connection timeout",
)
"""Words of libpq and of the server that name a trouble which passes by itself."""


def be_patient(engine: Engine) -> None:
    """Make the connections of an engine outlive a restart of their server."""
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "checkout", _refuse_cut)


def _connect(dialect: Any, _record: Any, given: Any, named: Any) -> Any:
    """A connection; a server that is away for a moment is waited for."""
    return patiently(lambda: dialect.connect(*given, **named), dialect, BETWEEN)


def patiently(connect: Callable[[], Any], dialect: Any, seconds: float) -> Any:
    """What connecting gives, tried for so long. Raises what the driver raised last."""
    try:
        return connect()
    except dialect.loaded_dbapi.OperationalError as error:
        if not _passes(error) or not _WAITING.acquire(blocking=False):
            raise
    try:
        until = time.monotonic() + seconds
        while True:
            time.sleep(_PAUSE)
            try:
                return connect()
            except dialect.loaded_dbapi.OperationalError as error:
                if not _passes(error) or time.monotonic() > until:
                    raise
    finally:
        _WAITING.release()


def _passes(error: Exception) -> bool:
    return any(word in str(error) for word in _PASSING)


def _said(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0] if lines else "no reason given"
    return f"the database does not answer ({said}); is the server running, and GUAPAI_DATABASE_URL right?"


def _refuse_cut(connection: Any, _record: Any, _proxy: Any) -> None:
    """Let the pool make another connection for one that its server has ended.

    An idle connection has nothing to read unless its server said good-bye: one look at the socket
    tells, where a ping would cost a trip (pool_pre_ping).
    """
    if connection.closed or _readable(connection.fileno()):
        raise sa.exc.DisconnectionError("the server has ended this connection")


def _readable(descriptor: int) -> bool:
    look = select.poll()
    look.register(descriptor, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(look.poll(0))


def wait_for(url: str, tell: Callable[[str], None], seconds: float = AT_BOOT) -> None:
    """Wait for a database that comes up later than we do, and say so once.

    Raises Unready when it does not come; at once whatever does not pass by itself.
    """
    if not url.startswith("postgresql"):
        return
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    dialect, told = engine.dialect, False
    given, named = dialect.create_connect_args(engine.url)

    def connect() -> Any:
        nonlocal told
        try:
            return dialect.connect(*given, **named)
        except dialect.loaded_dbapi.OperationalError as error:
            if not told and _passes(error):
                told = True
                tell(f"waiting up to {seconds:.0f} s for the database: {_said(error)}")
            raise

    try:
        patiently(connect, dialect, seconds).close()
    except dialect.loaded_dbapi.OperationalError as error:
        raise Unready(_said(error)) from None
