"""Commands about the clock that runs the timetable: whether it is believed, and saying that it is right."""

from typing import Annotated

import typer

from cli.options import Db, Reason, working

app = typer.Typer(help="Run the timetable until interrupted; or look after its clock (时钟).")


@app.command()
def confirm(
    who: Annotated[str, typer.Option("--as", help="Who says so: an id or an e-mail")],
    reason: Reason,
    db: Db = "",
) -> None:
    """Say that the clock that is held shows the right time, so that the timetable goes on."""
    from actions.upkeep.timekeeping import confirm, confirmer
    from guapai.clock import local_time

    with working(db) as work:
        by = confirmer(work, who, reason)
        for mark in confirm(work, by):
            shown = f"{local_time(mark.seen_at):%Y-%m-%d %H:%M}"
            typer.echo(f"{by.name} confirms the clock of {mark.host}, which showed {shown}.")
    typer.echo("The timetable goes on within a minute.")
