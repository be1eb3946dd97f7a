"""Commands about the calendar of working days."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Db, Reason, engine_of, settings_with, working

if TYPE_CHECKING:
    from actions.clock.recount import Import

app = typer.Typer(help="The calendar of working days.", no_args_is_help=True)


@app.command()
def show(
    year: Annotated[int, typer.Argument(help="A year")],
    db: Db = "",
) -> None:
    """Show the days off and the made-up days of a year, and whether it is confirmed."""
    from storage.upkeep import pack

    with working(db, write=False) as work:
        calendar = pack.calendar(work)
    sure = "confirmed" if year in calendar.confirmed else "provisional (暂定)"
    typer.echo(f"{year}: {sure}, calendar version {calendar.version}")
    for day in sorted(d for d in calendar.off_days if d.year == year):
        typer.echo(f"  {day} off")
    for day in sorted(d for d in calendar.make_up_days if d.year == year):
        typer.echo(f"  {day} work")


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV: date, kind (off or work), note")],
    as_: Annotated[
        str,
        typer.Option(
            "--as",
            help="Who confirms it, of a commission or a system administrator: an id or e-mail",
        ),
    ] = "",
    reason: Reason = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Take it although it does not look like a whole year")
    ] = False,
    dry_run: Annotated[bool, typer.Option(help="Only say what would change")] = False,
    db: Db = "",
) -> None:
    """Confirm a year from a State Council holiday notice; open duties are recounted and kept."""
    from actions.clock.recount import import_notice

    engine = engine_of(settings_with(db))
    done = import_notice(engine, file, known_as=as_, reason=reason, sure=yes, dry_run=dry_run)
    _tell(done, dry_run=dry_run)


def _tell(done: "Import", *, dry_run: bool) -> None:
    would = "would be" if dry_run else "is"
    for doubt in done.doubts:
        typer.echo(f"Doubtful: {doubt}", err=True)
    if done.added:
        get = "would get" if dry_run else "gets"
        typer.echo(
            f"{', '.join(map(str, done.added))} {get} the days of its December beside its own."
        )
    years = ", ".join(map(str, done.years))
    typer.echo(
        f"{years} {would} confirmed; {done.recounted} open duties have a new date, "
        f"{done.rungs} more another next reminder."
    )
    for change in done.changes:
        typer.echo(f"  {change.kind} {change.duty_id}: {change.old} -> {change.new}")
