"""Who lists at which level: the approval sheet, the way upward, own names, what is left below."""

import json
from datetime import date
from typing import Any

import pytest

from actions.papers.printing import print_papers
from guapai.errors import BadInput, NotAllowed, Refused, WrongState
from guapai.people import Actor, Role
from statemachines.facts import Level
from statemachines.level import is_above
from storage import case as cases
from storage import duty, hazard, listing, paper
from storage.database.work import unit_of_work
from storage.people import organisation as organisations
from storage.people.organisation import OrganisationKind
from storage.questions import casefile, fold
from storage.questions.scope import scope_of
from tests.actions.conftest import PLACE, Office

CITY, BESIDE = "341500", "341525"
OFFICE, CHAIR, HEAD, CHIEF = (
    Role.commission_office,
    Role.commission_chair,
    Role.department_head,
    Role.division_chief,
)


def _at(office: Office, place: str, role: Role = CHAIR) -> Actor:
    return office.city.who(role, office.city.at("commission", place))


def _row(office: Office, case: int) -> listing.Listing:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert fold.fold(work, case) == fold.rows_of(work, case)
        return listing.of_case(work, case)[-1]


def _hazard(office: Office, case: int) -> hazard.Hazard:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = hazard.get(work, case)
    assert found is not None
    return found


def _owed(office: Office, case: int) -> dict[str, int | None]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return {d.kind: d.owner_id for d in duty.of_case(work, case) if d.state == "open"}


def _notices(office: Office, case: int) -> list[dict[str, Any]]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = [(p, json.loads(p.data)) for p in paper.of_case(work, case)]
    return [{**said, "number": p.number} for p, said in found if p.template == "listing_notice"]


def _parties(office: Office, case: int) -> dict[str, set[int]]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        rows = [r for (t, _), r in fold.rows_of(work, case).items() if t == cases.PARTIES.name]
    sides = {r["side"] for r in rows}
    return {s: {r["organisation_id"] for r in rows if r["side"] == s} for s in sides}


def _list(office: Office, case: int, level: str, place: str = PLACE, **more: Any) -> None:
    terms = {**office.terms(), "level": level, **more}
    office.act(CHAIR, "list", terms, case, actor=_at(office, place))


def _deadly(office: Office, deaths: int = 12) -> int:
    """A reported hazard that the matrix wants listed above the county."""
    case = office.grading()
    facts = {"clauses": ["LA-工贸-01"], "causes": "缺失", "harm": "较大"}
    facts["potential_deaths"] = deaths  # type: ignore[assignment]
    office.act(CHIEF, "grade_major", facts, case)
    office.act(Role.expert, "grade_major", None, case)
    report = {"causes": "a", "harm": "b", "plan": "c"}
    office.act(Role.enterprise_head, "file_report", report, case)
    return case


def _asked(office: Office, **more: Any) -> int:
    case = _deadly(office)
    office.examined(case, {**office.terms(), "level": "city", **more})
    office.on_listing(office.who(OFFICE), "propose_upward", case, {"reason": "超出本级"})
    return case


def _upgrade(office: Office, **more: Any) -> dict[str, Any]:
    lead = office.city.at("department", CITY)
    leader = office.city.who(HEAD, lead).person_id
    facts = {"reason": "逾期未改", "level": "city", "lead_department_id": lead}
    return {**facts, "lead_official_id": leader, **more}


def test_a_county_lists_at_its_own_level_and_at_no_other(office: Office) -> None:
    case = office.reported()
    office.examined(case, office.terms())
    for level in ("city", "province"):
        with pytest.raises(Refused, match="只能以县（区）级挂牌"):
            _list(office, case, level)
    with pytest.raises(Refused, match="国家级挂牌须有上级交办文书"):
        _list(office, case, "state")
    _list(office, case, "county")
    assert _hazard(office, case).lister_id == office.city.at("commission", PLACE)


