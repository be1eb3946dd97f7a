"""Stored packs of any age are read: what is younger is lent and said, what is gone is laid aside."""

import hashlib
import json
from typing import Any

import pytest

from guapai.errors import Unready
from law import stored
from law.pack import Pack, from_json, national, read_packs, shipped_texts
from statemachines.vocabulary import VOCABULARY

LENDER = f"national@{national().fingerprint}"


def _luan() -> Pack:
    return read_packs(shipped_texts(), VOCABULARY)["luan"]


def _text(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _values() -> dict[str, Any]:
    values: dict[str, Any] = json.loads(_luan().text)
    return values


def test_a_pack_says_its_format_and_keeps_the_text_it_was_read_from() -> None:
    assert _values()["format"] == stored.FORMAT
    first = _values()
    del first["format"]
    read = from_json(_text(first))
    assert read.text == _text(first)
    assert read.fingerprint == hashlib.sha256(_text(first).encode()).hexdigest()
    assert read.parameters == _luan().parameters
    assert (read.filled, read.aside, read.lender("parameters", "duties")) == ((), (), None)


def test_numbers_younger_than_a_pack_are_the_countrys_and_said() -> None:
    values = _values()
    del values["parameters"]["deferral"]["max_times"]
    del values["parameters"]["listing"]["matrix"]
    text = _text(values)
    read = from_json(text)
    assert read.filled == (
        "parameters.deferral.max_times",
        "parameters.listing.matrix.city_deaths",
        "parameters.listing.matrix.province_deaths",
    )
    assert read.parameters.deferral.max_times == national().parameters.deferral.max_times
    assert str(read.parameters.deferral.window.value) == "15wd", "its own numbers stay its own"
    assert read.lender("parameters.deferral.max_times") == LENDER
    assert read.lender("parameters.listing") == LENDER
    assert read.lender("parameters.deferral.max") is None
    assert read.fingerprint == hashlib.sha256(text.encode()).hexdigest()


def test_a_pack_older_than_the_climb_climbs_as_the_countrys_does() -> None:
    values = _values()
    del values["climb"]
    read = from_json(_text(values))
    assert (read.climb, read.filled) == (national().climb, ("climb",))
    assert read.lender("climb") == LENDER


def test_what_nothing_asks_for_any_more_is_laid_aside_and_said() -> None:
    values = _values()
    values["mood"] = "good"
    values["parameters"]["term"]["longest"] = {"value": "2y", "basis": "own_term", "kind": "own"}
    values["duties"]["rectify"]["rungs"][3]["colour"] = "red"
    read = from_json(_text(values))
    assert read.aside == ("duties.rectify.rungs.3.colour", "mood", "parameters.term.longest")
    assert read.filled == ()
    assert read.rungs("rectify") == _luan().rungs("rectify")


def test_a_kind_of_duty_younger_than_a_pack_has_the_countrys_term_and_ladder() -> None:
    values = _values()
    del values["duties"]["file_plan"], values["duties"]["rectify"]
    values["duties"]["grade"] = {"within": None, "rungs": None}
    read = from_json(_text(values))
    assert read.filled == ("duties.file_plan", "duties.grade.within")
    assert read.within("file_plan") == national().within("file_plan")
    assert read.rungs("file_plan") == national().rungs("file_plan")
    assert read.within("grade") == national().within("grade")
    assert read.lender("duties.grade") == LENDER
    assert read.rungs("rectify") == (*(read.defaults.rungs or ()), *read.climb), (
        "a kind that a paper dates asks for no term"
    )


def test_a_format_is_read_through_every_step_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(values: stored.Values) -> stored.Values:
        old = values["parameters"]["deferral"]
        window = {**old, "window": old["days_before"]}
        del window["days_before"]
        return {**values, "parameters": {**values["parameters"], "deferral": window}}

    second = _values()
    deferral = second["parameters"]["deferral"]
    deferral["days_before"] = {**deferral.pop("window"), "value": "12wd"}
    first = {k: v for k, v in second.items() if k != "format"}
    monkeypatch.setattr(stored, "FORMAT", 3)
    monkeypatch.setattr(stored, "UPCASTERS", {**stored.UPCASTERS, 2: renamed})
    for old in (_text(first), _text({**second, "format": 2})):
        read = from_json(old)
        assert str(read.parameters.deferral.window.value) == "12wd"
        assert (read.filled, read.aside, read.text) == ((), (), old)


def test_every_older_format_has_its_step() -> None:
    assert set(stored.UPCASTERS) == set(range(1, stored.FORMAT))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("format",), stored.FORMAT + 1, "reads no later one"),
        (("parameters", "deferral", "max_times"), {"value": 2}, "max_times.basis"),
        (("parameters", "progress", "day", "value"), 40, "progress.day.value"),
        (("title",), None, "title"),
    ],
)
def test_text_that_cannot_be_read_says_where_and_what_to_do(
    path: tuple[str, ...], value: Any, said: str
) -> None:
    values = _values()
    inner = values
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(Unready, match=said) as refused:
        from_json(_text(values))
    assert "install the guapai that stored it" in str(refused.value)
