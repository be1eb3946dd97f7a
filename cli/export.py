"""The command that hands tables out."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from cli.options import Db, engine_of, settings_with

if TYPE_CHECKING:
    from actions.exports.export import Table


def export(
    table: Annotated[str, typer.Argument(help="hazards, duties, letters, events or entries")],
    format_: Annotated[
        str,
        typer.Option("--format", help="xlsx, csv or jsonl; default: the ending of --out, or csv"),
    ] = "",
    place: Annotated[str, typer.Option(help="Only this place: the head of its code")] = "",
    state: Annotated[str, typer.Option(help="Only this state: its word or Chinese title")] = "",
    since: Annotated[str, typer.Option(help="Only what began on this day or later (ISO)")] = "",
    out: Annotated[Path | None, typer.Option(help="The file; default: standard output")] = None,
    with_contact: Annotated[
        bool,
        typer.Option(
            "--with-contact", help="Also personal columns: contacts, addresses; needs --as"
        ),
    ] = False,
    person: Annotated[
        str,
        typer.Option(
            "--as", help="Who takes the personal columns, for their own places: an id or e-mail"
        ),
    ] = "",
    db: Db = "",
) -> None:
    """Write a table with Chinese titles: for people (xlsx, csv) or for programs (jsonl)."""
    from actions.exports.export import table as find
    from actions.exports.file import WRITERS
    from actions.exports.personal import note_personal
    from actions.people.staffing import day_of
    from guapai.errors import BadInput

    kind = format_ or (out.suffix.removeprefix(".").lower() if out else "csv")
    if kind not in WRITERS:
        raise BadInput(f"--format {kind!r} is not one of: {', '.join(WRITERS)}")
    if kind == "xlsx" and out is None:
        raise BadInput("a workbook needs a file: --out FILE.xlsx")
    engine = engine_of(settings_with(db))
    if with_contact:
        note_personal(engine, person, table, place)
    begun = day_of(since) if since else None
    rows = find(engine, table, place=place, state=state, since=begun, contact=with_contact)
    _write(table, kind, rows, out)


def _write(name: str, kind: str, rows: "Table", out: Path | None) -> None:
    """Write a table into a file, whole or not at all, or to standard output."""
    from actions.exports.file import WRITERS, whole_file

    if out is None:
        try:
            WRITERS[kind](rows, sys.stdout.buffer)
        except BrokenPipeError:  # the reader has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    with whole_file(out) as file:
        count = WRITERS[kind](rows, file)
    Console(stderr=True).print(f"{count} {name} in {out}", highlight=False, soft_wrap=True)
