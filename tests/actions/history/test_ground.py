"""An event pins the wording of the provision it rests on: a later one does not change the past."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from actions.history.proof import pin_faults
from actions.history.verification import verify
from guapai.clock import local_date
from guapai.people import Role
from law.provisions import PROVISIONS, Provision, cited, pin
from portal.casefile import cite_pinned
from storage.database.work import unit_of_work
from storage.history import event
from storage.questions import verification as asked
from storage.upkeep import provision as provisions
from tests.actions.conftest import Office


def test_every_event_pins_what_it_rests_on(office: Office) -> None:
    case = office.closed()
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = event.of_case(work, case)
    assert len({e.basis for e in found}) > 5
    for one in found:
        assert json.loads(one.leaf)["ground"] == pin(one.basis, local_date(one.at)), one.move
    assert verify(office.engine, office.clock, office.files).faults == []


@pytest.mark.parametrize(
    ("at", "number"),
    [
        (datetime(2026, 1, 30, 2, 0, tzinfo=UTC), "原国家安全生产监督管理总局令第15号"),
        (datetime(2026, 2, 2, 2, 0, tzinfo=UTC), "应急管理部令第18号"),
    ],
)
def test_an_event_rests_on_the_order_of_its_day(office: Office, at: datetime, number: str) -> None:
    office.clock.at = at
    case = office.general(found_on="2026-01-10")
    facts = {"done": "已改", "evidence": office.photos()}
    office.act(Role.enterprise_head, "report_fixed", facts, case)
    office.act(Role.inspector, "fail_recheck", {"opinion": "未改"}, case)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        last = event.last(work, "hazard", case)
        assert last is not None
        wording = provisions.known(work)[json.loads(last.leaf)["ground"]]
    assert number in wording.number


def test_a_new_wording_leaves_the_past_as_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.grading()
    known = PROVISIONS["ajl16_6"].model_dump()
    new = Provision.model_validate({**known, "article": "第六十六条"})
    monkeypatch.setitem(PROVISIONS, "ajl16_6", new)
    cited.cache_clear()
    with unit_of_work(office.engine, office.clock) as work:
        provisions.publish(work)
        (_, verified) = (e for e in event.of_case(work, case) if e.noun == "hazard")
        root = SimpleNamespace(place_code="341502100")
        shown = SimpleNamespace(root=root, wordings=provisions.known(work))
        said = cite_pinned(shown, verified, json.loads(verified.leaf))  # type: ignore[arg-type]
        old = cite_pinned(shown, verified, {})  # type: ignore[arg-type]
    cited.cache_clear()
    assert ("第六条" in said, "第六十六条" in old) == (True, True)


def test_a_wording_that_went_missing_is_a_fault(office: Office) -> None:
    case = office.grading()
    gone = PROVISIONS["ajl16_6"].fingerprint
    with unit_of_work(office.engine, office.clock, write=False) as work:
        kept = provisions.wordings(work)
        history = asked.history(work, case, "341502-2026-00001")
    assert {r.fingerprint for r in PROVISIONS.values()} <= kept
    assert pin_faults(history, kept) == []
    faults = pin_faults(history, kept - {gone})
    assert [(f.what, gone in f.found) for f in faults] == [("ground", True)] * 2
