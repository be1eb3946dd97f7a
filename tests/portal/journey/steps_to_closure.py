"""A hazard's way from the notice to the closure, and the auditor's reading."""

from playwright.sync_api import expect

from actions.papers.printing import print_papers
from demo.forms import PLAN
from guapai.people import Role
from tests.portal.hands import fetched, has_place, jpeg, photo, picture_sources
from tests.portal.journey.steps import POINT, TITLE, Steps

PLANNED = {
    "目标和任务": PLAN["goals"],
    "方法和措施": PLAN["methods"],
    "经费和物资": PLAN["funds"],
    "机构和人员": PLAN["people"],
    "时限和要求": PLAN["schedule"],
    "安全措施和应急预案": PLAN["safety"],
    "预算（元）": "120,000.50",
}
TASKS = (
    {"任务": "示例泄爆口改向", "完成日期": "2026-05-20", "资金（元）": "100,000.50"},
    {"任务": "示例清灰制度", "完成日期": "2026-06-20", "资金（元）": "20,000"},
)


class StepsToClosure(Steps):
    """The steps in their order; each looks at what its person sees."""

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
        self.does("签收通知书", {"签收人": "示例负责人"})
        assert self.hands.buttons()[0] == "报送治理方案"

    def plan(self) -> None:
        """The firm plans, the chief accepts."""
        self.hands.press("报送治理方案")
        self.hands.fill(PLANNED)
        self.page.get_by_role("button", name="增加一项").click()
        for nth, task in enumerate(TASKS):
            more = {"责任人（岗位）": "安全科长", "完成的证明材料": "照片"}
            self.hands.fill_row(nth, {**task, **more})
        self.hands.send("报送治理方案")
        self.done("报送治理方案")
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
        self.page.locator(".task-acts").get_by_role("link", name="报送整改进展").first.click()
        assert hands.field("报告月份").input_value() == "2026-03"
        hands.fill({"完成比例（%）": "60", "本期进展": "已改造一半", "临时防护措施": "围挡"})
        for nth in range(len(TASKS)):
            hands.fill_row(nth, {"完成比例（%）": "50"})
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
        wanted = ["报送整改进展", "撤回延期申请"]
        assert [button for button in hands.buttons() if button in wanted] == wanted
        assert "申请延期" not in hands.buttons()
        hands.open_all()
        expect(page.locator(".reasons")).to_contain_text("还有未决定的延期申请，请先办结")
        self.sit(Role.commission_office)
        self.does("签署延期审核意见", {"审核意见": "情况属实，拟同意"})
        self.sit(Role.commission_chair, at="desk")
        acts = page.locator(".task-acts")
        acts.get_by_role("link", name="同意延期", exact=True).click()
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
        pictures = [jpeg(f"完工{n}.jpg", photo((40 + n, 180, 90))) for n in range(len(TASKS))]
        rows = hands.hand_in(*pictures)
        for nth, task in enumerate(TASKS):
            hands.say_of(rows.nth(nth), "整改后", POINT, "完工")
            rows.nth(nth).get_by_label("对应任务").select_option(label=task["任务"])
        hands.send("申请验收")
        self.done("申请验收")
        self.sees(state="待验收", acts=[])
        self.sit(Role.department_head, at="desk")
        page.locator(".task-acts").get_by_role("link", name="验收合格").click()
        hands.fill({"验收意见": "合格，同意验收"})
        for nth in range(len(TASKS)):
            hands.fill_row(nth, {"合格": "是", "核查情况或理由": "逐项核查无误"})
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
        assert hands.buttons() == []
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
        expect(after.locator("img")).to_have_count(4)
        assert len(picture_sources(page)) == 6
        left, right = before.bounding_box(), after.bounding_box()
        assert left is not None
        assert right is not None
        assert left["x"] + left["width"] <= right["x"]
        assert abs(left["y"] - right["y"]) < 2
        assert hands.sideways() == 0
        view = before.locator("a").first.get_attribute("href") or ""
        original = fetched(page, self.town.home + view.replace("/view", "/original"))
        assert has_place(original)
