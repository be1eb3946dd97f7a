"""A duty in somebody's hands: only their own post's, one at a time, and the history knows."""

from datetime import timedelta
from pathlib import Path

import pytest

from actions.act.claim import claim, release
from actions.history.verification import verify
from actions.people import account, staffing
from guapai.errors import Conflict, GuapaiError, Missing, NotAllowed
from guapai.people import Role
from storage import claim as claims
from storage import duty
from storage.database.work import unit_of_work
from storage.history import event
from storage.questions import fold
from tests.actions.conftest import FOUNDER, Office


def _duty(office: Office, case: int) -> int:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return next(d.id for d in duty.of_case(work, case) if d.state == "open")


def test_claim_and_release(office: Office, tmp_path: Path) -> None:
    case = office.lead()
    duty_id = _duty(office, case)
    first, second = office.who(Role.inspector), office.who(Role.inspector, 1)
    for _ in range(2):  # once more changes nothing
        with unit_of_work(office.engine, office.clock) as work:
            claim(work, first, duty_id, case)
    with (
        pytest.raises(Conflict, match=f"{first.name}已认领"),
        unit_of_work(office.engine, office.clock) as work,
    ):
        claim(work, second, duty_id, case)
    with pytest.raises(NotAllowed), unit_of_work(office.engine, office.clock) as work:
        release(work, second, duty_id, case)
    with unit_of_work(office.engine, office.clock) as work:
        release(work, first, duty_id, case)
    with unit_of_work(office.engine, office.clock) as work:
        release(work, first, duty_id, case)  # nobody has it; nothing happens
        claim(work, second, duty_id, case)
        held = claims.of_duty(work, duty_id)
        assert held is not None
        assert held.person_id == second.person_id
    with unit_of_work(office.engine, office.clock, write=False) as work:
        told = [e.move for e in event.of_case(work, case) if e.noun == "duty"]
        assert told == ["claim", "release", "claim"]
        assert fold.fold(work, case) == fold.rows_of(work, case)
    assert verify(office.engine, office.clock, office.files).faults == []


@pytest.mark.parametrize("gone", ["left", "disabled"])
def test_who_has_left_the_post_keeps_nothing_in_hand(office: Office, gone: str) -> None:
    case = office.lead()
    duty_id = _duty(office, case)
    first, second = office.who(Role.inspector), office.who(Role.inspector, 1)
    with unit_of_work(office.engine, office.clock) as work:
        claim(work, first, duty_id, case)
    with unit_of_work(office.engine, office.clock) as work:
        who = staffing.person_named(work, str(first.person_id))
        if gone == "left":
            account.leave(work, FOUNDER, who, office.clock().date() - timedelta(days=1))
        else:
            account.disable(work, FOUNDER, who)
    with unit_of_work(office.engine, office.clock) as work:
        claim(work, second, duty_id, case)
        held = claims.of_duty(work, duty_id)
    assert held is not None and held.person_id == second.person_id
    assert verify(office.engine, office.clock, office.files).faults == []


@pytest.mark.parametrize("role", [Role.division_chief, Role.enterprise_head, Role.department_head])
def test_only_the_post_that_owes_it(office: Office, role: Role) -> None:
    case = office.lead()
    with pytest.raises(NotAllowed), unit_of_work(office.engine, office.clock) as work:
        claim(work, office.who(role), _duty(office, case), case)


def test_what_is_not_there(office: Office) -> None:
    case, actor = office.lead(), office.who(Role.inspector)
    other = office.lead(title="另一处")
    duty_id = _duty(office, case)
    for wrong in ((duty_id, other), (duty_id, 1), (1, case)):
        with pytest.raises(Missing), unit_of_work(office.engine, office.clock) as work:
            claim(work, actor, *wrong)
    office.act(Role.division_chief, "dismiss", {"reason": "不属实"}, case)
    with pytest.raises(GuapaiError), unit_of_work(office.engine, office.clock) as work:
        claim(work, actor, duty_id, case)
