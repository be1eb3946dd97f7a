"""A decision that waits for signatures, as its form shows it; and how it is withdrawn or refused."""

import json
from dataclasses import dataclass

from actions.act.prospect import Prospect
from portal.web.visit import Form
from portal.words.field import Field, fields_of
from portal.words.wording import facts_said
from statemachines.facts import Reasoned
from statemachines.noted import Parked
from storage import pending
from storage.database.work import Work
from storage.people.officer import names_of, officers_named


@dataclass(frozen=True)
class Waits:
    """A decision that waits: its id, what it says, and how the reader may end it."""

    id: int
    said: list[tuple[str, str]]
    end: Parked


def waits(work: Work, prospect: Prospect) -> Waits | None:
    """The decision that waits for the signature of others, or of the reader."""
    if prospect.waiting is None or prospect.row_id is None:
        return None
    for parked in pending.open_of(work, prospect.row_id):
        if parked.id == prospect.waiting.pending_id:
            facts = json.loads(parked.facts)
            if named := officers_named(facts):
                facts["officers"] = list(names_of(work, named).values())
            said = facts_said(prospect.move.facts, facts)
            end = Parked.withdraw if prospect.waiting.signed else Parked.refuse
            return Waits(parked.id, said, end)
    return None


def how_ended(form: Form) -> Parked | None:
    """How a form asks that the decision end which waits; None for a form that makes or signs one."""
    asked = form.get("end")
    return Parked(asked) if asked in (Parked.withdraw, Parked.refuse) else None


def reason_field(typed: str = "") -> Field:
    """The field for why a decision is withdrawn or refused, with what was typed."""
    (field,) = fields_of(Reasoned)
    field.value = typed
    return field
