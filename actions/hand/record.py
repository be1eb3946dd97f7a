"""One event in the making: every row it changes goes to the database and into its leaf."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel

from actions.hand.case import Case, Row
from guapai.clock import local_date
from guapai.personal import personal_fields
from law.provisions import pin
from storage.database.columns import names_of
from storage.history import act as acts
from storage.history import event as events
from storage.nouns import PERSONAL
from storage.questions.fold import hidden_in, kept

_NOBODY: frozenset[str] = frozenset()


@dataclass
class Record:
    """Collects what one event changed, and writes it.

    ``notes`` are kept in the leaf beside the facts; ``after`` are rows that refer to the event.
    """

    case: Case
    act_id: int
    event_id: int
    noun: str
    row_id: int
    move: str
    basis: str
    source: str | None = None
    dest: str | None = None
    changes: list[events.Change] = field(default_factory=list)
    secrets: dict[str, tuple[str, str]] = field(default_factory=dict)
    subjects: list[tuple[str, int]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    after: list[tuple[sa.Table, dict[str, Any]]] = field(default_factory=list)

    def insert(
        self, table: sa.Table, values: Mapping[str, Any], *, personal: frozenset[str] = _NOBODY
    ) -> Row:
        """A new row; ``personal`` names columns that hold personal values beside those known."""
        full = {n: values.get(n) for n in names_of(table)}
        self.case.work.insert(table, full)
        self._note(table, full, personal)
        return Row(**full)

    def insert_after(self, table: sa.Table, values: Mapping[str, Any]) -> None:
        """A new row that refers to the event itself, so that it is written behind it."""
        full = {n: values.get(n) for n in names_of(table)}
        self.after.append((table, full))
        self._note(table, full, _NOBODY)

    def update(
        self,
        table: sa.Table,
        row: Row,
        values: Mapping[str, Any],
        *,
        where: str = "",
        guarded: str = "",
    ) -> None:
        """New values of a row, which is changed too; ``where`` names a column that must be as read."""
        condition = {"id": row.id}
        if where:
            condition[where] = getattr(row, where)
        self.case.work.update(table, condition, values, guarded=guarded)
        for name, value in values.items():
            setattr(row, name, value)
        self._note(table, {"id": row.id, **values}, _NOBODY)

    def _note(self, table: sa.Table, values: dict[str, Any], more: frozenset[str]) -> None:
        row_id, told = values["id"], kept(table.name)
        personal = PERSONAL.get(table.name, _NOBODY) | more
        noted = {n: v for n, v in values.items() if n in told}
        for name in personal & noted.keys():
            if noted[name] is not None:
                _, field_name = hidden_in(self.event_id, table.name, row_id, name)
                noted[name] = self._hide(field_name, str(noted[name]))
        if len(noted) > 1 or "id" not in noted:
            self.changes.append((table.name, row_id, noted))

    def _hide(self, name: str, value: str) -> dict[str, str]:
        salt = events.new_salt()
        self.secrets[name] = (salt, value)
        return events.sealed(salt, value)

    def write(self, facts: BaseModel | Mapping[str, Any]) -> None:
        """Write the event; its leaf holds the facts, the changes, and who, when, why."""
        case, actor = self.case, self.case.actor
        head = {
            "id": self.event_id,
            "act_id": self.act_id,
            "case_id": case.id,
            "noun": self.noun,
            "row_id": self.row_id,
            "move": self.move,
            "source": self.source,
            "dest": self.dest,
            "person_id": actor.person_id,
            "behalf_of": actor.on_behalf_of,
            "role": actor.role.value,
            "organisation_id": actor.organisation_id,
            "at": case.work.now,
            "basis": self.basis,
            "pack_id": case.root.pack_id,
            "calendar": case.calendar.version,
        }
        leaf = {
            **head,
            "format": 1,
            "ground": pin(self.basis, local_date(case.work.now)),
            "facts": self._facts(facts),
            "notes": self.notes,
            "changes": self.changes,
            "subjects": self.subjects,
        }
        work = case.work
        work.insert(events.TABLE, {**head, "leaf": events.canonical(leaf)})
        for noun, row_id in self.subjects:
            work.insert(
                events.SUBJECTS, {"event_id": self.event_id, "noun": noun, "row_id": row_id}
            )
        for name, (salt, value) in self.secrets.items():
            work.insert(
                events.SECRETS,
                {"event_id": self.event_id, "field": name, "salt": salt, "value": value},
            )
        for table, values in self.after:
            work.insert(table, values)

    def _facts(self, facts: BaseModel | Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(facts, BaseModel):
            return dict(facts)
        out = facts.model_dump(mode="json")
        for name in personal_fields(type(facts)):
            if out.get(name) is not None:
                out[name] = self._hide(name, str(out[name]))
        return out


def take_act(case: Case, move: str, key: str = "") -> int:
    """The act of something beside the procedures: its id; ``key`` makes it happen once."""
    (taken,) = case.work.records(
        acts.take(case.work),
        person_id=case.actor.person_id or 0,
        move=move,
        key=key or secrets.token_hex(16),
        facts_hash="",
        at=case.work.now,
    )
    return int(taken["id"])


def begin(case: Case, noun: str, row_id: int, move: str, basis: str, *, key: str = "") -> Record:
    """The event of an act beside the procedures (a claim, a recount, a rung)."""
    return Record(
        case=case,
        act_id=take_act(case, f"{noun}.{move}", key),
        event_id=case.work.take_id(),
        noun=noun,
        row_id=row_id,
        move=move,
        basis=basis,
    )
