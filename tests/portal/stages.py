"""One case in every state of the line, and a few with something beside it."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from actions.clock.ladder import sweep
from actions.papers.printing import print_papers
from actions.post.digest import gather
from actions.post.posting import post
from guapai.clock import SimulatedClock
from guapai.people import Role
from guapai.settings import Settings
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from portal.web.app import build_app
from portal.web.visit import Sample, Samples
from statemachines.hazard.states import HazardState
from storage.database.engine import open_engine
from tests.actions.conftest import Office
from tests.conftest import START, Databases
from tests.portal.browser import serving
from tests.portal.hands import SECRET, give_camera
from tests.portal.town import Town, readers

R, S = Role, HazardState
SENDER = Sender("post@example.com", "示例挂牌督办", "example.com")
MAJOR = {"clauses": ["LA-工贸-02"], "causes": "年久失修", "harm": "较大"}
MORE_TIME = {
    "reason": "示例设备供货延迟",
    "progress": "过半",
    "interim_measures": "停用",
    "asked_deadline": "2026-07-20",
}


class Stages:
    """Cases by what is done to them in one office."""

    def __init__(self, office: Office) -> None:
        self.office, self.act = office, office.act

    def graded(self, **changes: Any) -> int:
        """Major, signed by two."""
        case = self.waiting(**changes)
        self.act(R.expert, "grade_major", None, case)
        return case

    def waiting(self, **changes: Any) -> int:
        """Its grading waits for the second signature."""
        case = self.office.grading(**{"title": "示例等待第二人签署", **changes})
        self.act(R.division_chief, "grade_major", MAJOR, case)
        return case

    def unowned(self) -> int:
        """Major, and nobody is known who answers for it."""
        return self.graded(unit_id=None, title="示例无主水坝渗漏")

    def ownerless(self) -> int:
        """Nobody answers for it."""
        case = self.unowned()
        facts = {
            "reason": "无人认领",
            "ground": "legacy",
            "search_record": ["走访乡镇，未果", "查询登记，未果"],
            "evidence": self.office.photos(),
        }
        self.act(R.division_chief, "declare_ownerless", facts, case)
        return case

    def rechecked(self) -> int:
        """A general hazard that is said to be fixed."""
        case = self.office.general()
        self.act(R.safety_officer, "report_fixed", {"done": "已整改"}, case)
        return case

    def proposed(self) -> int:
        """Its listing is proposed."""
        case = self.office.reported(title="示例待挂牌决定")
        terms = {**self.office.terms(), "reason": "危险"}
        self.act(R.division_chief, "propose_listing", terms, case)
        return case

    def served(self) -> int:
        """Listed, and the notice is served."""
        office = self.office
        case = office.listed(title="示例已送达")
        print_papers(office.engine, office.files, office.clock)
        self.act(R.enterprise_head, "acknowledge_notice", {"receiver": "示例"}, case)
        return case

    def planned(self) -> int:
        """A plan that waits for its review."""
        case = self.served()
        self.act(R.enterprise_head, "file_plan", self.office.plan(case), case)
        return case

    def rework(self) -> int:
        """Not accepted by three."""
        case = self.office.requested()
        failed = self.office.failed(case, "2026-08-01", "示例围堰高度不足")
        self.act(R.department_head, "fail_acceptance", failed, case)
        for role in (R.inspector, R.expert):
            self.act(role, "fail_acceptance", None, case)
        return case

    def shutting(self) -> int:
        """To be closed for good, if the government agrees."""
        return self.office.shutting(title="示例作坊拒不整改")

    def decided(self) -> int:
        """The government has decided to close the place."""
        case = self.shutting()
        self.act(R.government, "shut_down", {"decision_no": "示例1号"}, case)
        return case

    def executed(self) -> int:
        """That was carried out."""
        case = self.decided()
        self.office.execute_shutdown(case)
        return case

    def shut(self) -> int:
        """Closed for good."""
        case = self.executed()
        self.office.accept_shutdown(case)
        return case

    def gone(self, move: str, **more: str) -> int:
        """No concern of this office any more."""
        case = self.office.lead()
        self.act(R.division_chief, move, {"reason": "示例理由", **more}, case)
        return case

    def deferring(self) -> int:
        """More time was asked for."""
        return self._asked()[0]

    def endorsed(self) -> int:
        """More time was asked for, and the office agrees."""
        case, row = self._asked()
        said = {"opinion": "情况属实"}
        self.act(R.commission_office, "endorse", said, row, noun="deferral", case=case)
        return case

    def _asked(self) -> tuple[int, int]:
        case = self.office.rectifying(title="示例申请延期")
        done = self.act(R.enterprise_head, "apply", MORE_TIME, noun="deferral", case=case)
        return case, done.row_id

    def all(self) -> dict[str, int]:
        """The cases by their state, and the others by what is the matter with them."""
        office = self.office
        made: dict[str, Callable[[], int]] = {
            S.lead: partial(office.lead, contact="示例联系人 0564-0000001"),
            S.grading: office.grading,
            S.general_fixing: office.general,
            S.general_recheck: self.rechecked,
            S.major_confirmed: self.graded,
            S.reported: office.reported,
            S.plan_due: office.listed,
            S.plan_review: self.planned,
            S.rectifying: office.rectifying,
            S.acceptance_requested: office.requested,
            S.rework: self.rework,
            S.accepted: office.accepted,
            S.closed: office.closed,
            S.ownerless: self.ownerless,
            S.shutdown_proposed: self.shutting,
            S.shutting_down: self.decided,
            S.shutdown_executed: self.executed,
            S.shut_down: self.shut,
            S.transferred_out: partial(self.gone, "transfer_out", receiver="示例部门"),
            S.voided: partial(self.gone, "dismiss"),
            "waiting": self.waiting,
            "unowned": self.unowned,
            "proposed": self.proposed,
            "served": self.served,
            "deferring": self.deferring,
            "endorsed": self.endorsed,
        }
        return {str(name): make() for name, make in made.items()}


@pytest.fixture(scope="module")
def staged_town(
    databases: Callable[[str], Databases], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """A town with a case in every state, a week later, reminders and letters on their way.

    A module whose tests look at its pages makes it its `town`.
    """
    found = databases("sqlite")
    url, files = found.copy("stages"), tmp_path_factory.mktemp("stages") / "files"
    engine, clock = open_engine(url), SimulatedClock(START)
    office = Office(engine, clock, files)
    give_camera(office)
    cases = Stages(office).all()
    clock.advance(timedelta(days=8))
    sweep(engine, clock)
    gather(engine, clock)
    asyncio.run(post(engine, MemoryOffice(SENDER), clock, batch=20))
    office.lead(title="示例今日上报")
    shown = Samples((Sample("示例人员", "nobody@example.com", Role.inspector, "示例单位"),), SECRET)
    with serving(build_app(Settings(database_url=url, files=files), clock, samples=shown)) as home:
        yield Town(office, home, cases, readers(office))
    engine.dispose()
    found.drop(url)
