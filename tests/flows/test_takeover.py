"""Prefect is gone from one moment to the next: the embedded clock beside it goes on, and misses nothing."""

import os
import signal
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.timetable import TIMETABLE, Cadence
from guapai.clock import utc_now
from storage import case, climb
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.upkeep import heartbeat, pack
from storage.upkeep.heartbeat import PastRun
from tests.actions.conftest import Office
from tests.flows.prefect_server import PATIENCE, serving

MINUTELY = sorted(job.name for job in TIMETABLE if job.cadence is Cadence.minute)
SPOILT = "341525"


@pytest.fixture
def office(engine: Engine, clock: object, tmp_path: Path) -> Office:
    return Office(engine, clock, tmp_path / "files")  # type: ignore[arg-type]


def _runs(engine: Engine) -> list[PastRun]:
    with unit_of_work(engine, utc_now, write=False) as work:
        return [run for job in MINUTELY for run in heartbeat.latest(work, job, 1000)]


def _spoil(office: Office) -> int:
    """A case whose duty has come, at a place whose rules nobody can read."""
    of = office.grading(title="另一处")
    with unit_of_work(office.engine, office.clock) as work:
        broken = work.take_id()
        row = {"id": broken, "name": "broken", "jurisdiction": SPOILT, "text": "{}"}
        work.insert(pack.PACKS, {**row, "fingerprint": "0" * 64, "published_at": work.now})
        work.update(case.TABLE, {"id": of}, {"place_code": SPOILT, "pack_id": broken})
    return of


@pytest.mark.long
@pytest.mark.prefect
def test_the_clock_takes_over_within_a_minute(
    serving_url: str, office: Office, tmp_path: Path
) -> None:
    """Server and worker are killed in the midst: every minute of every job is begun all the same.

    Before that one place whose rules are spoilt has failed, by name, and no other with it.
    """
    office.clock.at = utc_now() - timedelta(days=90)
    office.grading(title="一处")
    spoilt = _spoil(office)
    settings = {"GUAPAI_DATABASE_URL": serving_url, "GUAPAI_FILES": str(tmp_path / "files")}
    settings |= {"GUAPAI_MAIL": "console"}
    with serving(tmp_path / "home") as prefect:
        assert prefect.guapai("prefect", "deploy").wait(timeout=PATIENCE) == 0
        worker = prefect.guapai("prefect", "worker", **settings)
        prefect.wait(lambda: any(SPOILT in r["state"]["message"] for r in prefect.ended("FAILED")))
        with unit_of_work(office.engine, utc_now) as work:
            late = {d.case_id for d in climb.ripe(work, 100)}
            unwell = {b.shard for b in heartbeat.every(work) if b.job == "sweep" and b.failures}
        assert late == {spoilt}, "the other places were swept"
        assert unwell == {SPOILT}
        clock = prefect.guapai("clock", **settings)
        prefect.wait(lambda: "embedded" in {r.engine for r in _runs(office.engine)})
        for process in (prefect.server, worker):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        gone = utc_now()
        prefect.wait(lambda: _begun(office.engine, since=gone).keys() == set(MINUTELY))
        assert prefect.stop(clock) == 0
    took = max(_begun(office.engine, since=gone).values()) - gone
    print(f"taken over {took.total_seconds():.0f} s after Prefect was gone")
    assert not _missed(office.engine)


def _begun(engine: Engine, since: datetime) -> dict[str, datetime]:
    """When the clock first began each job after an instant."""
    found: dict[str, datetime] = {}
    for run in _runs(engine):
        if run.begun_at > since and run.engine == "embedded":
            found[run.job] = min(run.begun_at, found.get(run.job, run.begun_at))
    return found


def _missed(engine: Engine) -> list[tuple[str, str]]:
    """The minutes in which nobody began a job, from the first one on that the clock was there."""
    runs = _runs(engine)
    minutes = sorted({r.period for r in runs})
    there = min(r.period for r in runs if r.engine == "embedded")
    known = {(r.job, r.period) for r in runs}
    return [(j, m) for j in MINUTELY for m in minutes[:-1] if m > there and (j, m) not in known]
