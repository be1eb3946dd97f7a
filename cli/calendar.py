"""Commands about the calendar of working days."""

from pathlib import Path
from typing import Annotated

import typer

from guapai.settings import Settings

app = typer.Typer(help="The calendar of working days.", no_args_is_help=True)


@app.command()
def show(
    year: Annotated[int, typer.Argument(help="A year")],
    db: Annotated[str, typer.Option("--db", help="Database URL")] = "",
) -> None:
    """Show the days off and the made-up days of a year, and whether it is confirmed."""
    from storage.database.engine import open_engine
    from storage.database.work import unit_of_work
    from storage.upkeep import pack

    settings = Settings(database_url=db) if db else Settings()
    with unit_of_work(open_engine(settings.database_url), write=False) as work:
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
    db: Annotated[str, typer.Option("--db", help="Database URL")] = "",
    dry_run: Annotated[bool, typer.Option(help="Only say what would change")] = False,
) -> None:
    """Confirm a year from a State Council holiday notice; open duties are recounted and kept."""
    from actions.clock.recount import import_notice
    from storage.database.engine import open_engine

    settings = Settings(database_url=db) if db else Settings()
    done = import_notice(open_engine(settings.database_url), file, dry_run=dry_run)
    years = ", ".join(map(str, done.years))
    would = "would be" if dry_run else "is"
    typer.echo(f"{years} {would} confirmed; {done.recounted} open duties have a new date.")
    for change in done.changes:
        typer.echo(f"  {change.kind} {change.duty_id}: {change.old} -> {change.new}")
