"""Ledgers of enterprises and of people: entered, completed, confirmed; contradictions ask."""

from pathlib import Path
from typing import Any

import pytest

from actions.imports.landing import Report, import_ledger
from guapai.clock import local_date
from guapai.errors import BadInput
from guapai.people import Role
from storage.database.work import unit_of_work
from storage.people import organisation, person, staffing
from storage.people.organisation import Organisation
from storage.people.staffing import Span
from tests.actions.conftest import PLACE, Office
from tests.actions.imports.ledgers import HEADER, ONE, UNIT, book, credit_code, text

FIRMS = ("序号", "企业名称", "统一社会信用代码", "所在地", "行业领域")
STAFF = ("姓名", "电子邮箱", "执法证号", "单位", "岗位", "任职日期", "截止日期")
CODE = credit_code("91341502MA9HL8888")
KNOWN = credit_code("91341502MA9HL0000")
SAMPLES = Path(__file__).parents[3] / "docs" / "samples"
BUREAU = "金安区应急管理局"


def _load(
    office: Office, folder: Path, kind: str, *rows: tuple[Any, ...], dry_run: bool = False
) -> Report:
    path = book(*rows)(folder)
    actor = office.city.who(Role.inspector, office.city.at("department", "341500"))
    return import_ledger(office.engine, path, actor, office.clock, kind=kind, dry_run=dry_run)


def _named(office: Office, name: str) -> list[Organisation]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return organisation.called(work, name, name, name)


def _counts(report: Report) -> tuple[int, int, int]:
    return report.imported, report.unchanged, len(report.rejected)


def test_a_hazard_brings_its_enterprise_in_and_a_list_confirms_it(
    office: Office, tmp_path: Path
) -> None:
    name = "示例新建有限公司"
    _load(office, tmp_path, "hazards", HEADER, (*ONE[:3], name, ONE[4]))
    (firm,) = _named(office, name)
    assert (firm.confirmed, firm.place_code, firm.sector) == (False, PLACE, "工贸")
    row = (1, name, CODE, f"{PLACE}100", "金属冶炼")
    assert _counts(_load(office, tmp_path, "enterprises", FIRMS, row, row)) == (1, 1, 0)
    (known,) = _named(office, name)
    assert known.id == firm.id
    assert (known.confirmed, known.place_code, known.sector) == (True, f"{PLACE}100", "金属冶炼")
    assert known.credit_code == CODE
    hazard = (HEADER, ("未接地", None, None, name, ONE[4]))
    assert _counts(_load(office, tmp_path, "hazards", *hazard)) == (1, 0, 0)


def test_a_later_entry_gives_the_code(office: Office, tmp_path: Path) -> None:
    header = (*HEADER, "信用代码")
    rows = (
        (*ONE[:3], "示例新建有限公司", ONE[4], None),
        ("未接地", *ONE[1:3], "示例新建有限公司", ONE[4], CODE),
    )
    assert _counts(_load(office, tmp_path, "hazards", header, *rows)) == (2, 0, 0)
    assert [o.credit_code for o in _named(office, "示例新建有限公司")] == [CODE]


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("示例甲有限公司、示例乙有限公司", "不止一家单位"),
        ("示例甲\x07有限公司", "控制字符"),
        ("示" * 201, "超过200字"),
    ],
)
def test_names_that_bring_no_enterprise_in(
    office: Office, tmp_path: Path, unit: str, said: str
) -> None:
    path = text(HEADER, (*ONE[:3], unit, ONE[4]))(tmp_path)
    actor = office.city.who(Role.inspector, office.city.at("department", "341500"))
    (refused,) = import_ledger(office.engine, path, actor, office.clock).rejected
    assert refused.column == "责任单位" and said in refused.message
    assert _named(office, unit) == []


@pytest.mark.parametrize("dry_run", [True, False])
def test_enterprises(office: Office, tmp_path: Path, *, dry_run: bool) -> None:
    rows = (
        (1, "示例甲有限公司", CODE, "金安区", "工贸"),
        (2, "示例甲有限公司", None, "341502", None),
        (3, "示例乙有限公司", CODE, "金安区", "工贸"),
        (4, "示例甲有限公司", CODE, "裕安区", "工贸"),
        (5, UNIT, KNOWN, f"{PLACE}100", "工贸"),
        (6, UNIT, KNOWN, f"{PLACE}100", "水利"),
        (7, "示例丙有限公司", CODE[:-1] + "!", None, "工贸"),
        (8, None, CODE, "金安区", "工贸"),
        (9, BUREAU, None, "金安区", "工贸"),
        (10, "示例丁(六安)有限公司", None, "金安区", "工贸"),
        (11, "示例丁（六安）有限公司", None, "金安区", "工贸"),
    )
    report = _load(office, tmp_path, "enterprises", FIRMS, *rows, dry_run=dry_run)
    assert [(r.row, r.column) for r in report.rejected] == [
        (4, "企业名称"),
        (5, "所在地"),
        (7, "行业领域"),
        (8, "统一社会信用代码"),
        (9, "企业名称"),
        (10, "企业名称"),
    ]
    assert "；所在地：" in report.rejected[3].message
    assert _counts(report) == (2, 3, 6)
    assert len(_named(office, "示例甲有限公司")) == (0 if dry_run else 1)


