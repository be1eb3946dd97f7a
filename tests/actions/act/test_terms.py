"""How far a term may go, who decides on it, and who acts where a post is empty."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from actions.act.perform import Done
from actions.clock.ladder import sweep
from demo import tasks
from guapai.errors import NotAllowed, Refused, WrongState
from guapai.people import Actor, Role
from storage import deferral, duty, hazard
from storage.database.work import unit_of_work
from storage.people.person import Post
from storage.questions import fold
from tests.actions.conftest import PLACE, SHUT, Office

POSTS: sa.Table = Post.__table__  # type: ignore[attr-defined]


def _hazard(office: Office, case: int) -> hazard.Hazard:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = hazard.get(work, case)
        assert found is not None
        assert fold.fold(work, case) == fold.rows_of(work, case)
    return found


def _owed(office: Office, case: int) -> dict[str, duty.Duty]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        live = [d for d in duty.of_case(work, case) if d.state in ("open", "suspended")]
    return {d.kind: d for d in live}


def _upper(office: Office, role: Role = Role.commission_chair) -> Actor:
    return office.city.who(role, office.city.at("commission", "341500"))


def _ordered(office: Office, until: str) -> int:
    case = office.reported()
    order = {"reason": "限期整改", **tasks.order(date.fromisoformat(until))}
    office.act(Role.department_head, "order_rectification", order, case)
    return case


def _apply(office: Office, case: int, until: str, **more: Any) -> int:
    ask = {"reason": "洪水", "progress": "过半", "interim_measures": "围挡", **more}
    ask["asked_deadline"] = until
    return office.act(Role.enterprise_head, "apply", ask, noun="deferral", case=case).row_id


def _fail(office: Office, case: int, until: str) -> None:
    office.act(Role.department_head, "fail_acceptance", office.failed(case, until), case)
    office.act(Role.inspector, "fail_acceptance", None, case)
    office.act(Role.expert, "fail_acceptance", None, case)


def _ask(office: Office, case: int) -> None:
    office.act(Role.enterprise_head, "request_acceptance", office.application(case), case)


def _set_term(office: Office, case: int, until: str) -> Done:
    facts = {"reason": "设备须由国外制造", "deadline": until}
    return office.act(Role.commission_chair, "set_term", facts, case, actor=_upper(office))


def test_failing_again_and_again_never_leads_past_the_first_terms_cap(office: Office) -> None:
    case = _ordered(office, "2026-08-03")
    _ask(office, case)
    _fail(office, case, "2026-12-01")
    office.clock.advance(timedelta(days=250))  # 7 November
    _ask(office, case)
    with pytest.raises(Refused, match="累计不得超过1年（2027-03-02）"):
        _fail(office, case, "2027-06-01")
    _fail(office, case, "2027-03-02")
    office.clock.advance(timedelta(days=130))  # past the cap
    sweep(office.engine, office.clock)
    assert _hazard(office, case).state == "acceptance_requested"
    with pytest.raises(Refused, match="由上一级安委会说明理由后核定"):
        _fail(office, case, "2027-05-01")
    office.act(Role.department_head, "ask_term", {"reason": "累计期限已满"}, case)
    assert _owed(office, case)["set_term"].owner_id == office.city.at("commission", "341500")
    with pytest.raises(NotAllowed):
        office.act(
            Role.commission_chair, "set_term", {"reason": "x", "deadline": "2027-06-01"}, case
        )
    _set_term(office, case, "2027-06-01")
    assert "set_term" not in _owed(office, case)
    _fail(office, case, "2027-06-01")
    found = _hazard(office, case)
    assert (found.state, found.deadline) == ("rework", date(2027, 6, 1))


def test_a_general_hazard_has_the_same_cap(office: Office) -> None:
    case = office.general()
    office.clock.advance(timedelta(days=360))
    sweep(office.engine, office.clock)

    def fail() -> None:
        office.act(Role.inspector, "fail_recheck", {"opinion": "仍未整改"}, case)

    fail()
    assert _hazard(office, case).deadline == date(2027, 3, 2)  # and not 15 days on
    office.clock.advance(timedelta(days=30))
    sweep(office.engine, office.clock)
    with pytest.raises(Refused, match="累计期限已用尽"):
        fail()
    worse = {"opinion": "久拖不改", "evidence": office.photos()}
    office.act(Role.inspector, "regrade", worse, case)


def test_the_next_level_goes_beyond_with_reasons_and_a_refused_shutdown_does_not(
    office: Office,
) -> None:
    case = _ordered(office, "2027-02-01")
    assert office.photo == SHUT["evidence"][0]["file"]
    office.act(Role.department_head, "propose_shutdown", SHUT, case)
    office.act(Role.legal_reviewer, "propose_shutdown", None, case)
    office.clock.advance(timedelta(days=200))
    refuse = {"reason": "限期整改", "deadline": "2027-06-01"}
    with pytest.raises(Refused, match="累计不得超过"):
        office.act(Role.government, "refuse_shutdown", refuse, case)
    _set_term(office, case, "2027-06-01")
    office.act(Role.government, "refuse_shutdown", refuse, case)
    assert _owed(office, case)["rectify"].due_on == date(2027, 6, 1)


def test_what_was_asked_in_time_is_granted_after_the_term_ended(office: Office) -> None:
    case = office.rectifying()
    office.clock.advance(timedelta(days=121))  # 1 July, the last day
    row = _apply(office, case, "2026-08-14")
    assert office.clock().date() == date(2026, 7, 1)
    office.act(
        Role.commission_office, "endorse", {"opinion": "同意"}, row, noun="deferral", case=case
    )
    office.clock.advance(timedelta(days=4))
    sweep(office.engine, office.clock)
    assert _hazard(office, case).state == "acceptance_requested"
    assert "accept" in _owed(office, case)
    more: dict[str, Any] = {"noun": "deferral", "case": case}
    with pytest.raises(Refused, match="必须晚于今天"):
        office.act(Role.commission_chair, "grant", {"deadline": "2026-07-04"}, row, **more)
    office.act(Role.commission_chair, "grant", {"deadline": "2026-08-14"}, row, **more)
    found, owed = _hazard(office, case), _owed(office, case)
    assert (found.state, found.deadline) == ("rectifying", date(2026, 8, 14))
    assert owed["rectify"].due_on == date(2026, 8, 14)
    assert "accept" not in owed
    assert "report_progress" in owed
    with pytest.raises(WrongState):
        office.act(Role.commission_chair, "refuse", {"reason": "x"}, row, **more)


def test_what_is_asked_after_the_term_ended_is_refused(office: Office) -> None:
    case = _ordered(office, "2026-04-10")
    office.clock.advance(timedelta(days=45))
    with pytest.raises(Refused, match="期限已过"):
        _apply(office, case, "2026-04-25", ground="force_majeure")


def test_an_accepted_hazard_needs_no_more_time(office: Office) -> None:
    case = _ordered(office, "2026-04-10")
    row = _apply(office, case, "2026-04-25", ground="force_majeure")
    office.clock.advance(timedelta(days=45))
    sweep(office.engine, office.clock)
    assert "answer_order_deferral" in _owed(office, case)
    office.accept(case)
    assert _owed(office, case).keys() == {"close", "acknowledge_report"}
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (found,) = deferral.of_case(work, case)
    assert (found.id, found.state) == (row, "lapsed")


def test_an_orders_deferral_is_the_departments_in_five_days_for_force_majeure(
    office: Office,
) -> None:
    case = _ordered(office, "2026-04-10")
    with pytest.raises(Refused, match="不可抗力"):
        _apply(office, case, "2026-04-25")
    row = _apply(office, case, "2026-04-25", ground="force_majeure")
    owed = _owed(office, case)["answer_order_deferral"]
    assert (owed.owner_role, owed.owner_id) == (
        Role.department_head,
        office.city.at("department", PLACE),
    )
    assert owed.due_on == date(2026, 3, 9)  # five days from Monday 2 March are a Saturday
    more: dict[str, Any] = {"noun": "deferral", "case": case}
    with pytest.raises(Refused, match="业务科"):
        office.act(Role.commission_office, "endorse", {"opinion": "同意"}, row, **more)
    office.act(Role.division_chief, "endorse", {"opinion": "同意"}, row, **more)
    with pytest.raises(Refused, match="监管部门决定"):
        office.act(Role.commission_chair, "grant", {"deadline": "2026-04-25"}, row, **more)
    office.act(Role.department_head, "grant", {"deadline": "2026-04-25"}, row, **more)
    assert _hazard(office, case).deadline == date(2026, 4, 25)
    assert "answer_order_deferral" not in _owed(office, case)


def test_the_second_deferral_is_owed_by_who_may_decide_it(office: Office) -> None:
    case = office.rectifying()
    more: dict[str, Any] = {"noun": "deferral", "case": case}
    first = _apply(office, case, "2026-08-14")
    assert _owed(office, case)["answer_deferral"].owner_id == office.city.at("commission", PLACE)
    office.act(Role.commission_office, "endorse", {"opinion": "同意"}, first, **more)
    office.act(Role.commission_chair, "grant", {"deadline": "2026-08-14"}, first, **more)
    second = _apply(office, case, "2026-09-30")
    owed = _owed(office, case)
    assert "answer_deferral" not in owed
    assert owed["answer_second_deferral"].owner_id == office.city.at("commission", "341500")
    office.act(Role.commission_office, "endorse", {"opinion": "同意"}, second, **more)
    upper = _upper(office)
    office.act(
        Role.commission_chair, "grant", {"deadline": "2026-09-30"}, second, actor=upper, **more
    )
    assert "answer_second_deferral" not in _owed(office, case)
