"""Probes tell the truth in time: a database that hangs, a clock that stands still, figures for alerts."""

import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from actions.upkeep.timekeeping import tick
from flows.running import run_due
from flows.timetable import Ground, jobs_on
from guapai.errors import Unready
from guapai.machine import Witness
from guapai.people import Role
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from portal.web import readiness as looking
from portal.web.readiness import readiness
from storage.database.work import unit_of_work
from tests.flows.machines import FakeMachine
from tests.portal.door import another_worker, ask
from tests.portal.town import Town

SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")


@pytest.fixture
def town(copied_town: Town) -> Town:
    return copied_town


@pytest.fixture
def house(town: Town, tmp_path: Path) -> Any:
    with another_worker(town.office.engine, clock=town.office.clock, files=tmp_path) as app:
        yield app.state.house


def _hang(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, list[int]]:
    over, asked = threading.Event(), []

    def hang(_: object) -> None:
        asked.append(1)
        over.wait(60)

    monkeypatch.setattr(looking, "require_newest", hang)
    return over, asked


def test_a_database_that_hangs_is_not_ready_by_the_deadline(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, asked = _hang(monkeypatch)
    for _ in range(3):
        found = readiness(house, 0.05)
        assert (found.ready, found.lines) == (False, ("not ready: the database does not answer",))
    assert len(asked) == 1, "one look hangs, and no other is begun"
    over.set()
    for _ in range(1000):
        if readiness(house, 5.0).ready:
            break
        time.sleep(0.01)
    assert readiness(house, 5.0).ready


@pytest.mark.parametrize("error", [Unready("no"), OSError("no"), ValueError("what a driver says")])
def test_whatever_goes_wrong_is_a_503(
    house: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(looking, "require_newest", fail)
    assert readiness(house).lines == (f"not ready: {type(error).__name__}",)


def test_a_full_disk_is_not_ready(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking.health, "disk_of", lambda _: SimpleNamespace(free=0))
    assert not readiness(house).ready


@pytest.fixture
def living(town: Town, tmp_path: Path) -> tuple[Ground, FakeMachine]:
    """The town with its timetable running."""
    office = town.office
    machine = FakeMachine(office.clock)
    ground = Ground(office.engine, office.clock, MemoryOffice(SENDER), tmp_path, machine.heart())
    return ground, machine


def test_a_clock_that_stands_still_is_told_by_every_probe(
    town: Town, living: tuple[Ground, FakeMachine], tmp_path: Path
) -> None:
    ground, machine = living
    with another_worker(ground.engine, clock=ground.clock, files=tmp_path) as app:
        for job in jobs_on(ground):
            run_due(ground, job)
        assert ask(app, "GET", "/readyz").text.splitlines()[0] == "ready"
        assert "job.sweep" not in ask(app, "GET", "/readyz").text
        machine.live(timedelta(minutes=6))
        mine = ask(app, "GET", "/readyz")
        assert (mine.status_code, "fault: job.sweep" in mine.text) == (200, True)
        assert ask(app, "GET", "/readyz?all").status_code == 503
        others = ask(app, "GET", "/readyz", client=("10.1.2.3", 5))
        assert others.text == "ready", "what does not run is not everybody's business"
        figures = ask(app, "GET", "/metrics").text
    assert 'guapai_job_last_success_seconds{job="sweep",shard=""} 360.0' in figures
    assert 'guapai_job_patience_seconds{job="sweep",shard=""} 300.0' in figures


def test_administrators_see_it_above_every_page_and_others_do_not(
    town: Town, living: tuple[Ground, FakeMachine], tmp_path: Path
) -> None:
    ground, _ = living
    with unit_of_work(ground.engine, ground.clock) as work:
        tick(work, Witness("boot", 100, "here", False), None)
    later = replace(ground, clock=lambda: ground.clock() + timedelta(minutes=1))
    with unit_of_work(later.engine, later.clock) as work:
        assert tick(work, Witness("boot", 9999, "here", False), None)
    with another_worker(ground.engine, clock=ground.clock, files=tmp_path) as app:
        for role, told in ((Role.system_admin, True), (Role.inspector, False)):
            cookies = town.cookie(town.who(role))
            page = ask(app, "GET", "/desk", cookies=cookies).text
            assert ("系统时钟不可信" in page) == told, role
