"""What is offered can be done, and what cannot says why: prospects against the acts themselves."""

import pytest

from actions.act.prospect import Prospect, prospects
from guapai.errors import Missing
from guapai.people import Role
from statemachines.nouns import PROCEDURES
from storage.database.work import unit_of_work
from tests.actions.conftest import Office


def _seen(office: Office, role: Role, case: int, nth: int = 0) -> dict[str, Prospect]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = prospects(work, office.who(role, nth), case)
    return {p.move.name: p for p in found}


def test_the_chief_of_a_lead(office: Office) -> None:
    seen = _seen(office, Role.division_chief, office.lead())
    assert seen["dismiss"].open
    assert seen["transfer_out"].open
    assert "执法人员" in (seen["verify"].reason or "")
    assert "list" not in seen


def test_an_enterprise_sees_its_own_moves_only(office: Office) -> None:
    case = office.rectifying()
    seen = _seen(office, Role.enterprise_head, case)
    assert {n for n, p in seen.items() if p.open} == {
        "apply",
        "file_report",
        "report_progress",
        "request_acceptance",
    }
    assert all(
        Role.enterprise_head in p.move.by or Role.safety_officer in p.move.by for p in seen.values()
    )
    officer = _seen(office, Role.safety_officer, case)
    assert officer["request_acceptance"].reason == "由本单位企业主要负责人办理"


def test_reasons_that_hold_whatever_is_typed(office: Office) -> None:
    case = office.listed()
    seen = _seen(office, Role.enterprise_head, case)
    assert seen["file_plan"].reason == "挂牌督办通知书尚未送达，请先签收或登记送达"
    assert "正在制发" in (seen["acknowledge_notice"].reason or "")
    proposed = office.reported(title="另一处")
    chair = _seen(office, Role.commission_chair, proposed)
    assert chair["list"].reason == "尚无挂牌建议，请业务科（处）先提出建议"


def test_a_decision_that_waits(office: Office) -> None:
    case = office.grading()
    facts = {"clauses": ["LA-工贸-01"], "causes": "缺失", "harm": "较大"}
    office.act(Role.division_chief, "grade_major", facts, case)
    mine = _seen(office, Role.division_chief, case)["grade_major"]
    assert mine.waiting is not None
    assert mine.waiting.signed
    assert mine.reason == "您已签署，还差1人签署"
    other = _seen(office, Role.department_head, case)["grade_major"]
    assert other.open
    assert other.waiting is not None
    assert not other.waiting.signed


def test_nothing_of_others(office: Office) -> None:
    case = office.rectifying()
    city = office.city
    stranger = city.who(Role.inspector, city.at("department", "341503"))
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert prospects(work, stranger, case) == []
        with pytest.raises(Missing):
            prospects(work, stranger, 1)


def test_every_open_move_is_known_to_its_table(office: Office) -> None:
    for case in (office.lead(), office.rectifying(title="二"), office.closed(title="三")):
        for role in (Role.inspector, Role.division_chief, Role.department_head):
            for prospect in _seen(office, role, case).values():
                assert prospect.move in PROCEDURES[prospect.noun].moves
