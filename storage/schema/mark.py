"""The high-water mark: how far the database of a city had come, kept beside its files.

A database that is behind its mark has lost something that was there, whatever `verify` finds in
what is left.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from guapai.clock import local_time
from storage.database.engine import Engine
from storage.files.store import FileStore
from storage.history.event import TABLE as EVENTS
from storage.letter import TABLE as LETTERS
from storage.schema.schema import configuration
from storage.upkeep.epoch import TABLE as EPOCHS
from storage.upkeep.origin import TABLE as ORIGINS

NAME = "last-seen.json"
"""The note beside the files."""

OLDER = "the database is older than the one"
"""How it is said of a database that some way of restoring turned back."""

_EPOCH = sa.select(EPOCHS.c.name).order_by(EPOCHS.c.id.desc()).limit(1)


@dataclass(frozen=True)
class Mark:
    """The last that was seen of a city: its name, its kind of database, how far history and post were.

    ``leaf`` is the SHA-256 of the last event, so that another life with as many events is told.
    """

    city: str
    kind: str
    revision: str
    event: int
    leaf: str
    letter: int
    epoch: str
    at: str


def read(store: FileStore) -> Mark | None:
    """The mark beside the files; None for none, or one that cannot be read."""
    text = store.note(NAME)
    try:
        return Mark(**json.loads(text)) if text else None
    except (TypeError, ValueError):
        return None


def keep(store: FileStore, mark: Mark) -> None:
    """Put a mark beside the files, in the place of the one before."""
    store.keep_note(NAME, json.dumps(asdict(mark), indent=1).encode())


def look(engine: Engine, at: datetime) -> Mark | None:
    """How far a database is; None for one without tables. Raises what the driver raises."""
    with engine.connect() as connection, connection.begin():
        tables = set(sa.inspect(connection).get_table_names())
        if not {"alembic_version", "events"} <= tables:
            return None
        event = connection.execute(
            sa.select(EVENTS.c.id, EVENTS.c.leaf).order_by(EVENTS.c.id.desc()).limit(1)
        ).one_or_none()
        return Mark(
            city=str(connection.scalar(sa.select(ORIGINS.c.name)) or "")
            if "origins" in tables
            else "",
            kind=connection.dialect.name,
            revision=str(connection.scalar(sa.text("SELECT version_num FROM alembic_version"))),
            event=event.id if event else 0,
            leaf=_hash(event.leaf) if event else "",
            letter=connection.scalar(sa.select(sa.func.max(LETTERS.c.id))) or 0,
            epoch=str(connection.scalar(_EPOCH) or "") if "epochs" in tables else "",
            at=at.isoformat(),
        )


def behind(engine: Engine, mark: Mark, now: Mark | None) -> str:
    """What a database has lost since its mark, or why it is not the marked one; empty for nothing."""
    seen = f"last seen {local_time(datetime.fromisoformat(mark.at)):%Y-%m-%d %H:%M}"
    if now is None:
        return f"the database is empty, but beside it are the files of a city {seen}"
    if now.city and mark.city and now.city != mark.city:
        return "the files are those of another city than the database"
    if now.kind != mark.kind:
        return f"the city was {seen} in a {mark.kind} database, this {now.kind} one was left behind"
    if _older(now.revision, mark.revision):
        older = f"revision {now.revision}, not {mark.revision}"
        return f"{OLDER} {seen}: {older}"
    return _lost(engine, mark, now, seen)


def _lost(engine: Engine, mark: Mark, now: Mark, seen: str) -> str:
    """What of the history or the post that was seen is not there any more."""
    with engine.connect() as connection, connection.begin():
        lives = connection.scalars(sa.select(EPOCHS.c.name)).all() if mark.epoch else [""]
        leaf = _leaf(connection, mark.event) if mark.event else mark.leaf
    if mark.epoch not in lives:
        return f"{OLDER} {seen}: it was restored since"
    if leaf != mark.leaf:
        if now.event < mark.event:
            ends = f"it ends at event {now.event}, not {mark.event}"
            return f"{OLDER} {seen}: {ends}"
        return f"the database is not the one {seen}: its event {mark.event} is another one"
    if now.letter < mark.letter:
        return f"{OLDER} {seen}: letters are missing since"
    return ""


def _leaf(connection: Connection, event_id: int) -> str:
    leaf = connection.scalar(sa.select(EVENTS.c.leaf).where(EVENTS.c.id == event_id))
    return _hash(leaf) if leaf is not None else ""


def _hash(leaf: str) -> str:
    return hashlib.sha256(leaf.encode()).hexdigest()


def _older(revision: str, than: str) -> bool:
    """Whether a revision comes before another one; a name this program does not know is no reason."""
    newest_first = [
        r.revision for r in ScriptDirectory.from_config(configuration()).walk_revisions()
    ]
    known = {name: -nth for nth, name in enumerate(newest_first)}
    return revision in known and than in known and known[revision] < known[than]
