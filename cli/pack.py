"""Commands about rule packs: the numbers, terms and ladders of a jurisdiction."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Db, Json, Reason, engine_of, settings_with, working
from cli.pack_told import answer_for, tell_found

if TYPE_CHECKING:
    from actions.upkeep.repack import Repacking
    from storage.database.engine import Engine

app = typer.Typer(help="Rule packs (规则包): numbers, terms, ladders.", no_args_is_help=True)


@app.command(name="list")
def list_(db: Db = "", as_json: Json = False) -> None:
    """Show every published version; * marks the one that new cases follow."""
    from guapai.clock import local_time
    from storage.upkeep import pack as packs

    with working(db, write=False) as work:
        found = packs.published(work)
        forced = {n: packs.in_force(work, n) for n in {p.name for p in found}}
    newest = {n: p.id for n, p in forced.items() if p is not None}
    rows = [
        {
            "id": p.id,
            "name": p.name,
            "jurisdiction": p.jurisdiction,
            "sha256": p.fingerprint,
            "published_at": p.published_at.isoformat(),
            "in_force": newest.get(p.name) == p.id,
        }
        for p in found
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for p in found:
        mark = "*" if newest.get(p.name) == p.id else " "
        when = f"{local_time(p.published_at):%Y-%m-%d %H:%M}"
        typer.echo(f"{mark} {p.name}\t{p.jurisdiction}\t{when}\t{p.fingerprint}")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The name of a published pack, such as luan")],
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Show each number in force: its value, whether a rule, a rule of another place or we set it, and its basis."""
    from dataclasses import asdict

    from actions.upkeep.pack import newest, parameters
    from guapai.clock import local_date
    from law.pack import from_json

    with working(db, write=False) as work:
        row, today = newest(work, name), local_date(work.now)
    pack = from_json(row.text)
    found = parameters(pack, today)
    if as_json:
        head = {"name": pack.name, "title": pack.title, "sha256": row.fingerprint}
        more = {
            "filled": pack.filled,
            "aside": pack.aside,
            "parameters": [asdict(p) for p in found],
        }
        typer.echo(json.dumps({**head, **more}, ensure_ascii=False))
        return
    typer.echo(f"{pack.name} ({pack.title}), {pack.jurisdiction}, valid from {pack.valid_from}")
    width = max(len(p.path) for p in found)
    for p in found:
        mark = "  + the country's" if p.lent else ""
        typer.echo(f"{p.path:{width}}  {p.value:12}  {p.kind:9}  {p.cited}{mark}")
    if pack.filled:
        typer.echo(
            f"The pack is older than {len(pack.filled)} of these (+): they are the country's."
        )
    if pack.aside:
        typer.echo(f"Nothing asks any more for: {', '.join(pack.aside)}")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A pack file (TOML)")],
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Check a pack file: every number nobody reads, every missing or wrong basis, every provision
    that nobody has taken on, and how it differs from the published pack of its name."""
    from dataclasses import asdict

    from actions.upkeep.pack import examine_file

    with working(db, write=False) as work:
        found = examine_file(work, file)
    if as_json:
        more = {"doubts": [r.key for r in found.doubts]}
        typer.echo(json.dumps({**asdict(found), **more}, ensure_ascii=False))
    else:
        tell_found(file, found)
    if found.faults:
        raise typer.Exit(2)


@app.command()
def publish(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A pack file (TOML) of your own; without it: those of GUAPAI_PACKS, and ours",
            show_default=False,
        ),
    ] = None,
    as_: Annotated[
        str,
        typer.Option("--as", help="Who decides it, of a commission of the place: an id or e-mail"),
    ] = "",
    reason: Reason = "",
    take_on: Annotated[
        bool,
        typer.Option("--take-on", help="Answer for its provisions whose text nobody compared"),
    ] = False,
    db: Db = "",
) -> None:
    """Publish a pack of your own, or whatever is new in GUAPAI_PACKS and in the program.

    Running cases stay with theirs. Where a pack of yours is published ours stays back.
    """
    from law.pack import shipped_texts
    from storage.schema.schema import publish

    settings = settings_with(db)
    engine = engine_of(settings)
    new = [] if file else publish(engine, shipped_texts())
    if file or settings.packs:
        new += _publish_own(engine, file, settings.packs, as_, reason, take_on=take_on)
    if new:
        typer.echo(f"Published: {', '.join(new)}. Hazards reported from now on follow them.")
        typer.echo("Running cases stay with theirs; see: guapai pack move --help")
    else:
        typer.echo("Nothing is new: every pack is published already.")


def _publish_own(
    engine: "Engine",
    file: Path | None,
    folder: Path | None,
    as_: str,
    reason: str,
    *,
    take_on: bool,
) -> list[str]:
    """Publish one file, or those of a folder; the names of the packs that are new."""
    from actions.act.administration import RULERS, by_whom
    from actions.upkeep import pack as packs
    from guapai.clock import local_date
    from storage.database.work import unit_of_work

    with unit_of_work(engine) as work:
        by = by_whom(work, as_, reason=reason, roles=RULERS)
        assert file or folder, "one of them is given"
        found = [packs.read_file(work, file)] if file else packs.read_folder(work, folder or Path())
        new = []
        for pack in found:
            answer_for(work, by, pack, take_on=take_on)
            if not packs.publish(work, by, pack):
                continue
            later = pack.valid_from > local_date(work.now)
            new.append(f"{pack.name} (from {pack.valid_from})" if later else pack.name)
        return new


@app.command()
def take_on(
    name: Annotated[str, typer.Argument(help="The name of a published pack, such as luan")],
    as_: Annotated[
        str, typer.Option("--as", help="Who answers for them, of a commission: an id or e-mail")
    ],
    reason: Reason = "",
    db: Db = "",
) -> None:
    """Answer by name for the provisions of a published pack whose text nobody has compared (原文待核).

    For the place of whoever does it, and below. Papers rest on no other provisions.
    """
    from actions.act.administration import RULERS, by_whom
    from actions.upkeep.pack import newest
    from law.pack import from_json

    with working(db) as work:
        by = by_whom(work, as_, reason=reason, roles=RULERS)
        answer_for(work, by, from_json(newest(work, name).text), take_on=True)


@app.command()
def move(
    name: Annotated[str, typer.Argument(help="The name of a published pack, such as luan")],
    person: Annotated[
        str, typer.Option("--as", help="Who decides it, of a commission: a person's id or e-mail")
    ],
    place: Annotated[str, typer.Option(help="Only this place and below: its code")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would change")] = False,
    db: Db = "",
    as_json: Json = False,
) -> None:
    """Move running cases to the newest version of their pack; open duties are dated anew.

    What was reminded of stays so, and no duty becomes late by it.
    """
    from dataclasses import asdict

    from actions.upkeep.repack import repack
    from storage.database.work import unit_of_work
    from storage.people import person as people

    engine = engine_of(settings_with(db))
    with unit_of_work(engine, write=False) as work:
        actor = people.first_actor(work, person)
    done = repack(engine, name, actor, place=place, preview=preview)
    if as_json:
        typer.echo(json.dumps(asdict(done), ensure_ascii=False, default=str))
    else:
        _tell(done, preview=preview)


def _tell(done: "Repacking", *, preview: bool) -> None:
    """Print every duty whose date changes, case by case."""
    from datetime import datetime, timedelta

    from guapai.clock import local_time

    def last_minute(end: datetime) -> str:
        return f"{local_time(end - timedelta(minutes=1)):%Y-%m-%d %H:%M}"

    for case in done.cases:
        for d in case.duties:
            why = " would have passed already: it stays" if d.spared else ""
            typer.echo(
                f"{case.number}  {d.kind} {d.duty_id}: "
                f"{last_minute(d.old)} -> {last_minute(d.new)}{why}"
            )
    dated = sum(not d.spared for case in done.cases for d in case.duties)
    typer.echo(
        f"{len(done.cases)} running cases {'would follow' if preview else 'follow'} "
        f"{done.name} {done.fingerprint[:12]} now; {dated} open duties have a new date."
    )
