"""The command that lets the sample city live, and shows it."""

import fcntl
import hashlib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cli.options import Db, Json, make_room, require_free
from guapai.errors import BadInput, Unready
from guapai.settings import Settings

HOME = Path("var/demo")
"""Where the city lives: its database, and its files beside it."""


def demo(
    headless: Annotated[bool, typer.Option(help="Live the days and stop; serve nothing")] = False,
    days: Annotated[int, typer.Option(min=1, max=2000, help="How many days are lived")] = 400,
    seed: Annotated[int, typer.Option(help="The seed of chance")] = 7,
    until: Annotated[str, typer.Option(help="The last day, 2026-03-05; default: yesterday")] = "",
    port: Annotated[int, typer.Option(help="The port of the page")] = 8000,
    fresh: Annotated[
        bool, typer.Option(help="Forget an earlier sample city, and live anew")
    ] = False,
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Let the sample city live so many days up to yesterday, then show it on 127.0.0.1.

    Without --db it lives in var/demo, where --headless always lives anew. With --db a city that
    is there is kept, and a database with anything else in it is refused.
    """
    from demo.living import Span, live

    settings = Settings(database_url=db or f"sqlite:///{HOME}/guapai.db")
    make_room(settings.database_url)
    if not headless:
        require_free(port)
    anew = fresh or (headless and not db)
    exact = headless or fresh or bool(until)
    span = Span(days=days, until=_last_day(until), seed=seed, exact=exact)
    begun = time.monotonic()
    with _alone(db), Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("days", total=days)
        figures = live(
            settings,
            span,
            fresh=anew,
            tell=lambda done, _: progress.update(task, completed=done),
        )
    said = {**asdict(figures), "wall_s": round(time.monotonic() - begun, 1)}
    if as_json:
        typer.echo(json.dumps(said, ensure_ascii=False))
    else:
        _show(said, span.until, db or settings.database_url)
    if not headless:
        _serve(settings, port)


@contextmanager
def _alone(url: str) -> Iterator[None]:
    """Hold the city for as long as it lives or is shown. Raises Unready when it is held already."""
    HOME.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256((url or f"sqlite:///{HOME}/guapai.db").encode()).hexdigest()[:12]
    with (HOME / f"held-{name}.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unready(
                "this city is living or being shown right now; stop that first, or name another "
                "database with --db"
            ) from None
        yield


def _serve(settings: Settings, port: int) -> None:
    """The city goes on: its clock, a mail server that keeps what it gets, and the page."""
    from cli.life import close, until_told
    from demo.door import open_door
    from demo.living import office_to
    from flows.embedded import build_scheduler
    from flows.ground import build_ground
    from notifications.post.catcher import Catcher
    from portal.web.serving import serve

    ground = build_ground(settings)
    with _alone(settings.database_url), Catcher() as catcher:
        scheduler = build_scheduler(replace(ground, office=office_to(catcher, settings)))
        scheduler.start()
        with until_told():
            try:
                serve(settings, port=port, samples=open_door(ground.engine))
            finally:
                close(scheduler)
                ground.engine.dispose()


def _last_day(text: str) -> date:
    if not text:
        from guapai.clock import local_date, utc_now

        return local_date(utc_now()) - timedelta(days=1)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--until {text!r} is not a date such as 2026-03-05") from None


def _show(said: dict[str, float], until: date, url: str) -> None:
    table = Table(title=f"The sample city up to {until}")
    for column in ("figure", "count"):
        table.add_column(column)
    for name, value in said.items():
        table.add_row(name, f"{value:,}")
    Console(file=sys.stderr).print(table)
    typer.echo(f"Look closer: guapai verify --db {url}", err=True)
