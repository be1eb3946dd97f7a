"""Everything can be reached: by keyboard alone, and without moving a page sideways."""

import pytest
from playwright.sync_api import Locator, Page, expect

from guapai.people import Role
from tests.portal.conftest import OpenPage, Settle, copied_town
from tests.portal.hands import SECRET, Hands, give_password, jpeg, move
from tests.portal.town import Town

town = copied_town


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Press Tab until something has the focus; whatever has it can be seen on the way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("e => e === document.activeElement"):
            assert seen_whole(wanted)
            return
    raise AssertionError(f"no way to {wanted} by keyboard")


def seen_whole(element: Locator) -> bool:
    """Whether an element can be seen where it is, with nothing over its middle."""
    return bool(
        element.evaluate(
            """e => { const b = e.getBoundingClientRect();
            const top = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);
            return top !== null && (e.contains(top) || top.contains(e)); }"""
        )
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_a_day_by_keyboard_alone(town: Town, open_page: OpenPage, width: int) -> None:
    hands = Hands(open_page(town.home, width, 844), town)
    page, press = hands.page, hands.page.keyboard.press
    email = give_password(town, town.who(Role.inspector))
    hands.watched.goto("/sign-in")
    expect(page.get_by_label("邮箱")).to_be_focused()
    page.keyboard.type(email)
    press("Tab")
    page.keyboard.type(SECRET)
    press("Enter")
    expect(page).to_have_url(f"{town.home}/desk")
    press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    press("Enter")
    task = page.locator(".task", has_text="水库坝体渗漏")
    claim = task.get_by_role("button", name="认领")
    tab_to(page, claim)
    press("Enter")
    release = task.get_by_role("button", name="释放")
    expect(release).to_be_focused()
    press("Shift+Tab")
    expect(task.get_by_role("link", name="核实属实")).to_be_focused()
    press("Enter")
    expect(page.locator("h1")).to_have_text("核实属实")
    tab_to(page, hands.field("核查情况"))
    page.keyboard.type("现场属实")
    tab_to(page, page.get_by_role("button", name="核实属实"))
    press("Enter")
    expect(page.locator(".alert-box")).to_contain_text("请选择两名以上执法人员")
    hands.watched.forgive("^console: .*409")
    for nth in (0, 1):
        tab_to(page, hands.boxes("执法人员").nth(nth))
        press("Space")
    tab_to(page, page.get_by_role("button", name="核实属实"))
    press("Enter")
    expect(page.locator(".done-box")).to_have_text("已办理“核实属实”。")
    tab_to(page, page.locator("details.menu > summary"))
    press("Enter")
    expect(page.get_by_role("link", name="修改密码")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("link", name="修改密码")).to_be_hidden()
    expect(page.locator("details.menu > summary")).to_be_focused()


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_has_to_be_moved_sideways(town: Town, settle: Settle, width: int) -> None:
    hands = settle(Role.inspector, width=width)
    listed, requested = town.cases["rectifying"], town.cases["requested"]
    for path in (
        *("/desk", "/ledger", "/ledger?text=渗漏", "/report", "/letters", "/password", "/post"),
        *(f"/cases/{listed}", f"/cases/{requested}", move(town, "lead", "verify")),
        move(town, "requested", "pass_acceptance"),
    ):
        hands.watched.goto(path)
        hands.open_all()
        assert hands.sideways() == 0, path
    hands.hand_in(jpeg(f"{'很长的文件名' * 12}.jpg"))
    assert hands.sideways() == 0
    hands.sit(town.who(Role.division_chief), move(town, "grading", "grade_major"))
    assert hands.sideways() == 0
    hands.send("判定为重大隐患")
    hands.watched.forgive("^console: .*422")
    assert hands.sideways() == 0
