"""A founded city and a short way to make acts."""

import hashlib
import io
from collections.abc import Mapping
from copy import deepcopy
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from actions.act.administration import By
from actions.act.perform import Done, perform
from actions.hand.facts import Subject
from actions.papers.printing import print_papers
from demo import tasks
from demo.city import City, found_city
from guapai.clock import SimulatedClock, local_date
from guapai.people import Actor, Role
from law.place import COUNTRY
from storage import hazard as hazards
from storage import listing
from storage import paper as papers
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.files.place import store_at
from storage.files.store import FileStore
from storage.hazard import Hazard
from storage.people import organisation as organisations
from tests.actions.sender import Sender
from tests.conftest import CITIES

PLACE = "341502"
FOUNDER = By(None, founding=True)
"""Who enters people while there is no administrator."""


def _picture() -> bytes:
    picture = io.BytesIO()
    Image.new("L", (2, 2)).save(picture, "PNG")
    return picture.getvalue()


SHUT = {
    "reason": "拒不整改",
    "ground": "unfit",
    "proof": "示例处罚决定1号",
    "evidence": [{"file": hashlib.sha256(_picture()).hexdigest(), "kind": "document"}],
}
"""What a proposal to close a place says; the file is the picture of the office."""


class Office:
    """People at work in one place of the sample city."""

    clause = "LA-工贸-01"
    """The clause of the trade on which a hazard is graded."""

    def __init__(
        self, engine: Engine, clock: SimulatedClock, files: Path, city: City | None = None
    ) -> None:
        self.engine, self.clock, self.files = engine, clock, files
        self.city = city or self._found()
        self.unit = self.city.units[PLACE][0]

    def _found(self) -> City:
        """The city that the database began with, or a new one."""
        known = CITIES.get(self.engine.dialect.name)
        with unit_of_work(self.engine, self.clock) as work:
            if known and organisations.get(work, known.at("commission", COUNTRY)):
                return deepcopy(known)
            return found_city(work)

    def who(self, role: Role, nth: int = 0) -> Actor:
        """The person in a role at this place."""
        side = {
            Role.enterprise_head: self.unit,
            Role.safety_officer: self.unit,
            Role.commission_office: self.city.at("commission", PLACE),
            Role.commission_chair: self.city.at("commission", PLACE),
            Role.government: self.city.at("government", PLACE),
        }
        return self.city.who(role, side.get(role, self.city.at("department", PLACE)), nth)

    @property
    def officers(self) -> list[int]:
        """Two officers of the department of this place, by id."""
        return self.city.officers(self.city.at("department", PLACE))

    def act(
        self,
        role: Role,
        name: str,
        facts: Mapping[str, Any] | None = None,
        row: int | None = None,
        *,
        noun: str = "hazard",
        case: int | None = None,
        nth: int = 0,
        actor: Actor | None = None,
        **more: Any,
    ) -> Done:
        """Make a move, one minute after the last one."""
        self.clock.advance(timedelta(minutes=1))
        subject = Subject(noun=noun, row_id=row, case_id=case)
        with unit_of_work(self.engine, self.clock) as work:
            return perform(work, subject, name, facts, actor or self.who(role, nth), **more)

    def lead(self, actor: Actor | None = None, **changes: Any) -> int:
        """A lead, registered by an inspector of this place or by somebody else."""
        facts = {
            "title": "除尘器泄爆口朝向通道",
            "description": "泄爆口正对人员通道",
            "another_because": "另一处泄爆口",
            "place_code": f"{PLACE}100",
            "sector": "工贸",
            "source": "inspection",
            "found_on": "2026-03-01",
            "unit_id": self.unit,
            **changes,
        }
        return self.act(Role.inspector, "report_lead", facts, actor=actor).case_id

    def grading(self, **changes: Any) -> int:
        """A verified lead."""
        case = self.lead(**changes)
        facts = {"finding": "属实", "officers": self.officers}
        self.act(Role.inspector, "verify", facts, case)
        return case

    def reported(self, **changes: Any) -> int:
        """A reported major hazard."""
        case = self.grading(**changes)
        facts = {"clauses": [self.clause], "causes": "缺失", "harm": "较大"}
        self.act(Role.division_chief, "grade_major", facts, case)
        self.act(Role.expert, "grade_major", None, case)
        self.act(
            Role.enterprise_head, "file_report", {"causes": "a", "harm": "b", "plan": "c"}, case
        )
        return case

    def terms(self, deadline: str = "2026-07-01") -> dict[str, Any]:
        """The terms of a listing."""
        return {
            "level": "county",
            "deadline": deadline,
            "lead_department_id": self.who(Role.department_head).organisation_id,
            "lead_official_id": self.who(Role.department_head).person_id,
            "part": "2号除尘器",
            "violations": ["《工贸企业重大事故隐患判定标准》（应急管理部令第10号）"],
            "tasks": "改造",
            "measures": "停用",
            "duty_phone": "0564-0000000",
        }

    def listed(self, **changes: Any) -> int:
        """A listed hazard, its notice not yet printed."""
        case = self.reported(**changes)
        self.examined(case, self.terms())
        self.act(Role.commission_chair, "list", self.terms(), case)
        return case

    def examined(self, case: int, terms: Mapping[str, Any], at: str = "") -> None:
        """The listing of a case, proposed by the chief, agreed to by the head, examined by the office."""
        chief, head, office = (
            self.city.who(role, self.city.at(kind, at)) if at else self.who(role)
            for role, kind in (
                (Role.division_chief, "department"),
                (Role.department_head, "department"),
                (Role.commission_office, "commission"),
            )
        )
        facts = {**terms, "reason": "危险"}
        self.act(Role.division_chief, "propose_listing", facts, case, actor=chief)
        self.on_listing(head, "agree_listing", case)
        self.on_listing(office, "examine_listing", case)

    def on_listing(
        self, actor: Actor, name: str, case: int, facts: Mapping[str, Any] | None = None
    ) -> Done:
        """Make a move of the last listing of a case."""
        with unit_of_work(self.engine, self.clock, write=False) as work:
            row = listing.of_case(work, case)[-1].id
        facts = facts or {}
        return self.act(actor.role, name, facts, row, noun="listing", case=case, actor=actor)

    def general(self, **changes: Any) -> int:
        """A general hazard that is being fixed."""
        case = self.grading(**changes)
        self.act(Role.inspector, "grade_general", {"reason": "一般"}, case)
        return case

    def rectifying(self, **changes: Any) -> int:
        """A listed hazard whose notice is served and whose plan is accepted."""
        case = self.listed(**changes)
        print_papers(self.engine, self.files, self.clock)
        self.clock.advance(timedelta(minutes=1))
        self.act(Role.enterprise_head, "acknowledge_notice", {"receiver": "负责人"}, case)
        self.act(Role.enterprise_head, "file_plan", self.plan(case), case)
        self.act(Role.division_chief, "accept_plan", {"opinion": "同意"}, case)
        return case

    def requested(self, **changes: Any) -> int:
        """A hazard whose unit has applied for acceptance."""
        case = self.rectifying(**changes)
        self.act(Role.enterprise_head, "request_acceptance", self.application(case), case)
        return case

    def accepted(self, **changes: Any) -> int:
        """A hazard whose acceptance three people have signed."""
        case = self.requested(**changes)
        self.accept(case)
        return case

    def closed(self, **changes: Any) -> int:
        """A hazard that is struck off."""
        case = self.accepted(**changes)
        self.act(Role.commission_office, "close", {"conclusion": "隐患已消除"}, case)
        return case

    def stop(self, case: int, how_far: str = "all", days: int = 30) -> None:
        """The head decides that production stands still."""
        self.act(Role.department_head, "stop_production", self.stopping(how_far, days), case)

    def stopping(self, how_far: str = "all", days: int = 30) -> dict[str, Any]:
        """What a decision to stop says."""
        return {
            "reason": "险情",
            "production_stopped": how_far,
            "stop_scope": "打磨车间",
            "stop_ground": "unsafe",
            "stop_number": "示例停产1号",
            "stop_until": (local_date(self.clock()) + timedelta(days=days)).isoformat(),
        }

    def ask_to_resume(self, case: int) -> None:
        """The unit has its treatment evaluated and applies for going on."""
        asked = {
            "treated": "已改造",
            "evaluator": "own",
            "evaluator_name": "示例技术组",
            "evaluation": "具备条件",
            "evidence": self.photos(),
        }
        self.act(Role.enterprise_head, "request_resumption", asked, case)

    def resume(self, case: int) -> None:
        """The unit applies, the head agrees."""
        self.ask_to_resume(case)
        answer = {"review": "现场核对", "reason": "已消除"}
        self.act(Role.department_head, "resume_production", answer, case)

    def shutting(self, **changes: Any) -> int:
        """A place whose closing is proposed to the government by two."""
        case = self.rectifying(**changes)
        facts = {**SHUT, "evidence": self.photos()}
        self.act(Role.department_head, "propose_shutdown", facts, case)
        self.act(Role.legal_reviewer, "propose_shutdown", None, case)
        return case

    def execute_shutdown(self, case: int) -> None:
        """An officer records that the government's decision was carried out."""
        items = dict.fromkeys(("permits", "power", "explosives", "dismantled", "staff"), "已落实")
        facts = {**items, "evidence": self.photos()}
        self.act(Role.inspector, "execute_shutdown", facts, case)

    def accept_shutdown(self, case: int) -> None:
        """Two others check the closure."""
        facts = {"opinion": "合格", "items_checked": "全部", "evidence": self.photos()}
        self.act(Role.division_chief, "accept_shutdown", facts, case)
        self.act(Role.inspector, "accept_shutdown", None, case, nth=1)

    def accept(self, case: int) -> None:
        """Three people sign that all is done."""
        passed = self.passed(case)
        self.act(Role.department_head, "pass_acceptance", passed, case)
        self.act(Role.inspector, "pass_acceptance", None, case)
        self.act(Role.expert, "pass_acceptance", None, case)

    def hazard(self, case: int) -> Hazard:
        """A case as it stands."""
        with unit_of_work(self.engine, self.clock, write=False) as work:
            found = hazards.get(work, case)
        assert found is not None
        return found

    def plan(self, case: int) -> dict[str, Any]:
        """A plan up to the end of the term."""
        until = self.hazard(case).deadline
        assert until is not None
        return tasks.plan(until, ["示例设备改造"])

    def application(self, case: int) -> dict[str, Any]:
        """What an application for acceptance says."""
        with unit_of_work(self.engine, self.clock, write=False) as work:
            number = papers.number_of(work, case, "listing_notice")
        shown = tasks.shown(self.hazard(case).task_list, self.photos()[0])
        said = {"statement": "已治理", "self_evaluation": "合格", "evidence": shown}
        return {**said, "notice_no": number}

    def passed(self, case: int) -> dict[str, Any]:
        """What a group says that found all done."""
        items = tasks.checked(self.hazard(case).task_list)
        said = {"opinion": "合格", "items_checked": items, "arrears": "欠报的已责令说明"}
        return {**said, "evidence": self.photos()}

    def failed(self, case: int, deadline: str, reasons: str = "仍未完成") -> dict[str, Any]:
        """What a group says that found something left to do."""
        items = tasks.checked(self.hazard(case).task_list, passed=False)
        return {"reasons": reasons, "items_checked": items, "deadline": deadline}

    def photos(self) -> list[dict[str, str]]:
        """A photo that is in the store."""
        return [{"file": self.photo, "kind": "after", "caption": "整改后全景"}]

    @cached_property
    def photo(self) -> str:
        """The hash of a stored picture."""
        kept = store_at(self.files).put([_picture()])
        with unit_of_work(self.engine, self.clock) as work:
            evidence.remember(work, kept)
        return kept.sha256


@pytest.fixture
def office(engine: Engine, clock: SimulatedClock, tmp_path: Path) -> Office:
    """The office of one place, on both databases."""
    return Office(engine, clock, tmp_path / "files")


@pytest.fixture
def sender(engine: Engine, clock: SimulatedClock, tmp_path: Path) -> Sender:
    """Somebody who sends files, on both databases."""
    return Sender(engine, clock, FileStore(tmp_path / "files"))
