"""What the commands about rule packs say of a file, and of the provisions it rests on."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from actions.act.administration import By
    from actions.upkeep.pack import Examined
    from law.pack import Pack
    from storage.database.work import Work


def tell_found(file: Path, found: "Examined") -> None:
    """Print all there is to say of a pack file: faults first."""
    for fault in found.faults:
        typer.echo(fault, err=True)
    for rule in found.doubts:
        typer.echo(f"not taken on: {rule.key}: {rule.name}{rule.doubts}")
    if found.doubts:
        typer.echo("Whoever publishes takes them on: guapai pack publish FILE --as … --take-on")
    for name in found.shadows:
        typer.echo(
            f"at its place the cases follow {name!r}: a pack of the trade there extends that"
        )
    for d in found.differences or ():
        typer.echo(f"{d.path}: {_said(d.old)} -> {_said(d.new)}")
    if found.faults:
        typer.echo(f"{file}: {len(found.faults)} faults; it cannot be published.", err=True)
    elif found.differences is None:
        typer.echo(f"{file} is in order; no pack {found.name!r} is published yet.")
    else:
        count = len(found.differences)
        typer.echo(f"{file} is in order; {count} values differ from the published {found.name}.")


def _said(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def answer_for(work: "Work", by: "By", pack: "Pack", *, take_on: bool) -> None:
    """Take on the provisions of a pack that nobody answers for, or name them."""
    from actions import ground
    from actions.upkeep.pack import take_on as answer

    rules = ground.named_by(work, pack)
    if take_on:
        for rule in answer(work, by, rules):
            typer.echo(f"taken on by {by.name}: {rule.key}: {rule.name}")
    elif open_ := ground.doubtful(work, rules, pack.jurisdiction):
        keys = ", ".join(rule.key for rule in open_)
        typer.echo(
            f"{pack.name}: nobody has taken on {keys}; papers that rest on one are refused "
            "until somebody does: guapai pack take-on"
        )
