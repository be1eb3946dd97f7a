"""The desk in a browser: several duties at once, and filters that stand in the address."""

import re

from playwright.sync_api import expect

from guapai.people import Role
from tests.portal.conftest import Settle, copied_town
from tests.portal.town import Town

town = copied_town


def test_several_duties_are_decided_at_once_and_each_answers(town: Town, settle: Settle) -> None:
    office = town.office
    more = [office.grading(title=f"示例积尘{n}") for n in range(3)]
    hands = settle(Role.division_chief)
    page = hands.page
    page.get_by_role("navigation", name="按事项种类筛选").get_by_role(
        "link", name="判定隐患等级"
    ).click()
    expect(page).to_have_url(re.compile("kind=grade"))
    tasks = page.locator(".task", has_text="示例积尘")
    expect(tasks).to_have_count(3)
    for nth in range(3):
        tasks.nth(nth).get_by_role("checkbox").check()
    page.locator("details.bulk summary").click()
    page.get_by_label("办理", exact=True).select_option(label="判定为一般隐患（判定理由）")
    page.get_by_label("共同的理由或意见").fill("可以立即整改")
    office.act(Role.inspector, "grade_general", {"reason": "已当场判定"}, more[1])
    page.locator(".bulk-body button").click()
    expect(page.locator(".lede")).to_have_text("2项已办理，1项未办理。")
    results = page.locator(".results li")
    expect(results).to_have_count(3)
    bad = page.locator(".results .bad")
    expect(bad).to_have_count(1)
    expect(bad).to_contain_text("办理“判定为一般隐患”")
    expect(results.filter(has_text="已办理").nth(0)).to_be_visible()
    hands.press("回到工作台")
    expect(page).to_have_url(re.compile("kind=grade"))
    expect(tasks).to_have_count(0)
    hands.watched.goto(f"/cases/{more[0]}")
    hands.open_all()
    expect(page.locator(".timeline")).to_contain_text("可以立即整改")


def test_what_is_missing_for_several_duties_is_said_and_nothing_is_lost(
    town: Town, settle: Settle
) -> None:
    hands = settle(Role.division_chief, "/desk?kind=grade")
    page, box = hands.page, hands.page.locator(".task input[type=checkbox]").first
    page.locator("details.bulk summary").click()
    page.get_by_label("办理", exact=True).select_option(label="判定为一般隐患（判定理由）")
    page.get_by_label("共同的理由或意见").fill("可以立即整改")
    send, said = page.locator(".bulk-body button"), "e => e.validationMessage"
    send.click()
    expect(box).to_be_focused()
    assert box.evaluate(said) == "请先勾选要办理的事项"
    expect(page.get_by_label("共同的理由或意见")).to_have_value("可以立即整改")
    box.check()
    page.get_by_label("共同的理由或意见").fill(" ")
    send.click()
    assert page.get_by_label("共同的理由或意见").evaluate(said) == "请填写共同的理由或意见，再提交"
    page.locator(".task").first.get_by_role("button", name="认领").click()
    expect(page.get_by_role("button", name="释放")).to_be_focused()
    page.get_by_label("共同的理由或意见").fill("可以立即整改")
    box.check()
    with page.expect_navigation():
        send.click()
    expect(page.locator(".lede")).to_have_text("1项已办理，0项未办理。")


def test_desk_filters_stand_in_the_address_too(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector)
    page = hands.page
    expect(page.locator(".task")).not_to_have_count(0)
    page.get_by_role("link", name="我认领的").click()
    expect(page).to_have_url(f"{town.home}/desk?narrow=mine")
    expect(hands.main).to_contain_text("没有符合筛选条件的事项。")
    page.go_back()
    page.locator(".task").first.get_by_role("button", name="认领").click()
    expect(page.get_by_role("button", name="释放")).to_have_count(1)
    page.go_forward()
    page.reload()
    expect(page.locator(".task")).to_have_count(1)
    page.get_by_role("button", name="释放").click()
    expect(hands.main).to_contain_text("没有符合筛选条件的事项。")
    expect(page).to_have_url(f"{town.home}/desk?narrow=mine")
