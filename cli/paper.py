"""The command that takes a paper out of the store."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Db, settings_with


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
    from storage.database.engine import open_engine
    from storage.database.work import unit_of_work
    from storage.files.place import store_at
    from storage.schema.schema import require_newest

    settings = settings_with(db)
    engine = open_engine(settings.database_url)
    require_newest(engine)
    with unit_of_work(engine, write=False) as work:
        found, pdf = sealed_bytes(work, store_at(settings.files), number)
    with whole_file(out) as file:
        file.write(pdf)
    typer.echo(f"{found.number}: {len(pdf)} bytes in {out}, SHA-256 {found.pdf}")
