"""Cases in every state and the form of every move in three widths: nothing keeps anybody out.

CI looks at a case and at a form of every kind, `make test-long` at all there are.
"""

from datetime import timedelta
from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from actions.act.prospect import prospects
from guapai.people import Actor, Role
from portal.words.field import fields_of
from statemachines.hazard.states import HazardState
from statemachines.nouns import PROCEDURES
from storage.database.work import unit_of_work
from tests.actions.conftest import PLACE, Office
from tests.portal.hands import move
from tests.portal.looks.looker import Looker, new_looker
from tests.portal.stages import staged_town
from tests.portal.town import Town

R = Role
STATES = {str(s) for s in HazardState}
PARTS = 3
"""How many tests share the many pages, so that processes can share the tests."""
LOCAL = (
    *(R.inspector, R.division_chief, R.department_head, R.legal_reviewer, R.expert, R.publisher),
    *(R.enterprise_head, R.safety_officer, R.commission_office, R.commission_chair, R.government),
)
town, looker = staged_town, new_looker
CASES = ("case/case.html", "case/letter.html", "case/contact.html", "case/notices.html")
FORMS = ("case/move.html", "case/gone.html")


class Form(NamedTuple):
    """Where the form of a move is, and for whom."""

    actor: Actor
    address: str
    title: str
    kinds: frozenset[str]
    """The kinds of controls it has."""


@pytest.mark.long
@pytest.mark.parametrize("nth", range(PARTS))
def test_cases_in_every_state(town: Town, looker: Looker, nth: int) -> None:
    assert set(town.cases) >= STATES
    for name, case in list(town.cases.items())[nth::PARTS]:
        looker.sit(town.who(R.inspector), f"/cases/{case}")
        if name in STATES:
            titles = PROCEDURES["hazard"].titles
            assert looker.hands.state() == titles[HazardState(name)], name
    looker.conclude()


def test_cases_as_others_see_them(town: Town, looker: Looker) -> None:
    page, cases = looker.page, town.cases
    looker.sit_also(town.who(R.enterprise_head), f"/cases/{cases['rectifying']}")
    looker.sit(town.who(R.commission_chair), f"/cases/{cases['deferring']}")
    looker.sit(town.who(R.auditor), f"/cases/{cases['closed']}/notices")
    looker.sit(town.who(R.auditor), f"/cases/{cases['closed']}")
    page.locator(".timeline .attached a[href*='/letters/']").first.click()
    expect(page.locator(".mail")).to_be_visible()
    looker.look("a letter")
    looker.sit(town.who(R.inspector), f"/cases/{cases['lead']}/contact")
    looker.conclude(*CASES)


def standing_still(office: Office) -> tuple[int, int]:
    """A danger with a stop that two officers ordered, and a stop whose end is applied for."""
    spot, asked = office.grading(title="示例险情"), office.rectifying(title="示例申请恢复")
    office.act(R.inspector, "record_danger", {"reason": "冒烟"}, spot)
    stop = {
        k: v for k, v in office.stopping("part").items() if k not in ("stop_number", "stop_until")
    }
    office.act(R.inspector, "stop_on_the_spot", {**stop, "evacuated": True}, spot)
    office.act(R.inspector, "stop_on_the_spot", None, spot, nth=1)
    office.stop(asked)
    office.ask_to_resume(asked)
    return spot, asked


def handed_up(office: Office) -> int:
    """A hazard whose listing the office of the county asked the city to decide."""
    case = office.grading(title="示例提请上级挂牌")
    deadly = {"clauses": [office.clause], "causes": "缺失", "harm": "较大", "potential_deaths": 12}
    office.act(R.division_chief, "grade_major", deadly, case)
    office.act(R.expert, "grade_major", None, case)
    report = {"causes": "缺失", "harm": "较大", "plan": "改造"}
    office.act(R.enterprise_head, "file_report", report, case)
    office.examined(case, {**office.terms(), "level": "city"})
    asking = office.who(R.commission_office)
    office.on_listing(asking, "propose_upward", case, {"reason": "超出本级"})
    return case