def test_the_sheet_goes_from_hand_to_hand_and_back(office: Office) -> None:
    case = office.reported()
    with pytest.raises(Refused, match="尚无挂牌建议"):
        _list(office, case, "county")
    office.act(CHIEF, "propose_listing", {**office.terms(), "reason": "危险"}, case)
    bureau, commission = (office.city.at(k, PLACE) for k in ("department", "commission"))
    assert _owed(office, case)["agree_listing"] == bureau
    with pytest.raises(Refused, match="尚未经部门主要负责人同意"):
        _list(office, case, "county")
    office.on_listing(office.who(HEAD), "agree_listing", case)
    assert _owed(office, case)["examine_listing"] == commission
    why = {"reason": "牵头部门不当"}
    office.on_listing(office.who(OFFICE), "send_back_listing", case, why)
    owed = _owed(office, case)
    assert owed["amend_listing"] == bureau
    assert not owed.keys() & {"agree_listing", "examine_listing"}
    better = {**office.terms("2026-06-01"), "reason": "危险", "tasks": "分三步改造"}
    office.on_listing(office.who(CHIEF), "amend_listing", case, better)
    row = _row(office, case)
    assert (row.state, row.tasks, row.deadline) == ("proposed", "分三步改造", date(2026, 6, 1))
    with pytest.raises(WrongState):  # what was agreed to before is lost
        office.on_listing(office.who(OFFICE), "examine_listing", case)
    office.on_listing(office.who(HEAD), "agree_listing", case)
    office.on_listing(office.who(OFFICE), "examine_listing", case)
    office.on_listing(office.who(CHAIR), "send_back_listing", case, why)
    office.on_listing(office.who(CHIEF), "amend_listing", case, better)
    office.on_listing(office.who(HEAD), "agree_listing", case)
    office.on_listing(office.who(OFFICE), "examine_listing", case)
    _list(office, case, "county")
    assert not _owed(office, case).keys() & {"agree_listing", "examine_listing", "amend_listing"}


def test_a_head_lists_in_the_departments_name_and_answers_for_the_term(office: Office) -> None:
    case = office.reported()
    office.act(CHIEF, "propose_listing", {**office.terms(), "reason": "危险"}, case)
    office.act(HEAD, "list", office.terms(), case)
    (notice,) = _notices(office, case)
    assert notice["issuer"] == "金安区应急管理局"
    assert notice["number"] == "金安应急督字〔2026〕1号"
    assert notice["signer"] == office.who(HEAD).name
    assert "安全生产委员会" not in json.dumps(notice, ensure_ascii=False)
    bureau = office.city.at("department", PLACE)
    assert _hazard(office, case).lister_id == bureau
    assert _parties(office, case)["lead"] == {bureau}


def test_a_head_takes_nothing_out_of_the_commissions_hands(office: Office) -> None:
    case = office.reported()
    office.examined(case, office.terms())
    with pytest.raises(Refused, match="由安委会决定"):
        office.act(HEAD, "list", office.terms(), case)


def test_a_department_answers_for_more_time_of_its_own_listing(office: Office) -> None:
    case = office.reported()
    office.act(CHIEF, "propose_listing", {**office.terms(), "reason": "危险"}, case)
    office.act(HEAD, "list", office.terms(), case)
    print_papers(office.engine, office.files, office.clock)
    office.act(Role.enterprise_head, "acknowledge_notice", {"receiver": "负责人"}, case)
    office.act(Role.enterprise_head, "file_plan", office.plan(case), case)
    office.act(CHIEF, "accept_plan", {"opinion": "同意"}, case)
    ask = {"reason": "缺件", "progress": "过半", "interim_measures": "停机"}
    ask["asked_deadline"] = "2026-08-01"
    more: dict[str, Any] = {"noun": "deferral", "case": case}
    row = office.act(Role.enterprise_head, "apply", ask, **more).row_id
    office.act(CHIEF, "endorse", {"opinion": "属实"}, row, **more)
    with pytest.raises(Refused, match="由作出决定的监管部门决定"):
        office.act(CHAIR, "grant", {"deadline": "2026-08-01"}, row, **more)
    office.act(HEAD, "grant", {"deadline": "2026-08-01"}, row, **more)


