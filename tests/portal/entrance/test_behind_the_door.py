"""What somebody was about to do when their session ended is there behind the door."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from guapai.people import Role
from storage.database.work import unit_of_work
from storage.people import person as people
from tests.portal.conftest import OpenPage, Settle, copied_town
from tests.portal.hands import Hands, give_password, jpeg, move, picture_sources
from tests.portal.town import Town

town = copied_town


def test_what_was_typed_when_the_session_ended_is_sent_after_the_door(
    town: Town, settle: Settle
) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    email = give_password(town, town.who(Role.inspector))
    hands.fill({"核查情况": "第一行\n  第二行“引号”&amp;", "执法人员": 2})
    hands.say_of(hands.hand_in(jpeg("现场.jpg")).first, "整改前", "东侧", "示例说明")
    town.office.clock.advance(timedelta(minutes=31))
    hands.send("核实属实")
    hands.watched.forgive("^console: .*401")
    expect(hands.page.locator(".note")).to_contain_text("您填写的内容已保留")
    hands.come_in(email, "Cuowu-2026!mima")
    hands.watched.forgive("^console: .*403")
    expect(hands.page.locator(".note")).to_contain_text("您填写的内容已保留")
    hands.come_in(email)
    expect(hands.page.locator("h1")).to_have_text("已重新登录")
    hands.press("继续提交")
    expect(hands.page.locator(".done-box")).to_have_text("已办理“核实属实”。")
    hands.open_all()
    expect(hands.page.locator(".timeline")).to_contain_text("第一行\n  第二行“引号”&amp;")
    assert len(picture_sources(hands.page)) == 1
    expect(hands.page.locator(".pair h3")).to_have_text("东侧")


def test_who_holds_two_posts_finds_the_text_after_choosing_one(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    actor = town.who(Role.inspector)
    with unit_of_work(town.office.engine, town.office.clock) as work:
        assert actor.organisation_id is not None
        since = town.office.clock().date()
        people.appoint(work, actor.person_id or 0, Role.expert, actor.organisation_id, since)
    email = give_password(town, actor)
    hands.fill({"核查情况": "仍然属实", "执法人员": 2})
    town.office.clock.advance(timedelta(minutes=31))
    hands.send("核实属实")
    hands.watched.forgive("^console: .*401")
    hands.come_in(email)
    expect(hands.page.locator("h1")).to_have_text("选择岗位")
    hands.page.get_by_role("button", name="执法人员").click()
    hands.press("继续提交")
    expect(hands.page.locator(".done-box")).to_have_text("已办理“核实属实”。")


def test_the_page_one_wanted_is_there_after_the_door(town: Town, open_page: OpenPage) -> None:
    hands = Hands(open_page(town.home), town)
    email = give_password(town, town.who(Role.inspector))
    hands.watched.goto("/ledger?text=渡口&stage=ended")
    hands.come_in(email)
    expect(hands.page).to_have_url(re.compile(r"/ledger\?text=.*&stage=ended$"))
    expect(hands.page.locator(".rows")).to_contain_text("渡口船舶超载")


def test_a_filter_after_the_session_ended_leads_to_the_door_and_back(
    town: Town, settle: Settle
) -> None:
    hands = settle(Role.inspector, "/ledger?text=渡口")
    email = give_password(town, town.who(Role.inspector))
    town.office.clock.advance(timedelta(minutes=31))
    hands.open_all()
    hands.page.get_by_label("进度").select_option(label="已办结")
    expect(hands.page.locator("h1")).to_have_text("登录")
    hands.come_in(email)
    expect(hands.page.locator(".rows")).to_contain_text("渡口船舶超载")
    expect(hands.page.get_by_label("进度")).to_have_value("ended")


def test_claiming_after_the_session_ended_leads_through_the_door(
    town: Town, settle: Settle
) -> None:
    hands = settle(Role.inspector)
    email = give_password(town, town.who(Role.inspector))
    town.office.clock.advance(timedelta(minutes=31))
    hands.page.locator(".task").first.get_by_role("button", name="认领").click()
    hands.come_in(email)
    hands.watched.forgive("^console: .*401")
    hands.press("继续提交")
    expect(hands.page.get_by_role("button", name="释放")).to_have_count(1)
