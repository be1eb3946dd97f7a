"""A hazard's way from the photo of a firm to the listing."""

from playwright.sync_api import expect

from guapai.people import Role
from tests.portal.hands import fetched, give_password, has_place, jpeg, photo, picture_sources
from tests.portal.journey.steps import POINT, TITLE, Steps

TERMS = {
    "挂牌级别": "县（区）级",
    "治理完毕日期": "2026-06-30",
    "方案备案期限（日，自送达起）": "20",
    "牵头督办部门": "金安区应急管理局",
    "整改任务": "改造泄爆口，经验收合格",
    "整改措施": "停用除尘器，专人看守",
    "督办电话": "0564-0000000",
}


class StepsToListing(Steps):
    """The steps in their order; each looks at what its person sees."""

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
        self.does("核实属实", {"核查情况": "现场核查属实", "执法人员": 2})
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
        """The firm reports, the chief proposes, head and office agree, the chair lists it as proposed."""
        page, head = self.page, self.town.who(Role.department_head)
        terms = {**TERMS, "责任领导": f"{head.name} 金安区应急管理局"}
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
        self.does("提出挂牌建议", {**terms, "挂牌理由": "可能造成人员伤亡"})
        for role, act in (
            (Role.department_head, "同意挂牌建议"),
            (Role.commission_office, "审核挂牌建议"),
        ):
            self.sit(role)
            self.does(act)
        self.sit(Role.commission_chair, at="desk")
        page.locator(".task-acts").get_by_role("link", name="挂牌督办").click()
        for title, value in terms.items():
            field = self.hands.field(title)
            chosen = field.locator("option:checked")
            said = chosen.inner_text() if chosen.count() else field.input_value()
            assert said == value, title
        self.hands.send("挂牌督办")
        self.done("挂牌督办")
        assert self.hands.state() == "挂牌待报方案"
        expect(page.locator(".side-card")).to_contain_text("县（区）级挂牌督办")
