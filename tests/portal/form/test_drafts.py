"""Typed text is never lost: without a network, behind an error page, after the session, by a slip."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Dialog, Error, Page, Route, expect

from guapai.people import Actor, Role
from storage.database.work import unit_of_work
from storage.people import person as people
from tests.portal.conftest import Settle, copied_town
from tests.portal.hands import ROW, Hands, jpeg, move, times
from tests.portal.town import Town

town = copied_town
VISIT = {"现场情况": "坝体右岸渗漏点\n已用沙袋压住𠮷", "现场核实进度（%）": "40"}
RESTORED = "已恢复您上次未提交的内容。"
NO_NETWORK = "现在没有网络，内容还在这里，未提交。网络恢复后请再次提交。"
KEPT = "() => JSON.stringify({...sessionStorage})"


def visiting(town: Town, settle: Settle, *, width: int = 1280) -> Hands:
    """An inspector who has filled in what they saw."""
    hands = settle(Role.inspector, move(town, "requested", "record_visit"), width=width)
    hands.fill(VISIT)
    return hands


def shows(hands: Hands, values: dict[str, str], *, restored: bool) -> None:
    """The form holds these values, and says so where they were not typed just now."""
    for title, value in values.items():
        expect(hands.field(title)).to_have_value(value)
    expect(hands.page.get_by_role("status").get_by_text(RESTORED)).to_have_count(int(restored))


def empty(hands: Hands) -> None:
    """Nothing of an earlier form is in this one, nor kept for later."""
    shows(hands, dict.fromkeys(VISIT, ""), restored=False)
    assert "沙袋" not in hands.page.evaluate(KEPT)


def press_in_vain(page: Page) -> None:
    """Send the form where the network ends before the server; the browser's own page comes."""
    with pytest.raises(Error, match="net::ERR"), page.expect_navigation():
        page.locator(".form-acts button").click(no_wait_after=True)


def hotline_clerk(town: Town) -> Actor:
    """Somebody who reports and does not see what becomes of it."""
    where, office = town.office.city.at("department", "341500"), town.office
    with unit_of_work(office.engine, office.clock) as work:
        person_id = people.add(work, "示例接线员", "hotline@example.com")
        people.appoint(work, person_id, Role.hotline_clerk, where, date(2020, 1, 1))
    return Actor(person_id, Role.hotline_clerk, where, None, "示例接线员")


def test_without_a_network_the_form_stays_and_is_sent_later(town: Town, settle: Settle) -> None:
    hands = visiting(town, settle, width=390)
    page, said = hands.page, hands.page.locator("form.form [role=alert]")
    page.context.set_offline(True)
    for _ in range(2):
        page.locator(".form-acts button").click()
        expect(said).to_have_text(NO_NETWORK)
        expect(said).to_be_in_viewport()
    hands.watched.forgive("ERR_INTERNET_DISCONNECTED")
    shows(hands, VISIT, restored=False)
    page.context.set_offline(False)
    expect(said).to_have_count(0)
    hands.send("登记现场督查")
    expect(page.locator(".done-box")).to_be_visible()
    assert times(page, "登记现场督查") == 1


def test_what_was_stopped_is_not_left_by_a_slip_either(town: Town, settle: Settle) -> None:
    hands = visiting(town, settle)
    page, asked = hands.page, list[str]()

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.context.set_offline(True)
    page.locator(".form-acts button").click()
    expect(page.get_by_text(NO_NETWORK)).to_be_visible()
    page.locator(".form-acts").get_by_role("link", name="取消").click(no_wait_after=True)
    page.wait_for_timeout(300)
    hands.watched.forgive("ERR_INTERNET_DISCONNECTED")
    assert asked == ["beforeunload"]
    shows(hands, VISIT, restored=False)


def test_a_browser_that_is_wrong_about_the_network_sends(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector)
    hands.page.context.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false });"
    )
    hands.watched.goto(move(town, "requested", "record_visit"))
    hands.fill(VISIT)
    hands.page.locator(".form-acts button").dblclick()
    expect(hands.page.locator(".done-box")).to_be_visible()
    assert times(hands.page, "登记现场督查") == 1


def test_behind_the_error_page_the_form_is_as_it_was(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, f"/cases/{town.cases['lead']}")
    page, address = hands.page, move(town, "lead", "verify")
    hands.press("核实属实")
    typed = {"核查情况": "属实，\n见照片"}
    hands.fill({**typed, "执法人员": 2})
    hands.say_of(hands.hand_in(jpeg("现场.jpg"), jpeg("误选.jpg")).first, "整改前", "东侧", "渗漏")
    page.get_by_role("button", name="移除 误选.jpg").click()
    page.route(f"**{address}", lambda route: route.abort("internetdisconnected"))
    press_in_vain(page)
    page.unroute_all()
    hands.watched.forgive("ERR_INTERNET_DISCONNECTED")
    page.go_back()  # the error page stands where the form stood, so this leads before it
    hands.press("核实属实")
    shows(hands, typed, restored=True)
    expect(hands.boxes("执法人员").nth(1)).to_be_checked()
    row = page.locator(ROW)
    expect(row).to_have_count(1)
    expect(row).to_contain_text("现场.jpg已上传")
    expect(row.get_by_label("部位")).to_have_value("东侧")
    expect(row.get_by_label("文件种类")).to_have_value("before")
    expect(row.get_by_label("说明")).to_have_value("渗漏")
    expect(row.get_by_role("button", name="移除 现场.jpg")).to_be_visible()
    hands.send("核实属实")
    expect(page.locator(".done-box")).to_be_visible()
    expect(page.locator(".pair img")).to_have_count(1)
    assert times(page, "核实属实") == 1


