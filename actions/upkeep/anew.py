"""Another life of a database: after a restore, or when one goes on that is older than the last seen.

What happened since cannot be known, letters that went out least of all: so nothing goes out until
two persons have looked.
"""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from actions.act.administration import REASON_MOST, By, by_whom, note
from actions.post.hold import hold_post
from guapai.clock import Clock
from guapai.errors import BadInput, NotAllowed
from guapai.text import one_line
from statemachines.noted import Administered
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.people import session as sessions
from storage.questions import doubtful
from storage.questions.verification import Record
from storage.upkeep.epoch import renew_epoch
from storage.upkeep.hold import HoldReason


@dataclass(frozen=True)
class Begun:
    """A life that has begun: its name in Message-IDs, and the letters that may have gone out already.

    ``by`` is who began it, as the history says; empty for somebody it does not know.
    """

    epoch: str
    letters: list[Record]
    sessions: int
    by: str


@dataclass(frozen=True)
class Beginner:
    """Who says that they begin another life of a database, and why; how: ``move``.

    With ``must`` it has to be an administrator whom the database knows, unless there is none.
    A pack may be older than the administrator who restores it: then the history says only that
    somebody did, and keeps the hash of what they called themselves.
    """

    known_as: str
    reason: str
    move: Administered
    must: bool = False

    def by(self, work: Work) -> By:
        """Who it is by the database itself. Raises BadInput and NotAllowed where it must be known."""
        try:
            return by_whom(work, self.known_as, reason=self.reason)
        except (BadInput, NotAllowed):
            if self.must:
                raise
            return By(None, reason=one_line(self.reason)[:REASON_MOST])


def begin_anew(engine: Engine, clock: Clock, beginner: Beginner, about: str) -> Begun:
    """Hold the post, give the database another name in Message-IDs, and let everybody sign in anew.

    Who did so, and why, is an entry of history.
    """
    with unit_of_work(engine, clock) as work:
        by = beginner.by(work)
        hold_post(work, HoldReason.restore, about)
        epoch = renew_epoch(work)
        claimed = None if by.actor or not beginner.known_as else beginner.known_as
        facts = {"epoch": epoch.name, "about": about}
        note(work, by, "database", epoch.id, beginner.move, facts, {"claimed": claimed})
        ended = sessions.end_everybody(work)
        who = by.actor.name if by.actor else ""
        return Begun(epoch.name, doubtful.letters(work), ended, who)


def write_list(letters: list[Record], path: Path) -> None:
    """The letters in doubt as a table, which only its owner may read: it names people."""
    names = [*("id", "number", "kind", "statutory", "recipient_name", "recipient")]
    names += ["subject", "state", "created_at", "message_id"]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as out:
        table = csv.DictWriter(out, names)
        table.writeheader()
        table.writerows(letters)
