"""Every fact on a listing notice comes from a field somebody filled, whomever it is addressed to."""

import json
import re
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from actions.act.perform import perform
from actions.hand.facts import Subject
from guapai.errors import Refused
from guapai.people import Actor, Role
from law.grading import shipped_catalogue
from law.provisions import PROVISIONS, Provision
from notifications.typesetting import print_paper
from storage import paper
from storage.database.work import unit_of_work
from storage.people import organisation as organisations
from storage.people import person as people
from tests.actions.conftest import Office

CITY = "341500"
LONG = "皖西示例新能源装备制造产业园第二期工程爆炸性粉尘环境除尘系统及配套设施建设运营管理有限责任公司六安市金安区分公司筹备组"
TERMS = {
    "deadline": "2026-06-30",
    "plan_days": 20,
    "part": "二车间2号除尘器泄爆口",
    "violations": ["《工贸企业重大事故隐患判定标准》（应急管理部令第10号）第十一条"],
    "tasks": "更换泄爆装置并改变朝向",
    "measures": "停用相关工段，专人值守",
    "duty_phone": "0564-1112222",
    "public_contact": "12350，jiandu@example.com",
}
LEAD = {
    "title": f"{LONG}泄爆口朝向人员通道",
    "description": "泄爆口正对人员通道，作业场所积尘",
    "address": f"{LONG}厂区东路8号",
}


