"""The commands, and how they fail: one clear sentence and an exit code."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli import (
    backup,
    calendar,
    demo,
    doctor,
    export,
    incident,
    ledger,
    move,
    organisation,
    pack,
    paper,
    post,
    user,
    verify,
)
from cli import clock as clock_commands
from cli import prefect as prefect_commands
from cli.options import Db, make_room, require_free, settings_with, sound
from guapai import logs
from guapai.errors import GuapaiError
from guapai.settings import Settings

app = typer.Typer(
    name="guapai",
    help="No major hidden hazard is ever forgotten (挂牌督办).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(calendar.app, name="calendar")
app.add_typer(clock_commands.app, name="clock")
app.add_typer(incident.app, name="incident")
app.add_typer(post.app, name="post")
app.add_typer(prefect_commands.app, name="prefect")
app.add_typer(organisation.app, name="organisation")
app.add_typer(pack.app, name="pack")
app.add_typer(user.app, name="user")
app.command(name="import")(ledger.import_)
app.command()(demo.demo)
app.command()(doctor.doctor)
app.command()(export.export)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(backup.adopt)
app.command(name="move-to")(move.move_to)
app.command()(paper.paper)
app.command()(verify.verify)


def main() -> None:
    """Run a command; a mistake the user can mend is one sentence and exit code 2."""
    try:
        logs.set_up(Settings())
        app()
    except GuapaiError as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename}" if error.filename else str(error))
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _DATABASES:
            raise
        _fail(f"the database does not answer as it should: {str(error).splitlines()[0]}")


_DATABASES = ("sqlalchemy", "psycopg", "pysqlite3")


def _fail(said: str) -> None:
    """One sentence on one line, however wide the terminal, and exit code 2."""
    Console(stderr=True, soft_wrap=True).print(f"guapai: {said}", markup=False, highlight=False)
    sys.exit(2)


@app.command()
def migrate(db: Db = "") -> None:
    """Bring the database to the newest revision and publish the shipped rule packs."""
    from actions.upkeep.guard import require_sound
    from storage.database.engine import open_engine
    from storage.schema.schema import migrate, newest_revision

    settings = settings_with(db)
    make_room(settings.database_url)
    require_sound(settings)
    engine = open_engine(settings.database_url, role=None)
    migrate(engine)
    engine.dispose()
    typer.echo(f"The database is at revision {newest_revision()}.")


@app.command()
def run(
    job: Annotated[str, typer.Argument(help="A job of the timetable, such as sweep or post")],
    at: Annotated[str, typer.Option(help="Act as if it were this instant (ISO, with zone)")] = "",
    db: Db = "",
) -> None:
    """Run a job of the timetable once, now."""
    from datetime import datetime

    from cli.life import until_told
    from flows.ground import build_ground
    from flows.running import require_lived, run_job
    from flows.timetable import Alarm
    from guapai.clock import utc_now
    from guapai.errors import BadInput
    from storage.schema.schema import require_newest

    clock = utc_now
    if at:
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            raise BadInput(
                f"--at {at!r} is not an ISO instant such as 2026-03-05T08:30+08:00"
            ) from None
        if moment.tzinfo is None:
            raise BadInput("--at needs a zone, such as 2026-03-05T08:30+08:00")
        clock = lambda: moment  # noqa: E731 (a clock that stands still)
    ground = build_ground(sound(settings_with(db)), clock, "command")
    require_newest(ground.engine)
    require_lived(ground)
    with until_told(), logs.job_run(job) as running:
        try:
            running.said = run_job(ground, job)
        except Alarm as alarm:
            running.said, running.alarm = str(alarm), True
    typer.echo(f"{job}: {running.said}")
    if running.alarm:
        raise typer.Exit(1)


@clock_commands.app.callback(invoke_without_command=True)
def clock(context: typer.Context, db: Db = "") -> None:
    """Run the timetable until interrupted: sweep, papers, post, housekeeping."""
    if context.invoked_subcommand is not None:
        return

    from cli.life import close, until_told
    from flows.embedded import build_scheduler
    from flows.ground import build_ground
    from storage.schema.health import require_servant
    from storage.schema.schema import require_newest

    settings = settings_with(db)
    logs.set_up(settings, level="info")
    ground = build_ground(sound(settings, patient=True))
    require_newest(ground.engine)
    require_servant(ground.engine)
    with until_told() as told:
        scheduler = build_scheduler(ground)
        scheduler.start()
        told.wait()
        close(scheduler)


@app.command()
def diagram(
    folder: Annotated[Path, typer.Argument(help="Where to write the pages")] = Path(
        "docs/reference"
    ),
) -> None:
    """Write the reference pages and state diagrams of every procedure."""
    from law.pack import read_packs, shipped_texts
    from statemachines.diagrams import pages
    from statemachines.vocabulary import VOCABULARY

    folder.mkdir(parents=True, exist_ok=True)
    written = pages(read_packs(shipped_texts(), VOCABULARY)["luan"])
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    typer.echo(f"{len(written)} pages in {folder}")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen at")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port of the portal")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes answer")] = 1,
    clock: Annotated[bool, typer.Option(help="Run the timetable as well")] = True,
    db: Db = "",
) -> None:
    """Serve the portal, and run the timetable beside it."""
    import os

    from actions.people.entrance import issue_code
    from cli.life import close, until_told
    from flows.embedded import build_scheduler
    from flows.ground import build_ground
    from guapai.clock import utc_now
    from portal.web.serving import serve
    from storage.schema.health import require_servant
    from storage.schema.schema import require_newest

    require_free(port)
    settings = settings_with(db)
    logs.set_up(settings, level="info")
    sound(settings, patient=True)
    os.environ["GUAPAI_DATABASE_URL"] = settings.database_url
    os.environ["GUAPAI_FILES"] = str(settings.files)
    ground = build_ground(settings)
    require_newest(ground.engine)
    require_servant(ground.engine)
    code = issue_code(ground.engine, utc_now)
    if code is not None:
        typer.echo(
            "Nobody can sign in yet. Enter the first administrator (within 24 hours) at:\n"
            f"  http://{host}:{port}/setup?code={code}",
            err=True,
        )
    scheduler = build_scheduler(ground) if clock else None
    if scheduler is not None:
        scheduler.start()
    with until_told():
        try:
            serve(settings, host=host, port=port, workers=workers)
        finally:
            if scheduler is not None:
                close(scheduler)
