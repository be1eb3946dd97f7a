"""Service and plan: the term binds who was served, tasks are duties, a check goes through each."""

from datetime import date, timedelta
from typing import Any

import pytest

from actions.clock.ladder import sweep
from actions.papers.printing import print_papers
from demo import tasks
from guapai.clock import local_date
from guapai.errors import BadInput, Refused
from guapai.people import Role
from statemachines.hazard.plan.task import SetBy, tasks_of
from storage import duty
from storage.database.work import unit_of_work
from storage.questions import fold
from tests.actions.conftest import Office

R = Role


def _owed(office: Office, case: int) -> dict[str, list[duty.Duty]]:
    """The duties of a case that are open or paused, by kind."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        live = [d for d in duty.of_case(work, case) if d.state in ("open", "suspended")]
        assert fold.fold(work, case) == fold.rows_of(work, case)
    return {kind: [d for d in live if d.kind == kind] for kind in {d.kind for d in live}}


def _printed(office: Office) -> int:
    """A listed hazard whose notice is printed; its term is 1 July."""
    case = office.listed()
    print_papers(office.engine, office.files, office.clock)
    return case


def _served(office: Office, case: int, **over: Any) -> None:
    served = {**tasks.SERVED, "served_at": office.clock() + timedelta(minutes=1), **over}
    office.act(R.inspector, "serve_notice", served, case)


def _planned(office: Office, *names: str) -> int:
    """A hazard treated by a plan of these tasks, up to 1 July."""
    case = _printed(office)
    _served(office, case)
    office.act(R.enterprise_head, "file_plan", tasks.plan(date(2026, 7, 1), names), case)
    office.act(R.division_chief, "accept_plan", {"opinion": "同意"}, case)
    return case


def test_a_term_binds_nobody_who_was_not_served(office: Office) -> None:
    case = _printed(office)
    assert "rectify" not in _owed(office, case), "nothing runs before service"
    office.clock.advance(timedelta(days=150))  # the day of the notice has come and gone
    sweep(office.engine, office.clock)
    assert office.hazard(case).state == "plan_due"
    owed = _owed(office, case)
    assert not {"rectify", "file_plan", "accept"} & owed.keys()
    assert owed["serve_notice"][0].next_rung_at is not None, "it is the regulator who climbs"
    given = date(2026, 7, 1) - local_date(office.hazard(case).listed_at)  # type: ignore[arg-type]
    office.act(R.enterprise_head, "acknowledge_notice", {"receiver": "负责人"}, case)
    row = office.hazard(case)
    assert row.deadline == local_date(office.clock()) + given, "as long as it would have been"
    owed = _owed(office, case)
    assert owed["rectify"][0].due_on == row.deadline
    earlier = office.clock() - timedelta(days=10)
    corrected = {**tasks.SERVED, "served_at": earlier, "reason": "按送达回证更正"}
    office.act(R.inspector, "correct_service", corrected, case)
    assert office.hazard(case).deadline == local_date(earlier) + given
    office.act(R.enterprise_head, "file_plan", office.plan(case), case)
    assert "review_plan" in _owed(office, case)


def test_an_acknowledgement_is_of_the_moment_and_says_no_date(office: Office) -> None:
    case = _printed(office)
    with pytest.raises(BadInput, match="served_at：没有这一项"):
        dated = {"receiver": "负责人", "served_at": office.clock() + timedelta(days=9)}
        office.act(R.enterprise_head, "acknowledge_notice", dated, case)
    office.act(R.enterprise_head, "acknowledge_notice", {"receiver": "负责人"}, case)
    assert office.hazard(case).served_at == office.clock()
    with pytest.raises(Refused, match="已有送达记录"):
        _served(office, case)


def test_a_notice_left_at_the_door_has_a_witness(office: Office) -> None:
    case = _printed(office)
    with pytest.raises(Refused, match="见证人"):
        _served(office, case, manner="left")
    _served(office, case, **{k: v for k, v in tasks.LEFT.items() if k != "served_at"})


def test_every_task_is_a_duty_until_it_is_reported_done(office: Office) -> None:
    case = _planned(office, "更换泄爆片", "改变朝向")
    due = {d.slot.rpartition("/v")[0]: d.due_on for d in _owed(office, case)["finish_task"]}
    assert due == {"更换泄爆片": date(2026, 6, 24), "改变朝向": date(2026, 7, 1)}
    month: dict[str, Any] = {
        "period": "2026-03",
        "percent": 60,
        "done": "过半",
        "protection": "围挡",
    }
    with pytest.raises(Refused, match="逐项填写进展"):
        office.act(R.safety_officer, "report_progress", month, case)
    far = [{"task": "更换泄爆片", "percent": 100}, {"task": "改变朝向", "percent": 20}]
    office.act(R.safety_officer, "report_progress", {**month, "tasks": far}, case)
    left = _owed(office, case)["finish_task"]
    assert [d.slot.rpartition("/v")[0] for d in left] == ["改变朝向"]
    sweep(office.engine, office.clock)
    office.clock.advance(timedelta(days=70))  # past half of the term
    sweep(office.engine, office.clock)
    assert "visit" in _owed(office, case)
    seen = {"finding": "现场整改中", "percent": 60}
    office.act(R.inspector, "record_visit", seen, case)
    assert "visit" not in _owed(office, case)


def test_an_application_shows_each_task_and_ends_nothing_that_is_owed(office: Office) -> None:
    case = _planned(office, "更换泄爆片", "改变朝向")
    office.clock.advance(timedelta(days=40))
    sweep(office.engine, office.clock)
    months = [d.slot[:7] for d in _owed(office, case)["report_progress"]]
    asked = office.application(case)
    with pytest.raises(Refused, match="还缺：改变朝向"):
        office.act(
            R.enterprise_head,
            "request_acceptance",
            {**asked, "evidence": asked["evidence"][:1]},
            case,
        )
    with pytest.raises(BadInput, match="文号与挂牌督办通知书"):
        office.act(R.enterprise_head, "request_acceptance", {**asked, "notice_no": "别号"}, case)
    office.act(R.enterprise_head, "request_acceptance", asked, case)
    owed = _owed(office, case)
    assert owed["rectify"][0].state == "suspended"
    assert [d.slot[:7] for d in owed["report_progress"]] == months
    assert "finish_task" not in owed, "the application says that all is done"
    passed = office.passed(case)
    with pytest.raises(Refused, match="请写明处理意见"):
        office.act(R.department_head, "pass_acceptance", {**passed, "arrears": ""}, case)
    with pytest.raises(Refused, match="每项一次"):
        one = {**passed, "items_checked": passed["items_checked"][:1]}
        office.act(R.department_head, "pass_acceptance", one, case)
    far = {"tasks": tasks.percents(office.hazard(case).task_list, 100)}
    for month in months:  # it can still be made up for
        report = {"period": month, "percent": 100, "done": "完", "protection": "有", **far}
        office.act(R.safety_officer, "report_progress", report, case)
    assert "report_progress" not in _owed(office, case)
    office.accept(case)
    assert office.hazard(case).state == "accepted"


def test_an_order_has_items_with_days_and_a_plan_beside_them(office: Office) -> None:
    case = office.reported()
    order = tasks.order(date(2026, 6, 30), ["更换护栏"])
    order["tasks"].append({"name": "清理现场", "due_on": "2026-04-30"})
    office.act(R.department_head, "order_rectification", {"reason": "限期", **order}, case)
    owed = _owed(office, case)
    assert sorted(d.due_on.isoformat() for d in owed["finish_item"]) == ["2026-04-30", "2026-06-30"]
    assert "file_plan" in owed
    with pytest.raises(BadInput, match="已是责令整改事项"):
        same = tasks.plan(date(2026, 6, 30), ["更换护栏"])
        office.act(R.enterprise_head, "file_plan", same, case)
    office.act(R.enterprise_head, "file_plan", tasks.plan(date(2026, 6, 30), ["培训"]), case)
    with pytest.raises(Refused, match="治理方案已报送"):
        office.act(R.enterprise_head, "file_plan", tasks.plan(date(2026, 6, 30), ["再培训"]), case)
    office.act(R.division_chief, "return_plan", {"reason": "缺应急预案"}, case)
    assert {t.by for t in tasks_of(office.hazard(case).task_list)} == {SetBy.order}
    assert "finish_task" not in _owed(office, case)
    office.act(R.enterprise_head, "file_plan", tasks.plan(date(2026, 6, 30), ["培训"]), case)
    office.act(R.division_chief, "accept_plan", {"opinion": "同意"}, case)
    assert [t.name for t in tasks_of(office.hazard(case).task_list)] == [
        "更换护栏",
        "清理现场",
        "培训",
    ]
    office.act(R.enterprise_head, "request_acceptance", office.application(case), case)
    failed = office.failed(case, "2026-07-31")
    with pytest.raises(Refused, match="至少指明一项不合格"):
        done = {**failed, "items_checked": office.passed(case)["items_checked"]}
        office.act(R.department_head, "fail_acceptance", done, case)
    office.act(R.department_head, "fail_acceptance", failed, case)
    office.act(R.inspector, "fail_acceptance", None, case)
    office.act(R.expert, "fail_acceptance", None, case)
    assert office.hazard(case).state == "rework"


def test_a_plan_that_is_late_is_demanded_by_a_day(office: Office) -> None:
    case = _printed(office)
    _served(office, case)
    demand = {"reason": "逾期未报", "plan_by": "2026-03-25"}
    with pytest.raises(Refused, match="期限未满"):
        office.act(R.division_chief, "order_plan", demand, case)
    office.clock.advance(timedelta(days=17))
    office.act(R.division_chief, "order_plan", demand, case)
    owed = _owed(office, case)
    assert owed["file_ordered_plan"][0].due_on == date(2026, 3, 25)
    assert "file_plan" in owed, "what is late stays late"
    office.clock.advance(timedelta(days=9))
    sweep(office.engine, office.clock)
    assert "consider_interview" in _owed(office, case)
    office.act(R.enterprise_head, "file_plan", office.plan(case), case)
    assert not {"file_plan", "file_ordered_plan"} & _owed(office, case).keys()
