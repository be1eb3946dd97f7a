"""Every move rests on a provision that is written down, and is cited as what it is."""

import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from guapai.errors import BadInput
from law.grounds import unfounded
from law.provisions import (
    NEWEST,
    PROVISIONS,
    Provision,
    cite,
    cited,
    ground,
    pin,
    provision,
    read_provision,
)
from statemachines.nouns import NOUNS, PAPERS

ROOT = Path(__file__).parents[2]

LUAN = "341502"
BEFORE, SINCE = date(2026, 1, 31), date(2026, 2, 1)
"""The last day of the old order on penalties, and the first of the new one (domain.md 15.1)."""


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


def test_a_rule_carries_its_own_key() -> None:
    assert all(rule.key == key for key, rule in PROVISIONS.items())
    assert provision("ajl16_23", SINCE) is PROVISIONS["ajl16_23"]


def test_keys_that_begin_with_own_are_own_and_no_others() -> None:
    own = {key for key, rule in PROVISIONS.items() if rule.status == "own"}
    assert own == {key for key in PROVISIONS if key.startswith("own_")}


def test_nothing_is_claimed_to_be_verified_that_nobody_compared() -> None:
    assert {rule.status for rule in PROVISIONS.values()} == {"unverified", "own"}


def test_an_unknown_key_is_refused_in_words() -> None:
    for ask in (provision, lambda key, day: cited(key, LUAN, day)):
        with pytest.raises(BadInput, match="没有依据“nowhere”"):
            ask("nowhere", SINCE)
    assert pin("nowhere", SINCE) == ""


@pytest.mark.parametrize(
    ("key", "day", "inside", "printed"),
    [
        (
            "ajl16_23",
            SINCE,
            "《安全生产事故隐患排查治理暂行规定》（原国家安全生产监督管理总局令第16号）"
            "第二十三条（原文待核）",
            "依据：《安全生产事故隐患排查治理暂行规定》"
            "（原国家安全生产监督管理总局令第16号）第二十三条",
        ),
        (
            "ajl15_recheck",
            BEFORE,
            "《安全生产违法行为行政处罚办法》"
            "（原国家安全生产监督管理总局令第15号，2015年修正）（原文待核）",
            "依据：《安全生产违法行为行政处罚办法》"
            "（原国家安全生产监督管理总局令第15号，2015年修正）",
        ),
        (
            "ajl15_recheck",
            SINCE,
            "《安全生产违法行为行政处罚办法》（应急管理部令第18号）（沿用原令第15号；原文待核）",
            "依据：《安全生产违法行为行政处罚办法》（应急管理部令第18号）",
        ),
        (
            "qingdao_3x",
            SINCE,
            "参照《青岛市安全生产事故隐患“3+X”挂牌督办暂行制度》（文号待核；原文待核）",
            "",
        ),
        ("yunfu_monthly", SINCE, "参照云浮市重点隐患区域挂牌督办做法（文号待核；原文待核）", ""),
        (
            "own_ladder",
            SINCE,
            "本系统内控规则：期限前后的提醒、督查与逐级升级（自定）",
            "办理规则：期限前后的提醒、督查与逐级升级（本系统自定）",
        ),
    ],
)
def test_a_rule_is_cited_as_what_it_is(key: str, day: date, inside: str, printed: str) -> None:
    assert cited(key, LUAN, day) == inside
    assert ground(key, LUAN, day) == printed


@pytest.mark.parametrize("day", [BEFORE, SINCE, NEWEST])
@pytest.mark.parametrize("place", [LUAN, "370200", "000000"])
def test_what_is_open_stays_inside(place: str, day: date) -> None:
    for key in PROVISIONS:
        shown, printed = cited(key, place, day), ground(key, place, day)
        assert shown.endswith(("（自定）", "待核）")), key
        assert "待核" not in printed, key
        assert (printed == "") is shown.startswith("参照"), key


@pytest.mark.parametrize(
    ("key", "place", "binds"),
    [
        ("ajl16_23", "370200", True),
        ("qingdao_3x", "370202", True),
        ("qingdao_3x", "370100", False),
        ("hubei_acceptance", "420111", True),
        ("hubei_acceptance", "341522", False),
    ],
)
def test_a_local_rule_binds_its_own_area(key: str, place: str, binds: bool) -> None:
    assert PROVISIONS[key].binds(place) is binds
    assert cited(key, place, SINCE).startswith("参照") is not binds


def test_a_rule_of_one_trade_binds_no_other() -> None:
    rule = PROVISIONS["mot_listing"]
    assert (rule.binds(LUAN), rule.binds(LUAN, "工贸"), rule.binds(LUAN, rule.sector)) == (
        *(False, False),
        True,
    )


def test_a_draft_is_a_motive_and_nobodys_basis() -> None:
    drafts = {key for key, rule in PROVISIONS.items() if rule.draft}
    assert drafts == {"luan_plan"}
    assert PROVISIONS["luan_plan"].origin_at("341500") == "reference"
    moves = {m.basis for n in NOUNS.values() for m in n.procedure.moves}
    papers = {b for p in PAPERS.values() for b in p.basis}
    assert drafts & (moves | papers | bases("law/packs", r'"(\w+)"', ".toml")) == set()


def test_a_paper_rests_on_rules_of_the_country() -> None:
    for kind in PAPERS.values():
        assert {PROVISIONS[b].origin_at("000000") for b in kind.basis} == {"rule"}, kind.name


@pytest.mark.parametrize("key", [k for k, r in PROVISIONS.items() if r.then])
def test_numbers_of_an_order_that_was_replaced_are_references(key: str) -> None:
    old = PROVISIONS[key]
    new = provision(key, SINCE)
    assert (old.origin_at(LUAN), new.origin_at(LUAN)) == ("rule", "reference")
    assert provision(key, BEFORE) is old
    assert pin(key, BEFORE) != pin(key, SINCE)


@pytest.mark.parametrize(
    ("until", "kind", "fits"),
    [
        (BEFORE, "rule", True),
        (BEFORE, "reference", False),
        (None, "rule", False),
        (None, "reference", True),
    ],
)
def test_a_pack_says_what_its_numbers_are_at_its_end(
    until: date | None, kind: str, fits: bool
) -> None:
    number = {"value": "10d", "basis": "ajl15_recheck", "kind": kind}
    values = {"jurisdiction": "341500", "sector": "*", "valid_until": until, "papers": {}}
    assert (list(unfounded({**values, "within": number})) == []) is fits


def test_what_an_event_pins_is_the_whole_wording() -> None:
    rule = PROVISIONS["ajl16_23"]
    assert read_provision(rule.stored) == rule
    for change in ({"title": "别的"}, {"article": "第一条"}, {"status": "verified", "text": "……"}):
        other = Provision.model_validate({**rule.model_dump(), **change})
        assert other.fingerprint != rule.fingerprint


def test_a_verified_rule_is_cited_without_doubt() -> None:
    assert "待核" not in cite_of(status="verified", text="……", number="令第1号", article="第一条")


def cite_of(**fields: str) -> str:
    """How a rule that is not in the file would be cited."""
    rule = Provision.model_validate(
        {"key": "tried", "instrument": "某办法", "title": "某事", "source": "某处"} | fields
    )
    return cite(rule, LUAN)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "verified"},
        {"status": "own"},
        {"status": "own", "text": "……", "number": "令第1号"},
        {"status": "guessed"},
        {"status": "unverified", "colour": "red"},
        {"status": "unverified", "then": "ajl16_23"},
        {"status": "unverified", "valid_until": "2026-01-31"},
    ],
)
def test_a_rule_that_claims_too_much_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        cite_of(**fields)
