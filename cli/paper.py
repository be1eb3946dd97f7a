"""The command that takes a paper out of the store."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Db, settings_with, working


def paper(
    number: Annotated[
        str, typer.Argument(help="A number, such as 金安安督字〔2026〕1号, or an id")
    ],
    out: Annotated[Path, typer.Option(help="The file to write (PDF)")],
    db: Db = "",
) -> None:
    """Write the sealed PDF of an official paper (文书) to a file."""
    from actions.exports.file import whole_file
    from actions.papers.file import sealed_bytes
    from storage.files.place import store_at

    store = store_at(settings_with(db).files)
    with working(db, write=False) as work:
        found, pdf = sealed_bytes(work, store, number)
    with whole_file(out) as file:
        file.write(pdf)
    typer.echo(f"{found.number}: {len(pdf)} bytes in {out}, SHA-256 {found.pdf}")
