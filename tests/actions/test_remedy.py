"""A letter that announces a decision says how it can be contested and whom to ask; no other does."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from demo import tasks
from guapai.people import Role
from statemachines.nouns import LETTERS
from storage import letter
from storage.database.work import unit_of_work
from storage.people import organisation as organisations
from tests.actions.conftest import Office

REMEDIES = (
    "自收到本决定之日起60日内向金安区人民政府申请行政复议",
    "6个月内向有管辖权的人民法院提起行政诉讼",
)


def texts(office: Office, case: int) -> dict[str, str]:
    """The text of each kind of letter about a case."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return {x.kind: x.text for x in letter.of_case(work, case)}


def general(office: Office) -> int:
    case = office.general()
    office.act(Role.enterprise_head, "report_fixed", {"done": "已改", "evidence": []}, case)
    office.act(Role.inspector, "fail_recheck", {"opinion": "未改"}, case)
    return case


def stopped(office: Office) -> int:
    case = office.grading()
    office.stop(case)
    office.resume(case)
    office.act(Role.department_head, "void", {"reason": "重复", "ground": "untrue"}, case)
    return case


def ordered(office: Office) -> int:
    case = office.reported()
    facts = {"reason": "不挂牌", **tasks.order(date(2026, 7, 1))}
    office.act(Role.department_head, "order_rectification", facts, case)
    return case


def refused(office: Office) -> int:
    case = office.rectifying()
    asked = {
        "reason": "设备未到",
        "progress": "过半",
        "interim_measures": "停用",
        "asked_deadline": "2026-07-10",
    }
    row = office.act(Role.enterprise_head, "apply", asked, noun="deferral", case=case).row_id
    said: dict[str, Any] = {"noun": "deferral", "case": case}
    office.act(Role.commission_office, "endorse", {"opinion": "不宜"}, row, **said)
    office.act(Role.commission_chair, "refuse", {"reason": "措施不足"}, row, **said)
    return case


@pytest.mark.parametrize(
    ("live", "kinds"),
    [
        (general, {"general_ordered", "recheck_failed"}),
        (stopped, {"production_stopped", "production_resumed", "hazard_voided"}),
        (ordered, {"hazard_ordered", "hazard_graded_major"}),
        (refused, {"deferral_refused", "deferral_applied", "plan_accepted"}),
    ],
)
def test_decisions_name_their_remedies(
    office: Office, live: Callable[[Office], int], kinds: set[str]
) -> None:
    with unit_of_work(office.engine, office.clock) as work:
        for kind in ("department", "commission"):
            office_id = office.city.at(kind, "341502")
            organisations.complete(work, office_id, phone="0564-3330001")
    found = texts(office, live(office))
    assert kinds <= found.keys()
    for kind, text in found.items():
        told = [said in text for said in (*REMEDIES, "联系单位：", "电话：0564-3330001")]
        assert told == [bool(LETTERS[kind].decides)] * 4, (kind, text)


def test_a_letter_says_one_thing(office: Office) -> None:
    found = texts(office, stopped(office))
    assert "决定全部停产" in found["production_stopped"]
    assert "同意恢复" not in found["production_stopped"]
    assert "同意恢复生产" in found["production_resumed"]
    again = texts(office, general(office))
    assert ("判定" in again["general_ordered"], "复查" in again["general_ordered"]) == (True, False)
    assert "整改不合格" in again["recheck_failed"]


def test_a_letter_rests_on_no_rule_of_another_place(office: Office) -> None:
    found = texts(office, office.rectifying())
    assert all("待核" not in text and "参照" not in text for text in found.values())
    assert (
        "依据：《国务院关于进一步加强企业安全生产工作的通知》（国发〔2010〕23号）"
        in (found["hazard_listed"])
    )
    assert "办理规则：治理方案由督办部门审查" in found["plan_accepted"]
