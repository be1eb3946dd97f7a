"""`guapai import` as an officer meets it: exit codes, one JSON value, the workbook of rejected rows."""

import json
from pathlib import Path

import pytest

from demo.city import found_city
from guapai.clock import utc_now
from storage import hazard
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.people import organisation
from storage.schema.schema import migrate
from tests.actions.imports.ledgers import HEADER, ONE, TWO, book, text
from tests.cli.commands import Commands

WHO = "inspector.8@example.com"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A founded city in a file."""
    address = f"sqlite:///{tmp_path}/x.db"
    engine = open_engine(address, role=None)
    migrate(engine)
    with unit_of_work(engine, utc_now) as work:
        found_city(work)
    engine.dispose()
    return address


def _count(url: str) -> int:
    engine = open_engine(url)
    with unit_of_work(engine, write=False) as work:
        found = len(hazard.every(work))
    engine.dispose()
    return found


def test_all_rows_land(guapai: Commands, tmp_path: Path, url: str) -> None:
    book(HEADER, ONE, TWO)(tmp_path)
    done = guapai("import", "台账.xlsx", "--as", WHO, "--db", url)
    assert done.code == 0, done.err
    assert done.out == "2 rows read, 2 imported, 0 there already, 0 rejected.\n"
    again = guapai("import", "台账.xlsx", "--as", WHO, "--db", url, "--json")
    assert again.code == 0
    assert json.loads(again.out) == {"read": 2, "imported": 0, "unchanged": 2, "rejected": []}
    assert not (tmp_path / "台账.错误.xlsx").exists()


def test_rejected_rows_are_told_and_kept(guapai: Commands, tmp_path: Path, url: str) -> None:
    text(HEADER, ONE, (*TWO[:1], "芜湖市", *TWO[2:4], "2021-05"))(tmp_path)
    done = guapai("import", "台账.csv", "--as", WHO, "--db", url, "--json")
    assert done.code == 3
    said = json.loads(done.out)
    assert (said["read"], said["imported"], said["unchanged"]) == (2, 1, 0)
    (refused,) = said["rejected"]
    assert refused.keys() == {"row", "column", "message"}
    assert (refused["row"], refused["column"]) == (3, "所在地")
    assert "；发现日期：“2021-05”是哪一天？" in refused["message"]
    assert (tmp_path / "台账.错误.xlsx").exists()
    words = ("import", "台账.csv", "--as", WHO, "--db", url, "--errors", "改.xlsx")
    plain = guapai(*words)
    assert plain.code == 3
    assert "1 there already, 1 rejected.\n  row 3, 所在地: 没有登记" in plain.out
    assert (tmp_path / "改.xlsx").exists()
    assert guapai("import", "改.xlsx", "--as", WHO, "--db", url).code == 3


def test_a_dry_run_writes_nothing(guapai: Commands, tmp_path: Path, url: str) -> None:
    book(HEADER, ONE, ONE, (*TWO[:4], "年底前"))(tmp_path)
    words = ("import", "台账.xlsx", "--as", WHO, "--db", url, "--dry-run")
    done = guapai(*words, "--json")
    assert done.code == 3
    said = json.loads(done.out)
    assert (said["read"], said["imported"], said["unchanged"]) == (3, 1, 1)
    assert "1 would be imported" in guapai(*words).out
    assert _count(url) == 0
    assert not (tmp_path / "台账.错误.xlsx").exists()
    guapai(*words, "--errors", "错.xlsx")
    assert (tmp_path / "错.xlsx").exists()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xlsx", b"\xd0\xcf\x11\xe0 locked", "不是可读的"),
        ("a.csv", b"\xff\xfe\x90\x96", "GB18030"),
        ("a.csv", b"name,date\r\n", "没有找到表头"),
        ("a.xls", b"", "只能导入"),
    ],
)
def test_a_file_that_cannot_be_read(
    guapai: Commands, tmp_path: Path, url: str, name: str, data: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    failed = guapai("import", name, "--as", WHO, "--db", url, "--json")
    assert (failed.code, failed.out) == (2, "")
    assert said in failed.err
    assert "Traceback" not in failed.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--as", "nobody@example.com"), "nobody we know"),
        (("--as", WHO, "--kind", "letters"), "none of: hazards, enterprises, people"),
        (("--as", WHO, "--errors", "没有/错.xlsx"), "--errors"),
        (("--as", WHO, "--errors", "台账.xlsx"), "台账本身"),
    ],
)
def test_a_mistake_is_one_sentence(
    guapai: Commands, tmp_path: Path, url: str, more: tuple[str, ...], said: str
) -> None:
    book(HEADER, ONE)(tmp_path)
    failed = guapai("import", "台账.xlsx", "--db", url, *more)
    assert failed.code == 2
    assert said in failed.err
    assert _count(url) == 0


def test_enterprises_and_people(guapai: Commands, tmp_path: Path, url: str) -> None:
    book(("企业名称", "所在地", "行业领域"), ("示例甲有限公司", "金安区", "工贸"))(tmp_path)
    words = ("import", "台账.xlsx", "--as", WHO, "--db", url)
    done = guapai(*words, "--kind", "enterprises")
    assert done.out.startswith("1 rows read, 1 imported"), done.err
    book(
        ("姓名", "邮箱", "单位", "岗位"),
        ("示例乙", "yi@example.com", "示例甲有限公司", "企业主要负责人"),
    )(tmp_path)
    done = guapai(*words, "--kind", "people")
    assert done.out.startswith("1 rows read, 1 imported"), done.err
    engine = open_engine(url)
    with unit_of_work(engine, write=False) as work:
        (firm,) = organisation.called(work, "示例甲有限公司", "", "")
    engine.dispose()
    assert firm.confirmed
    book(HEADER, (*ONE[:3], "示例甲有限公司", ONE[4]))(tmp_path)
    done = guapai("import", "台账.xlsx", "--as", "yi@example.com", "--db", url)
    assert done.code == 0, done.out + done.err
