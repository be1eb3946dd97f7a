"""What an error of the machine comes to: the database is away or busy, the disk is full."""

import errno
from enum import Enum
from typing import Any

import sqlalchemy as sa

from guapai.errors import Gone


class Ailment(Enum):
    """An ailment of the machine that passes, or that somebody has to mend; it is no fault of ours."""

    away = "away"
    """The database does not answer, refuses us or is just starting."""
    busy = "busy"
    """Somebody else holds what is needed: a lock, a connection, memory, descriptors."""
    full = "full"
    """There is no room on the disk."""


_ERRNO = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), Ailment.full),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN), Ailment.busy),
}
_SQLITE = {
    **dict.fromkeys((5, 6, 7), Ailment.busy),  # BUSY, LOCKED, NOMEM
    13: Ailment.full,  # FULL
    **dict.fromkeys((10, 14), Ailment.away),  # IOERR, CANTOPEN
}
"""SQLite's primary result codes (sqlite.org/rescode.html)."""
_POSTGRESQL = {
    **dict.fromkeys(("08", "57"), Ailment.away),  # no connection; the server is stopped or starts
    "55": Ailment.busy,  # a lock is not free
    "40": Ailment.busy,  # serialization, deadlock
}
"""Classes of SQLSTATE (PostgreSQL, appendix A)."""
_STATES = {
    **dict.fromkeys(("53100", "58030"), Ailment.full),  # disk full, input or output failed
    **dict.fromkeys(("53200", "53300", "57014"), Ailment.busy),  # memory, connections, too slow
}


def ailment_of(error: BaseException) -> Ailment | None:
    """What ailment of the machine an error comes to; None for every other error."""
    if isinstance(error, Gone):
        return Ailment.away
    if isinstance(error, MemoryError | sa.exc.TimeoutError):
        return Ailment.busy
    if isinstance(error, sa.exc.DBAPIError) and error.orig is not None:
        error = error.orig
    module = type(error).__module__.partition(".")[0]
    if module in ("pysqlite3", "sqlite3"):
        return _SQLITE.get(int(getattr(error, "sqlite_errorcode", 0)) & 0xFF)
    if module == "psycopg":
        return _of_postgresql(error)
    return _ERRNO.get(error.errno or 0) if isinstance(error, OSError) else None


def _of_postgresql(error: Any) -> Ailment | None:
    state = error.sqlstate
    if state is None:  # the driver says so itself: there is no connection, or no longer one
        return Ailment.away if type(error).__name__ in _LOST else None
    return _STATES.get(state, _POSTGRESQL.get(state[:2]))


_LOST = frozenset({"OperationalError", "ConnectionTimeout", "PipelineAborted"})


def code_of(error: BaseException) -> str:
    """The code a database or the operating system gives an error; it says nothing of the values."""
    error = getattr(error, "orig", None) or error
    for name in ("sqlstate", "sqlite_errorname", "errno"):
        if found := getattr(error, name, None):
            return errno.errorcode.get(found, str(found)) if name == "errno" else str(found)
    return ""