def test_what_the_matrix_wants_higher_is_asked_upward_and_taken_over(office: Office) -> None:
    case = _deadly(office)
    terms = {**office.terms(), "reason": "危险"}
    with pytest.raises(Refused, match="可能造成12人死亡"):
        office.act(CHIEF, "propose_listing", terms, case)
    office.examined(case, {**terms, "level": "city"})
    with pytest.raises(Refused, match="可能造成12人死亡"):
        _list(office, case, "county")
    office.on_listing(office.who(OFFICE), "propose_upward", case, {"reason": "超出本级"})
    county, city = (office.city.at("commission", p) for p in (PLACE, CITY))
    assert _owed(office, case)["answer_upward"] == city
    with pytest.raises(NotAllowed):
        office.on_listing(office.who(CHAIR), "take_over", case, {"reason": "x"})
    office.on_listing(_at(office, CITY), "take_over", case, {"reason": "属市级"})
    owed = _owed(office, case)
    assert (owed["examine_listing"], owed["decide_listing"]) == (city, city)
    assert "answer_upward" not in owed
    assert _parties(office, case)["executing"] == {county}
    office.on_listing(_at(office, CITY, OFFICE), "examine_listing", case)
    _list(office, case, "city", CITY)
    (notice,) = _notices(office, case)
    assert (notice["issuer"], notice["level"]) == ("六安市安全生产委员会", "市级")
    assert "金安区安全生产委员会" in notice["copied_to"]


def test_until_it_is_decided_the_lower_level_keeps_a_listing_of_its_own(office: Office) -> None:
    case = _asked(office)
    _list(office, case, "county")
    city = office.city.at("commission", CITY)
    assert (_row(office, case).state, _owed(office, case)["answer_upward"]) == ("listed", city)
    office.on_listing(_at(office, CITY), "upgrade", case, _upgrade(office))
    assert "answer_upward" not in _owed(office, case)
    assert _hazard(office, case).level == Level.city


def test_what_is_left_below_is_listed_below(office: Office) -> None:
    case = _asked(office)
    office.on_listing(_at(office, CITY), "decline_upgrade", case, {"reason": "先由县级"})
    assert _row(office, case).state == "left"
    assert _owed(office, case)["decide_listing"] == office.city.at("commission", PLACE)
    _list(office, case, "county")
    (notice,) = _notices(office, case)
    assert notice["level"] == "县（区）级"


def test_an_upgrade_leaves_the_lower_level_its_daily_work_and_serves_anew(office: Office) -> None:
    case = office.rectifying()
    up = _upgrade(office, deadline="2026-09-30")
    with pytest.raises(Refused, match="只能以市级督办"):
        office.on_listing(_at(office, CITY), "upgrade", case, {**up, "level": "province"})
    with pytest.raises(BadInput, match="责任领导须在"):
        stranger = office.who(Role.inspector, 1).person_id
        wrong = {**up, "lead_official_id": office.who(Role.enterprise_head).person_id}
        assert stranger
        office.on_listing(_at(office, CITY), "upgrade", case, wrong)
    office.on_listing(_at(office, CITY), "upgrade", case, up)
    first, second = _notices(office, case)
    assert (first["issuer"], second["issuer"]) == ("金安区安全生产委员会", "六安市安全生产委员会")
    assert (second["level"], second["deadline"]) == ("市级", "2026-09-30")
    assert second["lead_department"] == "六安市应急管理局"
    assert second["number"] == "六安督字〔2026〕1号"
    former = (second["former_issuer"], second["former_number"], second["plan_filed"])
    assert former == (first["issuer"], first["number"], True)
    assert (first["former_number"], first["plan_filed"]) == ("", False)
    found, owed = _hazard(office, case), _owed(office, case)
    county, city = (office.city.at("commission", p) for p in (PLACE, CITY))
    assert (found.commission_id, found.lister_id, found.served_at) == (city, city, None)
    assert found.upper_id == office.city.at("commission", "340000")
    assert owed["serve_notice"] == office.city.at("department", PLACE)
    assert owed["file_upward"] == city
    assert "publish_listing" in owed
    assert _parties(office, case)["executing"] == {county}
    seen = {"finding": "整改中", "percent": 50}
    office.act(OFFICE, "record_visit", seen, case, actor=_at(office, PLACE, OFFICE))
    lead = office.city.who(Role.inspector, office.city.at("department", CITY))
    office.act(Role.inspector, "record_visit", seen, case, actor=lead)
    stranger_office = _at(office, BESIDE, OFFICE)
    with pytest.raises(NotAllowed):
        office.act(OFFICE, "record_visit", seen, case, actor=stranger_office)
    print_papers(office.engine, office.files, office.clock)
    served = {"served_at": office.clock(), "manner": "direct", "receiver": "负责人"}
    served |= {"place": "厂区", "servers": ["甲", "乙"]}
    office.act(OFFICE, "serve_notice", served, case, actor=_at(office, PLACE, OFFICE))
    owed = _owed(office, case)
    assert "serve_notice" not in owed
    assert "file_plan" not in owed  # it was filed before


