"""Every move rests on a provision that is written down, and is cited as what it is."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from guapai.errors import BadInput
from law.provisions import PROVISIONS, Provision, cite, provision

ROOT = Path(__file__).parents[2]

PROMISED = [
    "gf2010_23",
    "ajl16_3",
    "ajl16_6",
    "ajl16_14",
    "ajl16_15",
    "ajl16_18",
    "ajl16_23",
    "ajl15_recheck",
    "ajl15_deferral",
    "aqscf_41",
    "aqscf_65",
    "aqscf_70",
    "aqscf_101",
    "aqscf_113",
    "aqscf_118",
    "luan_plan",
    "qingdao_3x",
    "yunfu_monthly",
    "listing_notice_form",
    "aw2018_2",
    "own_expert_appraisal",
    "own_plan_review",
    "own_ladder",
    "own_look_back",
    "own_void",
    "own_post",
    "own_term",
    "own_matrix",
    "ningbo_deferral",
    "hubei_acceptance",
]


def bases(folder: str, pattern: str, ending: str) -> set[str]:
    """Every basis key named in the files of a folder."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob(f"*{ending}"))
    return {key for text in texts for key in re.findall(pattern, text)}


def test_every_basis_of_a_move_is_written_down() -> None:
    named = bases("statemachines", r'\bbasis="([^"]*)"', ".py")
    assert len(named) > 15
    assert named - PROVISIONS.keys() == set()


def test_every_basis_of_a_pack_is_written_down() -> None:
    assert bases("law/packs", r'\bbasis\s*=\s*"([^"]*)"', ".toml") - PROVISIONS.keys() == set()


def test_the_promised_keys_are_there() -> None:
    assert set(PROMISED) - PROVISIONS.keys() == set()


def test_a_rule_carries_its_own_key() -> None:
    assert all(rule.key == key for key, rule in PROVISIONS.items())
    assert provision("ajl16_23") is PROVISIONS["ajl16_23"]


def test_keys_that_begin_with_own_are_own_and_no_others() -> None:
    own = {key for key, rule in PROVISIONS.items() if rule.status == "own"}
    assert own == {key for key in PROVISIONS if key.startswith("own_")}


def test_nothing_is_claimed_to_be_verified_that_nobody_compared() -> None:
    assert {rule.status for rule in PROVISIONS.values()} == {"unverified", "own"}


def test_an_unknown_key_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match="没有依据“nowhere”"):
        provision("nowhere")
    with pytest.raises(BadInput):
        cite("nowhere")


@pytest.mark.parametrize(
    ("key", "cited"),
    [
        (
            "ajl16_23",
            "《安全生产事故隐患排查治理暂行规定》（原国家安全生产监督管理总局令第16号）"
            "第二十三条（原文待核）",
        ),
        (
            "aqscf_101",
            "《中华人民共和国安全生产法》（2021年修正）第一百零一条第五项（原文待核）",
        ),
        (
            "ajl15_recheck",
            "《安全生产违法行为行政处罚办法》（原国家安全生产监督管理总局令第15号，2015年修正）"
            "（原文待核；2026年2月1日起施行的应急管理部令第18号是否沿用待核）",
        ),
        (
            "qingdao_3x",
            "参照《青岛市安全生产事故隐患“3+X”挂牌督办暂行制度》（文号待核；原文待核）",
        ),
        ("yunfu_monthly", "参照云浮市重点隐患区域挂牌督办做法（文号待核；原文待核）"),
        ("own_ladder", "本系统内控规则：期限前后的提醒、督查与逐级升级（自定）"),
    ],
)
def test_a_rule_is_cited_as_what_it_is(key: str, cited: str) -> None:
    assert cite(key) == cited


def test_every_rule_that_is_no_law_of_the_place_says_so() -> None:
    for key, rule in PROVISIONS.items():
        assert cite(key).startswith("参照") is (rule.place not in ("", "341500")), key
        assert cite(key).endswith(("（自定）", "待核）")), key


@pytest.mark.parametrize(
    ("key", "place", "binds"),
    [
        ("ajl16_23", "370200", True),
        ("qingdao_3x", "370202", True),
        ("qingdao_3x", "370100", False),
        ("hubei_acceptance", "420111", True),
        ("hubei_acceptance", "341522", False),
        ("luan_plan", "341522", True),
        ("luan_plan", "340000", False),
    ],
)
def test_a_local_rule_binds_its_own_area(key: str, place: str, binds: bool) -> None:
    assert provision(key).binds(place) is binds
    assert cite(key, place).startswith("参照") is not binds


def test_a_verified_rule_is_cited_without_doubt() -> None:
    assert "待核" not in cite_of(status="verified", text="……", number="令第1号", article="第一条")


def cite_of(**fields: str) -> str:
    """How a rule that is not in the file would be cited."""
    rule = Provision.model_validate(
        {"key": "tried", "instrument": "某办法", "title": "某事", "source": "某处"} | fields
    )
    PROVISIONS["tried"] = rule
    try:
        return cite("tried")
    finally:
        del PROVISIONS["tried"]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "verified"},
        {"status": "own"},
        {"status": "own", "text": "……", "number": "令第1号"},
        {"status": "guessed"},
        {"status": "unverified", "colour": "red"},
    ],
)
def test_a_rule_that_claims_too_much_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        cite_of(**fields)
