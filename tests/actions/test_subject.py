"""Who has to remove a hazard: each dead end of the subject is lived through to the end (law.md A9)."""

from datetime import date, timedelta
from typing import Any

import pytest

from actions.act.perform import Done
from actions.people.staffing import give_post
from demo import tasks
from guapai.errors import NotAllowed, Refused
from guapai.people import Actor, Role
from storage import duty as duties
from storage import hazard as hazards
from storage import letter as letters
from storage.database.work import unit_of_work
from storage.people import organisation as organisations
from storage.people import person as people
from storage.people import staffing
from storage.people.staffing import Span
from storage.questions import fold
from tests.actions.conftest import FOUNDER, PLACE, Office

DAM = {"title": "龙穴水库大坝渗漏", "sector": "水利", "unit_id": None}


class Reservoir:
    """A reservoir in an office: the water bureau supervises it until it has to remove it itself."""

    def __init__(self, office: Office) -> None:
        self.office, self.city = office, office.city
        self.water = office.city.answers_for(PLACE, "水利")
        self.town = office.city.at("township", f"{PLACE}100")

    def lead(self) -> int:
        """Found by an inspector of the water bureau, and verified."""
        inspector = self.city.who(Role.inspector, self.water)
        case = self.office.lead(actor=inspector, **DAM)
        seen = {"finding": "属实", "officers": self.city.officers(self.water)}
        self.by(Role.inspector, "verify", seen, case)
        return case

    def major(self) -> int:
        """Graded major, and nobody answers for it."""
        case = self.lead()
        facts = {"clauses": ["LA-水利-01"], "causes": "缺失", "harm": "较大"}
        self.by(Role.division_chief, "grade_major", facts, case)
        self.by(Role.expert, "grade_major", None, case)
        return case

    def ownerless(self) -> int:
        """Searched for in vain."""
        case = self.major()
        facts = {
            "reason": "无管护单位",
            "ground": "legacy",
            "search_record": ["走访乡镇，无果", "查询登记，无果"],
            "evidence": self.office.photos(),
        }
        self.by(Role.division_chief, "declare_ownerless", facts, case)
        return case

    def by(
        self, role: Role, move: str, facts: Any, case: int, *, at: int | None = None, **more: Any
    ) -> Done:
        """A move by somebody at an organisation, the water bureau unless said otherwise."""
        actor = self.city.who(role, at or self.water, more.pop("nth", 0))
        return self.office.act(role, move, facts, case, actor=actor, **more)

    def designation(self, unit: int, **more: Any) -> dict[str, Any]:
        """What the government decides."""
        return {
            "unit_id": unit,
            "designation_no": "示例指定1号",
            "fund_source": "专项配套资金",
            "fund_fen": 50_000_000,
            "allocation": "示例财建1号",
            **more,
        }

    def treated_by(self, case: int, unit: int, department: int) -> None:
        """From the report to the striking off, the unit's side by the people of ``unit``."""
        order = {"reason": "除险加固", **tasks.order(date(2026, 6, 30))}
        self.by(Role.department_head, "order_rectification", order, case, at=department)
        month = {"period": "2026-03", "percent": 50, "done": "加固坝体", "protection": "降低水位"}
        far = {"tasks": tasks.percents(self.office.hazard(case).task_list, 50)}
        self.by(Role.safety_officer, "report_progress", {**month, **far}, case, at=unit)
        done = self.office.application(case)
        self.by(Role.enterprise_head, "request_acceptance", done, case, at=unit)
        passed = self.office.passed(case)
        self.by(Role.department_head, "pass_acceptance", passed, case, at=department)
        self.by(Role.inspector, "pass_acceptance", None, case, at=department)
        self.by(Role.expert, "pass_acceptance", None, case, at=department)
        self.office.act(Role.commission_office, "close", {"conclusion": "已消除"}, case)


def _row(office: Office, case: int) -> hazards.Hazard:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = hazards.get(work, case)
        assert fold.fold(work, case) == fold.rows_of(work, case)
    assert found is not None
    return found


def _open(office: Office, case: int) -> dict[str, int | None]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return {d.kind: d.owner_id for d in duties.of_case(work, case) if d.state == "open"}


