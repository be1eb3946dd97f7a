"""The command that lives the story and shows it."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from guapai.cli.options import Db, Json, make_room
from guapai.settings import Settings


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
