"""What a person asked about an incident is done to each thing it is about, one act after the other."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from actions.act.perform import perform
from actions.hand.facts import Subject
from guapai.clock import Clock, utc_now
from guapai.errors import GuapaiError
from guapai.people import Actor, Role
from guapai.personal import ERASED
from storage import incident as incidents
from storage import letter as letters
from storage import paper as papers
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.history import event as events
from storage.history.event import Event
from storage.incident import IncidentItem
from storage.people import person as people
from storage.upkeep import lease

LOG = logging.getLogger(__name__)
OF_LETTERS: Mapping[str, str] = {
    "resend": "resend",
    "readdress": "readdress",
    "tell": "tell",
    "dismiss": "cancel",
}
"""What is done to a letter when that is asked about its incident."""
ASKED = (*OF_LETTERS, "retry")
"""The moves of an incident by which a person asks for something."""


def carry_out(engine: Engine, clock: Clock = utc_now) -> int:
    """Do what was asked and is not done yet; to how many things. Safe to run twice."""
    done = 0
    with unit_of_work(engine, clock, write=False) as work:
        asked = incidents.waiting(work)
    for case_id in asked:
        try:
            done += _carry_out(engine, clock, case_id)
        except Exception:
            LOG.exception("incident %s: what was asked is not done; tried again", case_id)
    return done


def _carry_out(engine: Engine, clock: Clock, case_id: int) -> int:
    done = 0
    while True:
        with unit_of_work(engine, clock, write=False) as work:
            order = events.last_of_moves(work, "incident", case_id, ASKED)
            assert order is not None
            facts = _facts(work, order)
            actor = _actor(work, order)
            left = incidents.uncarried(work, case_id, order.id, order.at)
        for item in left:
            done += _one(engine, clock, order, facts, actor, item)
        if not left:
            with unit_of_work(engine, clock) as work:
                again = events.last_of_moves(work, "incident", case_id, ASKED)
                if again is not None and again.id == order.id:
                    incidents.rest(work, case_id)
            return done


def _one(
    engine: Engine,
    clock: Clock,
    order: Event,
    facts: dict[str, Any],
    actor: Actor,
    item: IncidentItem,
) -> int:
    """Do it to one thing; what cannot be done to it (it has moved on) is left, and said in the log."""
    wanted = facts.get("letter")
    try:
        if wanted is None or wanted == item.row_id:
            with unit_of_work(engine, clock) as work:
                done = _do(work, order, facts, actor, item)
                incidents.carried(work, item.id, order.id)
            return done
    except GuapaiError as error:
        LOG.info("%s %s: %s is not done: %s", item.noun, item.key, order.move, error)
    with unit_of_work(engine, clock) as work:
        incidents.carried(work, item.id, order.id)
    return 0


def _do(work: Work, order: Event, facts: dict[str, Any], actor: Actor, item: IncidentItem) -> int:
    if item.noun == "letter" and order.move in OF_LETTERS:
        letter = letters.get(work, item.row_id or 0)
        assert letter is not None
        case_id = letter.case_id or item.case_id
        subject = Subject(noun="letter", row_id=letter.id, case_id=case_id)
        said = {k: v for k, v in facts.items() if k != "letter"}
        key = f"{order.id}:{letter.id}"
        perform(work, subject, OF_LETTERS[order.move], said, actor, key=key)
        return 1
    if item.noun == "run" and order.move == "retry":
        lease.try_anew(work, *item.key.split("/"))
        return 1
    if item.noun == "paper" and order.move == "retry":
        papers.note_fault(work, item.row_id or 0, "")
        return 1
    return 0


def _facts(work: Work, order: Event) -> dict[str, Any]:
    """What was handed in, with the personal values that are still there."""
    facts: dict[str, Any] = json.loads(order.leaf)["facts"]
    secret = events.secrets_of(work, order.id)
    for name, value in facts.items():
        if isinstance(value, dict) and set(value) == {"sha256"}:
            facts[name] = secret.get(name, ERASED)
    return facts


def _actor(work: Work, order: Event) -> Actor:
    person = people.get(work, order.person_id or 0)
    name = person.name if person else ""
    return Actor(order.person_id, Role(order.role), order.organisation_id, order.behalf_of, name)
