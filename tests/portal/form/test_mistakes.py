"""Mistakes in a form: what is wrong is said where it is wrong, and nothing typed is lost."""

import re

from playwright.sync_api import expect

from guapai.people import Role
from tests.portal.conftest import Settle, copied_town
from tests.portal.hands import ROW, jpeg, move, photo, picture_sources
from tests.portal.town import Town

town = copied_town


def test_an_error_stands_beside_its_field_and_what_was_typed_stays(
    town: Town, settle: Settle
) -> None:
    hands = settle(Role.inspector, "/report")
    hands.fill(
        {
            "隐患描述": "第一行\n第二行 <b>不是粗体</b>",
            "所在地": "金安区样板乡（341502101）",
            "行业领域": "工贸",
            "线索来源": "移送",
            "责任单位": "没有这一家示例公司",
        }
    )
    hands.send("上报")
    hands.watched.forgive("^console: .*422")
    expect(hands.page.locator(".alert-box")).to_have_text("有的内容需要修改，见下面标出的地方")
    expect(hands.error_beside("责任单位")).to_contain_text("没有这家单位")
    expect(hands.error_beside("隐患名称")).to_have_text("此项必填，请填写")
    expect(hands.error_beside("隐患描述")).to_have_count(0)
    expect(hands.field("隐患名称")).to_be_focused()
    expect(hands.field("隐患名称")).to_have_attribute("aria-invalid", "true")
    expect(hands.field("隐患描述")).to_have_value("第一行\n第二行 <b>不是粗体</b>")
    expect(hands.field("所在地")).to_have_value("341502101")
    expect(hands.field("线索来源")).to_have_value("transfer")
    expect(hands.field("责任单位")).to_have_value("没有这一家示例公司")
    described = hands.field("隐患名称").get_attribute("aria-describedby") or ""
    said = [hands.page.locator(f"#{name}").inner_text() for name in described.split()]
    assert "此项必填，请填写" in said[-1]
    hands.fill({"隐患名称": "示例护栏缺失", "责任单位": "金安区示例木业有限公司"})
    hands.send("上报")
    expect(hands.page.locator(".done-box")).to_be_visible()
    expect(hands.page.locator(".description")).to_have_text("第一行\n第二行 <b>不是粗体</b>")


def test_picked_clauses_amounts_and_checks_stay_too(town: Town, settle: Settle) -> None:
    hands = settle(Role.division_chief, move(town, "grading", "grade_major"))
    hands.page.locator(".clause input").nth(1).check()
    hands.fill({"判定依据条款": "LA-工贸-04", "可能造成的死亡人数": "两人", "存在现实危险": True})
    hands.send("判定为重大隐患")
    hands.watched.forgive("^console: .*422")
    expect(hands.field("现状及产生原因")).to_be_focused()
    expect(hands.error_beside("可能造成的死亡人数")).to_have_text("请填写整数")
    expect(hands.field("可能造成的死亡人数")).to_have_value("两人")
    expect(hands.field("判定依据条款")).to_have_value("LA-工贸-04")
    expect(hands.field("存在现实危险")).to_be_checked()
    picked = hands.page.locator(".clause input")
    assert [picked.nth(n).is_checked() for n in range(3)] == [False, True, False]


def test_money_is_checked_and_said_in_yuan(town: Town, settle: Settle) -> None:
    hands = settle(Role.enterprise_head, move(town, "rectifying", "request_acceptance"))
    hands.fill({"治理完成情况": "完成", "自评估结论": "合格", "实际投入（元）": "十二万"})
    hands.send("申请验收")
    hands.watched.forgive("^console: .*422")
    expect(hands.field("实际投入（元）")).to_be_focused()
    expect(hands.field("实际投入（元）")).to_have_value("十二万")
    hands.fill({"实际投入（元）": "１２，000.50"})
    hands.hand_in(jpeg("整改后.jpg"))
    hands.send("申请验收")
    hands.open_all()
    expect(hands.page.locator(".timeline")).to_contain_text("12,000.50")


def test_a_missing_photo_is_said_at_the_photos(town: Town, settle: Settle) -> None:
    hands = settle(Role.department_head, move(town, "requested", "pass_acceptance"))
    hands.fill({"验收意见": "合格"})
    hands.fill_row(0, {"合格": "是", "核查情况或理由": "逐项"})
    hands.send("验收合格")
    hands.watched.forgive("^console: .*422")
    expect(hands.page.locator("fieldset .field-error")).to_have_text("至少填写一项")
    picker = hands.page.locator("#evidence-upload")
    expect(picker).to_be_focused()
    expect(picker).to_have_attribute("aria-describedby", re.compile("evidence-error"))
    hands.hand_in(jpeg("验收.jpg"))
    hands.send("验收合格")
    expect(hands.page.locator(".done-box")).to_contain_text("还差2人签署")


def test_files_stay_with_the_form_that_has_to_be_mended(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    hands.say_of(hands.hand_in(jpeg("现场.jpg")).first, "整改前", "东侧", "示例说明")
    hands.send("核实属实")
    hands.watched.forgive("^console: .*422")
    row = hands.page.locator(ROW)
    expect(row).to_have_count(1)
    expect(row).to_contain_text("现场.jpg")
    expect(row.get_by_label("部位")).to_have_value("东侧")
    expect(row.get_by_label("文件种类")).to_have_value("before")
    hands.fill({"核查情况": "属实"})
    hands.hand_in(jpeg("另一张.jpg", photo((1, 90, 200))))
    hands.send("核实属实")
    expect(hands.page.locator(".done-box")).to_be_visible()
    assert len(picture_sources(hands.page)) == 2


def test_typed_text_is_not_thrown_away_by_a_slip(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    page, asked = hands.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    hands.field("核查情况").press_sequentially("属实")
    page.locator(".form-acts").get_by_role("link", name="取消").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(hands.field("核查情况")).to_have_value("属实")
    hands.fill({"执法人员": 2})
    hands.send("核实属实")
    assert asked == ["beforeunload"]
