"""The command that brings ledgers in."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Db, Json, Reason, engine_of, settings_with

if TYPE_CHECKING:
    from actions.act.administration import By
    from actions.imports.landing import Report, Tell
    from storage.database.engine import Engine

SHOWN = 20
"""How many rejected rows are told on the terminal; the workbook and --json have them all."""

Errors = Annotated[
    Path | None,
    typer.Option(
        help="Where rejected rows go, a workbook to mend and load again; "
        "default: NAME.错误.xlsx beside the ledger",
        show_default=False,
    ),
]


def import_(
    file: Annotated[
        Path, typer.Argument(help="A ledger: .xlsx, or .csv in UTF-8 or GB18030", metavar="FILE")
    ],
    person: Annotated[
        str,
        typer.Option(
            "--as",
            help="Who imports: a person's id or e-mail; a system administrator for people and "
            "organisations, where it may be left out only while there is none",
            show_default=False,
        ),
    ] = "",
    kind: Annotated[
        str, typer.Option(help="hazards, enterprises, people or organisations")
    ] = "hazards",
    reason: Reason = "",
    errors: Errors = None,
    dry_run: Annotated[
        bool, typer.Option(help="Only report; a workbook of rejected rows only with --errors")
    ] = False,
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Bring a ledger in: hazards as leads, enterprises, people and their posts, or organisations.

    Exit 3 when some rows were rejected, 2 when the file cannot be read.
    """
    bring_in(file, kind, person, reason, errors, db, dry_run=dry_run, as_json=as_json)


def bring_in(
    file: Path,
    kind: str,
    person: str,
    reason: str,
    errors: Path | None,
    db: str,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring a ledger in and say what became of it; leaves with exit 3 when rows were rejected."""
    from dataclasses import asdict

    from actions.imports.errors import errors_beside
    from actions.imports.landing import import_ledger
    from guapai.clock import utc_now

    engine = engine_of(settings_with(db))
    by = _by(engine, kind, person, reason)
    if errors is None and not dry_run:
        errors = errors_beside(file)
    with _progress() as tell:
        report = import_ledger(
            engine, file, by, utc_now, kind=kind, errors=errors, dry_run=dry_run, tell=tell
        )
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        _say(report, dry_run=dry_run)
    if not report.rejected:
        return
    if errors is not None:
        typer.echo(f"The rejected rows are in {errors}; mend them and load it.", err=True)
    raise typer.Exit(3)


def _by(engine: "Engine", kind: str, person: str, reason: str) -> "By":
    """Who imports: an administrator for what only administrators enter, anybody in post else."""
    from actions.act.administration import by_actor, by_whom
    from actions.imports.landing import STAFFED
    from guapai.errors import BadInput
    from guapai.people import Role
    from storage.database.work import unit_of_work
    from storage.people import person as people

    with unit_of_work(engine, write=False) as work:
        if kind in STAFFED:
            return by_whom(work, person, reason=reason)
        if not person:
            raise BadInput("say who imports: --as EMAIL (a person's id or e-mail)")
        actor = people.first_actor(work, person)
        return by_actor(work, actor, reason=reason, roles=frozenset(Role))


def _say(report: "Report", *, dry_run: bool) -> None:
    would = "would be imported" if dry_run else "imported"
    typer.echo(
        f"{report.read} rows read, {report.imported} {would}, "
        f"{report.unchanged} there already, {len(report.rejected)} rejected."
    )
    for r in report.rejected[:SHOWN]:
        where = f"row {r.row}, {r.column}" if r.column else f"row {r.row}"
        typer.echo(f"  {where}: {r.message}")
    if len(report.rejected) > SHOWN:
        typer.echo(f"  … and {len(report.rejected) - SHOWN} more")


@contextmanager
def _progress() -> "Iterator[Tell]":
    """A bar on stderr, gone when all is done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("import", total=1.0, rows=0)
        yield lambda rows, share: progress.update(task, completed=share, rows=rows)
