"""Who must be among the signers, and that nobody signs both of two opposite decisions."""

from datetime import date

import pytest

from actions.act.prospect import prospects
from actions.people.account import change_person
from guapai.errors import Refused
from guapai.people import Actor, Role
from statemachines.noted import Parked
from statemachines.nouns import PROCEDURES
from storage.database.work import unit_of_work
from storage.people import person as people
from tests.actions.act.signing import Signing
from tests.actions.conftest import FOUNDER, Office

SINCE, UNTIL = date(2020, 1, 1), "2026-07-01"


def _somebody(office: Office, role: Role, certificate: str = "") -> Actor:
    """One more person in a role at the department of this place."""
    home = office.who(Role.inspector).organisation_id
    assert home is not None
    with unit_of_work(office.engine, office.clock) as work:
        name = f"示例新{role.value}"
        person = people.add(work, name, f"{role.value}.more@example.com", certificate)
        people.appoint(work, person, role, home, SINCE)
    return Actor(person, role, home, None, name)


def _said(office: Office, case: int, actor: Actor, name: str) -> str:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = [p for p in prospects(work, actor, case) if p.move.name == name]
    return str(found[0].reason)


def test_one_officer_and_two_experts_are_no_group(office: Office) -> None:
    case = office.requested()
    head, expert = office.who(Role.department_head), office.who(Role.expert)
    office.act(Role.department_head, "pass_acceptance", office.passed(case), case)
    assert (
        _said(office, case, head, "pass_acceptance") == "您已签署，还缺：持证执法人员1人、专家1人"
    )
    office.act(Role.expert, "pass_acceptance", None, case)
    second = _somebody(office, Role.expert, "示例证90001")
    done = office.act(Role.expert, "pass_acceptance", None, case, actor=second)
    assert (done.missing, done.state) == (1, "acceptance_requested")
    assert _said(office, case, expert, "pass_acceptance") == "您已签署，还缺：持证执法人员1人"
    without = _somebody(office, Role.inspector)
    assert office.act(Role.inspector, "pass_acceptance", None, case, actor=without).missing == 1
    assert office.act(Role.inspector, "pass_acceptance", None, case).state == "accepted"


def test_whose_certificate_has_ended_signs_as_no_officer(office: Office) -> None:
    case, inspector = office.requested(), office.who(Role.inspector)
    with unit_of_work(office.engine, office.clock) as work:
        person = people.get(work, inspector.person_id or 0)
        assert person is not None
        change_person(work, FOUNDER, person, certificate_until=date(2020, 1, 1))
    for role in (Role.department_head, Role.inspector, Role.expert):
        facts = office.failed(case, UNTIL) if role == Role.department_head else None
        done = office.act(role, "fail_acceptance", facts, case)
    assert done.missing == 1
    assert office.act(Role.inspector, "fail_acceptance", None, case, nth=1).state == "rework"


def test_the_lister_may_lead(office: Office) -> None:
    case = office.requested()
    office.act(Role.commission_chair, "pass_acceptance", office.passed(case), case)
    office.act(Role.inspector, "pass_acceptance", None, case)
    assert office.act(Role.expert, "pass_acceptance", None, case).state == "accepted"


def test_without_a_leader_or_an_expert_it_waits(office: Office) -> None:
    case = office.requested()
    office.act(Role.inspector, "pass_acceptance", office.passed(case), case)
    office.act(Role.inspector, "pass_acceptance", None, case, nth=1)
    third = _somebody(office, Role.inspector, "示例证90001")
    done = office.act(Role.inspector, "pass_acceptance", None, case, actor=third)
    assert done.missing == 2
    assert "还缺：" in _said(office, case, third, "pass_acceptance")


def test_who_approved_the_plan_is_in_no_group(office: Office) -> None:
    case, chief = office.requested(), office.who(Role.division_chief)
    with unit_of_work(office.engine, office.clock) as work:
        home = chief.organisation_id or 0
        people.appoint(work, chief.person_id or 0, Role.expert, home, SINCE)
    actor = Actor(chief.person_id, Role.expert, home, None, chief.name)
    with pytest.raises(Refused, match="不能参加验收"):
        office.act(Role.expert, "fail_acceptance", office.failed(case, UNTIL), case, actor=actor)


def test_legal_review_is_a_signature_of_its_own(office: Office) -> None:
    signing = Signing(office)
    case, second = signing.case, _somebody(office, Role.department_head)
    signing.park()
    done = office.act(Role.department_head, "propose_shutdown", None, case, actor=second)
    assert (done.missing, done.state) == (1, "rectifying")
    assert _said(office, case, second, "propose_shutdown") == "您已签署，还缺：法制审核人员1人"
    done = office.act(Role.legal_reviewer, "propose_shutdown", None, case)
    assert done.state == "shutdown_proposed"


def test_nobody_signs_both_that_it_is_done_and_that_it_is_not(office: Office) -> None:
    signing = Signing(office)
    case, expert = signing.case, office.who(Role.expert)
    office.act(Role.enterprise_head, "request_acceptance", office.application(case), case)
    office.act(Role.expert, "pass_acceptance", office.passed(case), case)
    office.act(Role.department_head, "fail_acceptance", office.failed(case, UNTIL), case)
    with pytest.raises(Refused, match=r"已签署“验收合格”.*先撤回"):
        office.act(Role.expert, "fail_acceptance", None, case)
    with pytest.raises(Refused, match="已签署“验收不合格”"):
        office.act(Role.department_head, "pass_acceptance", None, case)
    assert "请先撤回" in _said(office, case, expert, "fail_acceptance")
    office.act(Role.inspector, "fail_acceptance", None, case)
    signing.end(Parked.withdraw, Role.expert, name="pass_acceptance")
    assert office.act(Role.expert, "fail_acceptance", None, case).state == "rework"


def test_who_signed_that_it_is_fixed_does_not_send_it_back_alone(office: Office) -> None:
    case = office.general()
    office.act(Role.enterprise_head, "report_fixed", {"done": "已整改"}, case)
    office.act(Role.inspector, "pass_recheck", {"opinion": "复查合格"}, case)
    with pytest.raises(Refused, match="已签署“复查合格”"):
        office.act(Role.inspector, "fail_recheck", {"opinion": "不合格"}, case)
    again = {"opinion": "仍有一处"}
    assert office.act(Role.inspector, "fail_recheck", again, case, nth=1).state == "general_fixing"


def test_every_signed_decision_has_its_opposites() -> None:
    found = {
        (m.name, name)
        for p in PROCEDURES.values()
        for m in p.moves
        if m.needs
        for name in p.opposites(m)
    }
    assert found >= {
        ("pass_acceptance", "fail_acceptance"),
        ("fail_acceptance", "pass_acceptance"),
        ("pass_recheck", "fail_recheck"),
        ("grade_major", "grade_general"),
        ("propose_shutdown", "decline_shutdown"),
    }
