"""The commands, and how they fail: one clear sentence and an exit code."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from guapai.cli import calendar as calendar_commands
from guapai.errors import GuapaiError
from guapai.settings import Settings

app = typer.Typer(
    name="guapai",
    help="No major hidden hazard is ever forgotten (挂牌督办).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(calendar_commands.app, name="calendar")

Db = Annotated[
    str, typer.Option("--db", help="Database URL; default: GUAPAI_DATABASE_URL or var/guapai.db")
]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON value on stdout")]


def settings_with(db: str) -> Settings:
    """The settings, with the database of ``--db`` if one is given."""
    return Settings(database_url=db) if db else Settings()


def main() -> None:
    """Run a command; a mistake the user can mend is one sentence and exit code 2."""
    try:
        app()
    except GuapaiError as error:
        Console(stderr=True).print(f"guapai: {error}", markup=False, highlight=False)
        sys.exit(2)


@app.command()
def migrate(db: Db = "") -> None:
    """Bring the database to the newest revision and publish the shipped rule packs."""
    from storage.engine import open_engine
    from storage.schema import migrate, newest_revision

    settings = settings_with(db)
    make_room(settings.database_url)
    engine = open_engine(settings.database_url, role=None)
    migrate(engine)
    engine.dispose()
    typer.echo(f"The database is at revision {newest_revision()}.")


def make_room(url: str) -> None:
    """Create the folder of a SQLite file."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


@app.command()
def run(
    job: Annotated[str, typer.Argument(help="sweep, papers, post or housekeeping")],
    at: Annotated[str, typer.Option(help="Act as if it were this instant (ISO, with zone)")] = "",
    db: Db = "",
) -> None:
    """Run a job of the timetable once, now."""
    from datetime import datetime

    from flows.ground import build_ground
    from flows.running import run_job
    from guapai.clock import utc_now
    from guapai.errors import BadInput
    from storage.schema import require_newest

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
    ground = build_ground(settings_with(db), clock)
    require_newest(ground.engine)
    typer.echo(f"{job}: {run_job(ground, job)}")


@app.command()
def clock(db: Db = "") -> None:
    """Run the timetable until interrupted: sweep, papers, post, housekeeping."""
    import logging
    import signal
    import threading

    from flows.embedded import build_scheduler
    from flows.ground import build_ground
    from storage.schema import require_newest

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    ground = build_ground(settings_with(db))
    require_newest(ground.engine)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    scheduler = build_scheduler(ground)
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="A ledger: .xlsx, or .csv in UTF-8")],
    person: Annotated[str, typer.Option("--as", help="Who imports: a person's id or e-mail")],
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Bring the hazards of a ledger in as leads. Exit 3 when some rows were rejected."""
    from dataclasses import asdict

    from actions.ledger import import_ledger
    from guapai.clock import utc_now
    from storage import person as people
    from storage.engine import open_engine
    from storage.schema import require_newest
    from storage.work import unit_of_work

    engine = open_engine(settings_with(db).database_url)
    require_newest(engine)
    with unit_of_work(engine, write=False) as work:
        actor = people.first_actor(work, person)
    report = import_ledger(engine, file, actor, utc_now)
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        typer.echo(
            f"{report.read} rows read, {report.imported} imported, "
            f"{report.unchanged} there already, {len(report.rejected)} rejected."
        )
        for r in report.rejected:
            typer.echo(f"  row {r.row}, {r.column}: {r.message}")
    if report.rejected:
        raise typer.Exit(3)


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
def demo(
    headless: Annotated[bool, typer.Option(help="Live the story and stop; serve nothing")] = False,
    port: Annotated[int, typer.Option(help="The port of the page")] = 8000,
    fresh: Annotated[bool, typer.Option(help="Forget an earlier story")] = False,
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Live 120 simulated days with twelve hazards, then show them on 127.0.0.1."""
    from dataclasses import asdict

    from demo.living import live

    settings = Settings(
        database_url=db or "sqlite:///var/demo/guapai.db", files=Path("var/demo/files")
    )
    make_room(settings.database_url)
    figures = live(settings, Path("var/demo/mailbox"), fresh=fresh or headless)
    if as_json:
        typer.echo(json.dumps(asdict(figures), ensure_ascii=False))
    else:
        table = Table(title="120 days with twelve hazards")
        for column in ("figure", "count"):
            table.add_column(column)
        for name, value in asdict(figures).items():
            table.add_row(name, str(value))
        Console(stderr=True).print(table)
    if not headless:
        from demo.page import serve

        serve(settings, Path("var/demo/mailbox"), port)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="The port of the page")] = 8000,
    db: Db = "",
) -> None:
    """Run the timetable and show the cases, read-only, on 127.0.0.1."""
    from demo.page import serve
    from flows.embedded import build_scheduler
    from flows.ground import build_ground
    from storage.schema import require_newest

    settings = settings_with(db)
    ground = build_ground(settings)
    require_newest(ground.engine)
    scheduler = build_scheduler(ground)
    scheduler.start()
    try:
        serve(settings, Path("var/mailbox"), port)
    finally:
        scheduler.shutdown(wait=True)
