"""Stops, dangers and penalties in question: who may end them, and what is owed until then."""

from datetime import date, timedelta
from typing import Any

import pytest

from actions.clock.ladder import sweep
from guapai.errors import NotAllowed, Refused, WrongState
from guapai.people import Role
from statemachines.facts import Stopped
from storage import duty, hazard, letter
from storage.database.work import unit_of_work
from storage.questions import fold
from tests.actions.conftest import Office

SPOT = {
    "production_stopped": "part",
    "stop_scope": "喷漆房",
    "stop_ground": "danger",
    "reason": "浓度超标",
    "evacuated": True,
}


def _hazard(office: Office, case: int) -> hazard.Hazard:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = hazard.get(work, case)
        assert found is not None
        assert fold.fold(work, case) == fold.rows_of(work, case)
    return found


def _owed(office: Office, case: int) -> dict[str, duty.Duty]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return {d.kind: d for d in duty.of_case(work, case) if d.state == "open"}


def _told(office: Office, case: int) -> set[str]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return {x.kind for x in letter.of_case(work, case)}


def _head(office: Office, move: str, case: int, **facts: Any) -> None:
    office.act(Role.department_head, move, {"reason": "依据现场情况", **facts}, case)


def _on_the_spot(office: Office, case: int) -> None:
    office.act(Role.inspector, "stop_on_the_spot", SPOT, case)
    assert _hazard(office, case).production_stopped == Stopped.none, "one officer stops nothing"
    office.act(Role.inspector, "stop_on_the_spot", None, case, nth=1)


def test_production_goes_on_when_the_unit_applied_and_the_department_looked(office: Office) -> None:
    case = office.grading()
    office.stop(case)
    seen = {"review": "现场核对"}
    with pytest.raises(Refused, match="企业尚未申请恢复生产"):
        _head(office, "resume_production", case, **seen)
    office.ask_to_resume(case)
    with pytest.raises(Refused, match="正在审查"):
        office.ask_to_resume(case)
    assert _owed(office, case)["review_resumption"].due_on == date(2026, 3, 12)
    _head(office, "refuse_resumption", case, **seen)
    found = _hazard(office, case)
    assert (found.production_stopped, found.resumption_asked_at) == (Stopped.all, None)
    assert "review_stop" in _owed(office, case), "what is refused stands still, and ends one day"
    office.resume(case)
    found = _hazard(office, case)
    assert (found.production_stopped, found.stop_until, found.stop_scope) == ("none", None, "")
    assert _owed(office, case).keys() == {"grade"}
    told = {
        "production_stopped",
        "resumption_requested",
        "resumption_refused",
        "production_resumed",
    }
    assert told <= _told(office, case)


def test_a_stop_has_an_end_of_which_the_head_hears_a_month_before(office: Office) -> None:
    case = office.grading()
    with pytest.raises(Refused, match="超过通常最长期限（2026-09-02）"):
        office.stop(case, days=185)
    office.stop(case, days=184)
    owed = _owed(office, case)["review_stop"]
    assert (owed.owner_role, owed.due_on) == (Role.department_head, date(2026, 9, 2))
    office.clock.advance(timedelta(days=155))
    sweep(office.engine, office.clock)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert {r.rung for r in duty.rungs_of(work, owed.id)} == {"d30"}
    with pytest.raises(Refused, match="特别理由"):
        _head(office, "prolong_stop", case, stop_until="2026-10-09")
    _head(office, "prolong_stop", case, stop_until="2026-10-09", beyond_usual="设备须由国外制造")
    assert _owed(office, case)["review_stop"].due_on == date(2026, 10, 9)
    office.clock.advance(timedelta(days=90))
    sweep(office.engine, office.clock)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        climbed = {r.rung for r in duty.rungs_of(work, _owed(office, case)["review_stop"].id)}
    assert climbed >= {"end", "late", "d15", "weekly"}, "it goes on until the head has answered"


def test_two_officers_stop_at_once_and_the_head_confirms_in_a_day(office: Office) -> None:
    case = office.grading()
    _on_the_spot(office, case)
    assert _owed(office, case)["confirm_stop"].term == "24h"
    with pytest.raises(Refused, match="尚未确认"):
        _head(office, "prolong_stop", case, stop_until="2026-04-10")
    with pytest.raises(NotAllowed):
        office.act(Role.inspector, "lift_stop", {"reason": "x"}, case)
    _head(office, "confirm_stop", case, stop_number="1号", stop_until="2026-04-10")
    assert _owed(office, case).keys() == {"grade", "review_stop"}
    with pytest.raises(Refused, match="没有待确认"):
        _head(office, "lift_stop", case)
    other = office.grading(title="仪器误报")
    _on_the_spot(office, other)
    _head(office, "lift_stop", other)
    assert _hazard(office, other).production_stopped == Stopped.none


