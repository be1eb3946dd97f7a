"""Options that every command has, and what they mean."""

import socket
from pathlib import Path
from typing import Annotated

import typer

from guapai.errors import Unready
from guapai.settings import Settings

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
