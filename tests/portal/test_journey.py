"""A hazard's whole way, by the pages alone: from the photo of a firm to the auditor's reading."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from actions.posting import post
from actions.printing import print_papers
from actions.verification import verify
from demo.forms import PLAN
from guapai.clock import SimulatedClock
from guapai.people import Role
from guapai.settings import Settings
from notifications.offices import MemoryOffice
from notifications.sealing import Sender
from portal.app import build_app
from storage.engine import Engine
from tests.actions.conftest import Office
from tests.conftest import Databases
from tests.portal.browser import Chromium, serving
from tests.portal.conftest import OpenPage
from tests.portal.hands import (
    DESKTOP,
    PHONE,
    Hands,
    fetched,
    give_password,
    has_place,
    jpeg,
    photo,
    picture_sources,
)
from tests.portal.town import Town, readers

TITLE = "示例二号除尘器泄爆口朝向通道"
POINT = "示例二号除尘器东侧"
SENDER = Sender("post@example.com", "示例挂牌督办", "example.com")
TERMS = {
    "挂牌级别": "县（区）级",
    "治理完毕日期": "2026-06-30",
    "方案备案期限（日，自送达起）": "20",
    "牵头督办部门": "金安区应急管理局",
    "责任领导": "示例分管领导",
    "整改任务": "改造泄爆口，经验收合格",
    "整改措施": "停用除尘器，专人看守",
    "督办电话": "0564-0000000",
}
PLANNED = {
    "目标和任务": PLAN["goals"],
    "方法和措施": PLAN["methods"],
    "经费和物资": PLAN["funds"],
    "机构和人员": PLAN["people"],
    "时限和要求": PLAN["schedule"],
    "安全措施和应急预案": PLAN["safety"],
    "预算（元）": "120,000.50",
}


@pytest.fixture(
    params=[("sqlite", DESKTOP), ("sqlite", PHONE), ("postgresql", DESKTOP)],
    ids=["desktop", "phone", "postgresql"],
)
def kind(request: pytest.FixtureRequest) -> tuple[str, tuple[int, int]]:
    """The database, and how wide and high the window is."""
    found: tuple[str, tuple[int, int]] = request.param
    return found


@pytest.fixture
def url(kind: tuple[str, tuple[int, int]], databases: Callable[[str], Databases]) -> Iterator[str]:
    """The address of a fresh database."""
    found = databases(kind[0])
    address = found.copy("journey")
    yield address
    found.drop(address)


@contextmanager
def quiet_town(url: str, engine: Engine, clock: SimulatedClock, files: Path) -> Iterator[Town]:
    """The people of the city and nothing to do for them yet."""
    office = Office(engine, clock, files)
    found = readers(office)
    with serving(build_app(Settings(database_url=url, files=files), clock)) as home:
        yield Town(office, home, {}, found)


class Journey:
    """The steps in their order; each looks at what its person sees."""

    def __init__(self, hands: Hands, *, narrow: bool) -> None:
        self.hands, self.narrow = hands, narrow
        self.page, self.town = hands.page, hands.town
        self.case = 0

    def sit(self, role: Role, nth: int = 0, *, at: str = "case") -> None:
        """Another person sits down, at the desk or at the case."""
        path = f"/cases/{self.case}" if at == "case" else "/desk"
        assert self.hands.sit(self.town.who(role, nth), path).ok

    def sees(self, *, state: str, acts: list[str], never: tuple[str, ...] = ()) -> None:
        """The state and the acts of the case; what is closed says why instead of a button."""
        assert self.hands.state() == state
        assert self.hands.buttons() == acts
        for title in never:
            expect(self.hands.main.get_by_role("link", name=title, exact=True)).to_have_count(0)

    def does(self, title: str, values: dict[str, Any] | None = None) -> None:
        """Follow the button of an act, fill its form in, send it."""
        self.hands.press(title)
        expect(self.page.locator("h1")).to_have_text(title)
        self.hands.fill(values or {})
        self.hands.send(title)
        self.done(title)

    def done(self, title: str) -> None:
        """The page says what was just done."""
        expect(self.page.locator(".done-box")).to_have_text(f"已办理“{title}”。")

    def wait(self, **span: int) -> None:
        """Time goes by."""
        self.town.office.clock.advance(timedelta(**span))

    def report(self) -> None:
        """The firm comes in by the door, finds its desk empty and reports with a photo."""
        hands, page = self.hands, self.page
        head = self.town.who(Role.enterprise_head)
        email = give_password(self.town, head)
        hands.watched.goto("/")
        expect(page).to_have_url(f"{self.town.home}/sign-in")
        hands.come_in(email, "Cuowu-2026!mima")
        expect(page.get_by_role("alert")).to_contain_text("邮箱或密码不正确")
        expect(page.get_by_label("邮箱")).to_have_value(email)
        hands.watched.forgive("^console: .*403")
        hands.come_in(email)
        expect(page.locator("h2")).to_have_text("都办完了")
        bar = page.get_by_role("navigation", name="底部导航" if self.narrow else "主导航")
        bar.get_by_role("link", name="上报" if self.narrow else "上报隐患").click()
        assert hands.field("所在地").input_value() == "341502100"
        assert hands.field("发现日期").input_value() == "2026-03-02"
        expect(page.get_by_label("线索来源")).to_have_count(0)
        hands.fill(
            {
                "隐患名称": TITLE,
                "隐患描述": "泄爆口正对人员通道，\n距离不足两米",
                "部位": POINT,
                "行业领域": "工贸",
                "联系人及电话": "示例联系人 0564-0000001",
            }
        )
        row = hands.hand_in(jpeg("示例现场.jpg", photo((200, 60, 40)))).first
        expect(row.locator(".evidence-said")).to_have_text("已上传")
        hands.say_of(row, "整改前", POINT, "泄爆口现状")
        hands.send("上报")
        self.done("登记线索")
        self.case = hands.case_id()
        self.sees(state="线索待核实", acts=[], never=("核实属实",))
        expect(page.locator(".case-head")).to_contain_text(TITLE)
        (thumb,) = picture_sources(page)
        small = fetched(page, self.town.home + thumb)
        assert not has_place(small)
        assert b"Exif" not in small
        large = page.locator(".shot a").get_attribute("href") or ""
        assert not has_place(fetched(page, self.town.home + large))
        hands.go_out()

    def verify(self) -> None:
        """An inspector finds the duty on the desk, claims it and has been there."""
        hands, page = self.hands, self.page
        self.sit(Role.inspector, at="desk")
        task = page.locator(".task")
        expect(task).to_have_count(1)
        expect(task).to_contain_text("核实线索")
        expect(task).to_contain_text(TITLE)
        task.get_by_role("button", name="认领").click()
        expect(task.get_by_role("button", name="释放")).to_be_visible()
        page.get_by_role("link", name="我认领的").click()
        expect(task).to_have_count(1)
        self.sit(Role.inspector, 1, at="desk")
        expect(task).to_contain_text(f"{self.town.who(Role.inspector).name}已认领")
        expect(task.get_by_role("button")).to_have_count(0)
        self.sit(Role.inspector)
        self.sees(
            state="线索待核实",
            acts=["核实属实", "登记现实危险"],
            never=("核实不属实", "判定为重大隐患"),
        )
        hands.open_all()
        expect(page.locator(".reasons")).to_contain_text(
            "核实不属实 由本单位业务科（处）负责人办理"
        )
        self.does("核实属实", {"核查情况": "现场核查属实", "执法人员及证号": "示例甲\n示例乙"})
        self.sees(state="待判定", acts=["判定为一般隐患", "登记现实危险"])

    def grade(self) -> None:
        """The chief grades it major; a second person finds it on the desk and signs the same."""
        page = self.page
        self.sit(Role.division_chief, at="desk")
        acts = page.locator(".task .task-acts")
        expect(acts.get_by_role("link")).to_have_text(["判定为一般隐患", "判定为重大隐患"])
        acts.get_by_role("link", name="判定为重大隐患").click()
        expect(page.locator(".note")).to_contain_text("须多人签署")
        self.hands.fill(
            {
                "判定依据条款": "LA-工贸-01",
                "现状及产生原因": "设计缺陷",
                "危害程度和整改难易程度": "危害较大，整改较难",
                "可能造成的死亡人数": "2",
                "需停产范围": "部分停产",
            }
        )
        self.hands.send("判定为重大隐患")
        expect(page.locator(".done-box")).to_have_text("已签署“判定为重大隐患”，还差1人签署。")
        assert self.hands.state() == "待判定"
        assert "判定为重大隐患" not in self.hands.buttons()
        self.sit(Role.expert, at="desk")
        waiting = page.locator(".waiting")
        expect(waiting).to_contain_text("等待您签署")
        waiting.get_by_role("link", name="判定为重大隐患").click()
        expect(page.locator("main .facts")).to_contain_text("危害较大，整改较难")
        self.hands.press("签署")
        self.done("判定为重大隐患")
        self.sees(state="已判定重大待报告", acts=[])
        expect(page.locator(".timeline")).to_contain_text("签署：判定为重大隐患")
        self.sit(Role.expert, at="desk")
        expect(page.locator(".waiting")).to_have_count(0)

    def list(self) -> None:
        """The firm reports, the chief proposes, the chair lists it as it was proposed."""
        page = self.page
        self.sit(Role.enterprise_head, at="desk")
        page.locator(".task-acts").get_by_role("link", name="报送重大隐患报告").click()
        self.hands.fill(
            {
                "隐患的现状及其产生原因": "设计时未考虑通道",
                "危害程度和整改难易程度分析": "可能伤及两人，需改造",
                "治理方案（概要）": "改造泄爆口朝向",
                "计划完成日期": "2026-06-20",
                "自筹资金（元）": "120000.50",
                "需政府协调": True,
            }
        )
        self.hands.send("报送重大隐患报告")
        self.done("报送重大隐患报告")
        self.sees(state="已报告待挂牌决定", acts=[], never=("提出挂牌建议", "挂牌督办"))
        self.sit(Role.commission_chair)
        assert "挂牌督办" not in self.hands.buttons()
        self.hands.open_all()
        expect(page.locator(".reasons")).to_contain_text("尚无挂牌建议")
        self.sit(Role.division_chief)
        self.does("提出挂牌建议", {**TERMS, "挂牌理由": "可能造成人员伤亡"})
        self.sit(Role.commission_chair, at="desk")
        page.locator(".task-acts").get_by_role("link", name="挂牌督办").click()
        for title, value in TERMS.items():
            field = self.hands.field(title)
            chosen = field.locator("option:checked")
            said = chosen.inner_text() if chosen.count() else field.input_value()
            assert said == value, title
        self.hands.send("挂牌督办")
        self.done("挂牌督办")
        assert self.hands.state() == "挂牌待报方案"
        expect(page.locator(".side-card")).to_contain_text("县（区）级挂牌督办")

    def serve(self) -> None:
        """The paper is printed, opens as a PDF, and the firm signs for it."""
        page, office = self.page, self.town.office
        self.sit(Role.enterprise_head)
        expect(page.locator(".case-side")).to_contain_text("正在制发")
        assert "签收通知书" not in self.hands.buttons()
        self.hands.open_all()
        expect(page.locator(".reasons")).to_contain_text("通知书正在制发")
        assert print_papers(office.engine, office.files, office.clock) == 1
        page.reload()
        link = page.locator(".case-side").get_by_role("link", name="PDF")
        answer = page.context.request.get(self.town.home + str(link.get_attribute("href")))
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.body().startswith(b"%PDF")
        self.sees(state="挂牌待报方案", acts=["签收通知书"])
        self.does("签收通知书", {"送达方式": "直接送达", "签收人": "示例负责人"})
        assert self.hands.buttons() == ["报送治理方案"]

    def plan(self) -> None:
        """The firm plans, the chief accepts."""
        self.does("报送治理方案", PLANNED)
        self.sees(state="方案审查", acts=[])
        self.sit(Role.division_chief, at="desk")
        self.page.locator(".task-acts").get_by_role("link", name="方案通过").click()
        self.hands.fill({"意见": "内容完整，同意实施"})
        self.hands.send("方案通过")
        self.done("方案通过")
        assert self.hands.state() == "整改中"
        assert "退回方案" not in self.hands.buttons()

    def progress(self) -> None:
        """The safety officer reports, with a photo of before and one of after at one point."""
        hands = self.hands
        self.wait(days=20)
        self.sit(Role.safety_officer, at="desk")
        self.page.locator(".task-acts").get_by_role("link", name="报送整改进展").click()
        assert hands.field("报告月份").input_value() == "2026-03"
        hands.fill({"完成比例（%）": "60", "本期进展": "已改造一半", "临时防护措施": "围挡"})
        rows = hands.hand_in(
            jpeg("改造前.jpg", photo((90, 90, 90))), jpeg("改造后.jpg", photo((60, 160, 80)))
        )
        hands.say_of(rows.nth(0), "整改前", POINT, "改造前")
        hands.say_of(rows.nth(1), "整改后", POINT, "改造后")
        hands.send("报送整改进展")
        self.done("报送整改进展")
        sides = self.page.locator(".pair", has_text=POINT).locator(".sides > div")
        expect(sides.nth(0)).to_contain_text("改造前")
        expect(sides.nth(0)).to_contain_text("泄爆口现状")
        expect(sides.nth(1)).to_contain_text("改造后")

    def defer(self) -> None:
        """The firm asks for more time, the office endorses, the chair grants."""
        hands, page = self.hands, self.page
        self.sit(Role.enterprise_head)
        self.does(
            "申请延期",
            {
                "延期理由": "设备供货延迟",
                "治理进展": "已完成六成",
                "延期期间的临时防护措施": "继续停用",
                "申请延至": "2026-07-20",
            },
        )
        assert hands.buttons() == ["报送整改进展", "撤回延期申请"]
        hands.open_all()
        expect(page.locator(".reasons")).to_contain_text("还有未决定的延期申请，请先办结")
        self.sit(Role.commission_office)
        self.does("签署延期审核意见", {"审核意见": "情况属实，拟同意"})
        self.sit(Role.commission_chair, at="desk")
        page.locator(".task-acts").get_by_role("link", name="去办理").click()
        hands.press("同意延期")
        assert hands.field("同意延至").input_value() == "2026-07-20"
        hands.send("同意延期")
        self.done("同意延期")
        expect(page.locator(".case-side")).to_contain_text("2026-07-20")
        expect(page.locator(".side-card", has_text="第1次延期申请")).to_contain_text("同意延期")

    def accept(self) -> None:
        """The firm is done; three people sign that it is so."""
        hands, page = self.hands, self.page
        self.wait(days=30)
        self.sit(Role.enterprise_head)
        hands.press("申请验收")
        hands.fill({"治理完成情况": "已改造完毕", "自评估结论": "合格", "实际投入（元）": "118000"})
        row = hands.hand_in(jpeg("完工.jpg", photo((40, 180, 90)))).first
        hands.say_of(row, "整改后", POINT, "完工")
        hands.send("申请验收")
        self.done("申请验收")
        self.sees(state="待验收", acts=[])
        self.sit(Role.department_head, at="desk")
        page.locator(".task-acts").get_by_role("link", name="验收合格").click()
        hands.fill({"验收意见": "合格，同意验收", "逐项核查情况": "逐项核查无误"})
        hands.say_of(hands.hand_in(jpeg("验收.jpg")).first, "整改后", POINT, "验收现场")
        hands.send("验收合格")
        expect(page.locator(".done-box")).to_have_text("已签署“验收合格”，还差2人签署。")
        for role, missing in ((Role.inspector, 1), (Role.expert, 0)):
            self.sit(role, at="desk")
            page.locator(".waiting").get_by_role("link", name="验收合格").click()
            expect(page.locator("main .facts")).to_contain_text("逐项核查无误")
            hands.press("签署")
            said = f"已签署“验收合格”，还差{missing}人签署。" if missing else "已办理“验收合格”。"
            expect(page.locator(".done-box")).to_have_text(said)
        self.sees(state="验收合格待销号", acts=[])

    def close(self) -> None:
        """The office strikes it off, the publisher records where it was made public."""
        self.sit(Role.commission_office, at="desk")
        self.page.locator(".task-acts").get_by_role("link", name="销号", exact=True).click()
        self.hands.fill({"销号结论": "隐患已消除，予以销号"})
        self.hands.send("销号")
        self.done("销号")
        self.sees(state="已销号", acts=["重启"])
        self.sit(Role.publisher, at="desk")
        closure = self.page.locator(".task-acts").get_by_role("link", name="登记销号公示")
        closure.click()
        assert self.hands.field("公示日期").input_value() == "2026-04-21"
        self.hands.fill({"公示载体": "示例政府门户网站", "网址或版面": "首页公示栏"})
        self.hands.send("登记销号公示")
        self.done("登记销号公示")

    def audit(self) -> None:
        """The auditor finds it in the ledger and reads everything, but can do nothing."""
        hands, page = self.hands, self.page
        hands.sit(self.town.who(Role.auditor), "/ledger?text=除尘")
        page.get_by_role("link", name=TITLE).click()
        self.sees(state="已销号", acts=[])
        expect(page.locator("form.form")).to_have_count(0)
        told, earlier = page.locator(".timeline").inner_text(), page.get_by_text("更早的记录")
        while earlier.count():
            hands.press("更早的记录")
            told += page.locator(".timeline").inner_text()
        for role in (
            *(Role.enterprise_head, Role.safety_officer, Role.inspector, Role.division_chief),
            *(Role.expert, Role.commission_chair, Role.commission_office, Role.publisher),
            Role.department_head,
        ):
            assert self.town.who(role).name in told, role
        for title in ("登记线索", "挂牌督办", "同意延期", "签署：验收合格", "销号"):
            assert title in told, title
        if "before=" in page.url:
            hands.press("回到最新")
        self.read_letters()
        self.compare()

    def read_letters(self) -> None:
        """Each letter is listed with its state, and opens."""
        page = self.page
        letters = page.locator(".timeline .attached a[href*='/letters/']")
        assert letters.count() > 10
        expect(page.locator(".timeline")).to_contain_text("已送达对方服务器")
        name = letters.first.inner_text()
        letters.first.click()
        expect(page.locator("main .facts")).to_contain_text(name)
        expect(page.locator("main .facts")).to_contain_text("250")
        expect(page.locator(".mail")).to_contain_text(TITLE)
        page.go_back()

    def compare(self) -> None:
        """Before and after stand beside each other at the point they belong to."""
        page, hands = self.page, self.hands
        pair = page.locator(".pair")
        expect(pair).to_have_count(1)
        expect(pair.locator("h3")).to_have_text(POINT)
        before, after = pair.locator(".sides > div").nth(0), pair.locator(".sides > div").nth(1)
        expect(before.locator("img")).to_have_count(2)
        expect(after.locator("img")).to_have_count(3)
        assert len(picture_sources(page)) == 5
        left, right = before.bounding_box(), after.bounding_box()
        assert left is not None
        assert right is not None
        assert left["x"] + left["width"] <= right["x"]
        assert abs(left["y"] - right["y"]) < 2
        assert hands.sideways() == 0
        view = before.locator("a").first.get_attribute("href") or ""
        original = fetched(page, self.town.home + view.replace("/view", "/original"))
        assert has_place(original)


def test_a_hazard_goes_its_whole_way(
    kind: tuple[str, tuple[int, int]],
    url: str,
    engine: Engine,
    clock: SimulatedClock,
    tmp_path: Path,
    open_page: OpenPage,
    chromium: Chromium,
) -> None:
    files, office = tmp_path / "files", MemoryOffice(SENDER)
    with quiet_town(url, engine, clock, files) as town:
        watched = open_page(town.home, *kind[1])
        journey = Journey(Hands(watched, town), narrow=kind[1] == PHONE)
        for step in (
            *(journey.report, journey.verify, journey.grade, journey.list, journey.serve),
            *(journey.plan, journey.progress, journey.defer, journey.accept, journey.close),
        ):
            step()
            watched.assert_clean()
            with chromium.put_aside():
                posted = asyncio.run(post(engine, office, clock))
            assert posted.failed == posted.uncertain == 0
        journey.audit()
        watched.assert_clean()
    proved = verify(engine, clock, files)
    assert proved.faults == []
    assert (proved.cases, proved.files) == (1, 6)
    assert proved.letters == len(office.kept) > 10
