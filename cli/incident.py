"""Commands about incidents: what the system could not do by itself, and what is done about it."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Db, Json, engine_of, settings_with, working

if TYPE_CHECKING:
    from guapai.people import Actor
    from storage.database.work import Work

app = typer.Typer(
    help="Incidents of operation (运行事件): list, look, settle.", no_args_is_help=True
)

Number = Annotated[str, typer.Argument(help="A number, such as YX-341500-2026-00001, or an id")]
As = Annotated[str, typer.Option("--as", metavar="PERSON", help="Who acts: an id or an e-mail")]
Reason = Annotated[str, typer.Option(help="Why; it becomes part of the case")]
Letter = Annotated[int, typer.Option(help="Only the letter of this id")]


@app.command(name="list")
def list_(db: Db = "", as_json: Json = False) -> None:
    """Show the open incidents, the oldest first."""
    from storage.questions import operation

    with working(db, write=False) as work:
        opened, _, count = operation.incidents(work, _everything())
    if as_json:
        typer.echo(json.dumps([dict(r) for r in opened], ensure_ascii=False, default=str))
        return
    for row in opened:
        typer.echo(f"{row['number']}\t{row['created_at']:%Y-%m-%d %H:%M}Z\t{_line(row)}")
    typer.echo(f"{count} open, {len(opened)} shown", err=True)


def _line(row: Any) -> str:
    due = f"due {row['due_on']}" if row["due_on"] else "no duty"
    return f"{row['title']}\t{row['count']} things\t{due}\t{row['owner']}"


@app.command()
def show(number: Number, db: Db = "", as_json: Json = False) -> None:
    """Show what an incident is about."""
    from storage.questions import operation

    with working(db, write=False) as work:
        found = _find(work, number)
        rows, count = operation.items(work, found.id)
    if as_json:
        typer.echo(json.dumps([dict(r) for r in rows], ensure_ascii=False, default=str))
        return
    typer.echo(f"{found.number} {found.title}: {found.state}")
    for row in rows:
        said = f"{row['answer_code'] or ''} {row['answer'] or row['fault'] or ''}".strip()
        typer.echo(
            f"{row['noun']} {row['key']}\t{row['recipient'] or ''}\t{row['state'] or ''}\t{said}"
        )
    typer.echo(f"{count} things, {len(rows)} shown", err=True)


@app.command()
def retry(number: Number, who: As, reason: Reason, db: Db = "") -> None:
    """Let a failed period run, or a paper be printed, once more."""
    _act(db, number, who, "retry", reason=reason)


@app.command()
def resend(
    number: Number,
    who: As,
    reason: Reason,
    to: Annotated[str, typer.Option(help="The reader's address from now on")] = "",
    letter: Letter = 0,
    db: Db = "",
) -> None:
    """Send the letters once more: as they are, or with --to where their reader is reached now."""
    more = {"letter": letter} if letter else {}
    if to:
        _act(db, number, who, "readdress", reason=reason, email=to, **more)
    else:
        _act(db, number, who, "resend", reason=reason, **more)


@app.command()
def told(
    number: Number,
    who: As,
    reason: Annotated[str, typer.Option(help="What was told; the proof of notice shows it")],
    whom: Annotated[str, typer.Option(help="Who was told")],
    at: Annotated[str, typer.Option(help="When (ISO, with zone); default: now")] = "",
    letter: Letter = 0,
    db: Db = "",
) -> None:
    """Record that what the letters say was told by telephone."""
    from guapai.clock import utc_now

    more = {"letter": letter} if letter else {}
    when = at or utc_now().isoformat()
    _act(db, number, who, "tell", whom=whom, told_at=when, said=reason, **more)


@app.command()
def dismiss(number: Number, who: As, reason: Reason, db: Db = "") -> None:
    """Let an incident rest, and cancel its letters."""
    _act(db, number, who, "dismiss", reason=reason)


def _act(db: str, number: str, who: str, move: str, **facts: Any) -> None:
    """Make a move of an incident, and do at once what it asks for."""
    from actions.act.perform import perform
    from actions.hand.facts import Subject
    from actions.upkeep.mending import carry_out
    from storage.database.work import unit_of_work

    engine = engine_of(settings_with(db))
    with unit_of_work(engine) as work:
        found = _find(work, number)
        perform(work, Subject(noun="incident", row_id=found.id), move, facts, _actor(work, who))
    done = carry_out(engine)
    typer.echo(f"{found.number}: {move}, done to {done} things; it ends when all of them are over.")


def _everything() -> Any:
    from storage.questions.scope import Scope

    return Scope("none", reads=("incident",))


def _find(work: "Work", number: str) -> Any:
    from guapai.errors import Missing
    from storage import case as cases

    known = number.strip()
    found = cases.get(work, int(known)) if known.isdecimal() else cases.numbered(work, known)
    if found is None or found.noun != "incident":
        raise Missing(f"there is no incident {number!r}; see: guapai incident list")
    return found


def _actor(work: "Work", known_as: str) -> "Actor":
    """The person in their post of system administrator. Raises NotAllowed when they hold none."""
    from actions.people.staffing import person_named
    from guapai.errors import NotAllowed
    from guapai.people import Actor, Role
    from storage.people import person as people

    who = person_named(work, known_as)
    for post in people.posts_of(work, who.id, work.now):
        if post.role == Role.system_admin:
            return Actor(who.id, Role.system_admin, post.organisation_id, None, who.name)
    raise NotAllowed(f"{who.name} is no system administrator (系统管理员) today")