@pytest.mark.parametrize("dry_run", [True, False])
def test_people(office: Office, tmp_path: Path, *, dry_run: bool) -> None:
    rows = (
        ("示例甲", "Jia@Example.com", "示例证1", BUREAU, "执法人员", "2026-01-01", None),
        ("示例甲", "Jia@Example.com", "示例证1", BUREAU, "inspector", "2026-01-01", None),
        ("示例甲", "Jia@Example.com", None, BUREAU, "专家", None, "2026-12-31"),
        ("示例乙", "Jia@Example.com", None, BUREAU, "执法人员", None, None),
        ("示例丙", "没有邮箱", None, "没有这个单位", "局长", "去年", None),
        ("示例丁", None, "示例证4", UNIT, "安全管理人员", "2026-01-01", "2025-12-31"),
        ("示例戊", None, None, UNIT, "执法人员", None, None),
        ("示例己", None, "示例证6", UNIT, "安全管理人员", None, None),
        ("示例己", None, "示例证6", UNIT, "安全管理人员", None, None),
        (None, "x@example.com", None, BUREAU, "执法人员", None, None),
    )
    report = _load(office, tmp_path, "people", STAFF, *rows, dry_run=dry_run)
    assert [(r.row, r.column) for r in report.rejected] == [
        (5, "姓名"),
        (6, "电子邮箱"),
        (7, "截止日期"),
        (8, "岗位"),
        (11, "姓名"),
    ]
    assert report.rejected[1].message.count("；") == 3
    assert _counts(report) == (3, 2, 5)
    again = _load(office, tmp_path, "people", STAFF, *rows[:3], dry_run=dry_run)
    assert _counts(again) == ((2, 1, 0) if dry_run else (0, 3, 0))
    with unit_of_work(office.engine, office.clock) as work:
        found = staffing.people_known_as(work, "jia@example.com")
        if dry_run:
            assert found == []
            return
        assert [(p.name, p.certificate_no) for p in found] == [("示例甲", "示例证1")]
        posts = person.posts_of(work, found[0].id, office.clock())
    assert {p.role for p in posts} == {Role.inspector, Role.expert}


def test_a_certificate_is_added_and_other_days_ask(office: Office, tmp_path: Path) -> None:
    first = ("示例甲", "jia@example.com", None, BUREAU, "执法人员", "2026-01-01", None)
    assert _counts(_load(office, tmp_path, "people", STAFF, first)) == (1, 0, 0)
    more = ("示例甲", "jia@example.com", "示例证1", BUREAU, "执法人员", "2026-02-01", None)
    assert _counts(_load(office, tmp_path, "people", STAFF, more)) == (1, 0, 0)
    other = (*more[:2], "示例证2", *more[3:])
    (refused,) = _load(office, tmp_path, "people", STAFF, other).rejected
    assert refused.column == "执法证号"
    earlier = (*more[:5], "2025-01-01", None)
    (refused,) = _load(office, tmp_path, "people", STAFF, earlier).rejected
    assert refused.column == "任职日期"


def test_the_three_administrators_are_three_people(office: Office, tmp_path: Path) -> None:
    rows = [("示例甲", "jia@example.com", None, BUREAU, r) for r in ("系统管理员", "审计管理员")]
    report = _load(office, tmp_path, "people", STAFF[:5], *rows)
    assert report.imported == 1
    (refused,) = report.rejected
    assert refused.row == 3 and "不同的人" in refused.message
    with unit_of_work(office.engine, office.clock) as work:
        (found,) = staffing.people_known_as(work, "jia@example.com")
        day = local_date(work.now)
        assert len(staffing.posts_within(work, found.id, Span(day, None))) == 1


def test_an_unknown_kind(office: Office, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="none of: hazards, enterprises, people"):
        _load(office, tmp_path, "letters", HEADER)


def test_a_ledger_of_another_kind_says_which_header_it_needs(
    office: Office, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="“姓名”和“岗位”"):
        _load(office, tmp_path, "people", HEADER, ONE)


def test_the_samples_load_twice(office: Office) -> None:
    actor = office.city.who(Role.inspector, office.city.at("department", "341500"))
    for again in (False, True):
        for kind in ("enterprises", "people"):
            path = SAMPLES / f"{kind}.csv"
            report = import_ledger(office.engine, path, actor, office.clock, kind=kind)
            assert _counts(report) == ((0, 3, 0) if again else (3, 0, 0)), report.rejected
