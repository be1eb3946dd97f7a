"""How a hazard ends beside the line: closed down by several, handed on and sent back, gone at once."""

from datetime import date, timedelta
from typing import Any

import pytest

from demo import tasks
from guapai.errors import BadInput, NotAllowed, Refused
from guapai.people import Actor, Role
from statemachines.facts import Stopped
from storage import duty, hazard, letter, listing
from storage.database.work import unit_of_work
from storage.people.organisation import OrganisationKind
from storage.questions import casefile, fold
from storage.questions.scope import scope_of
from tests.actions.conftest import PLACE, SHUT, Office


def _hazard(office: Office, case: int) -> hazard.Hazard:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = hazard.get(work, case)
        assert found is not None
        assert fold.fold(work, case) == fold.rows_of(work, case)
    return found


def _owed(office: Office, case: int) -> dict[str, duty.Duty]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return {d.kind: d for d in duty.of_case(work, case) if d.state == "open"}


def _letters(office: Office, case: int, kind: str) -> list[letter.Letter]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return [x for x in letter.of_case(work, case) if x.kind == kind]


def test_a_place_is_closed_by_decision_execution_and_acceptance_of_different_people(
    office: Office,
) -> None:
    case = office.shutting()
    office.act(Role.government, "shut_down", {"decision_no": "示例1号"}, case)
    assert (_hazard(office, case).state, _hazard(office, case).closed_at) == ("shutting_down", None)
    assert _owed(office, case)["execute_shutdown"].owner_role == Role.division_chief
    office.execute_shutdown(case)
    seen = {"opinion": "合格", "items_checked": "全部", "evidence": office.photos()}
    with pytest.raises(Refused, match="执行关闭的人不能验收"):
        office.act(Role.inspector, "accept_shutdown", seen, case)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert [x.state for x in listing.of_case(work, case)] == ["listed"]
    office.accept_shutdown(case)
    found = _hazard(office, case)
    assert found.state == "shut_down"
    assert found.closed_at is not None
    assert _owed(office, case) == {}
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert [x.state for x in listing.of_case(work, case)] == ["lifted"]


def test_a_closure_that_is_not_carried_out_goes_back(office: Office) -> None:
    case = office.shutting()
    office.act(Role.government, "shut_down", {"decision_no": "示例1号"}, case)
    office.execute_shutdown(case)
    office.act(Role.department_head, "return_shutdown", {"reason": "尚未断电"}, case)
    assert _hazard(office, case).state == "shutting_down"
    assert "execute_shutdown" in _owed(office, case)


def test_a_refused_closure_leaves_the_stop_as_it_was(office: Office) -> None:
    case = office.rectifying()
    office.stop(case)
    assert office.photo == SHUT["evidence"][0]["file"]
    unfit = {**SHUT, "ground": "unfit_after_stop"}
    office.act(Role.department_head, "propose_shutdown", unfit, case)
    office.act(Role.legal_reviewer, "propose_shutdown", None, case)
    term = (office.clock().date() + timedelta(days=60)).isoformat()
    office.act(Role.government, "refuse_shutdown", {"reason": "限期", "deadline": term}, case)
    found = _hazard(office, case)
    assert (found.state, found.production_stopped) == ("rectifying", Stopped.all)
    assert "review_stop" in _owed(office, case)


@pytest.mark.parametrize(
    ("sector", "clause", "kind", "day"),
    [
        ("煤矿", "《煤矿重大事故隐患判定标准》", "decide_coal_shutdown", date(2026, 3, 9)),
        ("工贸", "LA-工贸-01", "decide_shutdown", date(2026, 4, 1)),
    ],
)
def test_the_government_decides_on_a_coal_mine_in_a_week(
    office: Office, sector: str, clause: str, kind: str, day: date
) -> None:
    case = office.grading(sector=sector)
    major = {"clauses": [clause], "causes": "缺失", "harm": "较大"}
    office.act(Role.division_chief, "grade_major", major, case)
    office.act(Role.expert, "grade_major", None, case)
    report = {"causes": "a", "harm": "b", "plan": "c"}
    office.act(Role.enterprise_head, "file_report", report, case)
    order = {"reason": "限期整改", **tasks.order(date(2026, 7, 1))}
    office.act(Role.department_head, "order_rectification", order, case)
    assert office.photo == SHUT["evidence"][0]["file"]
    office.act(Role.department_head, "propose_shutdown", SHUT, case)
    office.act(Role.legal_reviewer, "propose_shutdown", None, case)
    owed = _owed(office, case)
    assert owed[kind].due_on == day
    assert owed.keys() & {"decide_shutdown", "decide_coal_shutdown"} == {kind}


def _other(office: Office) -> Actor:
    """The chief of another department of the place."""
    return office.city.who(Role.division_chief, office.city.answers_for(PLACE, "水利"))


def _transfer(office: Office, case: int, **more: Any) -> None:
    facts = {"reason": "属水利部门", "receiver": "金安区水利局", **more}
    office.act(Role.division_chief, "transfer_out", facts, case)


