"""Commands about the post: what is held, and letting it go."""

from typing import Annotated

import typer

from cli.options import Db, working

app = typer.Typer(
    help="The post (信件投递): what is held, and letting it go.", no_args_is_help=True
)


@app.command()
def held(db: Db = "") -> None:
    """Show what people hold, since when and why."""
    from guapai.clock import local_time
    from storage.upkeep import hold as holds

    with working(db, write=False) as work:
        standing = holds.standing(work)
    for hold in standing:
        missing = holds.missing(hold)
        since = f"{local_time(hold.since):%Y-%m-%d %H:%M}"
        typer.echo(f"{hold.what}\t{hold.reason}\tsince {since}\t{missing} persons\t{hold.note}")
    if not standing:
        typer.echo("nothing is held", err=True)


@app.command()
def release(
    by: Annotated[str, typer.Option("--as", help="Who lets it go: an id or an e-mail")],
    what: Annotated[str, typer.Option(help="post, or sweep")] = "post",
    db: Db = "",
) -> None:
    """Let go of what is held; after a restore a second person has to do so too."""
    from actions.people.staffing import person_named
    from actions.post.hold import release, require_releaser
    from guapai.errors import BadInput
    from storage.upkeep.hold import Held

    if what not in set(Held):
        raise BadInput(f"--what {what!r} is not one of: {', '.join(Held)}")
    with working(db) as work:
        person = person_named(work, by)
        require_releaser(work, person)
        left = release(work, Held(what), person.id)
    said = "another person has to let it go too" if left else "it goes on within a minute"
    typer.echo(f"{person.name} lets go of the {what}; {said}.")
