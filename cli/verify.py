"""The command that proves the history."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from cli.options import Db, Json, engine_of, settings_with, sound

if TYPE_CHECKING:
    from actions.history.verification import Tell, Verified

_SHOWN = 50
"""Faults printed at most; ``--json`` has them all."""


def verify(
    db: Db = "",
    case: Annotated[str, typer.Option(help="One case only, by its number")] = "",
    sample: Annotated[int, typer.Option(min=1, help="Read every k-th case and letter")] = 1,
    files: Annotated[
        bool, typer.Option(help="Only read every file and write down what is damaged")
    ] = False,
    as_json: Json = False,
) -> None:
    """Prove the history: events, rows, letters, files, numbers, triggers. Exit 1 with faults."""
    if files:
        _verify_files(db, as_json)
        return
    from dataclasses import asdict

    from actions.history.verification import verify as prove
    from guapai.clock import utc_now
    from storage.files.place import store_at

    settings = sound(settings_with(db))
    engine = engine_of(settings)
    started = time.perf_counter()
    with progress("verifying") as tell:
        found = prove(engine, utc_now, settings.files, case=case, sample=sample, tell=tell)
    seconds = round(time.perf_counter() - started, 2)
    if as_json:
        typer.echo(json.dumps({**asdict(found), "wall_s": seconds}, ensure_ascii=False))
    else:
        report(found, seconds)
        if (
            any(f.what == "file" for f in found.faults)
            and not store_at(settings.files).folder.is_dir()
        ):
            typer.echo(f"There is no folder {settings.files}; is GUAPAI_FILES right?")
    if found.faults:
        raise typer.Exit(1)


def _verify_files(db: str, as_json: bool) -> None:
    from actions.upkeep.nightly import check_files
    from guapai.clock import utc_now
    from storage.files.place import store_at

    settings = sound(settings_with(db))
    engine, store = engine_of(settings), store_at(settings.files)
    found = check_files(engine, utc_now, store)
    if as_json:
        value = {"files": found.files, "damaged": found.damaged, "whole_again": found.mended}
        typer.echo(json.dumps(value))
    else:
        for sha256, why in list(found.damaged.items())[:_SHOWN]:
            typer.echo(f"{why}: {store.where(sha256)}")
        typer.echo(
            f"{found.files} files read: {len(found.damaged)} damaged, {found.mended} whole again."
        )
    if found.damaged:
        raise typer.Exit(1)


def report(found: "Verified", seconds: float | None = None) -> None:
    """Print what was read and each fault on a line of its own."""
    for fault in found.faults[:_SHOWN]:
        typer.echo(f"{fault.what}: {fault.where}: {fault.found}")
    if len(found.faults) > _SHOWN:
        typer.echo(f"… and {len(found.faults) - _SHOWN} more; --json shows them all")
    from actions.history.verification import LATE

    late = all(f.what == LATE for f in found.faults)
    many = "1 fault" if len(found.faults) == 1 else f"{len(found.faults)} faults"
    summary = many + (", late letters only." if late else ".")
    wall = "" if seconds is None else f" in {seconds} s"
    typer.echo(
        f"{found.cases} cases, {found.events} events, {found.letters} letters, "
        f"{found.files} files read{wall}: " + (summary if found.faults else "the history holds.")
    )


@contextmanager
def progress(title: str) -> Iterator["Tell | None"]:
    """A bar on standard error that is told (done, total); None where nobody looks at it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    from rich.progress import Progress

    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(title)
        yield lambda done, total: bar.update(task, completed=done, total=total)
