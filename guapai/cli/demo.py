"""The command that lets the sample city live, and shows it."""

import json
import sys
import time
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from guapai.cli.options import Db, Json, make_room
from guapai.errors import BadInput
from guapai.settings import Settings

HOME = Path("var/demo")
"""Where the city lives: its database and files."""


def demo(
    headless: Annotated[bool, typer.Option(help="Live the days and stop; serve nothing")] = False,
    days: Annotated[int, typer.Option(min=1, max=2000, help="How many days are lived")] = 400,
    seed: Annotated[int, typer.Option(help="The seed of chance")] = 7,
    until: Annotated[str, typer.Option(help="The last day, 2026-03-05; default: yesterday")] = "",
    port: Annotated[int, typer.Option(help="The port of the page")] = 8000,
    fresh: Annotated[bool, typer.Option(help="Forget an earlier city")] = False,
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Let the sample city live so many days up to yesterday, then show it on 127.0.0.1."""
    from demo.living import Span, live

    settings = Settings(database_url=db or f"sqlite:///{HOME}/guapai.db", files=HOME / "files")
    make_room(settings.database_url)
    span = Span(days=days, until=_last_day(until), seed=seed)
    begun = time.monotonic()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("days", total=days)
        figures = live(
            settings,
            span,
            fresh=fresh or headless,
            tell=lambda done, _: progress.update(task, completed=done),
        )
    said = {**asdict(figures), "wall_s": round(time.monotonic() - begun, 1)}
    if as_json:
        typer.echo(json.dumps(said, ensure_ascii=False))
    else:
        _show(said, span.until)
    if not headless:
        _serve(settings, port)


def _serve(settings: Settings, port: int) -> None:
    """The city goes on: its clock, a mail server that keeps what it gets, and the page."""
    from demo.living import office_to
    from demo.page import serve
    from flows.embedded import build_scheduler
    from flows.ground import build_ground
    from notifications.catcher import Catcher

    ground = build_ground(settings)
    with Catcher() as catcher:
        scheduler = build_scheduler(replace(ground, office=office_to(catcher, settings)))
        scheduler.start()
        try:
            serve(settings, port)
        finally:
            scheduler.shutdown(wait=True)
            ground.engine.dispose()


def _last_day(text: str) -> date:
    if not text:
        from guapai.clock import local_date, utc_now

        return local_date(utc_now()) - timedelta(days=1)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--until {text!r} is not a date such as 2026-03-05") from None


def _show(said: dict[str, float], until: date) -> None:
    table = Table(title=f"The sample city up to {until}")
    for column in ("figure", "count"):
        table.add_column(column)
    for name, value in said.items():
        table.add_row(name, f"{value:,}")
    Console(file=sys.stderr).print(table)
