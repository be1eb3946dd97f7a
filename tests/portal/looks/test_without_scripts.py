"""The pages in a browser that runs no scripts."""

from playwright.sync_api import expect

from guapai.people import Role
from tests.portal.conftest import Settle, copied_town
from tests.portal.hands import PHONE, ROW, jpeg, move
from tests.portal.town import Town

town = copied_town


def test_everything_works_without_scripts(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, "/report", scripts=False, width=PHONE[0])
    page = hands.page
    hands.fill_plainly({"title": "示例梯子断裂", "description": "梯子断裂", "sector": "工贸"})
    page.locator("[name=place_code]").select_option("341502100")
    page.locator("#evidence-upload").set_input_files([jpeg("一.jpg"), jpeg("二.jpg")])
    page.get_by_label("这些文件是").select_option("before")
    hands.send_plainly()
    expect(page.locator(".done-box")).to_have_text("已办理“登记线索”。")
    case = hands.case_id()
    expect(page.locator(".pair")).to_contain_text("一.jpg")
    expect(page.locator(".sides > div").first.locator("img")).to_have_count(2)
    hands.watched.goto("/desk")
    task = page.locator(".task", has_text="示例梯子断裂")
    task.get_by_role("button", name="认领").click()
    expect(page).to_have_url(f"{town.home}/desk")
    expect(task.get_by_role("button", name="释放")).to_be_visible()
    task.get_by_role("link", name="核实属实").click()
    hands.fill_plainly({"finding": "属实"})
    hands.send_plainly()
    hands.watched.forgive("^console: .*409")
    expect(page.locator(".alert-box")).to_contain_text("请选择两名以上执法人员")
    hands.tick_plainly("officers", 2)
    hands.send_plainly()
    expect(page.locator(".done-box")).to_have_text("已办理“核实属实”。")
    hands.watched.goto("/ledger")
    page.locator("[name=text]").fill("梯子")
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".rows tbody tr")).to_have_count(1)
    page.get_by_role("link", name="示例梯子断裂").click()
    assert hands.case_id() == case
    page.locator("details.menu > summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(f"{town.home}/sign-in")


def test_a_wrong_file_without_scripts_is_told_and_the_form_stays(
    town: Town, settle: Settle
) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"), scripts=False)
    hands.fill_plainly({"finding": "属实"})
    hands.tick_plainly("officers", 2)
    wrong = jpeg("软件.jpg", b"MZ\x90\x00" + bytes(400))
    hands.page.locator("#evidence-upload").set_input_files([jpeg("好.jpg"), wrong])
    hands.send_plainly()
    hands.watched.forgive("^console: .*422")
    expect(hands.page.locator(".alert-box")).to_contain_text("软件.jpg：")
    expect(hands.page.locator("[name=finding]")).to_have_value("属实")
    expect(hands.page.locator(ROW)).to_have_count(1)
    hands.send_plainly()
    expect(hands.page.locator(".done-box")).to_be_visible()
    assert "好.jpg" in hands.page.locator(".pair").inner_text()


def test_without_scripts_the_server_says_what_is_missing(town: Town, settle: Settle) -> None:
    hands = settle(Role.division_chief, "/desk?kind=grade", scripts=False)
    page = hands.page
    page.locator("details.bulk summary").click()
    with page.expect_navigation():
        page.locator(".bulk-body button").click()
    expect(hands.main).to_contain_text("请先勾选要办理的事项")
    hands.watched.forgive("^console: .*422")