def test_an_upgrade_while_the_acceptance_is_open_lets_the_unit_act(office: Office) -> None:
    case = office.requested()
    with pytest.raises(Refused, match="请写明新的治理期限"):
        office.on_listing(_at(office, CITY), "upgrade", case, _upgrade(office))
    up = _upgrade(office, deadline="2026-09-30")
    office.on_listing(_at(office, CITY), "upgrade", case, up)
    found, owed = _hazard(office, case), _owed(office, case)
    assert (found.state, found.deadline) == ("rectifying", date(2026, 9, 30))
    assert owed.keys() >= {"rectify", "report_progress", "serve_notice"}
    assert "accept" not in owed
    office.act(Role.enterprise_head, "request_acceptance", office.application(case), case)


def test_the_state_lists_on_an_order_that_is_registered(office: Office) -> None:
    case = office.listed()
    steps = (("city", CITY), ("province", "340000"), ("state", "000000"))
    for level, place in steps:
        up = _upgrade(office, level=level)
        up["lead_official_id"] = _at(office, place).person_id
        if level == "state":
            with pytest.raises(Refused, match="上级交办文书的文号"):
                office.on_listing(_at(office, place), "upgrade", case, up)
            up |= {"order_no": "示例交办〔2026〕1号", "order_organ": "国务院安委会（示例）"}
        office.on_listing(_at(office, place), "upgrade", case, up)
    notices = _notices(office, case)
    assert [n["level"] for n in notices] == ["县（区）级", "市级", "省级", "国家级"]
    assert _hazard(office, case).upper_id is None
    assert _row(office, case).order_no == "示例交办〔2026〕1号"
    with unit_of_work(office.engine, office.clock, write=False) as work:
        seats = {
            o.name: o.place_code
            for o in organisations.below(work, OrganisationKind.commission, "", 50)
        }
    levels = {level.label: level for level in Level}
    assert not any(is_above(levels[n["level"]], seats[n["issuer"]]) for n in notices)


def test_two_counties_list_together_where_the_city_says_so(office: Office) -> None:
    case = _asked(office, other_places=[BESIDE])
    with pytest.raises(Refused, match="请接管，或者指定共同挂牌单位"):
        office.on_listing(_at(office, CITY), "decline_upgrade", case, {"reason": "x"})
    joint = {"reason": "跨县", "commission_id": office.city.at("commission", BESIDE)}
    with pytest.raises(Refused, match="管辖的地区内"):
        office.on_listing(office.who(CHAIR), "name_joint_lister", case, joint)
    with pytest.raises(BadInput, match="共同挂牌的安委会不存在"):
        wrong = {**joint, "commission_id": office.city.at("department", BESIDE)}
        office.on_listing(_at(office, CITY), "name_joint_lister", case, wrong)
    office.on_listing(_at(office, CITY), "name_joint_lister", case, joint)
    assert _row(office, case).state == "left"
    _list(office, case, "county", other_places=[BESIDE])
    (notice,) = _notices(office, case)
    assert notice["joint"] == ["霍山县安全生产委员会"]
    assert notice["places"] == ["霍山县"]
    with unit_of_work(office.engine, office.clock, write=False) as work:
        seat = office.city.at("commission", BESIDE)
        scope = scope_of(OFFICE, seat, OrganisationKind.commission, BESIDE)
        assert casefile.find(work, scope, case) is not None
        other = office.city.at("commission", "341522")
        scope = scope_of(OFFICE, other, OrganisationKind.commission, "341522")
        assert casefile.find(work, scope, case) is None
