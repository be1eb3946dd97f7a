"""What of the tables a database has lived through, and what is still missing."""

import json
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from law.pack import Pack
from statemachines.nouns import DUTIES, LETTERS, PROCEDURES
from storage import duty, letter
from storage.database.engine import Engine
from storage.database.statement import Question
from storage.database.work import unit_of_work
from storage.history import event

_EVENTS = Question(sa.select(event.TABLE))
_DUTIES = Question(sa.select(duty.TABLE))
_RUNGS = Question(
    sa.select(duty.TABLE.c.kind, duty.RUNGS.c.rung, duty.RUNGS.c.outcome).join(
        duty.TABLE, duty.TABLE.c.id == duty.RUNGS.c.duty_id
    )
)
_LETTERS = Question(sa.select(letter.TABLE.c.kind, letter.TABLE.c.state))

ANY = "any"
"""The climb of what is late is the same for every kind of duty: each of its rungs once will do."""

BY_THE_POST = {
    "write",
    "claim",
    "release",
    "hand_over",
    "deliver",
    "lose_sight",
    "refuse",
    "give_up",
    "suppress",
    "withdraw",
    "repeat",
}
"""Moves of a letter that the post makes in bulk and that write no event; test_post proves them."""


@dataclass
class Lived:
    """What happened, as sets of names."""

    moves: set[tuple[str, str]] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    overdue: set[str] = field(default_factory=set)
    rungs: set[tuple[str, str]] = field(default_factory=set)
    letters: set[str] = field(default_factory=set)

    def add(self, engine: Engine, now: datetime) -> None:
        """Take in what a database remembers."""
        with unit_of_work(engine, lambda: now, write=False) as work:
            made = [(e["noun"], e["move"]) for e in work.records(_EVENTS)]
            self.moves |= {m for m in made if m[0] in PROCEDURES and m[1][:5] != "sign:"}
            for d in work.records(_DUTIES):
                self.opened.add(d["kind"])
                if d["state"] == "met":
                    self.met.add(d["kind"])
                if (d["closed_at"] or now) > d["due_at"]:
                    self.overdue.add(d["kind"])
            climbed = work.records(_RUNGS)
            fired = [r for r in climbed if r["outcome"] == "fired"]
            self.rungs |= {(kind, r["rung"]) for r in fired for kind in (r["kind"], ANY)}
            self.letters |= {found["kind"] for found in work.records(_LETTERS)}

    def missing(self, pack: Pack) -> dict[str, list[str]]:
        """What the tables and the pack have and nothing lived through."""
        moves = {
            (p.noun, m.name)
            for p in PROCEDURES.values()
            for m in p.moves
            if not (p.noun == "letter" and m.name in BY_THE_POST)
        }
        climb = {r.id for r in pack.climb}
        rungs = {(k, r.id) for k in DUTIES for r in pack.rungs(k) if r.id not in climb}
        rungs |= {(ANY, rung) for rung in climb}
        wanted = {
            "moves": moves - self.moves,
            "duties opened": set(DUTIES) - self.opened,
            "duties met": set(DUTIES) - self.met,
            "duties overdue": set(DUTIES) - self.overdue,
            "rungs": rungs - self.rungs,
            "letters": {*LETTERS, "digest"} - self.letters,
        }
        return {k: sorted(map(str, v)) for k, v in wanted.items() if v}

    def report(self, pack: Pack) -> str:
        """The missing things as text."""
        return json.dumps(self.missing(pack), ensure_ascii=False, indent=1)