def test_who_a_hazard_is_handed_to_sees_it_and_sends_it_back(office: Office) -> None:
    case, other = office.lead(unit_id=None), _other(office)
    scope = scope_of(
        Role.division_chief, other.organisation_id or 0, OrganisationKind.department, PLACE
    )
    ours = office.who(Role.division_chief).organisation_id
    with pytest.raises(BadInput, match="不能移送给本部门"):
        _transfer(office, case, receiver_id=ours)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert casefile.find(work, scope, case) is None
    _transfer(office, case, receiver_id=other.organisation_id)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert casefile.find(work, scope, case) is not None
    told = {x.organisation_id for x in _letters(office, case, "hazard_transferred")}
    assert told == {ours, other.organisation_id}
    with pytest.raises(NotAllowed):
        office.act(
            Role.division_chief, "void", {"reason": "x", "ground": "untrue"}, case, actor=other
        )
    back = {"reason": "属应急管理部门"}
    office.act(Role.division_chief, "return_transfer", back, case, actor=other)
    found = _hazard(office, case)
    assert (found.state, found.closed_at) == ("lead", None)
    assert _owed(office, case).keys() == {"verify_lead"}


def test_a_quarrel_over_whose_it_is_is_decided_by_the_office(office: Office) -> None:
    case = office.lead(unit_id=None)
    _transfer(office, case)
    office.act(Role.division_chief, "return_transfer", {"reason": "不属"}, case)
    office.act(Role.division_chief, "dispute_transfer", {"reason": "职责不清"}, case)
    office.act(Role.commission_office, "settle_for_us", {"ruling": "由应急部门办理"}, case)
    assert _owed(office, case).keys() == {"verify_lead"}
    office.act(Role.division_chief, "dispute_transfer", {"reason": "情况有变"}, case)
    ruling = {"reason": "属水利", "receiver": "金安区水利局"}
    office.act(Role.commission_office, "settle_for_other", ruling, case)
    assert _hazard(office, case).state == "transferred_out"
    assert _owed(office, case).keys() == {"confirm_transfer"}


def test_whoever_reported_a_lead_that_is_not_true_hears_why(office: Office) -> None:
    town = office.city.at("township", f"{PLACE}100")
    reporters = {
        office.unit: office.who(Role.safety_officer),
        town: office.city.who(Role.township, town),
        office.city.at("commission", PLACE): office.who(Role.commission_office),
    }
    for nth, (organisation, actor) in enumerate(reporters.items()):
        own = actor.role is Role.safety_officer
        source = "self_report" if own else "inspection"
        case = office.lead(actor=actor, source=source, title=f"示例线索{nth}")
        office.act(Role.division_chief, "dismiss", {"reason": "现场未见"}, case)
        told = _letters(office, case, "lead_dismissed")
        assert [(x.organisation_id, x.person_id) for x in told] == [(organisation, actor.person_id)]
        assert "现场未见" in told[0].text


def test_a_report_is_received_with_number_and_time(office: Office) -> None:
    case = office.reported()
    office.act(Role.inspector, "acknowledge_report", {"remark": "请补充预算"}, case)
    found = _hazard(office, case)
    assert (found.report_receipts, found.report_received_at) == (1, office.clock())
    (told, _) = _letters(office, case, "report_acknowledged")
    assert all(said in told.text for said in (f"{found.number}-受1", "2026-03-02 ", "请补充预算"))
    assert "acknowledge_report" not in _owed(office, case)


def test_the_unit_may_still_report_after_the_regulators_own_record(office: Office) -> None:
    case = office.grading()
    major = {"clauses": ["LA-工贸-01"], "causes": "缺失", "harm": "较大"}
    office.act(Role.division_chief, "grade_major", major, case)
    office.act(Role.expert, "grade_major", None, case)
    office.clock.advance(timedelta(days=20))
    own = {"causes": "现场核实", "harm": "较大"}
    office.act(Role.inspector, "record_report", own, case)
    assert _owed(office, case).keys() >= {"file_report", "give_notice", "consider_penalty"}
    with pytest.raises(Refused, match="尚未报送"):
        office.act(Role.inspector, "acknowledge_report", {}, case)
    report = {"causes": "a", "harm": "b", "plan": "c"}
    office.act(Role.enterprise_head, "file_report", report, case)
    found, owed = _hazard(office, case), _owed(office, case)
    assert (found.state, found.report_filed_at) == ("reported", office.clock())
    assert not owed.keys() & {"file_report", "give_notice"}
    assert {"acknowledge_report", "consider_penalty"} <= owed.keys()


def test_a_grading_keeps_the_version_it_rests_on(office: Office) -> None:
    case = office.grading()
    facts = {"clauses": ["随便"], "causes": "缺失", "harm": "较大"}
    with pytest.raises(Refused, match="不在工贸行业现行的判定标准"):
        office.act(Role.division_chief, "grade_major", facts, case)
    facts["clauses"] = ["LA-工贸-01"]
    office.act(Role.division_chief, "grade_major", facts, case)
    office.act(Role.expert, "grade_major", None, case)
    standard = _hazard(office, case).standard
    assert "《工贸企业重大事故隐患判定标准》（应急管理部令第10号）" in standard
    assert "条款目录 " in standard


def test_what_is_removed_in_the_same_visit_is_closed_by_two(office: Office) -> None:
    case = office.grading()
    after = office.photos()
    facts = {"reason": "可立即排除", "done": "清走", "evidence": [*after, *after]}
    with pytest.raises(Refused, match="整改前和整改后"):
        office.act(Role.inspector, "remove_on_the_spot", facts, case)
    facts["evidence"] = [*after, {**after[0], "kind": "before"}]
    office.act(Role.inspector, "remove_on_the_spot", facts, case)
    assert _hazard(office, case).state == "grading"
    office.act(Role.inspector, "remove_on_the_spot", None, case, nth=1)
    found = _hazard(office, case)
    assert (found.state, found.grade, _owed(office, case)) == ("closed", "general", {})
