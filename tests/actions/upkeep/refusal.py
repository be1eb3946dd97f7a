"""Letters that somebody's server refused, and what an incident about them must leave whole."""

import asyncio

from actions.history.verification import verify
from actions.post.posting import post
from actions.post.round import Posted
from notifications.post.answers import Answer, Outcome, Stage
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage import letter
from storage.database.work import unit_of_work
from storage.letter import Letter
from tests.actions.conftest import Office

SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")


REFUSED = Answer(Outcome.refused, 550, "no such user", Stage.recipient)


def letters_of(office: Office, case: int) -> list[Letter]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return letter.of_case(work, case)


def send(office: Office, said: dict[str, Answer] | None = None) -> Posted:
    return asyncio.run(post(office.engine, MemoryOffice(SENDER, said or {}), office.clock))


def refuse_first(office: Office, case: int) -> Letter:
    first = letters_of(office, case)[0]
    assert send(office, {first.recipient: REFUSED}).failed == 1
    return letters_of(office, case)[0]


def the_letter(office: Office, letter_id: int) -> Letter:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = letter.get(work, letter_id)
    assert found is not None
    return found


def whole(office: Office) -> None:
    """History holds, whatever was done."""
    found = verify(office.engine, office.clock, office.files)
    assert {f.what for f in found.faults} <= {"late", "file"}, found.faults
