"""Another life of a database: after a restore, or when one goes on that is older than the last seen.

What happened since cannot be known, letters that went out least of all: so nothing goes out until
two persons have looked.
"""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from actions.post.hold import hold_post
from guapai.clock import Clock
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.people import session as sessions
from storage.questions import doubtful
from storage.questions.verification import Record
from storage.upkeep.epoch import renew_epoch
from storage.upkeep.hold import HoldReason


@dataclass(frozen=True)
class Begun:
    """A life that has begun: its name in Message-IDs, and the letters that may have gone out already."""

    epoch: str
    letters: list[Record]
    sessions: int


def begin_anew(engine: Engine, clock: Clock, reason: HoldReason, note: str) -> Begun:
    """Hold the post, give the database another name in Message-IDs, and let everybody sign in anew."""
    with unit_of_work(engine, clock) as work:
        hold_post(work, reason, note)
        return Begun(renew_epoch(work), doubtful.letters(work), sessions.end_everybody(work))


def write_list(letters: list[Record], path: Path) -> None:
    """The letters in doubt as a table, which only its owner may read: it names people."""
    names = [*("id", "number", "kind", "statutory", "recipient_name", "recipient")]
    names += ["subject", "state", "created_at", "message_id"]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as out:
        table = csv.DictWriter(out, names)
        table.writeheader()
        table.writerows(letters)
