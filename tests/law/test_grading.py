"""Standards and clauses are read as they are written, and likeness only ever names candidates."""

import re
import subprocess
import sys
from datetime import date

import pytest

from guapai.errors import BadInput
from law.grading import Clause, read_clauses, shipped_catalogue, standards, suggest

HEAD = "条款号,内容,来源\n"
SECTORS = [
    "非煤矿山",
    "危险化学品",
    "道路交通",
    "建筑施工",
    "消防",
    "水上交通",
    "特种设备",
    "民用爆炸物品",
    "烟花爆竹",
    "工贸",
    "城市运行",
    "铁路",
    "农业机械",
    "渔业船舶",
    "旅游",
    "水利",
    "职业卫生",
]


def read(text: str) -> tuple[Clause, ...]:
    """The clauses of a text, as a file named 本市.csv."""
    return read_clauses(text.encode(), "本市.csv")


def test_standards_have_a_code_of_their_own_and_doubt_on_their_face() -> None:
    codes = [one.code for one in standards()]
    assert len(codes) == len(set(codes)) >= 20
    assert all(one.cite().endswith("（原文待核）") for one in standards())


def test_a_standard_is_cited_by_title_and_number() -> None:
    by_code = {one.code: one for one in standards()}
    assert by_code["gongmao"].cite() == (
        "《工贸企业重大事故隐患判定标准》（应急管理部令第10号）（原文待核）"
    )
    assert "（文号待核）" in by_code["nongji"].cite()


@pytest.mark.parametrize(
    ("code", "day", "in_force"),
    [
        ("gongmao", date(2023, 5, 14), False),
        ("gongmao", date(2023, 5, 15), True),
        ("minbao_2023", date(2024, 12, 2), True),
        ("minbao_2023", date(2024, 12, 3), False),
        ("minbao_2024", date(2024, 12, 2), False),
        ("minbao_2024", date(2024, 12, 3), True),
        ("huagong", date(2020, 1, 1), True),
    ],
)
def test_a_standard_is_in_force_from_its_first_to_its_last_day(
    code: str, day: date, in_force: bool
) -> None:
    (standard,) = [one for one in standards() if one.code == code]
    assert standard.in_force(day) is in_force


def test_the_catalogue_covers_every_sector_of_the_plan() -> None:
    catalogue = shipped_catalogue()
    assert all(re.fullmatch(r"LA-[\u4e00-\u9fff]{2}-\d\d", one.id) for one in catalogue)
    named = {one.source.rpartition("（")[2].rstrip("）") for one in catalogue}
    assert named == set(SECTORS)


@pytest.mark.parametrize("name", ["墩塘", "交元", "龙井潭", "大藕塘", "龙穴", "马庄", "民主"])
def test_the_catalogue_names_the_seven_reservoirs(name: str) -> None:
    assert sum(f"{name}水库" in one.text for one in shipped_catalogue()) == 1


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_read_with_and_without_bom(mark: bytes) -> None:
    data = mark + '来源,条款号,备注,内容\r\n\r\n 规划 ,ＱＨ-01,,"漏水,漏电"\r\n'.encode()
    assert read_clauses(data, "本市.csv") == (Clause("QH-01", "漏水,漏电", "规划"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "本市.csv：文件是空的，第一行应为表头：条款号、内容、来源"),
        ("\n,,\n", "本市.csv：文件是空的"),
        (HEAD, "本市.csv：表头之下没有条款"),
        ("条款号,文字\n", "本市.csv 第1行：表头缺少“内容”“来源”列"),
        ("条款号,内容,来源,内容\n", "本市.csv 第1行：表头中“内容”列出现了不止一次"),
        (HEAD + "a,漏水,规划\n\nＡ,漏电,规划\na,漏气,规划\n", "第5行：条款号“a”与第2行重复"),
        (HEAD + "a,漏水,规划\nb, ,规划\n", "第3行：“内容”是空的"),
        (HEAD + ",漏水,规划\n", "第2行：“条款号”是空的"),
        (HEAD + "a,漏水\n", "第2行：“来源”是空的"),
        (HEAD + "a,漏水,漏电,规划\n", "第2行：有4格，表头只有3列"),
        (HEAD + "a," + "水" * 1001 + ",规划\n", "第2行：“内容”超过1000字"),
        (HEAD + 'a,"漏\n水",规划\na,漏电,规划\n', "第4行：条款号“a”与第2行重复"),
        (HEAD + 'a,"漏水,规划\n', "第2行：引号不成对"),
        (HEAD + 'a,"漏"水,规划\n', "第2行：引号不成对"),
        (HEAD + "a," + "水" * 200_000 + ",规划\n", "第2行：引号不成对或单元格过长"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(text)
    assert message in str(refused.value)


def test_a_file_in_another_encoding_is_refused_with_its_line() -> None:
    data = b"a,b,c\n" + "条款号,内容,来源\n".encode("gb18030")
    with pytest.raises(BadInput, match=r"本市\.csv 第2行：不是 UTF-8 编码.*CSV UTF-8"):
        read_clauses(data, "本市.csv")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("粉尘", "除尘系统"),
        ("木工车间粉尘堆积，除尘器堵塞", "除尘系统"),
        ("水库大坝渗漏", "水库"),
        ("墩塘水库大坝渗漏", "墩塘水库"),
        ("电梯", "电梯"),
        ("尾矿库没有在线监控", "在线监控"),
        ("脚手架搭设不稳", "脚手架"),
    ],
)
def test_a_description_finds_its_clause_first(text: str, found: str) -> None:
    assert found in suggest(text, shipped_catalogue())[0].clause.text


def test_likeness_names_at_most_so_many_candidates_best_first() -> None:
    found = suggest("水库大坝渗漏", shipped_catalogue())
    assert len(found) == 5
    assert all("水库" in one.clause.text for one in found)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert suggest("水库大坝渗漏", shipped_catalogue(), most=2) == found[:2]
    assert suggest("水库", shipped_catalogue(), most=0) == []
    assert suggest("水库", shipped_catalogue(), most=-1) == []


@pytest.mark.parametrize("text", ["", "水", "！？", "quantum"])
def test_a_description_like_nothing_finds_nothing(text: str) -> None:
    assert suggest(text, shipped_catalogue()) == []


def test_no_clauses_no_candidates() -> None:
    assert suggest("水库", ()) == []


def test_the_same_words_are_as_like_as_can_be_and_ties_keep_their_order() -> None:
    clauses = read(HEAD + "b,氨 泄漏。ＧＢ,规划\na,氨泄漏,规划\nc,泄漏gb,规划\nd,泄漏gb,规划\n")
    found = suggest("氨;泄漏 gb", clauses)
    assert [one.clause.id for one in found] == ["b", "c", "d", "a"]
    assert found[0].score == pytest.approx(1.0)
    assert found[1].score == found[2].score
    assert all(0 < one.score <= 1 for one in found)


def test_the_order_does_not_hang_on_the_seed_of_hashes() -> None:
    program = (
        "from law.grading import *\n"
        "print([(s.clause.id, s.score) for s in"
        " suggest('冷库氨泄漏，仓储区火灾爆炸危险', shipped_catalogue(), 50)])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            encoding="utf-8",
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1
