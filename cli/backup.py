"""Commands that make a backup, and a database out of one."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import As, Db, Json, Reason, settings_with
from cli.verify import progress, report

if TYPE_CHECKING:
    from actions.upkeep.anew import Begun

Doubt = Annotated[
    Path | None, typer.Option(help="Where to write the list of letters that may have gone out")
]
_SHOWN = 10
"""Lost files named at most."""


def backup(
    to: Annotated[
        Path | None, typer.Option(help="The folder of the packs; default: GUAPAI_BACKUPS")
    ] = None,
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Pack database and files while work goes on; the pack is restored beside and verified."""
    from actions.upkeep.backup import back_up
    from guapai.clock import utc_now

    settings = settings_with(db)
    with progress("packing") as tell:
        folder = to or settings.backups
        done = back_up(settings.database_url, settings.files, folder, utc_now, tell=tell)
    faults = done.faults
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
    if not done.good:
        raise typer.Exit(1)


def restore(
    pack: Annotated[Path, typer.Argument(help="A pack that guapai backup made")],
    db: Annotated[str, typer.Option("--db", help="The database to make; it must not exist yet")],
    files: Annotated[Path, typer.Option(help="The folder of files to make; not there, or empty")],
    who: Annotated[
        str, typer.Option("--as", help="Who restores it, a system administrator: an id or e-mail")
    ],
    reason: Reason,
    doubt: Doubt = None,
) -> None:
    """Make a database and its files from a pack, after checking every hash."""
    from actions.upkeep.backup import doubtful
    from actions.upkeep.backup import restore as put_back
    from guapai.clock import utc_now

    done = put_back(pack, db, files, utc_now, who=who, reason=reason)
    rows = sum(done.manifest.counts.values())
    typer.echo(f"Every hash of {pack} is right; it was made at {done.manifest.at}.")
    typer.echo(
        f"{rows} rows are in the database, {len(done.manifest.members) - 1} files in {files}."
    )
    if done.revision != done.manifest.revision:
        typer.echo(f"Migrated from revision {done.manifest.revision} to {done.revision}.")
    report(done.verified)
    typer.echo(
        f"The history says that {done.begun.by} restored it."
        if done.begun.by
        else "The restored database knows no administrator of that name; its history says so."
    )
    _say_what_is_in_doubt(done.begun, doubt or Path(f"letters-in-doubt-{done.begun.epoch}.csv"))
    typer.echo("To use it, set GUAPAI_DATABASE_URL and GUAPAI_FILES to these two.")
    if doubtful(done.verified):
        raise typer.Exit(1)


def adopt(
    reason: Annotated[str, typer.Option(help="Why this database is the right one")],
    who: As = "",
    doubt: Doubt = None,
    db: Db = "",
) -> None:
    """Go on with a database that is older than the last one seen: another way of restoring made it.

    As after a restore, the post is held until two persons release it, and everybody signs in anew.
    """
    from actions.upkeep.guard import adopt as go_on
    from guapai.clock import utc_now

    begun = go_on(settings_with(db), utc_now, reason, who=who)
    _say_what_is_in_doubt(begun, doubt or Path(f"letters-in-doubt-{begun.epoch}.csv"))


def _say_what_is_in_doubt(begun: "Begun", path: Path) -> None:
    from actions.upkeep.anew import write_list

    if begun.letters:
        write_list(begun.letters, path)
        statutory = sum(bool(row["statutory"]) for row in begun.letters)
        typer.echo(
            f"{len(begun.letters)} letters ({statutory} statutory) may have gone out since; "
            f"they are listed in {path}."
        )
    typer.echo(
        "The post is held. Two persons look at the list and the mail server's log, and each says: "
        "guapai post release --as EMAIL"
    )
    typer.echo(f"{begun.sessions} sessions have ended; everybody signs in anew.")
