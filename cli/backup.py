"""Commands that make a backup, and a database out of one."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Db, Json, settings_with
from cli.verify import progress, report

if TYPE_CHECKING:
    from actions.history.verification import Fault, Verified

_SHOWN = 10
"""Lost files named at most."""


def backup(
    to: Annotated[Path, typer.Option(help="The folder of the packs")] = Path("var/backups"),
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Pack database and files while work goes on; the pack is restored beside and verified."""
    from actions.upkeep.backup import back_up
    from guapai.clock import utc_now

    settings = settings_with(db)
    with progress("packing") as tell:
        done = back_up(settings.database_url, settings.files, to, utc_now, tell=tell)
    faults = _wrong(done.verified)
    if as_json:
        value = {
            "pack": str(done.path),
            "bytes": done.size,
            "files": len(done.manifest.members) - 1,
            "lost": done.manifest.lost,
            "counts": done.manifest.counts,
            "tried": done.verified is not None,
            "faults": len(faults),
        }
        typer.echo(json.dumps(value, ensure_ascii=False))
    else:
        rows = sum(done.manifest.counts.values())
        files = len(done.manifest.members) - 1
        typer.echo(f"{done.path}: {rows} rows, {files} files, {done.size / 10**6:.1f} MB.")
        for digest, why in list(done.manifest.lost.items())[:_SHOWN]:
            typer.echo(f"lost: file {digest}: {why}")
        if len(done.manifest.lost) > _SHOWN:
            typer.echo(f"lost: {len(done.manifest.lost)} files in all; --json names them")
        if done.verified is None:
            typer.echo(f"Every hash was read back, but it was not restored: {done.untried}.")
        else:
            typer.echo("Restored beside and read:")
            report(done.verified)
    if faults or done.manifest.lost:
        raise typer.Exit(1)


def restore(
    pack: Annotated[Path, typer.Argument(help="A pack that guapai backup made")],
    db: Annotated[str, typer.Option("--db", help="The database to make; it must not exist yet")],
    files: Annotated[Path, typer.Option(help="The folder of files to make; not there, or empty")],
) -> None:
    """Make a database and its files from a pack, after checking every hash."""
    from actions.upkeep.backup import restore as put_back
    from guapai.clock import utc_now

    done = put_back(pack, db, files, utc_now)
    rows = sum(done.manifest.counts.values())
    typer.echo(f"Every hash of {pack} is right; it was made at {done.manifest.at}.")
    typer.echo(
        f"{rows} rows are in the database, {len(done.manifest.members) - 1} files in {files}."
    )
    if done.revision != done.manifest.revision:
        typer.echo(f"Migrated from revision {done.manifest.revision} to {done.revision}.")
    report(done.verified)
    typer.echo("To use it, set GUAPAI_DATABASE_URL and GUAPAI_FILES to these two.")
    if _wrong(done.verified):
        raise typer.Exit(1)


def _wrong(found: "Verified | None") -> "list[Fault]":
    """The faults that make a pack or a restored database doubtful; a late letter does not."""
    from actions.history.verification import LATE

    return [f for f in (found.faults if found else ()) if f.what != LATE]