def _told(office: Office, case: int, kind: str) -> set[int | None]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return {x.organisation_id for x in letters.of_case(work, case) if x.kind == kind}


def test_an_owner_found_at_verification_is_graded_and_told(office: Office) -> None:
    case = office.grading(unit_id=None)
    with pytest.raises(Refused, match="尚无责任单位"):
        office.act(Role.inspector, "grade_general", {"reason": "一般"}, case)
    facts = {"reason": "查明产权人", "unit_id": office.unit}
    office.act(Role.inspector, "assign_unit", facts, case)
    with pytest.raises(Refused, match="已是本案的责任单位"):
        office.act(Role.division_chief, "assign_unit", facts, case)
    assert office.unit in _told(office, case, "subject_assigned")
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, case)
    office.act(Role.safety_officer, "report_fixed", {"done": "已整改"}, case)
    office.act(Role.inspector, "pass_recheck", {"opinion": "合格"}, case)
    office.act(Role.inspector, "pass_recheck", None, case, nth=1)
    assert _row(office, case).state == "closed"


def test_an_owner_found_before_verification_is_not_warned(office: Office) -> None:
    case = office.lead(unit_id=None)
    facts = {"reason": "查明产权人", "unit_id": office.unit}
    office.act(Role.inspector, "assign_unit", facts, case)
    assert _told(office, case, "subject_assigned") == set()
    checked = {"finding": "属实", "officers": office.officers}
    assert office.act(Role.inspector, "verify", checked, case).state == "grading"


def test_an_owner_of_a_major_hazard_reports_from_the_day_they_are_known(office: Office) -> None:
    dam = Reservoir(office)
    case = dam.ownerless()
    assert set(_open(office, case)) == {"designate"}
    done = dam.by(
        Role.division_chief, "assign_unit", {"reason": "查明", "unit_id": office.unit}, case
    )
    assert done.state == "major_confirmed"
    assert _open(office, case) == {"give_notice": office.unit, "file_report": office.unit}


def test_a_township_that_is_designated_treats_the_hazard_to_its_end(office: Office) -> None:
    dam = Reservoir(office)
    case = dam.ownerless()
    for fund, said in ((0, "必须大于零"), (50, "不能多于")):
        facts = dam.designation(dam.town, fund_fen=fund, paid_fen=fund and 51)
        with pytest.raises(Refused, match=said):
            office.act(Role.government, "designate", facts, case)
    ship = next(u for u in office.city.units[PLACE] if "航运" in office.city.named(u))
    with pytest.raises(Refused, match="不属同一行业"):
        office.act(Role.government, "designate", dam.designation(ship, reason="就近"), case)
    office.act(Role.government, "designate", dam.designation(dam.town), case)
    assert _row(office, case).department_id == dam.water
    dam.treated_by(case, dam.town, dam.water)
    assert _row(office, case).state == "closed"


def test_a_bureau_that_is_designated_is_supervised_by_the_next_level(office: Office) -> None:
    dam = Reservoir(office)
    case = dam.ownerless()
    office.act(Role.government, "designate", dam.designation(dam.water), case)
    above = office.city.answers_for("341500", "水利")
    assert _row(office, case).department_id == above
    assert _open(office, case)["propose_listing"] == above
    order = {"reason": "除险加固", **tasks.order(date(2026, 6, 30))}
    with pytest.raises(NotAllowed):
        dam.by(Role.department_head, "order_rectification", order, case)
    dam.treated_by(case, dam.water, above)
    assert _row(office, case).state == "closed"


def test_who_holds_a_post_at_the_public_body_decides_nowhere_in_its_case(office: Office) -> None:
    """The hole of tests/actions/act/test_apart.py: they act for another organisation."""
    dam = Reservoir(office)
    case = dam.ownerless()
    office.act(Role.government, "designate", dam.designation(dam.water), case)
    above = office.city.answers_for("341500", "水利")
    order = {"reason": "除险加固", **tasks.order(date(2026, 6, 30))}
    for role in (Role.inspector, Role.enterprise_head, Role.expert):
        person = office.city.who(role, dam.water)
        with unit_of_work(office.engine, office.clock) as work:
            people.appoint(
                work, person.person_id or 0, Role.department_head, above, date(2026, 1, 1)
            )
        actor = Actor(person.person_id, Role.department_head, above, None, person.name)
        with pytest.raises(NotAllowed, match="责任单位"):
            office.act(Role.department_head, "order_rectification", order, case, actor=actor)


