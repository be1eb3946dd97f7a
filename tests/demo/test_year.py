"""The sample city lives by rules: the same seed and days give the same figures, and no promise breaks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from stdnum.cn import uscc

from actions.history.verification import verify
from demo.city import PLACES, City, found_city, sector_of
from demo.findings import RESERVOIRS, dam, find
from demo.living import Span, live
from demo.personas import AWAY, EVERY, Persona, acts_on, away, persona_of
from guapai.clock import SimulatedClock
from guapai.errors import Unready
from guapai.settings import Settings
from storage import duty, hazard, listing
from storage.database.engine import Engine, open_engine
from storage.database.work import unit_of_work
from storage.history import event
from storage.people import organisation
from storage.people.organisation import OrganisationKind
from storage.questions.counting import Figures
from tests.conftest import START, Databases

UNTIL = date(2026, 11, 23)


def _live(url: str, files: Path, days: int, seed: int = 7) -> Figures:
    told: list[int] = []
    figures = live(
        Settings(database_url=url, files=files),
        Span(days=days, until=UNTIL, seed=seed),
        fresh=False,
        tell=lambda done, _: told.append(done),
    )
    assert told == list(range(1, days + 1))
    return figures


def test_both_databases_live_the_same_days(
    databases: Callable[[str], Databases], tmp_path: Path
) -> None:
    figures = {}
    for kind in ("sqlite", "postgresql"):
        url = databases(kind).copy("year")
        figures[kind] = _live(url, tmp_path / kind, 25)
        databases(kind).drop(url)
    assert figures["sqlite"] == figures["postgresql"]
    other = databases("sqlite").copy("year")
    assert _live(other, tmp_path / "other", 25, seed=8) != figures["sqlite"]


@pytest.mark.parametrize("days", [100, pytest.param(400, marks=pytest.mark.long)])
def test_the_days_hold_every_promise(
    databases: Callable[[str], Databases], tmp_path: Path, days: int
) -> None:
    url = databases("sqlite").copy("year")
    figures = _live(url, tmp_path / "files", days)
    assert figures.hazards >= days / 2
    assert (figures.letters_failed, figures.letters_uncertain) == (0, 0)
    assert all((figures.overdue, figures.closed))
    engine = open_engine(url)
    now = SimulatedClock(START.replace(year=2026, month=11, day=23, hour=9))
    found = verify(engine, now, tmp_path / "files")
    assert found.faults == []
    assert (found.cases, found.events) == (figures.hazards, figures.events)
    _lived_through(engine, whole=days == 400)
    assert days < 400 or all((figures.deferrals, figures.upgrades))
    engine.dispose()


def _lived_through(engine: Engine, *, whole: bool) -> None:
    """The days show what they should: every sector, both grades, all ends; a ``whole`` year the long way, too."""
    with unit_of_work(engine, write=False) as work:
        rows = hazard.every(work)
        made = {e.move for r in rows for e in event.of_case(work, r.id)}
        kinds = {d.kind for r in rows for d in duty.of_case(work, r.id)}
        levels = {x.level for r in rows for x in listing.of_case(work, r.id)}
    assert {h.sector for h in rows} >= {sector_of(n) for n in range(18)} | {"水利"}
    assert {"closed", "voided", "transferred_out", "rectifying"} <= {str(h.state) for h in rows}
    assert {"county", "city"} <= levels
    assert {"order_rectification", "list", "return_plan", "term_reached", "close"} <= made
    if not whole:
        return
    assert {
        *("declare_ownerless", "designate", "order_rectification", "list", "fail_acceptance"),
        *("return_plan", "record_report", "upgrade", "apply", "grant", "refuse", "term_reached"),
        *("decide_interview", "fail_recheck", "look_back", "close", "stop_production"),
        *("stop_on_the_spot", "confirm_stop", "request_resumption", "resume_production"),
        *("acknowledge_report", "remove_on_the_spot", "decide_penalty", "accept_shutdown"),
    } <= made
    assert {"look_back", "answer_deferral", "consider_upgrade"} <= kinds


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_city_is_kept_and_other_days_are_refused(
    databases: Callable[[str], Databases], tmp_path: Path, kind: str
) -> None:
    url = databases(kind).copy("year")
    settings = Settings(database_url=url, files=tmp_path / "files")
    span = Span(days=3, until=UNTIL, seed=7)
    figures = live(settings, span, fresh=False, tell=_silent)
    assert live(settings, span, fresh=False, tell=_silent) == figures
    other = replace(span, days=4)
    with pytest.raises(Unready, match="lived 3 days until 2026-11-23 seed 7, not 4 days"):
        live(settings, other, fresh=False, tell=_silent)
    assert live(settings, replace(other, exact=False), fresh=False, tell=_silent) == figures
    databases(kind).drop(url)


def test_fresh_forgets_a_city_and_nothing_else(
    databases: Callable[[str], Databases], tmp_path: Path
) -> None:
    span = Span(days=2, until=UNTIL, seed=7)
    ours = Settings(database_url=databases("sqlite").copy("year"), files=tmp_path)
    figures = live(ours, span, fresh=False, tell=_silent)
    assert live(ours, replace(span, days=9), fresh=True, tell=_silent).hazards > figures.hazards
    engine = open_engine(databases("sqlite").copy("real"))
    with unit_of_work(engine) as work:
        organisation.add(
            work, kind=OrganisationKind.government, name="某区政府", place_code="341502"
        )
    engine.dispose()
    theirs = Settings(database_url=str(engine.url), files=tmp_path)
    for fresh in (True, False):
        with pytest.raises(Unready, match="nothing was changed"):
            live(theirs, span, fresh=fresh, tell=_silent)
    engine = open_engine(theirs.database_url)
    with unit_of_work(engine, write=False) as work:
        assert organisation.named(work, "某区政府") is not None
    engine.dispose()


def _silent(done: int, days: int) -> None:
    """Nobody looks at the progress."""


@pytest.fixture
def city(engine: Engine, clock: SimulatedClock) -> City:
    with unit_of_work(engine, clock) as work:
        return found_city(work)


def test_the_city_has_every_office_and_firm(
    city: City, engine: Engine, clock: SimulatedClock
) -> None:
    with unit_of_work(engine, clock, write=False) as work:
        found = [organisation.get(work, i) for i in city.names]
    rows = [o for o in found if o is not None]
    firms = [o for o in rows if o.kind == OrganisationKind.enterprise]
    assert 110 <= len(firms) <= 130
    assert len({o.credit_code for o in firms}) == len(firms)
    assert all(uscc.is_valid(o.credit_code or "") and "示例" in o.name for o in firms)
    for kind in ("commission", "government", "department", "union"):
        assert all((kind, place) in city.organisations for place in ("341500", *PLACES))
    assert all(("township", f"{place}101") in city.organisations for place in PLACES)
    assert city.answers_for("341502", "水利") != city.answers_for("341502", "工贸")


def test_every_sector_has_something_to_find() -> None:
    for nth in range(18):
        found = find(sector_of(nth), 1, Random(nth))
        assert found.sector == sector_of(nth)
        assert found.clause.startswith("LA-")
    assert all(name in dam(name).title for name, _ in RESERVOIRS)


def test_people_are_what_they_are() -> None:
    opened, due = date(2026, 3, 2), date(2026, 3, 22)
    days = {
        p: [(acts_on(p, opened, due, Random(n)) - due).days for n in range(200)] for p in Persona
    }
    assert max(days[Persona.punctual]) < 0
    assert min(days[Persona.stubborn]) > 0
    assert min(days[Persona.slow]) < 0 < max(days[Persona.slow])
    firms = [persona_of(7, f"示例{n}", firm=True) for n in range(1000)]
    assert set(firms) == set(Persona)
    assert persona_of(7, "示例1", firm=True) == persona_of(7, "示例1", firm=True)


def test_an_absence_has_a_beginning_and_an_end() -> None:
    gone = [d for n in range(EVERY) if (d := away(7, "示例", date(2026, 1, 1) + timedelta(n)))]
    assert len(gone) == AWAY
    assert all((last - first).days == AWAY - 1 for first, last in gone)
