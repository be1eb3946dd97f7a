"""Every page in three widths: no barrier (WCAG 2.2 A and AA), no violation, no error, no way sideways.

CI looks at one page of each template, `make test-long` at all there are.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from actions.upkeep.incidents import tend
from guapai.clock import SimulatedClock
from guapai.errors import Busy
from guapai.people import Actor, Role
from guapai.settings import Settings
from portal.web.app import build_app
from storage import letter
from storage.database.work import unit_of_work
from storage.people import person as people
from storage.questions import ledger
from tests.actions.administrator import incidents_of
from tests.conftest import START, Databases
from tests.portal.browser import serving
from tests.portal.conftest import OpenPage
from tests.portal.hands import ROW, Hands, give_password, jpeg, move
from tests.portal.looks.looker import HEIGHT, WIDTHS, Looker, new_looker, page_templates
from tests.portal.looks.test_accessible_cases import CASES, FORMS
from tests.portal.stages import staged_town
from tests.portal.town import Town

R = Role
town, looker = staged_town, new_looker
DOOR = (
    *("entrance/sign_in.html", "entrance/go_on.html"),
    *("account/password.html", "account/post.html", "error.html"),
)
DESK = ("desk/desk.html", "desk/many.html")
LISTS = (
    *("ledger/ledger.html", "account/letters.html"),
    *("account/people.html", "account/given.html", "account/entries.html"),
    *("account/ask.html", "account/together.html"),
    "operation/operation.html",
)
REPORTS = ("case/report.html", "case/reported.html", "kept.html")
SETUP = ("entrance/setup.html",)
WRONG = """(width) => document.styleSheets[0].insertRule(
    `@media (width: ${width}px) { h1 { min-width: 2000px; }
        .form-label { color: #ddd !important; }
        .foot { background: url(http://elsewhere.example/a.png); } }`)"""
"""A rule for one width: too wide, too pale, a picture of another host."""


def test_one_page_of_every_template_is_looked_at() -> None:
    assert page_templates() == {*DOOR, *DESK, *LISTS, *REPORTS, *SETUP, *CASES, *FORMS}


def test_the_door_and_what_is_around_it(town: Town, looker: Looker) -> None:
    hands, page = looker.hands, looker.page
    hands.watched.goto("/sign-in")
    looker.look("the door")
    email = give_password(town, town.who(R.publisher))
    hands.come_in(email, "Cuowu-2026!mima")
    looker.look_also("the door, a wrong password")
    looker.forgive(403)
    hands.sit(town.who(R.publisher), move(town, "plan_due", "publish_listing"))
    hands.fill({"公示载体": "示例网站"})
    page.context.clear_cookies()
    hands.send("登记挂牌公示")
    looker.look_also("the door, with a form in hand")
    looker.forgive(401)
    hands.come_in(email)
    looker.look("going on")
    two = town.who(R.legal_reviewer)
    with unit_of_work(town.office.engine, town.office.clock) as work:
        assert two.organisation_id is not None
        people.appoint(work, two.person_id or 0, R.archivist, two.organisation_id, date(2026, 1, 1))
    page.context.clear_cookies()
    hands.watched.goto("/sign-in")
    hands.come_in(give_password(town, two, first=True))
    looker.look("choosing a post")
    page.get_by_role("button", name="法制审核").click()
    expect(page.locator("h1")).to_have_text("修改密码")
    looker.look("the first password")
    looker.sit_also(town.who(R.inspector), "/password")
    looker.sit_also(town.who(R.inspector), "/post")
    looker.sit(town.who(R.inspector), "/nowhere")
    looker.forgive(404)
    looker.conclude(*DOOR)


def test_the_desk(town: Town, looker: Looker) -> None:
    hands, page = looker.hands, looker.page
    inspector = town.who(R.inspector)
    looker.sit(inspector, "/desk")
    assert page.locator(".task.late").count() > 0
    page.locator("details.menu > summary").click()
    expect(page.get_by_role("link", name="切换岗位")).to_be_visible()
    looker.look_also("the menu", "header")
    for path in ("/desk?kind=verify_lead", "/desk?narrow=mine", "/desk?narrow=late"):
        looker.sit_also(inspector, path)
    hands.sit(town.who(R.division_chief), "/desk?kind=grade")
    hands.open_all()
    expect(page.get_by_label("共同的理由或意见")).to_be_visible()
    looker.look_also("many at once, to be filled")
    hands.sit(town.who(R.expert), "/desk")
    expect(page.locator(".waiting")).to_be_visible()
    looker.look_also("a decision that waits")
    hands.sit(town.neighbour(R.enterprise_head), "/desk")
    expect(page.locator("h2")).to_have_text("都办完了")
    looker.look_also("nothing to do")
    hands.sit(town.who(R.inspector, 1), "/desk?narrow=free")
    page.locator(".task").nth(0).get_by_role("button", name="认领").click()
    expect(page.locator(".task")).not_to_have_count(0)
    hands.sit(town.who(R.inspector, 1), "/desk")
    checks = page.locator(".task input[type=checkbox]")
    for nth in range(min(3, checks.count())):
        checks.nth(nth).check()
    hands.open_all()
    page.locator("#what").select_option("release")
    with page.expect_navigation():
        page.locator(".bulk-body button").click()
    looker.look("many at once")
    looker.conclude(*DESK)


def test_lists_and_letters(town: Town, looker: Looker) -> None:
    hands, page = looker.hands, looker.page
    auditor = town.who(R.auditor)
    looker.sit(auditor, "/ledger")
    for asked in ("?text=示例&stage=open&sort=deadline", "?text=无此隐患"):
        looker.sit_also(auditor, f"/ledger{asked}")
    hands.sit(auditor, "/ledger?after=2026~1")
    expect(page.get_by_role("link", name="回到第一页")).to_be_visible()
    looker.look_also("behind the last page")
    looker.sit_also(town.who(R.inspector), "/ledger?grade=major")
    hands.sit(town.elsewhere(R.enterprise_head), "/ledger")
    expect(hands.main).to_contain_text("台账里还没有隐患")
    looker.look_also("an empty ledger")
    looker.sit(town.who(R.enterprise_head), "/letters")
    assert page.locator(".letters li").count() > 3
    looker.sit_also(town.elsewhere(R.enterprise_head), "/letters")
    incident = unreached(town)
    looker.sit(town.who(R.system_admin), "/operation")
    expect(hands.main).to_contain_text("信件无法送达")
    looker.sit_also(town.who(R.system_admin), f"/cases/{incident}")
    looker.sit(town.who(R.system_admin), "/people")
    with page.expect_navigation():
        page.get_by_role("button", name="发放初始密码").first.click()
    looker.look("a first password that was given")
    looker.sit_also(town.who(R.system_admin), "/desk")
    asked_of(town, looker)
    looker.sit(auditor, "/entries")
    looker.conclude(*LISTS)


def asked_of(town: Town, looker: Looker) -> None:
    """An administrator asks another to decide with them on the account of an auditor."""
    whom, other = (_added(town, role) for role in (R.audit_admin, R.security_admin))
    looker.sit(town.who(R.system_admin), f"/people/{whom.person_id}/ask/password")
    looker.hands.fill({"理由": "遗忘密码"})
    looker.hands.send("提请")
    expect(looker.hands.main).to_contain_text("等待共同办理")
    looker.look("what one has asked")
    looker.sit(other, "/together")
    expect(looker.hands.main).to_contain_text("等您答复")
    looker.look_also("what waits for an answer")
    with looker.page.expect_navigation():
        looker.page.get_by_role("button", name="同意办理 发放初始密码").first.click()
    looker.sit_also(town.who(R.system_admin), "/together")


def _added(town: Town, role: Role) -> Actor:
    where = town.office.city.at("department", "341500")
    with unit_of_work(town.office.engine, town.office.clock) as work:
        found = people.add(work, f"示例{role.value}", f"{role.value}@example.com")
        people.appoint(work, found, role, where, date(2020, 1, 1))
    return Actor(found, role, where, None, f"示例{role.value}")


def unreached(town: Town) -> int:
    """A letter that nobody could be found for has become an incident: its id."""
    office = town.office
    with unit_of_work(office.engine, office.clock) as work:
        letter_id = next(r.id for r in letter.every(work) if r.state == "sent")
        row = {**vars(letter.get(work, letter_id)), "state": "failed", "answer_code": 550}
        row |= {"id": work.take_id(), "answer": "no such user", "cause": "bounced"}
        work.insert(letter.TABLE, {c.name: row[c.name] for c in letter.TABLE.c})
    assert tend(office.engine, office.clock).opened > 0
    return next(int(r["id"]) for r in incidents_of(office))


def _too_many(*_: object, **__: object) -> Any:
    raise Busy("现在使用的人较多，请稍候再试")


def test_reports(town: Town, looker: Looker) -> None:
    hands, page = looker.hands, looker.page
    looker.sit_also(town.who(R.enterprise_head), "/report")
    hands.sit(town.who(R.inspector), "/report")
    looker.look_also("a report")
    page.set_input_files("#evidence-upload", [jpeg("示例.jpg"), jpeg("假.jpg", b"MZ" + bytes(99))])
    expect(page.locator(f"{ROW}[data-state=done]")).to_have_count(1)
    expect(page.locator(f"{ROW}[data-state=refused]")).to_have_count(1)
    looker.look_also("uploads")
    hands.send("上报")
    expect(page.locator(".field-error")).not_to_have_count(0)
    looker.look("a report to mend")
    looker.forgive(422)
    other = town.office.city.who(R.inspector, town.office.city.answers_for("341502", "特种设备"))
    hands.sit(other, "/report")
    hands.fill(
        {"隐患名称": "示例电梯带病运行", "隐患描述": "示例", "行业领域": "工贸"}
        | {"所在地": "金安区示例镇（341502100）", "监管部门": "金安区应急管理局"}
    )
    with pytest.MonkeyPatch.context() as crowd:
        crowd.setattr("portal.web.endpoint._work", _too_many)
        hands.send("上报")
        looker.look("a report that was kept")
        looker.forgive(503)
    with page.expect_navigation():
        page.get_by_role("button", name="再次提交").click()
    looker.look("reported to others")
    looker.conclude(*REPORTS)


def test_setting_up(
    databases: Callable[[str], Databases],
    tmp_path: Path,
    town: Town,
    looker: Looker,
) -> None:
    found = databases("sqlite")
    url = found.copy("empty")
    with serving(
        build_app(Settings(database_url=url, files=tmp_path), SimulatedClock(START))
    ) as home:
        watched = looker.hands.watched
        watched.home = home  # nobody of the town sits down here
        watched.goto("/")
        expect(watched.page).to_have_url(f"{home}/setup")
        looker.look("setting up")
        for name in ("code", "authority", "place_code", "name", "email", "password", "again"):
            words = {"email": "first@example.com", "place_code": "341500"}.get(name, "示例")
            watched.page.locator(f"[name={name}]").fill(words)
        with watched.page.expect_navigation():
            watched.page.get_by_role("button", name="完成设置").click()
        expect(watched.page.get_by_role("alert")).to_contain_text("初始化码不正确")
        looker.look_also("a wrong code")
        looker.forgive(403)
        looker.conclude(*SETUP)
    found.drop(url)


def test_english_words_fit_too(town: Town, looker: Looker, open_page: OpenPage) -> None:
    hands = Hands(open_page(town.home, 320, HEIGHT, locale="en-US"), town)
    reader = Looker(hands, (320, *WIDTHS), thorough=looker.thorough)
    reader.sit(town.who(R.inspector), "/desk")
    reader.sit(town.who(R.commission_chair), f"/cases/{town.cases['endorsed']}")
    for role, path in (
        (R.division_chief, "/desk?kind=grade"),
        (R.auditor, "/ledger?stage=open"),
        (R.system_admin, "/people"),
        (R.system_admin, "/operation"),
        (R.enterprise_head, "/letters"),
        (R.inspector, "/report"),
        (R.inspector, f"/cases/{town.cases['rectifying']}"),
        (R.department_head, move(town, "acceptance_requested", "pass_acceptance")),
    ):
        reader.sit_also(town.who(role), path)
    expect(hands.page.locator("html")).to_have_attribute("lang", "en")
    reader.conclude()


def test_a_change_of_filters_is_said(
    town: Town, looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "PAGE", 5)
    page, said = looker.page, looker.page.get_by_role("status")
    looker.hands.sit(town.who(R.auditor), "/ledger")
    looker.hands.open_all()
    expect(said).to_have_text("显示5条，还有更多")
    # a screen reader says what changes in a region it knows: the region itself has to stay
    said.evaluate("e => { e.dataset.known = 'yes'; }")
    page.get_by_label("状态").select_option(label="已判定重大待报告")
    expect(said).to_have_text("显示2条")
    page.get_by_label("等级").select_option(label="一般隐患")
    expect(said).to_have_text("显示0条")
    looker.look_also("no rows")
    page.get_by_role("searchbox").fill("示")
    page.get_by_role("button", name="查询").click()
    expect(said).to_have_text("请输入至少两个字。")
    expect(said).to_have_attribute("data-known", "yes")
    looker.look_also("one sign")
    looker.conclude()


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_wrong_in_one_width_is_found(looker: Looker, width: int) -> None:
    watched = looker.hands.watched
    watched.goto("/sign-in")
    watched.page.evaluate(WRONG, width)
    looker.look("the door")
    assert {b.partition(":")[0] for b in looker.barriers} == {f"the door in {width}"}
    assert any("pixels sideways" in b for b in looker.barriers)
    assert any("color-contrast" in b for b in looker.barriers)
    finds = watched.seen()
    assert {f.kind for f in finds} == {"csp", "elsewhere", "failed"}
    assert {f.where for f in finds} == {f"/sign-in in {width}"}
    finds.clear()
