"""The timetable on a real Prefect server, which runs it by its own schedules; and nobody else loads Prefect."""

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from guapai.clock import utc_now
from guapai.people import Role
from notifications.post.catcher import Catcher
from storage import climb, letter
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.upkeep import heartbeat
from tests.actions.conftest import Office
from tests.flows.prefect_server import PATIENCE, environment, serving

SECRET = "geheim-und-lang"


def _python(arguments: list[str], home: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _have_ended(office: Office, *jobs: str) -> bool:
    """Whether a worker has come to the end of these jobs."""
    with unit_of_work(office.engine, utc_now, write=False) as work:
        ended = {b.job for b in heartbeat.every(work) if b.engine == "prefect" and b.ended_at}
    return ended >= set(jobs)


@pytest.mark.prefect
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_server_runs_the_timetable_by_its_own_schedules(
    url: str, office: Office, tmp_path: Path
) -> None:
    """Nobody here asks for a run: the server's schedules do, and a worker serves them."""
    office.clock.at = utc_now() - timedelta(days=90)
    case = office.grading()
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, case)
    office.reported()
    settings = {
        "GUAPAI_DATABASE_URL": url,
        "GUAPAI_FILES": str(tmp_path / "files"),
        "GUAPAI_METRICS_TOKEN": SECRET,
        "GUAPAI_SMTP_HOST": "127.0.0.1",
        "GUAPAI_SMTP_TLS": "starttls",  # which this server does not offer: an alarm
        "GUAPAI_SMTP_PASSWORD": SECRET,
        "GUAPAI_SMTP_USERNAME": "guapai",
    }
    with Catcher() as catcher, serving(tmp_path / "home") as prefect:
        settings["GUAPAI_SMTP_PORT"] = str(catcher.port)
        every = "import anyio, datetime, flows.distributed as d; "
        every += "anyio.run(d.deploy, datetime.timedelta(seconds=15))"
        deployed = prefect.start(["-c", every], **settings)
        assert deployed.wait(timeout=PATIENCE) == 0
        worker = prefect.guapai("prefect", "worker", **settings)
        completed = prefect.wait(lambda: prefect.ended("COMPLETED"))
        failed = prefect.wait(lambda: prefect.ended("FAILED"))
        prefect.wait(lambda: _have_ended(office, "sweep", "post"))
        assert prefect.stop(worker) == 0, (prefect.home / "said").read_text()[-3000:]
    assert all(r["parameters"] == {} for r in completed + failed)
    assert "ALARM" in failed[0]["state"]["message"], (
        "nothing may go out in clear: that is no success"
    )
    with unit_of_work(office.engine, utc_now, write=False) as work:
        assert climb.ripe(work, 10) == []
        assert {b.job for b in heartbeat.every(work) if b.engine == "prefect"} >= {"sweep", "post"}
        assert {row.state for row in letter.of_case(work, case)} <= {"queued"}
    kept = b"".join(p.read_bytes() for p in (tmp_path / "home").glob("prefect.db*"))
    assert SECRET.encode() not in kept
    assert str(url).encode() not in kept


@pytest.mark.long
@pytest.mark.prefect
def test_two_workers_that_are_killed_and_a_clock_beside_do_everything_once(
    serving_url: str, office: Office, tmp_path: Path
) -> None:
    """Every minute is one run, whoever ran it; every letter arrives once; states tell the truth."""
    office.clock.at = utc_now() - timedelta(days=90)
    for _ in range(30):
        case = office.grading()
        office.act(Role.inspector, "grade_general", {"reason": "一般"}, case)
        office.reported()
    settings = {"GUAPAI_DATABASE_URL": serving_url, "GUAPAI_FILES": str(tmp_path / "files")}
    settings |= {"GUAPAI_SMTP_HOST": "127.0.0.1", "GUAPAI_SMTP_TLS": "none"}
    with Catcher() as catcher, serving(tmp_path / "home") as prefect:
        settings["GUAPAI_SMTP_PORT"] = str(catcher.port)
        every = "import anyio, datetime, flows.distributed as d; "
        every += "anyio.run(d.deploy, datetime.timedelta(seconds=20))"
        assert prefect.start(["-c", every], **settings).wait(timeout=PATIENCE) == 0
        clock = prefect.guapai("clock", **settings)
        workers = [prefect.guapai("prefect", "worker", **settings) for _ in range(2)]
        for nth in range(6):
            enough = prefect.count("COMPLETED") + 5
            prefect.wait(lambda enough=enough: prefect.count("COMPLETED") >= enough)
            workers[nth % 2].kill()
            workers[nth % 2].wait()
            workers[nth % 2] = prefect.guapai("prefect", "worker", **settings)
        prefect.wait(lambda: (prefect.home / "said").read_text().count("started!") == 8)
        assert [prefect.stop(process) for process in (*workers, clock)] == [0, 0, 0]
    with unit_of_work(office.engine, utc_now) as work:
        runs = [r for job in ("sweep", "papers", "post") for r in heartbeat.latest(work, job, 999)]
        rows = letter.every(work)
        assert climb.ripe(work, 10) == []
    known = Counter((r.job, r.shard, r.period) for r in runs)
    assert set(known.values()) == {1}
    places = {p: {r.shard for r in runs if (r.job, r.period) == ("papers", p)} for _, _, p in known}
    assert not [p for p, shards in places.items() if "" in shards and len(shards) > 1], (
        "all places at once, and one of them by itself"
    )
    assert {r.engine for r in runs} == {"embedded", "prefect"}
    copies = Counter(caught.mime for caught in catcher.letters)
    assert len(rows) > 60
    for row in (r for r in rows if r.state == "sent"):
        assert copies[bytes(row.mime or b"")] == 1 + row.maybe_twice


def test_only_workers_load_prefect(tmp_path: Path) -> None:
    asked = (
        "import sys, flows.embedded, flows.running, cli, portal.web.serving, demo.door; "
        "print('prefect' in sys.modules)"
    )
    assert _python(["-c", asked], tmp_path).strip() == "False"


@pytest.fixture
def office(engine: Engine, clock: object, tmp_path: Path) -> Office:
    return Office(engine, clock, tmp_path / "files")  # type: ignore[arg-type]