@pytest.mark.parametrize("kind", ["township", "department"])
def test_a_post_for_the_units_side_is_given_at_a_public_body(office: Office, kind: str) -> None:
    place = f"{PLACE}101" if kind == "township" else PLACE
    with unit_of_work(office.engine, office.clock) as work:
        body = organisations.get(work, office.city.at(kind, place))
        assert body is not None
        people.add(work, "新人", "new@example.com")
        (person,) = staffing.people_known_as(work, "new@example.com")
        give_post(work, FOUNDER, person, Role.enterprise_head, body, Span(date(2026, 3, 1), None))


def test_a_merged_firm_hands_on_what_is_open_and_no_term_begins_anew(office: Office) -> None:
    case, heir = office.rectifying(), office.city.units[PLACE][1]
    before = _row(office, case)
    office.clock.advance(timedelta(days=20))
    with unit_of_work(office.engine, office.clock, write=False) as work:
        was = {d.kind: d for d in duties.of_case(work, case) if d.state == "open"}
    facts = {
        "reason": "吸收合并",
        "ground": "merger",
        "document_no": "示例登记合字1号",
        "unit_id": heir,
        "evidence": office.photos(),
    }
    office.act(Role.division_chief, "succeed", facts, case)
    after = _row(office, case)
    assert (after.unit_id, after.former_unit_id) == (heir, office.unit)
    assert (after.deadline, after.served_at, after.state) == (
        before.deadline,
        before.served_at,
        "rectifying",
    )
    with unit_of_work(office.engine, office.clock, write=False) as work:
        now = duties.of_case(work, case)
    theirs = {"rectify", "report_progress"}
    for kind in theirs:
        old, new = was[kind], next(d for d in now if d.kind == kind and d.state == "open")
        assert (new.owner_id, new.due_at, new.anchor) == (heir, old.due_at, old.anchor)
        assert next(d for d in now if d.id == old.id).state == "replaced"
    assert {office.unit, heir} <= _told(office, case, "subject_succeeded")
    with pytest.raises(NotAllowed):
        office.act(Role.enterprise_head, "request_acceptance", office.application(case), case)
    boss = office.city.who(Role.enterprise_head, heir)
    office.act(
        Role.enterprise_head, "request_acceptance", office.application(case), case, actor=boss
    )
    office.accept(case)
    office.act(Role.commission_office, "close", {"conclusion": "已消除"}, case)
    assert _row(office, case).state == "closed"


def test_a_bankrupt_firm_is_followed_by_who_the_government_designates(office: Office) -> None:
    case = office.rectifying()
    town = office.city.at("township", f"{PLACE}100")
    facts = {
        **Reservoir(office).designation(town),
        "reason": "企业破产，无人承继",
        "ground": "unable",
    }
    with pytest.raises(Refused, match="不是政府指定的"):
        office.act(Role.government, "redesignate", facts, case)
    office.act(Role.government, "redesignate", {**facts, "ground": "bankruptcy"}, case)
    paid = {"voucher": "1号", "paid_fen": 60_000_000, "remark": "首期"}
    with pytest.raises(Refused, match="不能多于"):
        office.act(Role.government, "record_funds", paid, case)
    office.act(Role.government, "record_funds", {**paid, "paid_fen": 10_000_000}, case)
    boss = office.city.who(Role.enterprise_head, town)
    office.act(
        Role.enterprise_head, "request_acceptance", office.application(case), case, actor=boss
    )
    office.accept(case)
    office.act(Role.commission_office, "close", {"conclusion": "已消除"}, case)
    row = _row(office, case)
    assert (row.state, row.paid_fen, row.former_unit_id) == ("closed", 10_000_000, office.unit)
