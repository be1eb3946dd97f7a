"""Forms as people use them: with mistakes, in a race, twice, too late, without scripts, by keyboard."""

import io
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from demo.city import City
from guapai.clock import SimulatedClock
from guapai.people import Actor, Role
from guapai.settings import Settings
from portal.app import build_app
from storage import person as people
from storage.engine import open_engine
from storage.work import unit_of_work
from tests.actions.conftest import Office
from tests.conftest import START, Databases
from tests.portal.browser import serving
from tests.portal.conftest import OpenPage
from tests.portal.hands import (
    PHONE,
    ROW,
    SECRET,
    Hands,
    fetched,
    give_camera,
    give_password,
    jpeg,
    photo,
    picture_sources,
    stored,
)
from tests.portal.town import Town, fill, readers

MIB = 1024 * 1024
Settle = Callable[..., Hands]


class Filled:
    """A town that is filled once; each test gets a copy of it."""

    def __init__(self, databases: Databases, files: Path) -> None:
        self.databases, self.files = databases, files
        engine = open_engine(databases.copy("filled"))
        office = Office(engine, SimulatedClock(START), files)
        give_camera(office)
        self.cases = fill(office)
        self.readers: dict[Role, Actor] = readers(office)
        self.city: City = office.city
        self.now = office.clock()
        engine.dispose()


@pytest.fixture(scope="module")
def filled(
    databases: Callable[[str], Databases], tmp_path_factory: pytest.TempPathFactory
) -> Filled:
    """The town, filled."""
    return Filled(databases("sqlite"), tmp_path_factory.mktemp("filled") / "files")


@pytest.fixture
def town(filled: Filled, tmp_path: Path) -> Iterator[Town]:
    """A copy of the town behind a portal of its own."""
    url, files = filled.databases.copy("form", of="filled"), tmp_path / "files"
    shutil.copytree(filled.files, files)
    engine, clock = open_engine(url), SimulatedClock(filled.now)
    office = Office(engine, clock, files, filled.city)
    with serving(build_app(Settings(database_url=url, files=files), clock)) as home:
        yield Town(office, home, dict(filled.cases), filled.readers)
    engine.dispose()
    filled.databases.drop(url)


@pytest.fixture
def settle(town: Town, open_page: OpenPage) -> Settle:
    """Somebody sits down at a browser of their own."""

    def sit(
        role: Role, path: str = "/desk", nth: int = 0, *, width: int = 1280, scripts: bool = True
    ) -> Hands:
        watched = open_page(town.home, width, 900, java_script_enabled=scripts)
        hands = Hands(watched, town)
        hands.sit(town.who(role, nth), path)
        return hands

    return sit


def move(town: Town, case: str, name: str) -> str:
    """Where the form of a move of a case is."""
    number = town.cases[case]
    return f"/cases/{number}/hazard/{number}/{name}"


def times(page: Page, title: str) -> int:
    """How often something has happened in the case whose page this is."""
    return page.locator(".timeline b").get_by_text(title, exact=True).count()


# ---- what is wrong is said where it is wrong


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
    hands.send("申请验收")
    hands.open_all()
    expect(hands.page.locator(".timeline")).to_contain_text("12,000.50")


def test_a_missing_photo_is_said_at_the_photos(town: Town, settle: Settle) -> None:
    hands = settle(Role.department_head, move(town, "requested", "pass_acceptance"))
    hands.fill({"验收意见": "合格", "逐项核查情况": "逐项"})
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


# ---- in a race, twice, too late


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
        hands.fill({"核查情况": "属实，\n见照片", "执法人员及证号": "示例甲\n示例乙"})
        hands.send("核实属实")
    second.watched.forgive("^console: .*409")
    expect(second.page.locator("h1")).to_have_text("未能办理")
    expect(second.page.locator(".alert-box")).to_contain_text("办理“核实属实”")
    expect(second.page.locator("main .facts")).to_contain_text("属实，\n见照片")
    expect(second.page.locator("main .facts")).to_contain_text("示例甲\n示例乙")


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
    hands.fill(facts)
    hands.send("上报")
    assert hands.case_id() != first


