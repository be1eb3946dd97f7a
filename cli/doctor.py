"""The command that looks whether an installation has all it needs."""

import json
from collections import Counter
from typing import Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from cli.options import Db, Json, settings_with

_COLOURS = {"ok": "green", "warning": "yellow", "fault": "red"}


def doctor(db: Db = "", as_json: Json = False) -> None:
    """Check what an installation needs and say how to mend what is missing. Exit 1 with faults."""
    checks = _checks(db)
    if as_json:
        typer.echo(json.dumps({"checks": checks}, ensure_ascii=False))
    else:
        _print(checks)
    if any(c["state"] == "fault" for c in checks):
        raise typer.Exit(1)


def _checks(db: str) -> list[dict[str, Any]]:
    """The checks as plain values. A program that does not even load is a fault like any other."""
    try:
        from dataclasses import asdict
        from functools import partial

        from actions.upkeep.diagnosis import diagnose
        from actions.upkeep.installation import Installation
        from flows.ground import build_office
        from guapai.clock import utc_now

        settings = settings_with(db)
        office = partial(build_office, settings)
        return [asdict(c) for c in diagnose(Installation(settings, utc_now, office))]
    except Exception as error:  # not even the parts are there: no tzdata, a broken setting
        first = (str(error).splitlines() or [""])[0]
        mend = "install anew: make setup; and look at the settings GUAPAI_…"
        found = f"the program does not load: {type(error).__name__}: {first}"
        broken = {"name": "program", "state": "fault", "found": found, "mend": mend}
        return [{**broken, "title": "program (程序)"}]


def _print(checks: list[dict[str, Any]]) -> None:
    console = Console()
    titles = [c["title"] for c in checks]
    width = max(map(cell_len, titles))
    for check, title in zip(checks, titles, strict=True):
        line = Text(f"{check['state']:9}", style=_COLOURS[check["state"]])
        line.append(f"{title}{' ' * (width - cell_len(title))}  {check['found']}", style="default")
        if check["mend"]:
            line.append(f"\n{' ' * (width + 11)}→ {check['mend']}", style="default")
        console.print(line, soft_wrap=True)
    counted = Counter(c["state"] for c in checks)
    console.print(
        f"{_many(counted['fault'], 'fault')}, {_many(counted['warning'], 'warning')}.",
        highlight=False,
    )


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
