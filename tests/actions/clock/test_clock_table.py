"""Due dates against a table worked out by hand from the calendar of 2026 in the pack.

Days off besides weekends: 6 April, 1–5 May, 19 June, 25 September, 1–7 October; Saturdays and Sundays
on which people work: 9 May, 20 September, 10 October. The day counted from is not counted; a last day
off rolls to the next working day; a date written in a paper does not roll.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from actions.clock.ladder import sweep
from actions.papers.printing import print_papers
from demo import tasks
from guapai.clock import LOCAL
from guapai.people import Role
from storage import deferral, duty
from storage.database.work import unit_of_work
from storage.questions import fold
from tests.actions.conftest import Office


def _at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), LOCAL).astimezone(
        UTC
    ) + timedelta(hours=hour)


def _owed(office: Office, case: int, kind: str) -> duty.Duty:
    """The one open duty of a kind."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (found,) = [d for d in duty.of_case(work, case) if d.kind == kind and d.state == "open"]
    return found


def _due(office: Office, case: int, kind: str) -> str:
    return _owed(office, case, kind).due_on.isoformat()


def _folds(office: Office, case: int) -> None:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert fold.fold(work, case) == fold.rows_of(work, case)


def _ordered(office: Office, until: str) -> int:
    case = office.reported(description=f"期限{until}的隐患")
    order = {"reason": "限期整改", **tasks.order(date.fromisoformat(until))}
    office.act(Role.department_head, "order_rectification", order, case)
    return case


EXPIRY = {
    "2026-04-10": "2026-04-20",  # a Friday; ten days on is a Monday
    "2026-04-18": "2026-04-28",  # a Saturday, and Tuesday
    "2026-04-21": "2026-05-06",  # 1 May is off, until the 5th
    "2026-04-29": "2026-05-09",  # a Saturday on which people work
    "2026-04-30": "2026-05-11",  # the eve of the holiday; 10 May is a Sunday
    "2026-05-01": "2026-05-11",  # the holiday itself: a written date does not roll
    "2026-05-09": "2026-05-19",  # a Saturday on which people work
    "2026-09-25": "2026-10-08",  # 5 October is off, until the 7th
    "2026-09-30": "2026-10-10",  # the eve; a Saturday on which people work
}
"""The last day of a term, and the last day of the re-inspection: ten days."""


def test_reinspection_counts_from_the_day_of_expiry(office: Office) -> None:
    cases = {until: _ordered(office, until) for until in EXPIRY}
    found = {}
    for until, case in cases.items():
        office.clock.at = _at(until, hour=24) + timedelta(minutes=5)
        sweep(office.engine, office.clock)
        found[until] = _due(office, case, "accept")
    assert found == EXPIRY


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2028-02-18", "2028-02-28"),
        ("2028-02-19", "2028-02-29"),  # the leap day, a Tuesday
        ("2028-02-29", "2028-03-10"),  # a Friday
    ],
)
def test_february_has_29_days_every_four_years(office: Office, until: str, expected: str) -> None:
    office.clock.at = _at("2027-12-01")
    case = _ordered(office, until)
    office.clock.at = _at(until, hour=25)
    sweep(office.engine, office.clock)
    assert _due(office, case, "accept") == expected


@pytest.mark.parametrize("down", [0, 6, 30])
def test_a_job_that_stood_still_moves_no_day(office: Office, down: int) -> None:
    major = _ordered(office, "2026-04-10")
    general = office.grading(description="一般的一处")
    office.act(
        Role.inspector, "grade_general", {"reason": "一般", "deadline": "2026-04-10"}, general
    )
    office.clock.at = _at("2026-04-11", hour=1) + timedelta(days=down)
    sweep(office.engine, office.clock)
    for case, kind in ((major, "accept"), (general, "recheck")):
        found = _owed(office, case, kind)
        assert found.due_on.isoformat() == "2026-04-20"
        assert found.next_rung_at is not None
        told = ["d15"] if down == 30 else []
        assert _fired(office, case, kind) == told, "told at once, and only the last"
        _folds(office, case)


def _fired(office: Office, case: int, kind: str) -> list[str]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        ours = [d.id for d in duty.of_case(work, case) if d.kind == kind]
        return [r.rung for i in ours for r in duty.rungs_of(work, i) if r.outcome == "fired"]


def test_an_application_counts_from_its_own_day(office: Office) -> None:
    case = _ordered(office, "2026-05-29")
    office.clock.at = _at("2026-04-21")
    office.act(Role.enterprise_head, "request_acceptance", office.application(case), case)
    assert _due(office, case, "accept") == "2026-05-06"


def _served(office: Office, day: str, recorded: str) -> int:
    terms = {**office.terms(), "plan_days": 5}
    case = office.reported()
    office.examined(case, terms)
    office.act(Role.commission_chair, "list", terms, case)
    print_papers(office.engine, office.files, office.clock)
    office.clock.at = _at(recorded)
    service = {**tasks.SERVED, "served_at": _at(day)}
    office.act(Role.inspector, "serve_notice", service, case)
    return case


def _correct(office: Office, case: int, day: str) -> str:
    service = {**tasks.SERVED, "served_at": _at(day), "reason": "更正"}
    office.act(Role.inspector, "correct_service", service, case)
    return _due(office, case, "file_plan")


