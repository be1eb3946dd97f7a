"""What can be seen of a database and its disk without trusting either: for the doctor."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from guapai.errors import Unready
from statemachines.duty import DutyState
from statemachines.letter import LetterState
from storage import duty, letter
from storage.database.columns import word
from storage.database.engine import Engine, sqlite_driver
from storage.database.role import acting_role, must_be_servant
from storage.database.statement import Question
from storage.database.work import Work
from storage.people import session as entries

_NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb2",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "lustre",
        "glusterfs",
        "fuse.glusterfs",
        "fuse.sshfs",
        "fuse.s3fs",
        "fuse.rclone",
        "davfs",
        "fuse.davfs2",
    }
)
"""File systems whose locks and flushes cannot be relied on (SQLite: How To Corrupt, §2)."""

_L, _D = letter.TABLE, duty.TABLE
_NOW = sa.bindparam("now", type_=_L.c.created_at.type)
_LETTERS = Question(
    sa.select(sa.cast(_L.c.state, sa.Text).label("state"), sa.func.count().label("n"))
    .group_by(_L.c.state)
    .order_by(_L.c.state)
)
_STUCK = Question(
    sa.select(sa.func.count().label("n")).where(
        sa.or_(
            sa.and_(_L.c.state == word(LetterState.queued), _L.c.next_try_at < _NOW),
            sa.and_(
                _L.c.state.in_([word(LetterState.claimed), word(LetterState.sending)]),
                _L.c.lease_until < _NOW,
            ),
        )
    )
)
_SESSIONS = Question(sa.select(sa.func.count().label("n")).select_from(entries.TABLE))
_OVERDUE = Question(
    sa.select(sa.func.count().label("n")).where(
        _D.c.state == word(DutyState.open), _D.c.due_at <= _NOW
    )
)


def masked(url: str) -> str:
    """A database URL fit to be shown: no password in it, neither in its front nor in its query."""
    try:
        found = sa.make_url(url)
    except sa.exc.ArgumentError:
        return f"{url.split(':', 1)[0]}:…"
    query = {k: "hidden" if "pass" in k.lower() else v for k, v in found.query.items()}
    return found.set(query=query).render_as_string(hide_password=True)


def hurried(url: str, seconds: int = 5) -> str:
    """The same URL, but a PostgreSQL server that does not answer is given up soon."""
    if not url.startswith("postgresql"):
        return url
    found = sa.make_url(url)
    if "connect_timeout" in found.query:
        return url
    more = {"connect_timeout": str(seconds)}
    return found.update_query_dict(more).render_as_string(hide_password=False)


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite URL; None for another database."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def password_of(url: str) -> str:
    """The password in a URL, so that it can be kept out of a message; empty when there is none."""
    try:
        return str(sa.make_url(url).password or "")
    except sa.exc.ArgumentError:
        return ""


def sqlite_version() -> str:
    """The version of the SQLite library. Raises Unready when there is none, or it has the WAL bug."""
    return str(sqlite_driver().sqlite_version)


@dataclass(frozen=True)
class Session:
    """Who we are to the database, and in which role. ``mighty``: could rewrite history."""

    server: str
    user: str
    mighty: bool
    role: str = ""


def session(engine: Engine) -> Session:
    """Connect, and say as whom. Raises what the driver raises."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            mode = connection.scalar(sa.text("PRAGMA journal_mode"))
            version = connection.scalar(sa.text("SELECT sqlite_version()"))
            return Session(f"SQLite {version}, journal {mode}", "", False)
        row = connection.execute(
            sa.text(
                "SELECT current_setting('server_version'), session_user, EXISTS (SELECT "
                "FROM pg_tables WHERE tablename = 'events' "
                "AND pg_has_role(session_user, tableowner, 'MEMBER'))"
            )
        ).one()
        server = f"PostgreSQL {row[0].split()[0]}"
        return Session(server, str(row[1]), bool(row[2]), acting_role(connection))


def require_servant(engine: Engine) -> None:
    """Raise Unready for a login that could rewrite history: what runs for long must not be one."""
    found = session(engine)
    if found.mighty:
        raise Unready(must_be_servant(found.user, found.role))


def database_now(engine: Engine) -> datetime:
    """What time the database thinks it is."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            text = connection.scalar(sa.text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')"))
            return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)
        found = connection.scalar(sa.text("SELECT clock_timestamp()"))
    assert isinstance(found, datetime)
    return found


def letter_states(work: Work) -> Mapping[str, int]:
    """How many letters are in each state."""
    return {r["state"]: r["n"] for r in work.records(_LETTERS)}


def stuck_letters(work: Work, after: timedelta) -> int:
    """Letters that have been due, or in the hands of a silent sender, for longer than this."""
    return int(work.records(_STUCK, now=work.now - after)[0]["n"])


def sessions(work: Work) -> int:
    """Sessions that nobody has ended."""
    return int(work.records(_SESSIONS)[0]["n"])


def overdue_duties(work: Work) -> int:
    """Open duties whose time has run out."""
    return int(work.records(_OVERDUE, now=work.now)[0]["n"])


@dataclass(frozen=True)
class Disk:
    """Where a folder lies: free bytes, kind of file system, and whether it is on a network."""

    free: int
    kind: str
    network: bool


def disk_of(path: Path, mounts: Path = Path("/proc/mounts")) -> Disk:
    """The disk a path is on, or will be on once it is made."""
    place = path.resolve()
    while not place.exists():
        place = place.parent
    kind = _kind_of(place, mounts)
    return Disk(shutil.disk_usage(place).free, kind, kind in _NETWORK)


def _kind_of(place: Path, mounts: Path) -> str:
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for words in (line.split(" ") for line in lines):
        if len(words) < 3:
            continue
        point = words[1].encode().decode("unicode_escape")
        if place.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, words[2]
    return kind
