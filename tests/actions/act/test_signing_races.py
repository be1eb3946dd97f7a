"""Who signs, who moves the row and who withdraws, at once: one of them is first."""

from datetime import timedelta
from typing import Any

from actions.act.parked import end_parked
from actions.act.perform import Done, perform
from guapai.errors import (
    Refused,
    WrongState,
)
from guapai.people import Role
from statemachines.noted import Parked
from storage.database.work import unit_of_work
from tests.actions.act.signing import VISIT, WHY, R, Signing
from tests.actions.racing import Answer, at_once


def test_one_signs_while_another_moves_the_row(signing: Signing) -> None:
    office = signing.office
    visited = []
    for nth in range(8):
        signing.case = office.rectifying()
        signing.park()
        office.clock.advance(timedelta(minutes=1))
        calls = [
            lambda: _perform(signing, R.legal_reviewer, "propose_shutdown", None),
            lambda: _perform(signing, R.inspector, "record_visit", VISIT),
        ]
        answers = at_once(*(calls if nth % 2 else calls[::-1]))
        signed, moved = answers if nth % 2 else answers[::-1]
        if isinstance(signed, Done):
            assert signing.parked() == ["performed"]
            assert isinstance(moved, (Done, WrongState))
        else:
            assert isinstance(signed, Refused) and "已失效" in signed.said
            assert isinstance(moved, Done)
            assert (signing.parked(), signing.found()[0]) == (["dropped"], "rectifying")
        visited.append(isinstance(signed, Done))
    signing.holds()


def _perform(signing: Signing, role: Role, name: str, facts: Any, **more: Any) -> Done:
    office = signing.office
    with unit_of_work(office.engine, office.clock) as work:
        return perform(work, signing.subject, name, facts, office.who(role), **more)


def _end(signing: Signing, role: Role, how: Parked) -> Done:
    office = signing.office
    with unit_of_work(office.engine, office.clock) as work:
        return end_parked(work, signing.subject, "propose_shutdown", how, WHY, office.who(role))


def test_one_signs_while_the_other_withdraws(signing: Signing) -> None:
    office = signing.office
    for nth in range(8):
        signing.case = office.rectifying()
        signing.park()
        office.clock.advance(timedelta(minutes=1))
        calls = [
            lambda: _perform(signing, R.legal_reviewer, "propose_shutdown", None),
            lambda: _end(signing, R.department_head, Parked.withdraw),
        ]
        answers: list[Answer] = at_once(*(calls if nth % 2 else calls[::-1]))
        signed, withdrawn = answers if nth % 2 else answers[::-1]
        assert isinstance(signed, Done) != isinstance(withdrawn, Done), answers
        done = isinstance(signed, Done)
        assert signing.parked() == ["performed" if done else "withdrawn"]
        assert signing.found()[0] == ("shutdown_proposed" if done else "rectifying")
        assert isinstance(withdrawn if done else signed, (Refused, WrongState))
    signing.holds()
