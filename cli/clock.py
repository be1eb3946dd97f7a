"""Commands about the clock that runs the timetable: whether it is believed, and saying that it is right."""

from typing import Annotated

import typer

from cli.options import Db, working

app = typer.Typer(help="Run the timetable until interrupted; or look after its clock (时钟).")


@app.command()
def confirm(
    by: Annotated[str, typer.Option("--as", help="Who says so: a system administrator's e-mail")],
    db: Db = "",
) -> None:
    """Say that the clock that is held shows the right time, so that the timetable goes on."""
    from actions.people.staffing import person_named
    from actions.upkeep.timekeeping import confirm, require_administrator
    from guapai.clock import local_time

    with working(db) as work:
        person = person_named(work, by)
        require_administrator(work, person)
        for mark in confirm(work, person.id):
            shown = f"{local_time(mark.seen_at):%Y-%m-%d %H:%M}"
            typer.echo(f"{person.name} confirms the clock of {mark.host}, which showed {shown}.")
    typer.echo("The timetable goes on within a minute.")
