"""The embedded engine: every entry of the timetable, on local time, and no failure stops it."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.events import EVENT_JOB_EXECUTED
from apscheduler.schedulers.background import BackgroundScheduler

from flows import embedded
from flows.embedded import SECOND, build_scheduler
from flows.timetable import Ground, jobs_on
from guapai.clock import SimulatedClock, utc_now
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage.database.engine import Engine

PATIENCE = 20.0
"""Seconds to wait for a job that must come; not a measure."""


@pytest.fixture
def ground(engine: Engine, clock: SimulatedClock, tmp_path: Path) -> Ground:
    sender = Sender("guapai@example.com", "挂牌督办系统", "example.com")
    return Ground(engine, clock, MemoryOffice(sender), tmp_path)


def _soon(scheduler: BackgroundScheduler) -> None:
    for job in scheduler.get_jobs():
        job.modify(next_run_time=utc_now())


def test_every_entry_of_the_timetable_is_scheduled_on_local_time(ground: Ground) -> None:
    scheduler = build_scheduler(ground)
    scheduler.start(paused=True)
    jobs = {job.id: job for job in scheduler.get_jobs()}
    scheduler.shutdown()
    assert set(jobs) == {job.name for job in jobs_on(ground)}
    noon = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    for job in jobs.values():  # a day's work too: whether it is due is asked of the database
        minutely = job.trigger.get_next_fire_time(None, noon + timedelta(seconds=1))
        assert minutely - noon == timedelta(seconds=SECOND)
        after = job.trigger.get_next_fire_time(None, minutely + timedelta(seconds=1))
        assert after - minutely == timedelta(minutes=1)
    assert all(job.coalesce and job.max_instances == 1 for job in jobs.values())


def test_the_scheduler_runs_the_jobs_and_outlives_a_failure(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ran = {job.name: threading.Semaphore(0) for job in jobs_on(ground)}

    def traced(name: str) -> object:
        def run(_: Ground) -> str:
            if name == "sweep":
                raise OSError("the disk is full")
            return "done"

        return run

    jobs = tuple(replace(j, run=traced(j.name), leased=False) for j in jobs_on(ground))  # type: ignore[arg-type]
    monkeypatch.setattr(embedded, "jobs_on", lambda _: jobs)
    scheduler = build_scheduler(ground)
    # told only once the engine has taken the run off its books: until then it skips the next
    scheduler.add_listener(lambda over: ran[over.job_id].release(), EVENT_JOB_EXECUTED)
    scheduler.start()
    for _ in range(2):
        _soon(scheduler)
        assert all(done.acquire(timeout=PATIENCE) for done in ran.values())
    scheduler.shutdown(wait=True)
    assert "sweep failed; it runs again with its next period" in caplog.text
