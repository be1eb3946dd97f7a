"""The command that moves a city to PostgreSQL."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Db, settings_with
from cli.verify import report


def move_to(
    url: Annotated[str, typer.Argument(help="An empty PostgreSQL database, as its owner")],
    files: Annotated[
        Path | None,
        typer.Option(help="Copy evidence and papers there, too: a folder, or s3://BUCKET/PREFIX"),
    ] = None,
    db: Db = "",
) -> None:
    """Copy the whole city from SQLite to PostgreSQL, compare every row, and prove the history there."""
    from actions.upkeep.backup import doubtful
    from actions.upkeep.moving import move
    from guapai.clock import utc_now
    from storage.database.role import role_of
    from storage.schema.health import masked

    settings = settings_with(db)
    moved = move(settings, url, files, utc_now, _say)
    rows = sum(moved.counts.values())
    typer.echo(f"{rows} rows in {len(moved.counts)} tables arrived as they were sent.")
    if files is not None:
        typer.echo(f"{moved.files} files are in {files}.")
    for sha256 in moved.lost:
        typer.echo(f"lost: file {sha256} could not be copied; restore it from a backup")
    report(moved.verified)
    role = role_of(url.rsplit("/", 1)[-1].partition("?")[0])
    typer.echo(
        f"Make a login that serves: CREATE ROLE guapai_login LOGIN PASSWORD '…' IN ROLE \"{role}\"; "
        f"then set GUAPAI_DATABASE_URL to it (now {masked(url)}) and GUAPAI_FILES to "
        f"{files or settings.files}. The SQLite file is not used again; keep it as a copy."
    )
    if moved.lost or doubtful(moved.verified):
        raise typer.Exit(1)


def _say(table: str, rows: int) -> None:
    if rows:
        typer.echo(f"{table}: {rows}")