def agreed(office: Office) -> int:
    """A proposal to list that the office of the commission has to examine."""
    case = office.reported(title="示例待审核挂牌建议")
    terms = {**office.terms(), "reason": "危险"}
    office.act(R.division_chief, "propose_listing", terms, case)
    office.on_listing(office.who(R.department_head), "agree_listing", case)
    return case


def funded(office: Office) -> int:
    """A hazard of a bankrupt firm: the government names who treats it, and the money."""
    case = office.rectifying(title="示例破产企业隐患")
    named = {
        "unit_id": office.city.at("township", f"{PLACE}100"),
        "designation_no": "示例指定1号",
        "fund_source": "专项配套资金",
        "fund_fen": 50_000_000,
        "allocation": "示例财建1号",
        "reason": "企业破产，无人承继",
        "ground": "bankruptcy",
    }
    office.act(R.government, "redesignate", named, case)
    return case


def wrongly_public(office: Office) -> int:
    """A listing that was published and then voided."""
    case = office.listed(title="示例公示后撤销")
    today = office.clock().date().isoformat()
    shown = {"medium": "示例网站", "published_on": today}
    office.act(R.publisher, "publish_listing", shown, case)
    wrong = {"reason": "判定有误", "ground": "wrong_grading"}
    office.act(R.commission_chair, "void", wrong, case)
    return case


@pytest.fixture(scope="module")
def forms(town: Town) -> list[Form]:
    """One of each, of those who may sign what another did too; no move of people is without."""
    office, found = town.office, dict[tuple[str, str, bool], Form]()
    office.clock.advance(timedelta(days=10))  # until a plan is late
    city = office.city.who(R.commission_chair, office.city.at("commission", "341500"))
    stopped = office.rectifying(title="除尘系统停产整改")
    office.stop(stopped, "part")
    others = (made(office) for made in (handed_up, agreed, funded, wrongly_public))
    for case in (*town.cases.values(), stopped, *standing_still(office), *others):
        for actor in (*map(town.who, LOCAL), city):
            with unit_of_work(office.engine, office.clock, write=False) as work:
                for p in prospects(work, actor, case):
                    signing = p.waiting is not None and not p.waiting.signed
                    address = f"/cases/{case}/{p.noun}/{p.row_id or 0}/{p.move.name}"
                    if p.open:
                        kinds = {f.kind for f in fields_of(p.move.facts)}
                        said = frozenset({"signing"} if signing else kinds)
                        form = Form(actor, address, p.move.title, said)
                        found.setdefault((p.noun, p.move.name, signing), form)
    made = {
        (n, m.name)
        for n in ("hazard", "deferral", "listing")
        for m in PROCEDURES[n].moves
        if m.by - {R.clock} and (n, m.name) != ("hazard", "report_lead")
    }
    assert sorted(made - {(n, m) for n, m, _ in found}) == []
    return list(found.values())


def test_a_form_of_every_kind(looker: Looker, forms: list[Form]) -> None:
    left = frozenset[str]().union(*(form.kinds for form in forms))
    assert "signing" in left
    while left:
        form = max(forms, key=lambda f: len(f.kinds & left))
        left -= form.kinds
        looker.sit(form.actor, form.address)
        expect(looker.page.locator("h1")).to_have_text(form.title)
    looker.conclude(FORMS[0])


@pytest.mark.long
@pytest.mark.parametrize("nth", range(PARTS))
def test_the_form_of_every_move(looker: Looker, forms: list[Form], nth: int) -> None:
    for form in forms[nth::PARTS]:
        looker.sit(form.actor, form.address)
        expect(looker.page.locator("h1")).to_have_text(form.title)
    looker.conclude()


def test_forms_that_were_refused(town: Town, looker: Looker) -> None:
    hands = looker.hands
    for case, role, name, title in (
        ("acceptance_requested", R.department_head, "pass_acceptance", "验收合格"),
        ("rectifying", R.enterprise_head, "report_progress", "报送整改进展"),
        ("grading", R.division_chief, "grade_major", "判定为重大隐患"),
        ("reported", R.division_chief, "propose_listing", "提出挂牌建议"),
    ):
        hands.sit(town.who(role), move(town, case, name))
        hands.send(title)
        expect(looker.page.locator(".field-error")).not_to_have_count(0)
        looker.look_also(f"{title}, to be mended")
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
    looker.conclude(FORMS[1])
