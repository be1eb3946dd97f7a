"""Every table of moves as one sheet, so that a change in the code shows as a change of lines.

It follows the code and proves nothing; test_domain.py states on its own what the moves should be.
Write it anew with `python -m tests.statemachines.snapshot`.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from statemachines.nouns import PROCEDURES
from statemachines.procedure import Move

TRANSITIONS = Path(__file__).with_name("transitions.csv")
COLUMNS = [f.name for f in fields(Move)]


def snapshot() -> str:
    """One line for each move and each state it starts from, with a column for all that moves have."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(("noun", *COLUMNS))
    for noun, procedure in PROCEDURES.items():
        for move in procedure.moves:
            for start in move.source or ("",):
                cells = {c: _cell(getattr(move, c)) for c in COLUMNS} | {"source": str(start)}
                writer.writerow((noun, *cells.values()))
    return sheet.getvalue()


def _cell(value: Any, between: str = "|") -> str:
    """Sets are sorted; what has an order keeps it: the first guard that refuses gives the reason."""
    if value is None or isinstance(value, str | int):
        return str(value)  # None is not the same as nothing: a move that keeps every fact, or none
    if isinstance(value, Mapping):
        return between.join(f"{key}={_cell(said)}" for key, said in value.items())
    if isinstance(value, frozenset):
        return between.join(sorted(_cell(one) for one in value))
    if isinstance(value, tuple):
        return between.join(_cell(one, ".") for one in value)
    if is_dataclass(value):
        return "; ".join(f"{f.name} {_cell(getattr(value, f.name))}" for f in fields(value))
    return str(value.__name__)


if __name__ == "__main__":
    TRANSITIONS.write_text(snapshot(), encoding="utf-8")
