"""Rule packs: complete, immutable, and refused with file, line and key when something is odd."""

from datetime import UTC, datetime, timedelta

import pytest

from guapai.clock import LOCAL
from guapai.errors import BadInput
from law.calendar import shipped_calendar
from law.pack import Pack, from_json, read_packs, shipped_texts
from law.provisions import NEWEST, PROVISIONS, provision
from statemachines.nouns import DUTIES
from statemachines.vocabulary import VOCABULARY


def _read(name: str) -> Pack:
    return read_packs(shipped_texts(), VOCABULARY)[name]


def _changed(old: str, new: str) -> dict[str, str]:
    texts = dict(shipped_texts())
    assert old in texts["national"]
    texts["national"] = texts["national"].replace(old, new, 1)
    return texts


def test_luan_extends_the_national_pack() -> None:
    packs = read_packs(shipped_texts(), VOCABULARY)
    national, luan = packs["national"], packs["luan"]
    assert str(national.parameters.deferral.window.value) == "10d"
    assert str(luan.parameters.deferral.window.value) == "15wd"
    ids = [r.id for r in luan.rungs("rectify")]
    assert sorted(ids) == sorted(r.id for r in national.rungs("rectify"))
    assert luan.parameters.acceptance == national.parameters.acceptance


def test_json_round_trip_keeps_the_fingerprint() -> None:
    pack = _read("luan")
    assert from_json(pack.text).fingerprint == pack.fingerprint


def test_every_number_names_a_provision_we_have_and_its_kind() -> None:
    def walk(value: object) -> int:
        if isinstance(value, dict):
            if "basis" in value:
                assert value["basis"] in PROVISIONS
                assert value["kind"] == provision(value["basis"], NEWEST).origin_at("341500")
            return ("basis" in value) + sum(map(walk, value.values()))
        if isinstance(value, list | tuple):
            return sum(map(walk, value))
        return 0

    assert walk(_read("luan").model_dump()) > 60


@pytest.mark.parametrize("days", [-20, 0, 1, 22, 23, 400, 4000])
def test_every_ladder_has_a_rung_to_come_however_late_it_is(days: int) -> None:
    pack, end = _read("luan"), datetime(2026, 4, 10, 16, tzinfo=UTC)
    now = end + timedelta(days=days)
    for kind in DUTIES:
        steps = [s for r in pack.rungs(kind) for s in r.times(end, end, shipped_calendar(), now)]
        assert [at for at, rung in steps if at > now and rung.to], kind
        assert len({rung.id for _, rung in steps}) == len(steps)


def test_what_comes_again_has_its_times_and_names_whoever_asks_when() -> None:
    (weekly,) = [r for r in _read("luan").climb if r.every]
    end = datetime(2026, 4, 10, 16, tzinfo=UTC)  # Friday 10 April ends
    seen = {}
    for hours in range(24 * 70):
        now = end + timedelta(hours=hours)
        for at, rung in weekly.times(end, end, shipped_calendar(), now):
            assert seen.setdefault(rung.id, at) == at
    assert [(r, at.astimezone(LOCAL).date().isoformat()) for r, at in seen.items()][:3] == [
        ("weekly", "2026-05-02"),
        ("weekly:2", "2026-05-09"),
        ("weekly:3", "2026-05-16"),
    ]


def test_a_kind_may_say_it_in_other_words_but_not_fall_silent() -> None:
    pack = _read("luan")
    assert [r.say for r in pack.rungs("give_notice") if r.id == "late"] == [
        "首次报告已逾期，请立即报告"
    ]
    assert [r.id for r in pack.rungs("give_notice")][-4:] == ["wd3", "d7", "d15", "weekly"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("max_times = { value = 2", "max_times = { value = 0", "parameters.deferral.max_times"),
        (
            'within = { value = "10d", basis = "ajl16_23"',
            'within = { value = "10x", basis = "ajl16_23"',
            "10x",
        ),
        ("[parameters.term]", "[parameters.term]\nlongest = 3", "longest"),
        ('kind = "own" }\n\n[parameters.plan]', 'kind = "law" }\n\n[parameters.plan]', "kind"),
        (
            'basis = "yunfu_monthly", kind = "reference"',
            'basis = "yunfu_monthly", kind = "rule"',
            "'yunfu_monthly' is of the kind 'reference' here, not 'rule'",
        ),
        (
            'basis = "ajl15_deferral", kind = "reference"',
            'basis = "ajl15_deferral", kind = "rule"',
            "is of the kind 'reference' here",
        ),
        ('basis = "own_term", kind = "own"', 'basis = "own_term", kind = "rule"', "kind 'own'"),
        ('basis = "own_matrix"', 'basis = "nobody_wrote_this"', "nobody_wrote_this"),
        ("[duties.verify_lead]", "[duties.verify_leed]", "verify_leed"),
        ('opens = "visit"', 'opens = "party"', "party"),
        ('move = "term_reached"', 'move = "close"', "close"),
        ('"township.township"', '"township.mayor"', "township.mayor"),
        ('effect = "propose"', 'effect = "shout"', "effect"),
        ('id = "t_minus_7d"', 'id = "t_minus_3d"', "same id"),
        ('id = "wd3"', 'id = "late"', "same id"),
        ('every = "1w"', "", "comes every so often"),
        ('every = "1w"', 'every = "1m"', "days or weeks"),
        ('at = "+60d"', 'at = "+60"', "+60"),
    ],
)
def test_odd_packs_are_refused_with_file_line_and_key(old: str, new: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_packs(_changed(old, new), VOCABULARY)
    message = str(refused.value)
    assert message.startswith("national.toml, line ")
    assert said in message


def test_the_line_is_the_right_one() -> None:
    texts = _changed("max_times = { value = 2", "max_times = { value = 0")
    line = next(n for n, t in enumerate(texts["national"].splitlines(), 1) if "max_times" in t)
    with pytest.raises(BadInput, match=f"line {line},"):
        read_packs(texts, VOCABULARY)


def test_text_that_is_not_toml_and_a_missing_base() -> None:
    with pytest.raises(BadInput, match=r"x\.toml: not TOML"):
        read_packs({"x": "= 3"}, VOCABULARY)
    with pytest.raises(BadInput, match=r"no pack 'nowhere'"):
        read_packs({"x": 'extends = "nowhere"\n'}, VOCABULARY)
