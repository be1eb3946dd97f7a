"""Forms in a race: somebody was quicker, or the same form is sent twice."""

import pytest
from playwright.sync_api import expect

from guapai.people import Role
from tests.portal.conftest import Settle, copied_town
from tests.portal.hands import move, times
from tests.portal.town import Town

town = copied_town


def test_whoever_is_second_keeps_everything_and_may_send_again(town: Town, settle: Settle) -> None:
    first, second = (
        settle(Role.inspector, move(town, "requested", "record_visit"), nth) for nth in (0, 1)
    )
    for hands, words in ((first, "围挡完好"), (second, "围挡有缺口，\n已当场补齐")):
        hands.fill({"现场情况": words, "现场核实进度（%）": "80"})
    first.send("登记现场督查")
    expect(first.page.locator(".done-box")).to_be_visible()
    second.send("登记现场督查")
    second.watched.forgive("^console: .*409")
    said = second.page.locator(".alert-box")
    expect(said).to_contain_text(f"{town.who(Role.inspector).name}已于")
    expect(said).to_contain_text("办理“登记现场督查”")
    expect(second.field("现场情况")).to_have_value("围挡有缺口，\n已当场补齐")
    expect(second.field("现场核实进度（%）")).to_have_value("80")
    second.send("登记现场督查")
    expect(second.page.locator(".done-box")).to_be_visible()
    assert times(second.page, "登记现场督查") == 2


def test_whoever_is_too_late_can_still_copy_what_they_wrote(town: Town, settle: Settle) -> None:
    first, second = (settle(Role.inspector, move(town, "lead", "verify"), n) for n in (0, 1))
    for hands in (first, second):
        hands.fill({"核查情况": "属实，\n见照片", "执法人员": 2})
        hands.send("核实属实")
    second.watched.forgive("^console: .*409")
    expect(second.page.locator("h1")).to_have_text("未能办理")
    expect(second.page.locator(".alert-box")).to_contain_text("办理“核实属实”")
    expect(second.page.locator("main .facts")).to_contain_text("属实，\n见照片")
    expect(second.page.locator("main .facts")).to_contain_text("执法人员")
    expect(second.page.locator("main .facts")).to_contain_text("示例证")


def test_whoever_is_second_to_decide_sees_the_other_text_and_keeps_theirs(
    town: Town, settle: Settle
) -> None:
    chief = settle(Role.division_chief, move(town, "grading", "grade_major"))
    expert = settle(Role.expert, move(town, "grading", "grade_major"))
    for hands, words in ((chief, "科长的话"), (expert, "专家的话")):
        hands.fill({"判定依据条款": "LA-工贸-01", "现状及产生原因": words})
        hands.fill({"危害程度和整改难易程度": "较大"})
        hands.send("判定为重大隐患")
    expert.watched.forgive("^console: .*409")
    expect(expert.page.locator(".alert-box")).to_contain_text("内容不同")
    expect(expert.main).to_contain_text("科长的话")
    expect(expert.main).to_contain_text("专家的话")
    expert.press("签署")
    expect(expert.page.locator(".done-box")).to_be_visible()
    assert expert.state() == "已判定重大待报告"


def test_claiming_what_a_colleague_has_claimed_says_so(town: Town, settle: Settle) -> None:
    first, second = settle(Role.inspector), settle(Role.inspector, nth=1)
    mine, theirs = (
        h.page.locator(".task", has_text="水库坝体渗漏").get_by_role("button", name="认领")
        for h in (first, second)
    )
    mine.click()
    expect(first.page.get_by_role("button", name="释放")).to_be_visible()
    theirs.click()
    expect(second.main).to_contain_text(f"{town.who(Role.inspector).name}已认领这一事项")
    second.watched.forgive("^console: .*409")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_double_click_is_one_act(town: Town, settle: Settle, scripts: bool) -> None:
    address = move(town, "requested", "record_visit")
    hands = settle(Role.inspector, address, scripts=scripts)
    hands.fill_plainly({"finding": "现场一切正常", "percent": "50"})
    hands.page.locator(".form-acts button").dblclick()
    expect(hands.page.locator(".done-box")).to_be_visible()
    assert times(hands.page, "登记现场督查") == 1


def test_back_and_again_is_one_act(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, f"/cases/{town.cases['requested']}")
    hands.press("登记现场督查")
    hands.fill({"现场情况": "现场一切正常", "现场核实进度（%）": "50"})
    hands.send("登记现场督查")
    expect(hands.page.locator(".done-box")).to_be_visible()
    hands.page.go_back()
    hands.fill({"现场情况": "现场一切正常", "现场核实进度（%）": "50"})
    hands.send("登记现场督查")
    expect(hands.page.locator(".done-box")).to_be_visible()
    assert times(hands.page, "登记现场督查") == 1
    hands.page.go_back()
    hands.fill({"现场情况": "现场变了", "现场核实进度（%）": "60"})
    hands.send("登记现场督查")
    hands.watched.forgive("^console: .*409")
    expect(hands.page.locator(".alert-box")).to_contain_text("已提交过，内容不同")
    hands.send("登记现场督查")
    expect(hands.page.locator(".done-box")).to_be_visible()
    assert times(hands.page, "登记现场督查") == 2


def test_the_same_report_sent_again_from_before_is_one_case(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, "/report")
    facts = {
        "隐患名称": "示例踏板松动",
        "隐患描述": "踏板松动",
        "所在地": "金安区示例镇（341502100）",
        "行业领域": "工贸",
    }
    hands.fill(facts)
    hands.send("上报")
    first = hands.case_id()
    hands.page.go_back()
    hands.fill(facts)
    hands.send("上报")
    assert hands.case_id() == first
    hands.watched.goto("/report")
    hands.fill({**facts, "隐患描述": "另一处踏板松动"})
    hands.send("上报")
    assert hands.case_id() != first
