"""A ledger of organisations: a whole city at once, parents in any order, one answer for each row."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from actions.act.administration import By
from actions.imports.landing import Report, import_ledger
from guapai.clock import SimulatedClock
from guapai.errors import NotAllowed
from guapai.people import Actor, Role
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.history import event
from storage.people import organisation as organisations
from storage.people import person as people
from tests.actions.conftest import FOUNDER, Office

SAMPLE = Path(__file__).parents[3] / "docs" / "samples" / "organisations.csv"
HEAD = "机构名称,机构类别,行政区划代码,上级机构,行业领域,统一社会信用代码\n"


def _take(
    engine: Engine, clock: SimulatedClock, path: Path, by: By | Actor = FOUNDER, **more: Any
) -> Report:
    return import_ledger(engine, path, by, clock, kind="organisations", **more)


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "机构.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def test_a_city_of_80_organisations_is_one_command(engine: Engine, clock: SimulatedClock) -> None:
    would = _take(engine, clock, SAMPLE, dry_run=True)
    assert (would.read, would.imported, would.rejected) == (80, 80, [])
    with unit_of_work(engine, clock, write=False) as work:
        assert organisations.every(work) == []
    done = _take(engine, clock, SAMPLE)
    assert (done.read, done.imported, done.rejected) == (80, 80, [])
    with unit_of_work(engine, clock, write=False) as work:
        every = {o.id: o for o in organisations.every(work)}
        found = work.execute(sa.select(event.TABLE)).mappings()
        leaves = [json.loads(e["leaf"]) for e in found]
    alone = [o.name for o in every.values() if o.parent_id is None]
    assert alone == ["六安市安全生产委员会"]
    bureau = next(o for o in every.values() if o.name == "裕安区水利局")
    assert every[bureau.parent_id or 0].name == "裕安区人民政府"
    assert (bureau.sector, bureau.place_code) == ("水利", "341503")
    assert len(leaves) == 80
    assert all(x["notes"] == {"founding": True} for x in leaves)
    again = _take(engine, clock, SAMPLE)
    assert (again.imported, again.unchanged) == (0, 80)


def test_each_row_has_its_own_answer(engine: Engine, clock: SimulatedClock, tmp_path: Path) -> None:
    rows = (
        "甲区应急管理局,部门,341502,甲区人民政府,,\n"
        "甲区人民政府,政府,341502,甲区安委会,,\n"
        "乙区人民政府,政府,341502,甲区安委会,,\n"
        "丙局,部门,34150,,,\n"
        "丁局,衙门,341502,,,\n"
        "戊局,部门,341502,没有的机构,,\n"
        "己局,部门,341502,戊局,,\n"
        "甲区安委会,安委会,341502,,,\n"
        ",部门,341502,,,\n"
        "庚厂,企业,341502,,工贸,123\n"
    )
    path = _written(tmp_path, rows)
    would = _take(engine, clock, path, dry_run=True)
    done = _take(engine, clock, path)
    assert {r.row: r for r in would.rejected}.keys() == {r.row for r in done.rejected}
    said = {r.row: (r.column, r.message) for r in done.rejected}
    assert said.keys() == {4, 5, 6, 7, 8, 10, 11}
    assert said[4][0] == "行政区划代码" and "已登记政府“甲区人民政府”" in said[4][1]
    assert "应为6位数字" in said[5][1]
    assert "可填：部门、安委会" in said[6][1]
    assert "没有登记“没有的机构”这个上级机构" in said[7][1]
    assert "没有登记“戊局”这个上级机构" in said[8][1]
    assert "此项必填" in said[10][1]
    assert done.imported == 3
    other = _written(tmp_path, "甲区应急管理局,部门,341503,甲区人民政府,工贸,\n")
    (refused,) = _take(engine, clock, other).rejected
    assert "已登记，行政区划代码是“341502”，台账写的是“341503”" in refused.message


def test_an_administrator_brings_in_those_of_their_own_places(
    office: Office, tmp_path: Path
) -> None:
    with unit_of_work(office.engine, office.clock) as work:
        who = people.add(work, "示例管理员", "admin@example.com")
        where = office.city.at("department", "341502")
        people.appoint(work, who, Role.system_admin, where, office.clock().date())
    admin = Actor(who, Role.system_admin, where, None, "示例管理员")
    path = _written(tmp_path, "金安区甲局,部门,341502,,,\n裕安区乙局,部门,341503,,,\n")
    report = _take(office.engine, office.clock, path, admin)
    assert report.imported == 1
    (refused,) = report.rejected
    assert "不在您管理的地区内" in refused.message
    with pytest.raises(NotAllowed, match="不担任系统管理员"):
        _take(office.engine, office.clock, path, office.who(Role.inspector))
