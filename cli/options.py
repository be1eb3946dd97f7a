"""Options that every command has, and what they mean."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guapai.errors import Unready
from guapai.settings import Settings

if TYPE_CHECKING:
    from storage.database.engine import Engine
    from storage.database.work import Work

Db = Annotated[
    str, typer.Option("--db", help="Database URL; default: GUAPAI_DATABASE_URL or var/guapai.db")
]
As = Annotated[
    str,
    typer.Option(
        "--as",
        help="Who does it, a system administrator: an id or e-mail; only while there is none may it be left out",
        show_default=False,
    ),
]
Second = Annotated[
    str,
    typer.Option(
        help="The second person, where an administrator, an auditor or oneself is concerned",
        show_default=False,
    ),
]
Reason = Annotated[str, typer.Option(help="Why; it is kept in the history", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON value on stdout")]


def settings_with(db: str) -> Settings:
    """The settings, with the database of ``--db`` if one is given."""
    return Settings(database_url=db) if db else Settings()


def sound(settings: Settings, *, patient: bool = False) -> Settings:
    """The same settings, once nothing of the database is seen to be lost.

    Who is ``patient`` waits for a database that comes up later, as what runs for long does.
    Raises Unready when it does not come up, and with the way out when it is damaged.
    """
    from actions.upkeep.guard import require_sound
    from storage.database.patience import wait_for

    if patient:
        wait_for(settings.database_url, lambda said: typer.echo(said, err=True))
    require_sound(settings)
    return settings


def engine_of(settings: Settings) -> "Engine":
    """An engine on a database that is up to date. Raises Unready for one that is not."""
    from storage.database.engine import open_engine
    from storage.schema.schema import require_newest

    engine = open_engine(settings.database_url)
    require_newest(engine)
    return engine


@contextmanager
def working(db: str, *, write: bool = True) -> "Iterator[Work]":
    """A unit of work on the database of ``--db``, which is up to date."""
    from storage.database.work import unit_of_work

    with unit_of_work(engine_of(settings_with(db)), write=write) as work:
        yield work


def make_room(url: str) -> None:
    """Create the folder of a SQLite file."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True, mode=0o700)


def require_free(port: int) -> None:
    """Raise Unready when somebody listens on a port of this machine already."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        raise Unready(f"port {port} is taken; name another one with --port") from None