def test_an_answer_that_was_lost_makes_no_second_act(town: Town, settle: Settle) -> None:
    hands = visiting(town, settle)
    page, address = hands.page, move(town, "requested", "record_visit")

    def lose_the_answer(route: Route) -> None:
        assert route.fetch(max_redirects=0).status == 303
        route.abort("connectionreset")

    page.route(f"**{address}", lose_the_answer)
    press_in_vain(page)
    page.unroute_all()
    hands.watched.forgive("ERR_CONNECTION_RESET")
    hands.watched.goto(address)
    shows(hands, VISIT, restored=True)
    hands.send("登记现场督查")
    expect(page.locator(".done-box")).to_be_visible()
    assert times(page, "登记现场督查") == 1


def test_it_is_there_for_the_same_person_and_for_nobody_else(town: Town, settle: Settle) -> None:
    hands, address = visiting(town, settle), move(town, "requested", "record_visit")
    hands.sit(town.who(Role.inspector), address)  # in another session
    shows(hands, VISIT, restored=True)
    hands.sit(town.who(Role.inspector, 1), address)
    empty(hands)
    hands.sit(town.who(Role.inspector), address)
    empty(hands)


def test_it_is_gone_with_signing_out(town: Town, settle: Settle) -> None:
    hands = visiting(town, settle)
    assert "沙袋" in hands.page.evaluate(KEPT)
    hands.go_out()
    assert "沙袋" not in hands.page.evaluate(KEPT)
    hands.sit(town.who(Role.inspector), move(town, "requested", "record_visit"))
    empty(hands)


def test_it_is_gone_once_the_act_is_done(town: Town, settle: Settle) -> None:
    hands = visiting(town, settle)
    assert town.token(town.who(Role.inspector)) not in hands.page.evaluate(KEPT)
    hands.send("登记现场督查")
    hands.press("登记现场督查")
    empty(hands)
    hands.fill(VISIT)
    hands.page.route("**/record_visit", lambda route: route.abort("internetdisconnected"))
    press_in_vain(hands.page)
    hands.page.unroute_all()
    hands.watched.forgive("ERR_INTERNET_DISCONNECTED")
    hands.page.go_back()
    expect(hands.page.locator(".done-box")).to_be_visible()  # it speaks of the first one
    hands.press("登记现场督查")
    shows(hands, VISIT, restored=True)


def test_a_report_that_was_taken_is_not_there_again(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector)
    for nth, actor in enumerate((town.who(Role.inspector), hotline_clerk(town)), 1):
        facts = {"隐患名称": "示例踏板松动", "隐患描述": f"{nth}号踏板松动", "行业领域": "工贸"}
        hands.sit(actor, "/report")
        hands.fill(facts)
        hands.watched.goto("/report")
        shows(hands, facts, restored=True)
        hands.page.locator("[name=place_code]").select_option("341502100")
        hands.send("上报")
        clerk = actor.role is Role.hotline_clerk
        expect(hands.page.get_by_text("已上报", exact=True)).to_have_count(int(clerk))
        hands.watched.goto("/report")
        shows(hands, dict.fromkeys(facts, ""), restored=False)


def test_what_the_server_shows_again_wins(town: Town, settle: Settle) -> None:
    hands, address = visiting(town, settle), move(town, "requested", "record_visit")
    wrong = {**VISIT, "现场核实进度（%）": "四十"}
    hands.fill(wrong)
    hands.send("登记现场督查")
    hands.watched.forgive("^console: .*422")
    shows(hands, wrong, restored=False)
    expect(hands.field("现场核实进度（%）")).to_be_focused()
    hands.fill({"现场情况": "改过的话"})
    hands.watched.goto(address)
    shows(hands, {**wrong, "现场情况": "改过的话"}, restored=True)


def test_who_wants_to_begin_anew_does(town: Town, settle: Settle) -> None:
    hands, address = visiting(town, settle), move(town, "requested", "record_visit")
    hands.watched.goto("/desk")
    hands.page.go_back()
    shows(hands, VISIT, restored=True)
    with hands.page.expect_navigation():
        hands.page.get_by_role("button", name="清空重填").click()
    empty(hands)
    hands.fill({"现场情况": "x"})
    hands.fill({"现场情况": ""})  # nothing is left of it
    hands.watched.goto(address)
    empty(hands)


def test_a_month_filled_in_anew_stays_new(town: Town, settle: Settle) -> None:
    address = move(town, "rectifying", "report_progress")
    hands = settle(Role.enterprise_head, address)
    month, text = hands.page.locator("[name=period]"), hands.page.locator("form.form textarea")
    before = month.input_value()
    text.first.fill("完成支护")
    town.office.clock.advance(timedelta(days=40))
    hands.sit(town.who(Role.enterprise_head), address)
    expect(text.first).to_have_value("完成支护")
    expect(month).not_to_have_value(before)
