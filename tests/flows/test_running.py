"""The right to run a period: one engine at a time, every day once, whatever the clock does."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from actions.upkeep.nightly import Keeping
from flows.running import LEASE, run_due, run_job
from flows.timetable import TIMETABLE, Cadence, Ground, Job, jobs_on
from guapai.clock import LOCAL, SimulatedClock, local_date
from guapai.errors import BadInput
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage.database.engine import Engine, open_engine
from storage.database.work import Work, unit_of_work
from storage.upkeep import heartbeat, lease
from storage.upkeep.lease import MOST_ATTEMPTS, Run, RunState
from tests.flows.jobs import JOBS
from tests.flows.machines import FakeMachine

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


def _given_up(work: Work) -> list[Run]:
    return [r for r in lease.latest(work) if r.state == RunState.failed]


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


def test_a_day_that_keeps_failing_is_given_up_and_the_next_day_is_tried(
    ground: Ground, clock: SimulatedClock
) -> None:
    def fail(_: Ground) -> str:
        raise OSError("the disk is full")

    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(OSError, match="disk is full"):
            run_due(ground, _daily(fail))
        clock.advance(LEASE + timedelta(seconds=1))
    assert run_due(ground, _daily(fail)) == []
    day = f"{local_date(clock()):%Y-%m-%d}"
    with unit_of_work(ground.engine, clock, write=False) as work:
        assert [(r.job, r.period, r.attempts) for r in _given_up(work)] == [("tidy", day, 3)]
    job, ran = _counting()
    for nth in range(1, 4):
        clock.advance(DAY)
        assert run_due(ground, job) == [f"run {nth}"]
    assert len(ran) == 3


def test_a_day_whose_attempts_all_died_is_given_up_as_well(
    ground: Ground, clock: SimulatedClock
) -> None:
    day = f"{local_date(clock()):%Y-%m-%d}"
    for _ in range(MOST_ATTEMPTS):
        with unit_of_work(ground.engine, clock) as work:
            assert lease.take(work, "tidy", day, "nobody", LEASE)
        clock.advance(LEASE + timedelta(seconds=1))
    job, _ = _counting()
    assert run_due(ground, job) == []
    with unit_of_work(ground.engine, clock, write=False) as work:
        assert [r.period for r in _given_up(work)] == [day]
    clock.advance(DAY)
    assert run_due(ground, job) == ["run 1"]


def test_a_daily_job_waits_for_its_time_of_day(ground: Ground, clock: SimulatedClock) -> None:
    job, ran = _counting()
    job = replace(job, at=time(3, 20))
    clock.at = datetime(2026, 3, 2, 3, 0, tzinfo=LOCAL).astimezone(UTC)
    assert run_due(ground, job) == ["run 1"], "the day before was not done"
    assert run_due(ground, job) == []
    clock.advance(timedelta(minutes=30))
    assert run_due(ground, job) == ["run 2"]
    assert ran == ["03-01", "03-01"]  # both in UTC
    clock.advance(3 * DAY)
    assert run_due(ground, replace(job, makes_up=False)) == ["run 3"]
    assert run_due(ground, job) == []


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
    assert all(run_job(ground, job.name) for job in jobs_on(ground))


def test_a_job_that_the_ground_has_no_use_for_is_no_job(ground: Ground, tmp_path: Path) -> None:
    of_no_use = {"mark", "backup", "verify", "watch"}
    there = {job.name for job in jobs_on(ground)}
    assert of_no_use == JOBS.keys() - there
    for name in of_no_use:
        with pytest.raises(BadInput, match=f"there is no job '{name}'"):
            run_job(ground, name)
    keeping = Keeping(tmp_path / "packs", daily=1, weekly=0)
    heart = FakeMachine(SimulatedClock(ground.clock())).heart()
    assert jobs_on(replace(ground, keeping=keeping, heart=heart)) == TIMETABLE
    run_job(replace(ground, heart=heart), "watch")
    with unit_of_work(ground.engine, ground.clock, write=False) as work:
        assert {b.job for b in heartbeat.every(work)} == there | {"watch"}


def test_a_job_that_is_none_is_refused_with_those_there_are(ground: Ground) -> None:
    with pytest.raises(BadInput, match="no job 'nap'; jobs: sweep, papers, post"):
        run_job(ground, "nap")
