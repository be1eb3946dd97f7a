"""The ledger's pages together are exactly what a plain look at all rows gives, in its order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from guapai.clock import local_date
from guapai.people import Role
from statemachines.hazard import HAZARD
from storage import duty, hazard
from storage.database.work import Work, unit_of_work
from storage.hazard import Hazard
from storage.questions import ledger
from storage.questions.scope import ALL, NONE, Scope
from storage.questions.wanted import Wanted
from tests.actions.conftest import PLACE, Office

WANTED = [
    Wanted(),
    Wanted(sort="deadline"),
    Wanted(stage="open"),
    Wanted(stage="ended"),
    Wanted(stage="late"),
    Wanted(stage="late", sort="deadline"),
    Wanted(state="general_fixing"),
    Wanted(grade="major"),
    Wanted(level="county"),
    Wanted(place=PLACE),
    Wanted(place="341503"),
    Wanted(sector="工贸"),
    Wanted(text="水库"),
    Wanted(text="水库", grade="general", stage="open", place=PLACE),
    Wanted(text="2"),
    Wanted(text="2", place=PLACE, sort="deadline"),
    Wanted(text="00003", stage="open"),
    Wanted(text="2026-2"),
    Wanted(text="2026-00003", grade="general"),
    Wanted(text="2025-00002"),
    Wanted(text="99999"),
]


def holds(scope: Scope, h: Hazard) -> bool:
    """Whether a hazard lies within a scope of our own, one organisation's, or a place."""
    if scope.column == "place":
        return scope.low <= h.place_code < scope.high
    if scope.column == "unit_id" and h.secrecy != "open":
        return False
    return scope.column != "none" and (
        not scope.column or getattr(h, scope.column) == scope.organisation_id
    )


def plain(work: Work, scope: Scope, wanted: Wanted) -> list[int]:
    """The same, read row by row."""
    rows = [h for h in hazard.every(work) if holds(scope, h) and _fits(work, h, wanted)]
    if wanted.sort == "deadline":
        dated = [h for h in rows if h.deadline and h.closed_at is None]
        return [h.id for h in sorted(dated, key=lambda h: (h.deadline, h.id))]
    return [h.id for h in sorted(rows, key=lambda h: -h.id)]


def _fits(work: Work, h: Hazard, w: Wanted) -> bool:
    late = any(d.state == "open" and d.due_at <= work.now for d in duty.of_case(work, h.id))
    return all(
        (
            not w.text or (_ends(h.number, w.text) if w.by_ending else w.text in h.title),
            not w.state or h.state == w.state,
            not w.grade or h.grade == w.grade,
            not w.level or h.level == w.level,
            not w.sector or h.sector == w.sector,
            not w.place or h.place_code.startswith(w.place),
            w.stage != "ended" or h.closed_at is not None,
            w.stage != "open" or h.closed_at is None,
            w.stage != "late" or late,
        )
    )


def _ends(number: str, text: str) -> bool:
    year, _, given = text.rpartition("-")
    return number.split("-")[1:] == [year or number.split("-")[1], given.zfill(5)]


@pytest.fixture
def full(office: Office) -> Office:
    """Hazards in many stages, some of them late."""
    for nth in range(3):
        office.general(title=f"{nth}号水库护栏缺失", description=f"护栏{nth}")
    office.lead(title="线索")
    neighbour = office.city.who(Role.inspector, office.city.at("department", "341503"))
    office.lead(neighbour, title="邻县的线索", place_code="341503100", unit_id=None)
    office.listed(title="粉尘堆积")
    office.closed(title="水库坝体渗漏")
    office.clock.advance(timedelta(days=40))
    office.lead(title="新的线索")
    return office


@pytest.mark.parametrize("wanted", WANTED, ids=lambda w: repr(w)[7:60])
def test_pages_are_all_there_is(full: Office, wanted: Wanted) -> None:
    assert local_date(full.clock()) is not None
    department = full.city.at("department", PLACE)
    scopes = (ALL, NONE, Scope("department_id", department), Scope("place", 0, "3415", "3416"))
    for scope in (*scopes, Scope("unit_id", full.unit), Scope("place", 0, "341503", "341504")):
        with unit_of_work(full.engine, full.clock, write=False) as work:
            found: list[int] = []
            step = wanted
            while rows := ledger.page(work, scope, step, 2):
                found += [r.id for r in rows]
                step = replace(step, after=ledger.key_of(step, rows[-1]))
            assert found == plain(work, scope, wanted)
            whole = [r["id"] for r in ledger.every(full.engine, full.clock, scope, wanted)]
            assert whole == found


def test_the_stages_are_all_met(full: Office) -> None:
    with unit_of_work(full.engine, full.clock, write=False) as work:
        for wanted in WANTED[:9]:
            assert ledger.page(work, ALL, wanted), wanted
        assert {HAZARD.procedure.states(r.state) for r in ledger.page(work, ALL, Wanted())}


def test_late_is_what_carries_the_badge_ended_or_not(full: Office) -> None:
    with unit_of_work(full.engine, full.clock, write=False) as work:
        late = ledger.page(work, ALL, Wanted(stage="late"))
        assert {r.id for r in late} == {r.id for r in ledger.page(work, ALL, Wanted()) if r.late}
        assert [r.title for r in late if r.closed_at is not None] == ["水库坝体渗漏"]
        dated = Wanted(stage="late", sort="deadline")
        assert not [r for r in ledger.page(work, ALL, dated) if r.closed_at is not None]


@pytest.mark.parametrize("text", ["2", "02", "00002", "2026-2", "2026-00002"])
def test_the_running_number_is_enough(full: Office, text: str) -> None:
    wanted, other = Wanted(text=text), Scope("place", 0, "341503", "341504")
    with unit_of_work(full.engine, full.clock, write=False) as work:
        assert [r.number for r in ledger.page(work, ALL, wanted)] == ["341502-2026-00002"]
        assert not ledger.page(work, other, wanted)
        assert not ledger.page(work, NONE, wanted)
        first = Wanted(text=text.replace("2026-", "").replace("2", "1"))
        found = [r.number for r in ledger.page(work, ALL, first)]
        assert found == ["341503-2026-00001", "341502-2026-00001"]
        assert [r.number for r in ledger.page(work, other, first)] == ["341503-2026-00001"]


@pytest.mark.parametrize("text", ["2026", "20260002", "341502", "2-2", "2026-", "-2", "0", "１２"])
def test_what_is_no_running_number(full: Office, text: str) -> None:
    with unit_of_work(full.engine, full.clock, write=False) as work:
        numbers = [r.number for r in ledger.page(work, ALL, Wanted(text=text))]
    assert all(n.startswith(text) for n in numbers)
    assert bool(numbers) == (text == "341502")


def test_a_counted_thing_is_looked_up_in_titles(full: Office) -> None:
    with unit_of_work(full.engine, full.clock, write=False) as work:
        assert [r.title for r in ledger.page(work, ALL, Wanted(text="2号"))] == ["2号水库护栏缺失"]
