"""Every page at three widths: no barrier (WCAG 2.2 A and AA), no violation, no error, no way sideways."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from actions.digest import gather
from actions.ladder import sweep
from actions.posting import post
from actions.prospect import prospects
from guapai.clock import SimulatedClock
from guapai.people import Actor, Role
from guapai.settings import Settings
from notifications.offices import MemoryOffice
from notifications.sealing import Sender
from portal.app import build_app
from portal.visit import Sample, Samples
from statemachines.hazard.states import HazardState
from statemachines.procedures import PROCEDURES
from storage import person as people
from storage.engine import open_engine
from storage.work import unit_of_work
from tests.actions.conftest import Office
from tests.conftest import START, Databases
from tests.portal.browser import axe, serving
from tests.portal.conftest import OpenPage
from tests.portal.hands import ROW, SECRET, Hands, give_camera, give_password, jpeg
from tests.portal.stages import Stages
from tests.portal.town import Town, readers

R = Role
STATES = {str(s) for s in HazardState}
WIDTHS = (390, 768, 1280)
SENDER = Sender("post@example.com", "示例挂牌督办", "example.com")
FEW = ("lead", "general_recheck", "plan_due", "rectifying", "closed", "shut_down", "endorsed")
"""The cases that are looked at in every width, and not in one only."""
LOCAL = (
    *(R.inspector, R.division_chief, R.department_head, R.legal_reviewer, R.expert, R.publisher),
    *(R.enterprise_head, R.safety_officer, R.commission_office, R.commission_chair, R.government),
)


@pytest.fixture(scope="module")
def town(
    databases: Callable[[str], Databases], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """A town with a case in every state, a week later, reminders and letters on their way."""
    found = databases("sqlite")
    url, files = found.copy("accessible"), tmp_path_factory.mktemp("accessible") / "files"
    engine, clock = open_engine(url), SimulatedClock(START)
    office = Office(engine, clock, files)
    give_camera(office)
    cases = Stages(office).all()
    clock.advance(timedelta(days=8))
    sweep(engine, clock)
    gather(engine, clock)
    asyncio.run(post(engine, MemoryOffice(SENDER), clock, batch=20))
    office.lead(title="示例今日上报")
    shown = Samples((Sample("示例人员", "nobody@example.com", "执法人员 · 示例单位"),), SECRET)
    with serving(build_app(Settings(database_url=url, files=files), clock, samples=shown)) as home:
        yield Town(office, home, cases, readers(office))
    engine.dispose()
    found.drop(url)


class Looker:
    """Goes from page to page and notes what keeps somebody out."""

    def __init__(self, hands: Hands) -> None:
        self.hands, self.page = hands, hands.page
        self.width = int(self.page.evaluate("() => innerWidth"))
        self.barriers: list[str] = []
        self.looked: list[str] = []

    def sit(self, actor: Actor, path: str) -> None:
        """Somebody sits down at a page."""
        self.hands.sit(actor, path)
        self.look(path)

    def look(self, name: str, within: str | None = None) -> None:
        """Look at the page there is, or a part of it, with everything open that is folded away."""
        self.looked.append(name)
        self.hands.open_all()
        said = self.page.locator("h1").all_inner_texts()
        if len(said) != 1:
            self.barriers.append(f"{name}: {len(said)} headings of the first level")
        if self.hands.sideways():
            self.barriers.append(f"{name}: {self.hands.sideways()} pixels sideways")
        for barrier in axe(self.page, within):
            self.barriers.append(f"{name}: {barrier.rule} {barrier.target} {barrier.summary}")

    def forgive(self, status: int) -> None:
        """What was refused on purpose is no error."""
        self.hands.watched.forgive(f"^console: .*{status}")

    def conclude(self) -> None:
        """Fail with everything that was found."""
        assert not self.barriers, "\n".join(self.barriers)


def case_path(town: Town, name: str) -> str:
    """The page of a case."""
    return f"/cases/{town.cases[name]}"


def move_path(town: Town, name: str, move: str) -> str:
    """The form of a move of a case."""
    return f"{case_path(town, name)}/hazard/{town.cases[name]}/{move}"


@pytest.fixture(params=WIDTHS)
def looker(request: pytest.FixtureRequest, town: Town, open_page: OpenPage) -> Looker:
    """Somebody who looks with a window of one width."""
    return Looker(Hands(open_page(town.home, request.param, 844), town))


def test_the_door_and_what_is_around_it(town: Town, looker: Looker) -> None:
    hands, page = looker.hands, looker.page
    hands.watched.goto("/sign-in")
    looker.look("the door")
    email = give_password(town, town.who(R.publisher))
    hands.come_in(email, "Cuowu-2026!mima")
    looker.look("the door, a wrong password")
    looker.forgive(403)
    hands.sit(town.who(R.publisher), move_path(town, "plan_due", "publish_listing"))
    hands.fill({"公示载体": "示例网站"})
    page.context.clear_cookies()
    hands.send("登记挂牌公示")
    looker.look("the door, with a form in hand")
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
    looker.sit(town.who(R.inspector), "/password")
    looker.sit(town.who(R.inspector), "/post")
    looker.sit(town.who(R.inspector), "/nowhere")
    looker.forgive(404)
    looker.conclude()


def test_the_desk(town: Town, looker: Looker) -> None:
    hands, page = looker.hands, looker.page
    inspector = town.who(R.inspector)
    looker.sit(inspector, "/desk")
    assert page.locator(".task.late").count() > 0
    page.locator("details.menu > summary").click()
    expect(page.get_by_role("link", name="切换岗位")).to_be_visible()
    looker.look("the menu", "header")
    for path in ("/desk?kind=verify_lead", "/desk?narrow=mine", "/desk?narrow=late"):
        looker.sit(inspector, path)
    looker.sit(town.who(R.division_chief), "/desk?kind=grade")
    expect(page.get_by_label("共同的理由或意见")).to_be_visible()
    looker.sit(town.who(R.expert), "/desk")
    expect(page.locator(".waiting")).to_be_visible()
    looker.sit(town.neighbour(R.enterprise_head), "/desk")
    expect(page.locator("h2")).to_have_text("都办完了")
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
    looker.conclude()


def test_lists_and_letters(town: Town, looker: Looker) -> None:
    hands, page = looker.hands, looker.page
    auditor = town.who(R.auditor)
    for path in ("/ledger", "/ledger?text=示例&stage=open&sort=deadline", "/ledger?text=示"):
        looker.sit(auditor, path)
    looker.sit(auditor, "/ledger?text=无此隐患")
    looker.sit(town.who(R.inspector), "/ledger?grade=major")
    looker.sit(town.elsewhere(R.enterprise_head), "/ledger")
    expect(hands.main).to_contain_text("台账里还没有隐患")
    looker.sit(town.who(R.enterprise_head), "/letters")
    assert page.locator(".letters li").count() > 3
    looker.sit(town.elsewhere(R.enterprise_head), "/letters")
    looker.sit(town.who(R.system_admin), "/people")
    with page.expect_navigation():
        page.get_by_role("button", name="发放初始密码").first.click()
    looker.look("a first password that was given")
    looker.sit(town.who(R.system_admin), "/desk")
    looker.conclude()


def test_reports(town: Town, looker: Looker) -> None:
    hands, page = looker.hands, looker.page
    looker.sit(town.who(R.enterprise_head), "/report")
    looker.sit(town.who(R.inspector), "/report")
    page.set_input_files("#evidence-upload", [jpeg("示例.jpg"), jpeg("假.jpg", b"MZ" + bytes(99))])
    expect(page.locator(f"{ROW}[data-state=done]")).to_have_count(1)
    expect(page.locator(f"{ROW}[data-state=refused]")).to_have_count(1)
    looker.look("uploads")
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
    hands.send("上报")
    looker.look("reported to others")
    looker.conclude()


def test_cases_in_every_state(town: Town, looker: Looker) -> None:
    hands, page = looker.hands, looker.page
    assert set(town.cases) >= STATES
    for name in town.cases if looker.width == 1280 else FEW:
        looker.sit(town.who(R.inspector), case_path(town, name))
        if name in STATES:
            assert hands.state() == PROCEDURES["hazard"].titles[HazardState(name)], name
    looker.sit(town.who(R.enterprise_head), case_path(town, "rectifying"))
    looker.sit(town.who(R.commission_chair), case_path(town, "deferring"))
    looker.sit(town.who(R.auditor), case_path(town, "closed"))
    page.locator(".timeline .attached a[href*='/letters/']").first.click()
    expect(page.locator(".mail")).to_be_visible()
    looker.look("a letter")
    looker.sit(town.who(R.inspector), f"{case_path(town, 'lead')}/contact")
    looker.conclude()


@pytest.mark.parametrize("looker", [390, 1280], indirect=True)
def test_the_form_of_every_move(town: Town, looker: Looker) -> None:
    office, known = town.office, set()
    everybody = [town.who(r) for r in LOCAL] + [
        office.city.who(R.commission_chair, office.city.at("commission", "341500"))
    ]
    for case in town.cases.values():
        for actor in everybody:
            with unit_of_work(office.engine, office.clock, write=False) as work:
                found = prospects(work, actor, case)
            for p in found:
                signing = p.waiting is not None and not p.waiting.signed
                if p.open and (p.noun, p.move.name, signing) not in known:
                    known.add((p.noun, p.move.name, signing))
                    address = f"/cases/{case}/{p.noun}/{p.row_id or 0}/{p.move.name}"
                    looker.sit(actor, address)
                    expect(looker.page.locator("h1")).to_have_text(p.move.title)
    made = {
        (n, m.name)
        for n in ("hazard", "deferral", "listing")
        for m in PROCEDURES[n].moves
        if m.by - {R.clock} and (n, m.name) != ("hazard", "report_lead")
    }
    assert made - {(n, m) for n, m, _ in known} == set()
    looker.conclude()


@pytest.mark.parametrize("looker", [390, 1280], indirect=True)
def test_forms_that_were_refused(town: Town, looker: Looker) -> None:
    hands = looker.hands
    for case, role, move, title in (
        ("acceptance_requested", R.department_head, "pass_acceptance", "验收合格"),
        ("rectifying", R.enterprise_head, "report_progress", "报送整改进展"),
        ("grading", R.division_chief, "grade_major", "判定为重大隐患"),
        ("reported", R.division_chief, "propose_listing", "提出挂牌建议"),
    ):
        hands.sit(town.who(role), move_path(town, case, move))
        hands.send(title)
        expect(looker.page.locator(".field-error")).not_to_have_count(0)
        looker.look(f"{title}, to be mended")
        looker.forgive(422)
    late = [town.who(R.division_chief), town.who(R.department_head)]
    case = town.office.grading(title="示例两人同时办理")
    hands.sit(late[0], f"/cases/{case}/hazard/{case}/grade_general")
    hands.fill({"判定理由": "可以立即整改"})
    town.office.act(R.inspector, "grade_general", {"reason": "已判定"}, case)
    hands.send("判定为一般隐患")
    expect(looker.page.locator("h1")).to_have_text("未能办理")
    looker.look("too late")
    looker.forgive(409)
    looker.conclude()


@pytest.mark.parametrize("width", WIDTHS)
def test_setting_up(
    databases: Callable[[str], Databases],
    tmp_path_factory: pytest.TempPathFactory,
    open_page: OpenPage,
    width: int,
) -> None:
    found = databases("sqlite")
    url, files = found.copy("empty"), tmp_path_factory.mktemp("empty")
    with serving(build_app(Settings(database_url=url, files=files), SimulatedClock(START))) as home:
        watched = open_page(home, width, 844)
        watched.goto("/")
        expect(watched.page).to_have_url(f"{home}/setup")
        assert axe(watched.page) == []
        for name in ("code", "authority", "place_code", "name", "email", "password", "again"):
            words = {"email": "first@example.com", "place_code": "341500"}.get(name, "示例")
            watched.page.locator(f"[name={name}]").fill(words)
        with watched.page.expect_navigation():
            watched.page.get_by_role("button", name="完成设置").click()
        expect(watched.page.get_by_role("alert")).to_contain_text("初始化码不正确")
        watched.forgive("^console: .*403")
        assert axe(watched.page) == []
    found.drop(url)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_english_words_fit_too(town: Town, open_page: OpenPage, width: int) -> None:
    hands = Hands(open_page(town.home, width, 844, locale="en-US"), town)
    for role, path in (
        (R.inspector, "/desk"),
        (R.division_chief, "/desk?kind=grade"),
        (R.auditor, "/ledger?stage=open"),
        (R.system_admin, "/people"),
        (R.enterprise_head, "/letters"),
        (R.inspector, "/report"),
        (R.inspector, case_path(town, "rectifying")),
        (R.commission_chair, case_path(town, "endorsed")),
        (R.department_head, move_path(town, "acceptance_requested", "pass_acceptance")),
    ):
        hands.sit(town.who(role), path)
        hands.open_all()
        assert hands.sideways() == 0, path
    expect(hands.page.locator("html")).to_have_attribute("lang", "en")