SERVICE = {
    "2026-03-03": "2026-03-09",  # 8 March is a Sunday
    "2026-03-04": "2026-03-09",
    "2026-03-06": "2026-03-11",
    "2026-03-09": "2026-03-16",  # 14 March is a Saturday
}
"""The day of service, and the last day of a plan that is due in five days."""


@pytest.mark.parametrize("recorded", ["2026-03-10", "2026-04-30"])
def test_a_plan_is_due_after_its_service_whenever_that_was_recorded(
    office: Office, recorded: str
) -> None:
    case = _served(office, "2026-03-03", recorded)
    assert _due(office, case, "file_plan") == SERVICE["2026-03-03"]
    sweep(office.engine, office.clock)
    assert len(_fired(office, case, "file_plan")) == 1, "late from the first, and told so"
    assert sweep(office.engine, office.clock).fired == 0


def test_a_corrected_service_moves_the_plan_to_what_it_would_have_been(office: Office) -> None:
    case = _served(office, "2026-03-03", "2026-03-10")
    back_and_forth = ["2026-03-09", "2026-03-04", "2026-03-09", "2026-03-06", "2026-03-03"]
    found = [_correct(office, case, day) for day in back_and_forth]
    assert found == [SERVICE[day] for day in back_and_forth]
    _folds(office, case)


def test_a_plan_that_was_sent_back_counts_from_then(office: Office) -> None:
    case = _served(office, "2026-03-03", "2026-03-03")
    office.clock.at = _at("2026-03-11")
    office.act(Role.enterprise_head, "file_plan", office.plan(case), case)
    office.act(Role.division_chief, "return_plan", {"reason": "缺应急预案"}, case)
    assert _due(office, case, "file_plan") == "2026-03-26"  # 15 days, whatever the notice gave
    assert _correct(office, case, "2026-03-04") == "2026-03-26", "it does not hang on the service"


def test_the_slot_of_a_report_is_its_month_and_not_the_day_it_rolls_to(office: Office) -> None:
    office.clock.at = _at("2026-05-12")
    case = office.rectifying()
    may = _owed(office, case, "report_progress")
    assert (may.slot[:7], may.due_on.isoformat()) == ("2026-05", "2026-06-01")  # the 30th: Saturday
    office.clock.at = _at("2026-06-01")
    sweep(office.engine, office.clock)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        owed = [d for d in duty.of_case(work, case) if d.kind == "report_progress"]
    assert {d.slot[:7]: d.due_on.isoformat() for d in owed} == {
        "2026-05": "2026-06-01",
        "2026-06": "2026-06-30",
    }
    report: dict[str, Any] = {
        "period": "2026-05",
        "percent": 30,
        "done": "拆除",
        "protection": "围挡",
    }
    report["tasks"] = tasks.percents(office.hazard(case).task_list, 30)
    office.act(Role.enterprise_head, "report_progress", report, case)
    assert _owed(office, case, "report_progress").slot[:7] == "2026-06"


@pytest.mark.parametrize("hour", [9, 23])
def test_a_pause_for_experts_ends_on_its_day_though_the_job_stood_still(
    office: Office, hour: int
) -> None:
    office.clock.at = _at("2026-04-13")  # a Monday
    case = office.grading()  # due in three working days: 14, 15, 16
    office.clock.at = _at("2026-04-14", hour)
    ask = {"reason": "技术复杂", "document_no": "示例委托1号"}
    office.act(Role.department_head, "ask_experts", ask, case)
    assert _due(office, case, "obtain_opinion") == "2026-04-28"  # ten working days
    office.clock.at = _at("2026-05-04")
    sweep(office.engine, office.clock)
    assert _due(office, case, "grade") == "2026-05-06"  # 29, 30, and the 6th after the holiday
    assert _owed(office, case, "obtain_opinion").next_rung_at is not None
    _folds(office, case)


def test_an_opinion_that_came_lets_the_same_day_count(office: Office) -> None:
    office.clock.at = _at("2026-04-13")
    case = office.grading()
    office.clock.at = _at("2026-04-14", 23)
    ask = {"reason": "技术复杂", "document_no": "示例委托1号"}
    office.act(Role.department_head, "ask_experts", ask, case)
    office.clock.at = _at("2026-04-16", 9)
    office.act(Role.division_chief, "receive_opinion", {"opinion": "属重大隐患"}, case)
    assert _due(office, case, "grade") == "2026-04-20"  # 16, 17, and Monday


def test_the_window_is_told_of_while_there_is_time_to_use_it(office: Office) -> None:
    case = _ordered(office, "2026-05-29")
    # The last day to ask is 15 working days before, Saturday 9 May; five more before that are
    # 8, 7, 6 May, 30 and 29 April.
    told = "2026-04-29"
    office.clock.at = _at(told, 8)
    sweep(office.engine, office.clock)
    assert "deferral_window" not in _fired(office, case, "rectify")
    office.clock.at = _at(told, 9)
    sweep(office.engine, office.clock)
    assert "deferral_window" in _fired(office, case, "rectify")
    office.clock.at = _at("2026-05-09", 23)
    ask = {"reason": "洪水", "progress": "过半", "interim_measures": "围挡"}
    ask |= {"asked_deadline": "2026-06-15", "ground": "force_majeure"}
    asked = office.act(Role.enterprise_head, "apply", ask, noun="deferral", case=case)
    assert asked.state == "applied"
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (row,) = work.execute(sa.select(deferral.TABLE)).mappings().all()
    assert not row["late"]
