"""Cases go on under a pack that is older than the code; what is lent to it stands in the history."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from actions.clock.ladder import sweep
from actions.history.verification import LATE, verify
from actions.post.digest import gather
from guapai.errors import Unready
from guapai.people import Role
from law.pack import from_json, national, shipped_texts
from statemachines.nouns import DUTIES
from storage import duty, hazard, letter
from storage.database.memory import Memory
from storage.database.work import unit_of_work
from storage.history import event
from storage.history.event import Event
from storage.upkeep import pack
from tests.actions.conftest import Office


def _follow_older(office: Office, *gone: str, **more: Any) -> int:
    """Publish the city's pack as it was before some of its paths were there; its id."""
    with unit_of_work(office.engine, office.clock) as work:
        values = json.loads(pack.get(work, pack.current(work, "luan")).text)
        for path in gone:
            *above, name = path.split(".")
            inner = values
            for key in above:
                inner = inner[key]
            del inner[name]
        values["parameters"].update(more)
        text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        published = pack.publish(work, from_json(text))
    assert published is not None
    return published


def _opening(office: Office, case: int, kind: str) -> tuple[duty.Duty, Event]:
    """An open duty, and the event that opened it."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = next(d for d in duty.of_case(work, case) if d.kind == kind and d.state == "open")
        changes = {e.id: json.loads(e.leaf)["changes"] for e in event.of_case(work, case)}
        opened = next(
            e
            for e in event.of_case(work, case)
            if any(table == "duties" and row == found.id for table, row, _ in changes[e.id])
        )
    return found, opened


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Puts other code in place, in whose national pack a rung of the ladder of `fix` is another."""
    texts = dict(shipped_texts())
    assert '"d3", at = "-3d"' in texts["national"]
    texts["national"] = texts["national"].replace('"d3", at = "-3d"', '"d2", at = "-2d"')

    def run() -> None:
        monkeypatch.setattr("law.pack.shipped_texts", lambda: texts)
        monkeypatch.setattr(pack, "_SEEN_PACKS", Memory(100))
        pack._read_pack.cache_clear()

    yield run
    pack._read_pack.cache_clear()


def _assert_holds(office: Office) -> None:
    found = verify(office.engine, office.clock, office.files).faults
    assert [f for f in found if f.what != LATE] == []


def test_a_stored_pack_that_lacks_a_number_and_has_one_too_many_is_followed(office: Office) -> None:
    published = _follow_older(
        office,
        "format",
        "parameters.acceptance.officers_min",
        retired={"within": {"value": "3d", "basis": "own_term", "kind": "own"}},
    )
    case = office.lead()
    office.act(
        Role.inspector, "verify", {"finding": "属实", "officers": office.officers}, case
    )  # asks for officers_min
    with unit_of_work(office.engine, office.clock, write=False) as work:
        row = hazard.get(work, case)
        assert row is not None
        assert row.pack_id == published
        rules = pack.get(work, published)
        stored = next(p for p in pack.published(work) if p.id == published)
    assert rules.filled == ("parameters.acceptance.officers_min",)
    assert rules.aside == ("parameters.retired",)
    assert rules.fingerprint == stored.fingerprint
    _assert_holds(office)


def test_a_kind_of_duty_younger_than_the_pack_opens_and_its_event_says_whose_term_it_has(
    office: Office,
) -> None:
    _follow_older(office, "duties.grade", "duties.recheck")
    case = office.grading()
    found, opened = _opening(office, case, "grade")
    within = national().within("grade")
    assert within is not None
    assert (found.term, found.basis) == (str(within.value), within.basis)
    assert json.loads(opened.leaf)["notes"]["fallback"] == {
        "grade": f"national@{national().fingerprint}"
    }
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, case)
    _, opened = _opening(office, case, "fix")
    assert "fallback" not in json.loads(opened.leaf)["notes"], "its own term needs no word"
    _assert_holds(office)


def test_a_number_that_dates_a_duty_is_named_too(office: Office) -> None:
    _follow_older(office, "parameters.progress", "parameters.closure.lookback")
    case = office.rectifying()
    _, opened = _opening(office, case, "report_progress")
    assert set(json.loads(opened.leaf)["notes"]["fallback"]) == {"report_progress"}
    office.act(Role.enterprise_head, "request_acceptance", office.application(case), case)
    office.accept(case)
    office.act(Role.commission_office, "close", {"conclusion": "隐患已消除"}, case)
    _, opened = _opening(office, case, "look_back")
    assert set(json.loads(opened.leaf)["notes"]["fallback"]) == {"look_back"}
    _assert_holds(office)


def test_a_term_that_nobody_knows_is_a_sentence_with_what_to_do(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.lead()
    monkeypatch.setitem(DUTIES, "grade", replace(DUTIES["grade"], name="younger_still"))
    with pytest.raises(Unready, match=r"没有“判定隐患等级”的办理期限.*guapai pack publish"):
        office.act(Role.inspector, "verify", {"finding": "属实", "officers": office.officers}, case)


def test_a_pack_or_calendar_that_is_not_there_is_a_sentence(office: Office) -> None:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        with pytest.raises(Unready, match="no rule pack 7 in the database"):
            pack.get(work, 7)
        with pytest.raises(Unready, match="no calendar 1234 in the database"):
            pack.calendar(work, "1234")


def test_a_lent_ladder_that_changes_with_the_code_leaves_its_history_whole(
    office: Office, upgrade: Callable[[], None]
) -> None:
    _follow_older(office, "duties.fix")
    case = office.general()
    found, opened = _opening(office, case, "fix")
    assert set(json.loads(opened.leaf)["notes"]["fallback"]) == {"fix"}
    upgrade()
    office.clock.at = found.due_at - timedelta(days=3)
    sweep(office.engine, office.clock)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        last = event.of_case(work, case)[-1]
    assert (last.noun, last.row_id, last.move) == ("duty", found.id, "recount")
    _assert_holds(office)
    office.clock.at = found.due_at - timedelta(days=1)
    sweep(office.engine, office.clock)
    gather(office.engine, office.clock)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert {r.rung for r in duty.rungs_of(work, found.id)} == {"d2"}
    _assert_holds(office)


def test_a_reminder_whose_lent_rung_is_gone_is_sent_all_the_same(
    office: Office, upgrade: Callable[[], None]
) -> None:
    _follow_older(office, "duties.fix")
    case = office.general()
    found, _ = _opening(office, case, "fix")
    office.clock.at = found.due_at - timedelta(days=2)
    sweep(office.engine, office.clock)
    upgrade()
    gather(office.engine, office.clock)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        texts_sent = [r.text for r in letter.every(work) if r.kind == "digest"]
    assert any("请及时办理" in t and DUTIES["fix"].title in t for t in texts_sent)
