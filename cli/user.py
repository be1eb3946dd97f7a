"""Commands about people: who they are, which posts they hold, who stands in for them."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from cli import account
from cli.account import PersonName
from cli.options import As, Db, Json, Reason, Second, working

app = typer.Typer(
    help="People, their posts, and who stands in (人员、岗位、代理).", no_args_is_help=True
)

for _command in (account.password, account.change, account.disable, account.enable, account.leave):
    app.command()(_command)
app.command(name="sign-out")(account.sign_out)

RoleName = Annotated[str, typer.Argument(metavar="ROLE", help="An English name or Chinese title")]
OrganisationName = Annotated[
    str, typer.Argument(metavar="ORGANISATION", help="An id, exact name or credit code")
]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The name as it stands in papers")],
    email: Annotated[str, typer.Option(help="Where letters go; also the name to sign in with")],
    certificate: Annotated[str, typer.Option(help="Number of the officer's certificate")] = "",
    certificate_until: Annotated[str, typer.Option(help="Its last day (ISO)")] = "",
    as_: As = "",
    reason: Reason = "",
    db: Db = "",
) -> None:
    """Enter a person."""
    from actions.act.administration import by_whom
    from actions.people.staffing import add_person, day_of

    until = day_of(certificate_until) if certificate_until else None

    with working(db) as work:
        by = by_whom(work, as_, reason=reason)
        person = add_person(work, by, name, email, certificate, until)
    typer.echo(f"{person.name} <{person.email}> has the id {person.id}.")
    typer.echo(f"Give them a post with: guapai user post {person.id} ROLE ORGANISATION")


@app.command()
def post(
    person: PersonName,
    role: RoleName,
    organisation: OrganisationName,
    from_: Annotated[str, typer.Option("--from", help="First day (ISO); default: today")] = "",
    until: Annotated[str, typer.Option(help="Last day (ISO); default: none known")] = "",
    as_: As = "",
    reason: Reason = "",
    second: Second = "",
    db: Db = "",
) -> None:
    """Give a person a post."""
    from actions.act.administration import by_whom
    from actions.people import staffing
    from guapai.people import ROLE_TITLES

    with working(db) as work:
        by = by_whom(work, as_, reason=reason, second=second)
        known = staffing.role_named(role)
        who = staffing.person_named(work, person)
        where = staffing.organisation_named(work, organisation)
        span = staffing.span_of(work, from_, until)
        staffing.give_post(work, by, who, known, where, span)
    typer.echo(
        f"{who.name} is {known} ({ROLE_TITLES[known]}) at {where.name} {staffing.said(span)}."
    )


@app.command()
def end(
    person: PersonName,
    role: RoleName,
    organisation: OrganisationName,
    on: Annotated[str, typer.Option(help="The last day on which the post is held (ISO)")],
    as_: As = "",
    reason: Reason = "",
    second: Second = "",
    db: Db = "",
) -> None:
    """End a post; what was done in it stays."""
    from actions.act.administration import by_whom
    from actions.people import staffing
    from guapai.people import ROLE_TITLES

    with working(db) as work:
        by = by_whom(work, as_, reason=reason, second=second)
        known = staffing.role_named(role)
        who = staffing.person_named(work, person)
        where = staffing.organisation_named(work, organisation)
        day = staffing.day_of(on)
        staffing.end_post(work, by, who, known, where, day)
    typer.echo(f"{who.name} is {known} ({ROLE_TITLES[known]}) at {where.name} until {day}.")


@app.command()
def substitute(
    absent: Annotated[str, typer.Argument(help="Who is away: an id or an e-mail address")],
    substitute: Annotated[str, typer.Argument(help="Who stands in: an id or an e-mail address")],
    from_: Annotated[str, typer.Option("--from", help="First day (ISO)")],
    until: Annotated[str, typer.Option(help="Last day (ISO)")],
    reason: Annotated[str, typer.Option(help="Why")],
    as_: As = "",
    second: Second = "",
    db: Db = "",
) -> None:
    """Let somebody stand in for somebody (代理) in all their posts."""
    from actions.act.administration import by_whom
    from actions.people import staffing

    with working(db) as work:
        by = by_whom(work, as_, reason=reason, second=second)
        away = staffing.person_named(work, absent)
        other = staffing.person_named(work, substitute)
        span = staffing.span_of(work, from_, until)
        staffing.stand_in(work, by, away, other, span, reason)
    typer.echo(f"{other.name} stands in for {away.name} {staffing.said(span)}.")


@app.command(name="list")
def list_(
    organisation: Annotated[
        str, typer.Option(help="Only this one: an id, exact name or credit code")
    ] = "",
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Show people with the posts they hold, held and will hold."""
    rows = _rows(db, organisation)
    if as_json:
        typer.echo(json.dumps(list(rows), ensure_ascii=False, default=str))
        return
    from guapai.people import ROLE_TITLES, Role

    for row in rows:
        who = f"{row['person_id']}\t{row['name']}\t{row['email'] or 'no address'}"
        if row["post_id"] is None:
            typer.echo(f"{who}\tno post")
            continue
        role = Role(row["role"])
        days = f"{row['from_on']} – {row['until_on'] or ''}".rstrip()
        typer.echo(f"{who}\t{role} ({ROLE_TITLES[role]})\t{row['organisation']}\t{days}")


def _rows(db: str, organisation: str) -> Iterator[dict[str, Any]]:
    from actions.people.staffing import organisation_named
    from storage.people import staffing

    if organisation:
        with working(db, write=False) as work:
            yield from staffing.sitting(work, organisation_named(work, organisation).id)
        return
    after = 0
    while True:
        with working(db, write=False) as work:
            page = staffing.everybody(work, after)
        if not page:
            return
        yield from page
        after = page[-1]["person_id"]