def notice(office: Office, case: int) -> tuple[Mapping[str, Any], str]:
    """What the notice of a case was frozen to say, and what is printed."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (found,) = paper.of_case(work, case)
    said = json.loads(found.data)
    pages = PdfReader(BytesIO(print_paper("listing_notice", said).pdf)).pages
    return said, re.sub(r"\s", "", "".join(p.extract_text() for p in pages))


def listed(office: Office, level: str = "county", **changes: Any) -> int:
    case = office.reported(**LEAD)
    return decide(office, case, level, **changes)


def on_terms(office: Office, level: str, at: str = "341502", **changes: Any) -> dict[str, Any]:
    """Terms of a listing, with who leads: the first department of a place and its head."""
    lead = office.city.at("department", at)
    head = office.city.who(Role.department_head, lead)
    who = {"lead_department_id": lead, "lead_official_id": head.person_id}
    return {**TERMS, **who, "level": level, **changes}


def decide(office: Office, case: int, level: str, at: str = "341502", **changes: Any) -> int:
    terms = on_terms(office, level, at, **changes)
    chair = office.city.who(Role.commission_chair, office.city.at("commission", at))
    office.examined(case, terms, at)
    office.act(Role.commission_chair, "list", terms, case, actor=chair)
    return case


def rename(office: Office, organisation_id: int) -> None:
    with unit_of_work(office.engine, office.clock) as work:
        organisations.complete(work, organisation_id, name=LONG)


def holds(said: Mapping[str, Any], printed: str, fields: Mapping[str, Any]) -> None:
    """The notice says exactly these things, and prints each."""
    shown = {k: tuple(v) if isinstance(v, list) else v for k, v in said.items()}
    assert {k: shown[k] for k in fields} == dict(fields)
    for value in fields.values():
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                assert re.sub(r"\s", "", text) in printed, text
    assert "待核" not in printed
    assert "规划" not in printed


LAW = (
    "《中华人民共和国安全生产法》（2021年修正）第四十一条",
    "《国务院关于进一步加强企业安全生产工作的通知》（国发〔2010〕23号）",
)


def test_a_firm_with_a_name_of_sixty_signs(office: Office) -> None:
    rename(office, office.unit)
    rename(office, office.city.at("department", "341502"))
    said, printed = notice(office, listed(office))
    chair = office.who(Role.commission_chair)
    fields = {
        "number": "金安安督字〔2026〕1号",
        "signer": chair.name,
        "issuer": "金安区安全生产委员会",
        "addressee": LONG,
        "designation": "",
        "hazard_number": "341502-2026-00001",
        "title": LEAD["title"],
        "sector": "工贸",
        "description": LEAD["description"],
        "address": LEAD["address"],
        "places": (),
        "part": TERMS["part"],
        "violations": tuple(TERMS["violations"]),
        "basis": LAW,
        "level": "县（区）级",
        "joint": (),
        "lead_department": LONG,
        "lead_official": office.who(Role.department_head).name,
        "tasks": TERMS["tasks"],
        "measures": TERMS["measures"],
        "duty_phone": TERMS["duty_phone"],
        "public_contact": TERMS["public_contact"],
        "deferral_note": "应当在期限届满前书面提出延期申请，请尽量提前15个工作日",
        "progress_note": "每月30日前",
        "copied_to": ("金安区人民政府", LONG, "金安区示例镇人民政府"),
    }
    fields["kinds"] = tuple(c.text for c in shipped_catalogue() if c.id == "LA-工贸-01")
    holds(said, printed, fields)
    assert said.keys() - fields.keys() == {
        *("deadline", "plan_days", "plan_filed", "former_issuer", "former_number"),
        *("issued_on", "copies"),
    }
    assert date.fromisoformat(said["issued_on"]) == office.clock().date()
    for part in ("2026年6月30日", "20日内", "签发人", "送达人（两名）", "见证人", "主要负责人签收"):
        assert part in printed
    assert "你单位存在重大事故隐患" in printed


def test_a_township_that_was_designated_is_not_said_to_have_the_hazard(office: Office) -> None:
    case = office.grading(**LEAD, unit_id=None, sector="水利")
    facts = {"clauses": ["LA-水利-01"], "causes": "缺失", "harm": "较大"}
    office.act(Role.division_chief, "grade_major", facts, case)
    office.act(Role.expert, "grade_major", None, case)
    why = {
        "reason": "无主",
        "ground": "legacy",
        "search_record": ["走访乡镇，无管护单位", "查询产权登记，查无产权人"],
        "evidence": office.photos(),
    }
    office.act(Role.division_chief, "declare_ownerless", why, case)
    town = office.city.organisations[("township", "341502100")]
    rename(office, town)
    facts = {
        "unit_id": town,
        "designation_no": "金政函〔2026〕9号",
        "fund_source": "财政专项",
        "fund_fen": 500,
        "allocation": "金财建〔2026〕3号",
    }
    office.act(Role.government, "designate", facts, case)
    violations = ["《水利工程生产安全重大事故隐患判定标准（试行）》（水安监〔2017〕344号）"]
    said, printed = notice(office, decide(office, case, "county", violations=violations))
    fields = {
        "addressee": LONG,
        "designation": "金政函〔2026〕9号",
        "sector": "水利",
        "violations": tuple(violations),
        "copied_to": ("金安区人民政府", "金安区应急管理局"),
    }
    holds(said, printed, fields)
    assert "你单位经金政函〔2026〕9号指定为治理主体的重大事故隐患" in printed
    assert "你单位存在" not in printed


def test_a_hazard_of_two_counties_is_listed_above_both_and_told_to_both(office: Office) -> None:
    at_city = {"place_code": CITY, "department_id": office.city.at("department", CITY)}
    inspector = office.city.who(Role.inspector, office.city.at("department", CITY))
    case = whole(office, inspector, at_city)
    others = ["341502", "341525"]
    with pytest.raises(Refused, match="不得低于市级"):
        decide(office, case, "county", CITY, other_places=others)
    said, printed = notice(office, decide(office, case, "city", CITY, other_places=others))
    fields = {
        "issuer": "六安市安全生产委员会",
        "level": "市级",
        "places": ("金安区", "霍山县"),
        "title": LEAD["title"],
        "copied_to": ("六安市人民政府", "金安区人民政府", "霍山县人民政府", "六安市应急管理局"),
    }
    holds(said, printed, fields)


def whole(office: Office, inspector: Actor, changes: Mapping[str, Any]) -> int:
    """A major hazard at the city, reported."""
    home = inspector.organisation_id or 0
    case = office.lead(inspector, **{**LEAD, **changes})
    seen = {"finding": "属实", "officers": office.city.officers(home)}
    office.act(Role.inspector, "verify", seen, case, actor=inspector)
    facts = {"clauses": ["LA-工贸-01"], "causes": "缺失", "harm": "较大"}
    for role in (Role.division_chief, Role.expert):
        theirs = facts if role == Role.division_chief else None
        office.act(role, "grade_major", theirs, case, actor=office.city.who(role, home))
    report = {"causes": "a", "harm": "b", "plan": "c"}
    office.act(Role.enterprise_head, "file_report", report, case)
    return case


def test_a_county_lists_nothing_that_reaches_into_another(office: Office) -> None:
    case = office.reported()
    terms = on_terms(office, "city", other_places=["341525"])
    office.examined(case, terms)
    up = {"reason": "跨县"}
    office.on_listing(office.who(Role.commission_office), "propose_upward", case, up)
    terms = on_terms(office, "county", other_places=["341525"])
    with pytest.raises(Refused, match="共同的上一级安委会"):
        office.act(Role.commission_chair, "list", terms, case)


def test_who_signs_for_another_is_named_with_them(office: Office) -> None:
    case = office.reported()
    chair = office.who(Role.commission_chair)
    upper = office.city.who(Role.commission_chair, office.city.at("commission", CITY))
    terms = on_terms(office, "county")
    office.examined(case, terms)
    with unit_of_work(office.engine, office.clock) as work:
        day = office.clock().date()
        people.substitute(work, chair.person_id or 0, upper.person_id or 0, day, day)
    stands_in = Actor(
        upper.person_id, Role.commission_chair, chair.organisation_id, chair.person_id, upper.name
    )
    office.act(Role.commission_chair, "list", terms, case, actor=stands_in)
    assert notice(office, case)[0]["signer"] == f"{upper.name}（代{chair.name}）"


def test_no_paper_rests_on_what_nobody_has_taken_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.reported()
    terms = on_terms(office, "county")
    office.examined(case, terms)
    known = PROVISIONS["gf2010_23"].model_dump()
    other = Provision.model_validate({**known, "title": "另一种说法"})
    monkeypatch.setitem(PROVISIONS, "gf2010_23", other)
    with unit_of_work(office.engine, office.clock) as work, pytest.raises(Refused) as refused:
        subject = Subject(noun="hazard", row_id=case, case_id=None)
        perform(work, subject, "list", terms, office.who(Role.commission_chair))
    assert "国发〔2010〕23号）的原文待核，尚无人确认承担" in str(refused.value)