def test_what_was_typed_when_the_session_ended_is_sent_after_the_door(
    town: Town, settle: Settle
) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    email = give_password(town, town.who(Role.inspector))
    hands.fill({"核查情况": "第一行\n  第二行“引号”&amp;", "执法人员及证号": "示例甲\n示例乙"})
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
    hands.fill({"核查情况": "仍然属实", "执法人员及证号": "示例甲\n示例乙"})
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


# ---- without scripts


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
    expect(page.locator(".alert-box")).to_contain_text("请填写两名以上执法人员")
    hands.fill_plainly({"officers": "示例甲\n示例乙"})
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
    hands.fill_plainly({"finding": "属实", "officers": "示例甲\n示例乙"})
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


# ---- uploads


def slow_down(page: Page, a_second: int) -> None:
    """From now on so many bytes a second leave the browser; -1: as many as there are."""
    speed = {"offline": False, "latency": 0, "downloadThroughput": -1}
    connection = page.context.new_cdp_session(page)
    connection.send("Network.emulateNetworkConditions", {**speed, "uploadThroughput": a_second})


def test_several_files_go_up_at_once_and_show_how_far_they_are(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    page = hands.page
    hands.fill({"核查情况": "属实", "执法人员及证号": "示例甲\n示例乙"})
    slow_down(page, MIB)
    large = photo(side=2000)
    assert MIB < len(large) < 2 * MIB
    page.set_input_files(
        "#evidence-upload", [jpeg(f"照片{n}.jpg", large + bytes([n])) for n in range(4)]
    )
    rows = page.locator(ROW)
    expect(rows).to_have_count(4)
    expect(rows.first.locator("img")).to_be_visible()
    part = (
        "() => [...document.querySelectorAll('progress')].some((p) => p.value > 0 && p.value < 100)"
    )
    page.wait_for_function(part)
    send = page.locator(".form-acts button")
    expect(send).to_have_attribute("aria-disabled", "true")
    send.click(force=True)
    expect(page.locator(".upload-note")).to_have_text("还有文件正在上传，请稍候再提交")
    expect(page).to_have_url(town.home + move(town, "lead", "verify"))
    slow_down(page, -1)
    for nth in range(4):
        expect(rows.nth(nth)).to_have_attribute("data-state", "done", timeout=20_000)
        expect(rows.nth(nth).locator("progress")).to_be_hidden()
    expect(page.locator(".upload-note")).to_have_text("")
    rows.nth(1).get_by_role("button", name="移除 照片1.jpg").click()
    expect(rows).to_have_count(3)
    expect(page.locator("#evidence-upload")).to_be_focused()
    hands.send("核实属实")
    expect(page.locator(".done-box")).to_be_visible()
    expect(page.locator(".pair .file, .pair img")).to_have_count(3)
    assert "照片1.jpg" not in page.locator(".pair").inner_text()


def test_a_broken_connection_is_resumed_where_it_broke(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    page = hands.page
    sent: list[tuple[str, int]] = []

    def break_once(route: Route) -> None:
        request = route.request
        offset = int(request.headers.get("upload-offset", "-1"))
        sent.append((request.method, offset))
        if request.method == "PATCH" and offset == MIB and sent.count(("PATCH", MIB)) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/*", break_once)
    data = photo(side=2400)
    hands.hand_in(jpeg("大照片.jpg", data))
    assert [o for m, o in sent if m == "PATCH"][:3] == [0, MIB, MIB]
    assert ("HEAD", -1) in sent
    assert sent.count(("PATCH", 0)) == 1
    page.unroute_all()
    hands.watched.forgive("ERR_CONNECTION_RESET")
    if hands.watched.finds:
        hands.watched.forgive("^console: .*ERR_CONNECTION_RESET")
    hands.fill({"核查情况": "属实"})
    hands.send("核实属实")
    expect(page.locator(".done-box")).to_be_visible()
    auditor = settle(Role.auditor, f"/cases/{town.cases['lead']}")
    number = re.search(r"/evidence/(\d+)", picture_or_file(auditor.page))
    assert number is not None
    assert fetched(auditor.page, f"{town.home}/evidence/{number.group(1)}/original") == data


def picture_or_file(page: Page) -> str:
    """The address behind the first piece of evidence on the page of a case."""
    return page.locator(".pair .shot a").first.get_attribute("href") or ""


def test_a_file_that_breaks_off_and_is_picked_again_goes_on(
    town: Town, settle: Settle, tmp_path: Path
) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    page, file = hands.page, tmp_path / "大照片.jpg"
    file.write_bytes(photo(side=2400))
    page.route(
        "**/uploads/*",
        lambda route: (
            route.abort()
            if route.request.headers.get("upload-offset") == str(2 * MIB)
            else route.continue_()
        ),
    )
    page.set_input_files("#evidence-upload", [file])
    page.wait_for_function("() => (document.querySelector('progress')?.value || 0) > 30")
    page.wait_for_timeout(300)
    page.unroute_all()
    page.reload()
    hands.watched.finds.clear()
    offsets: list[str] = []
    page.on("request", lambda r: offsets.append(r.headers.get("upload-offset", "")))
    page.set_input_files("#evidence-upload", [file])
    expect(page.locator(ROW)).to_have_attribute("data-state", "done")
    assert "0" not in offsets
    assert str(2 * MIB) in offsets


def test_what_only_calls_itself_a_photo_is_refused_beside_it(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    page = hands.page
    before = stored(town.office.files)
    program = b"MZ\x90\x00" + bytes(2000)
    page.set_input_files(
        "#evidence-upload",
        [
            jpeg("其实是程序.jpg", program),
            {"name": "程序.exe", "mimeType": "application/x-msdownload", "buffer": program},
            jpeg("其实是文档.jpg", b"%PDF-1.7\n%%EOF\n"),
        ],
    )
    rows = page.locator(ROW)
    said = rows.locator(".evidence-said[role=alert]")
    expect(said).to_have_count(3)
    expect(said.nth(0)).to_contain_text("不支持这种文件")
    expect(said.nth(1)).to_contain_text("不支持这种文件")
    expect(said.nth(2)).to_contain_text("文件的内容与扩展名不符")
    expect(rows.nth(1)).to_have_attribute("data-state", "refused")
    assert stored(town.office.files) == before
    hands.watched.forgive("^console: .*422")
    hands.fill({"核查情况": "属实", "执法人员及证号": "示例甲\n示例乙"})
    rows.nth(2).get_by_role("button").click()
    expect(rows).to_have_count(2)
    hands.send("核实属实")
    expect(page.locator(".done-box")).to_be_visible()
    expect(page.locator(".pair")).to_have_count(0)


# ---- the desk and the ledger


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


def test_without_scripts_the_server_says_what_is_missing(town: Town, settle: Settle) -> None:
    hands = settle(Role.division_chief, "/desk?kind=grade", scripts=False)
    page = hands.page
    page.locator("details.bulk summary").click()
    with page.expect_navigation():
        page.locator(".bulk-body button").click()
    expect(hands.main).to_contain_text("请先勾选要办理的事项")
    hands.watched.forgive("^console: .*422")


def test_another_language_is_the_same_page(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, "/ledger?text=渡口&stage=ended")
    page = hands.page
    page.locator("details.menu > summary").click()
    with page.expect_navigation():
        page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Ledger")
    expect(page.locator(".rows")).to_contain_text("渡口船舶超载")
    expect(page).to_have_url(re.compile("stage=ended$"))


def test_typed_text_is_not_thrown_away_by_a_slip(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, move(town, "lead", "verify"))
    page, asked = hands.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    hands.field("核查情况").press_sequentially("属实")
    page.locator(".form-acts").get_by_role("link", name="取消").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(hands.field("核查情况")).to_have_value("属实")
    hands.fill({"执法人员及证号": "示例甲\n示例乙"})
    hands.send("核实属实")
    assert asked == ["beforeunload"]


def test_filters_stand_in_the_address_and_survive_reload_and_back(
    town: Town, settle: Settle
) -> None:
    hands = settle(Role.commission_office, "/ledger")
    page = hands.page
    rows = page.locator(".rows tbody tr")
    expect(rows).to_have_count(len(town.cases))
    page.locator(".more-filters summary").click()
    page.get_by_label("状态").select_option(label="整改中")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile("state=rectifying"))
    page.get_by_label("等级").select_option(label="一般隐患")
    expect(rows).to_have_count(0)
    expect(hands.main).to_contain_text("没有符合条件的隐患。")
    expect(page.locator("#chosen .pill")).to_have_text(["整改中", "一般隐患"])
    page.go_back()
    expect(rows).to_have_count(1)
    expect(page.locator("#chosen .pill")).to_have_text(["整改中"])
    expect(page.get_by_label("状态")).to_have_value("rectifying")
    expect(page.get_by_label("等级")).to_have_value("")
    page.reload()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("状态")).to_have_value("rectifying")
    rows.get_by_role("link").click()
    assert hands.case_id() == town.cases["rectifying"]
    page.go_back()
    expect(rows).to_have_count(1)
    expect(page.locator("#chosen .pill")).to_have_text(["整改中"])
    page.locator(".more-filters summary").click()
    page.get_by_label("状态").select_option(label="全部")
    expect(rows).to_have_count(len(town.cases))
    page.get_by_label("进度").select_option(label="已办结")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("渡口船舶超载")


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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("渗漏", "水库坝体渗漏"),
        ("  渗漏 ", "水库坝体渗漏"),
        ("超载", "渡口船舶超载"),
        ("341502-2026-00003", "安全出口锁闭"),
    ],
)
def test_two_signs_or_a_number_find(town: Town, settle: Settle, text: str, found: str) -> None:
    hands = settle(Role.inspector, "/ledger")
    hands.page.get_by_role("searchbox").fill(text)
    hands.page.keyboard.press("Enter")
    rows = hands.page.locator(".rows tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(found)


def test_one_sign_says_that_it_is_too_short(town: Town, settle: Settle) -> None:
    hands = settle(Role.inspector, "/ledger")
    hands.page.get_by_role("searchbox").fill("渗")
    hands.page.get_by_role("button", name="查询").click()
    expect(hands.page.locator(".note")).to_have_text("请输入至少两个字。")


def test_the_workbook_holds_what_is_shown_and_no_formula(town: Town, settle: Settle) -> None:
    town.office.lead(title='=HYPERLINK("http://elsewhere.example";"公示")', description="@SUM(1)")
    hands = settle(Role.commission_office, "/ledger")
    page = hands.page
    page.locator(".more-filters summary").click()
    page.get_by_label("等级").select_option(label="未判定")
    rows = page.locator(".rows tbody tr")
    expect(rows).to_have_count(3)
    shown = [
        (row.locator("td").first.inner_text(), row.locator("th").inner_text()) for row in rows.all()
    ]
    with page.expect_download() as download:
        page.get_by_role("link", name="导出Excel").click()
    assert download.value.suggested_filename == "隐患台账.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book.worksheets[0]
    head, *lines = list(sheet.iter_rows())
    assert [c.value for c in head][:2] == ["编号", "隐患名称"]
    bare = [(number, title.strip("\u2066\u2067\u2068\u2069")) for number, title in shown]
    assert [(line[0].value, line[1].value) for line in lines] == bare
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    book.close()


# ---- by keyboard, and very large


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
    expect(page.locator(".alert-box")).to_contain_text("请填写两名以上执法人员")
    hands.watched.forgive("^console: .*409")
    tab_to(page, hands.field("执法人员及证号"))
    page.keyboard.type("示例甲\n示例乙")
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
