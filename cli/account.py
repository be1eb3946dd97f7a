"""Commands about accounts: passwords, addresses, who is shut out, who leaves."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import As, Db, Json, Reason, Second, working

if TYPE_CHECKING:
    from actions.act.administration import By
    from storage.database.work import Work
    from storage.people.person import Person
    from storage.questions.leaving import Left

PersonName = Annotated[str, typer.Argument(metavar="PERSON", help="An id or an e-mail address")]


def password(
    person: PersonName, as_: As = "", reason: Reason = "", second: Second = "", db: Db = ""
) -> None:
    """Give a person a first password for the portal; they must change it within 72 hours."""
    from actions.act.administration import by_whom
    from actions.people.account import give_password
    from actions.people.password import make_first
    from actions.people.staffing import person_named

    given, fresh = make_first()
    with working(db) as work:
        by = by_whom(work, as_, reason=reason, second=second)
        who = person_named(work, person)
        give_password(work, by, who, fresh)
    typer.echo(f"{who.name} signs in as {who.email} with the first password:\n  {given}")
    typer.echo("It is shown only now; tell it to them in person.", err=True)


def change(
    person: PersonName,
    name: Annotated[str, typer.Option(help="The name as it stands in papers from now on")] = "",
    email: Annotated[str, typer.Option(help="Where letters go from now on")] = "",
    certificate: Annotated[str, typer.Option(help="Number of the officer's certificate")] = "",
    certificate_until: Annotated[str, typer.Option(help="Its last day (ISO)")] = "",
    as_: As = "",
    reason: Reason = "",
    second: Second = "",
    db: Db = "",
) -> None:
    """Correct a name, an address or a certificate; the old and the new address are told."""
    from actions.act.administration import by_whom
    from actions.people.account import change_person
    from actions.people.staffing import day_of, person_named

    until = day_of(certificate_until) if certificate_until else None
    with working(db) as work:
        by = by_whom(work, as_, reason=reason, second=second)
        who = person_named(work, person)
        wanted = {"name": name, "email": email, "certificate": certificate}
        now = change_person(work, by, who, **wanted, certificate_until=until)
    end = f" until {now.certificate_until}" if now.certificate_until else ""
    held = f"certificate {now.certificate_no}{end}"
    typer.echo(f"{now.name} <{now.email}> has the id {now.id}, {held}.")


def disable(
    person: PersonName, as_: As = "", reason: Reason = "", second: Second = "", db: Db = ""
) -> None:
    """Shut a person out at once: no signing in, no letters; their sessions end, their posts stay."""
    from actions.people.account import disable as shut_out

    who = _about(db, person, as_, reason, second, shut_out)
    typer.echo(f"{who.name} is disabled and signed out; undo it with: guapai user enable {who.id}")


def enable(
    person: PersonName, as_: As = "", reason: Reason = "", second: Second = "", db: Db = ""
) -> None:
    """Let a disabled person in again."""
    from actions.people.account import enable as let_in

    who = _about(db, person, as_, reason, second, let_in)
    typer.echo(f"{who.name} may sign in again.")


def sign_out(
    person: PersonName, as_: As = "", reason: Reason = "", second: Second = "", db: Db = ""
) -> None:
    """End every session of a person, on all devices; they may sign in again."""
    from actions.people.account import sign_out as end_sessions

    who = _about(db, person, as_, reason, second, end_sessions)
    typer.echo(f"{who.name} is signed out everywhere.")


def _about(
    db: str,
    person: str,
    as_: str,
    reason: str,
    second: str,
    act: "Callable[[Work, By, Person], None]",
) -> "Person":
    """Do something about a person's account; the person as they were."""
    from actions.act.administration import by_whom
    from actions.people.staffing import person_named

    with working(db) as work:
        by = by_whom(work, as_, reason=reason, second=second)
        who = person_named(work, person, inactive=True)
        act(work, by, who)
    return who


def leave(
    person: PersonName,
    on: Annotated[str, typer.Option(help="The last day in all posts (ISO)")],
    as_: As = "",
    reason: Reason = "",
    second: Second = "",
    dry_run: Annotated[
        bool, typer.Option(help="Only list the open duties that they would leave")
    ] = False,
    db: Db = "",
    as_json: Json = False,
) -> None:
    """End all posts of a person who leaves, and list the open duties they leave behind."""
    from actions.act.administration import by_whom
    from actions.people.account import leave as end_all
    from actions.people.staffing import day_of, person_named
    from storage.questions import leaving

    last = day_of(on)
    with working(db) as work:
        by = by_whom(work, as_, reason=reason, second=second)
        who = person_named(work, person, inactive=True)
        left = leaving.duties_left(work, who.id, last)
        ended = 0 if dry_run else end_all(work, by, who, last)
    if as_json:
        rows = [vars(d) for d in left]
        typer.echo(json.dumps({"posts": ended, "duties": rows}, ensure_ascii=False, default=str))
        return
    if not dry_run:
        typer.echo(f"{who.name} holds no post after {last}; {ended} posts end.")
    _tell_left(left)


def _tell_left(left: "list[Left]") -> None:
    from statemachines.nouns import KNOWN_DUTIES

    if not left:
        typer.echo("No open duty is left without somebody.")
        return
    typer.echo(f"{len(left)} open duties are left (claimed by them, or nobody else is in post):")
    for d in left:
        title = KNOWN_DUTIES[d.kind].title
        mark = "claimed" if d.claimed else "nobody in post"
        typer.echo(f"  {d.number}  {d.title}  {title}, due {d.due_on}  ({mark})")