def test_what_has_lost_its_object_is_revoked_by_two_and_by_no_one_alone(office: Office) -> None:
    case = office.lead(unit_id=None)
    office.stop(case)
    with pytest.raises(Refused, match="停产措施尚未解除"):
        office.act(Role.division_chief, "dismiss", {"reason": "不属实"}, case)
    _head(office, "revoke_stop", case)
    assert _hazard(office, case).production_stopped == Stopped.all
    office.act(Role.legal_reviewer, "revoke_stop", None, case)
    assert _hazard(office, case).production_stopped == Stopped.none
    assert "review_stop" not in _owed(office, case)
    office.act(Role.division_chief, "dismiss", {"reason": "不属实"}, case)


def test_a_danger_is_answered_by_the_head_and_ended_by_two_with_evidence(office: Office) -> None:
    case = office.grading()
    office.act(Role.inspector, "record_danger", {"reason": "冒烟"}, case)
    assert _owed(office, case)["consider_stop"].term == "24h"
    with pytest.raises(Refused, match="已登记"):
        office.act(Role.inspector, "record_danger", {"reason": "冒烟"}, case)
    facts = {"clauses": ["LA-工贸-01"], "causes": "缺失", "harm": "较大", "stop_needed": "all"}
    office.act(Role.division_chief, "grade_major", facts, case)
    office.act(Role.expert, "grade_major", None, case)
    assert _hazard(office, case).real_danger, "a form that says nothing of it ends no danger"
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert [d.kind for d in duty.of_case(work, case)].count("consider_stop") == 1
    _head(office, "decline_stop", case, evacuated=True)
    assert _hazard(office, case).evacuated
    over = {"reason": "复测合格", "evidence": office.photos()}
    office.act(Role.inspector, "clear_danger", over, case)
    office.act(Role.inspector, "clear_danger", None, case, nth=1)
    assert _hazard(office, case).real_danger, "two inspectors do not do: one of them answers for it"
    office.act(Role.division_chief, "clear_danger", None, case)
    assert not _hazard(office, case).real_danger


def test_a_second_failed_recheck_puts_a_penalty_to_the_head(office: Office) -> None:
    case = office.general()
    for nth in (1, 2, 3):
        office.clock.advance(timedelta(days=20))
        sweep(office.engine, office.clock)
        office.act(Role.inspector, "fail_recheck", {"opinion": "仍未整改"}, case)
        assert _hazard(office, case).failed_rechecks == nth
        assert ("consider_penalty" in _owed(office, case)) is (nth > 1)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert [d.kind for d in duty.of_case(work, case)].count("consider_penalty") == 1


def test_an_agreed_penalty_stays_owed_when_its_hazard_is_gone(office: Office) -> None:
    case = office.general()
    office.act(Role.inspector, "record_refusal", {"reason": "拒绝检查", "refusal": "check"}, case)
    _head(office, "decide_penalty", case, agreed=True)
    office.act(Role.safety_officer, "report_fixed", {"done": "已改"}, case)
    office.act(Role.inspector, "pass_recheck", {"opinion": "合格"}, case)
    office.act(Role.inspector, "pass_recheck", None, case, nth=1)
    assert _hazard(office, case).state == "closed"
    assert _owed(office, case).keys() == {"file_penalty_case"}
    office.act(Role.division_chief, "file_penalty_case", {"case_no": "示例立案1号"}, case)
    assert _owed(office, case) == {}


def test_a_penalty_is_considered_after_a_failed_acceptance_and_a_missing_report(
    office: Office,
) -> None:
    failed = office.requested()
    facts = office.failed(failed, "2026-09-01")
    office.act(Role.department_head, "fail_acceptance", facts, failed)
    office.act(Role.inspector, "fail_acceptance", None, failed)
    office.act(Role.expert, "fail_acceptance", None, failed)
    assert "consider_penalty" in _owed(office, failed)
    silent = office.grading(title="未报告")
    major = {"clauses": ["LA-工贸-01"], "causes": "缺失", "harm": "较大"}
    office.act(Role.division_chief, "grade_major", major, silent)
    office.act(Role.expert, "grade_major", None, silent)
    office.clock.advance(timedelta(days=20))
    own = {"causes": "现场核实", "harm": "较大"}
    office.act(Role.inspector, "record_report", own, silent)
    assert "consider_penalty" in _owed(office, silent)
    _head(office, "decide_penalty", silent, agreed=False)
    assert "file_penalty_case" not in _owed(office, silent)


def test_nothing_is_penalised_in_a_case_that_is_no_case(office: Office) -> None:
    case = office.lead()
    office.act(Role.division_chief, "dismiss", {"reason": "不属实"}, case)
    with pytest.raises(WrongState):
        _head(office, "decide_penalty", case, agreed=True)
