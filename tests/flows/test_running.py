"""The right to run a period: one engine at a time, every day once, whatever the clock does."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from flows.running import LEASE, run_due, run_job
from flows.timetable import JOBS, Cadence, Ground, Job
from guapai.clock import SimulatedClock
from guapai.errors import BadInput
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage.database.engine import Engine, open_engine
from storage.upkeep.lease import MOST_ATTEMPTS

DAY = timedelta(days=1)


@pytest.fixture
def ground(engine: Engine, clock: SimulatedClock, tmp_path: Path) -> Ground:
    sender = Sender("guapai@example.com", "挂牌督办系统", "example.com")
    return Ground(engine, clock, MemoryOffice(sender), tmp_path)


def _daily(run: Callable[[Ground], str]) -> Job:
    return Job(name="tidy", title="整理", cadence=Cadence.day, leased=True, run=run)


def _counting() -> tuple[Job, list[str]]:
    ran: list[str] = []

    def run(ground: Ground) -> str:
        ran.append(f"{ground.clock():%m-%d}")
        return f"run {len(ran)}"

    return _daily(run), ran


def test_a_period_is_run_once(ground: Ground) -> None:
    job, ran = _counting()
    assert run_due(ground, job) == ["run 1"]
    assert run_due(ground, job) == []
    assert len(ran) == 1


def test_two_engines_that_ask_at_once_run_a_period_once(ground: Ground, url: str) -> None:
    together, ran = threading.Barrier(2), []

    def run(ground: Ground) -> str:
        ran.append(threading.get_ident())
        return "ran"

    def ask() -> None:
        own = open_engine(url)
        together.wait()
        run_due(Ground(own, ground.clock, ground.office, ground.files), _daily(run))
        own.dispose()

    engines = [threading.Thread(target=ask) for _ in range(2)]
    for engine in engines:
        engine.start()
    for engine in engines:
        engine.join()
    assert len(ran) == 1


def test_days_without_a_run_are_made_up_oldest_first(ground: Ground, clock: SimulatedClock) -> None:
    job, _ = _counting()
    run_due(ground, job)
    clock.advance(3 * DAY)
    assert len(run_due(ground, job)) == 3
    assert run_due(ground, job) == []


def test_a_clock_that_goes_back_runs_nothing_twice_and_loses_nothing(
    ground: Ground, clock: SimulatedClock
) -> None:
    job, _ = _counting()
    clock.advance(2 * DAY)
    assert len(run_due(ground, job)) == 1
    clock.advance(-2 * DAY)
    assert run_due(ground, job) == []
    clock.advance(3 * DAY)
    assert len(run_due(ground, job)) == 1


def test_a_run_that_fails_is_made_up_once_its_lease_has_lapsed(
    ground: Ground, clock: SimulatedClock
) -> None:
    def fail(_: Ground) -> str:
        raise OSError("the disk is full")

    job, ran = _counting()
    with pytest.raises(OSError, match="disk is full"):
        run_due(ground, _daily(fail))
    assert run_due(ground, job) == []
    clock.advance(LEASE + timedelta(seconds=1))
    assert run_due(ground, job) == ["run 1"]
    assert len(ran) == 1


def test_a_period_that_keeps_failing_is_left_for_people(
    ground: Ground, clock: SimulatedClock
) -> None:
    def fail(_: Ground) -> str:
        raise OSError("the disk is full")

    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(OSError, match="disk is full"):
            run_due(ground, _daily(fail))
        clock.advance(LEASE + timedelta(seconds=1))
    assert run_due(ground, _daily(fail)) == []


def test_a_slow_engine_does_not_end_the_run_another_has_taken_over(
    ground: Ground, clock: SimulatedClock, caplog: pytest.LogCaptureFixture
) -> None:
    job, ran = _counting()

    def stall(ground: Ground) -> str:
        clock.advance(LEASE + timedelta(seconds=1))
        assert run_due(ground, job) == ["run 1"]
        return "late"

    run_due(ground, _daily(stall))
    assert len(ran) == 1
    assert "lease was lost" in caplog.text


def test_every_job_of_the_timetable_runs_by_name(ground: Ground) -> None:
    assert all(run_job(ground, name) for name in JOBS)


def test_a_job_that_is_none_is_refused_with_those_there_are(ground: Ground) -> None:
    with pytest.raises(BadInput, match=r"no job 'nap'; jobs: sweep, papers, post, housekeeping"):
        run_job(ground, "nap")
