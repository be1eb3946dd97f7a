"""The command that brings ledgers in."""

import json
from pathlib import Path
from typing import Annotated

import typer

from guapai.cli.options import Db, Json, settings_with


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
