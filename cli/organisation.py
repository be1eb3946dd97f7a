"""Commands about organisations: commissions, governments, departments, townships, unions, firms."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.ledger import Errors, bring_in
from cli.options import As, Db, Json, Reason, working

app = typer.Typer(
    help="Commissions, governments, departments, townships, unions, firms (机构).",
    no_args_is_help=True,
)


@app.command()
def add(
    kind: Annotated[
        str,
        typer.Argument(
            help="commission, government, department, township, union or enterprise; or in Chinese"
        ),
    ],
    name: Annotated[str, typer.Argument(help="The full name as it stands in papers")],
    place: Annotated[str, typer.Argument(help="The place code (GB/T 2260), such as 341502")],
    parent: Annotated[
        str, typer.Option(help="The next higher organisation: an id, exact name or credit code")
    ] = "",
    sector: Annotated[
        str, typer.Option(help="A department for one sector, such as 水利; without it: the rest")
    ] = "",
    credit_code: Annotated[str, typer.Option(help="Unified social credit code")] = "",
    paper_code: Annotated[
        str, typer.Option(help="What begins the numbers of a commission's papers, such as 六安督")
    ] = "",
    phone: Annotated[str, typer.Option(help="The number that letters about decisions name")] = "",
    as_: As = "",
    reason: Reason = "",
    db: Db = "",
) -> None:
    """Enter an organisation."""
    from actions.act.administration import by_whom
    from actions.people.organisation import add_organisation, kind_named
    from actions.people.staffing import organisation_named

    known = kind_named(kind)
    with working(db) as work:
        found = add_organisation(
            work,
            by_whom(work, as_, reason=reason),
            known,
            name,
            place,
            parent=organisation_named(work, parent) if parent else None,
            sector=sector,
            credit_code=credit_code,
            paper_code=paper_code,
            phone=phone,
        )
    typer.echo(f"{found.name} ({known.label}, {found.place_code}) has the id {found.id}.")


@app.command()
def phone(
    known_as: Annotated[str, typer.Argument(help="An id, exact name or credit code")],
    number: Annotated[str, typer.Argument(help="Such as 0564-3330000")],
    as_: As = "",
    reason: Reason = "",
    db: Db = "",
) -> None:
    """Enter the phone number that letters about an organisation's decisions name."""
    from actions.act.administration import by_whom
    from actions.people.organisation import set_phone
    from actions.people.staffing import organisation_named

    with working(db) as work:
        found = organisation_named(work, known_as)
        set_phone(work, by_whom(work, as_, reason=reason), found, number)
    typer.echo(f"{found.name}: {number}")


@app.command(name="import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="A ledger: .xlsx, or .csv in UTF-8 or GB18030", metavar="FILE")
    ],
    as_: As = "",
    reason: Reason = "",
    errors: Errors = None,
    dry_run: Annotated[
        bool, typer.Option(help="Only report; a workbook of rejected rows only with --errors")
    ] = False,
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Bring in a ledger of organisations, parents in any order; one answer for each row.

    Exit 3 when some rows were rejected, 2 when the file cannot be read.
    """
    bring_in(file, "organisations", as_, reason, errors, db, dry_run=dry_run, as_json=as_json)


@app.command(name="list")
def list_(
    place: Annotated[str, typer.Option(help="Only codes that begin so")] = "",
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Show the organisations, place by place."""
    from storage.people import organisation as organisations

    with working(db, write=False) as work:
        found = organisations.every(work, place)
    if as_json:
        columns = ("id", "kind", "name", "place_code", "sector", "credit_code", "confirmed")
        said = [{c: getattr(o, c) for c in columns} for o in found]
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    for o in found:
        more = "" if o.confirmed else "  未确认"
        typer.echo(
            f"{o.place_code:<12} {o.id:>8}  {o.kind.label} {o.name} {o.sector}".rstrip() + more
        )
