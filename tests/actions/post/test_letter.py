"""A letter is a row like every other: acts on it grow its version, and it says whose it is."""

import asyncio

import pytest

from actions.act.perform import Done
from actions.post.contact import ask_to_mend
from actions.post.posting import post
from guapai.errors import Overtaken
from guapai.people import Role
from notifications.post.answers import Answer, Outcome, Stage
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage import case as cases
from storage import duty, letter
from storage.database.work import unit_of_work
from storage.letter import Letter
from tests.actions.conftest import Office

SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")


def _letters(office: Office, case: int) -> list[Letter]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return letter.of_case(work, case)


def _refused(office: Office, case: int) -> Letter:
    """A letter of the case after a server has refused all there are."""
    refused = Answer(Outcome.refused, 550, "no such user", Stage.recipient)
    out = MemoryOffice(SENDER, {x.recipient: refused for x in _letters(office, case)})
    asyncio.run(post(office.engine, out, office.clock))
    return _letters(office, case)[0]


def _resend(office: Office, row: Letter, *, seen: int, nth: int = 0) -> Done:
    facts = {"reason": "已核实邮箱"}
    more = {"noun": "letter", "case": row.case_id, "nth": nth}
    return office.act(Role.inspector, "resend", facts, row.id, seen_version=seen, **more)


def test_who_resends_a_letter_that_somebody_has_resent_is_told(office: Office) -> None:
    case = office.general()
    first = _refused(office, case)
    assert (first.version, first.state) == (1, "failed")
    assert _resend(office, first, seen=1).version == 2
    again = _refused(office, case)
    assert (again.version, again.state) == (2, "failed")
    with pytest.raises(Overtaken, match="人工重发"):
        _resend(office, first, seen=1)
    assert _resend(office, again, seen=2).version == 3


def test_a_letter_that_fails_again_is_asked_for_again(office: Office) -> None:
    case = office.general()
    rows = len(_letters(office, case))
    first = _refused(office, case)
    assert ask_to_mend(office.engine, office.clock) == rows
    _resend(office, first, seen=1)
    _refused(office, case)
    assert ask_to_mend(office.engine, office.clock) == 1
    assert ask_to_mend(office.engine, office.clock) == 0
    with unit_of_work(office.engine, office.clock, write=False) as work:
        asked = [d for d in duty.of_case(work, case) if d.row_id == first.id]
    assert [(d.slot, d.state) for d in asked] == [("v1", "met"), ("v2", "open")]


def test_a_letter_names_the_organisation_it_was_written_to(office: Office) -> None:
    case = office.listed()
    with unit_of_work(office.engine, office.clock, write=False) as work:
        root = cases.get(work, case)
    assert root is not None
    sides = {root.unit_id, root.department_id, root.commission_id}
    sides |= {root.government_id, root.township_id}
    found = {x.organisation_id for x in _letters(office, case)}
    assert found <= sides
    assert {root.unit_id, root.department_id} <= found
