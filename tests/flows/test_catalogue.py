"""The same jobs as Prefect flows, on a real server; and nobody else loads Prefect."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from guapai.people import Role
from storage import duty, letter
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from tests.actions.conftest import Office


def _python(arguments: list[str], home: Path) -> str:
    quiet = {"PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        env={**os.environ, **quiet, "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.prefect
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_two_flows_run_on_a_real_server(url: str, office: Office, tmp_path: Path) -> None:
    case = office.grading()
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, case)
    office.clock.advance(timedelta(days=90))
    office.reported()
    settings = {"database_url": url, "files": str(tmp_path / "files")}
    out = _python(["-m", "tests.flows.on_prefect", json.dumps(settings)], tmp_path / "home")
    told = json.loads(out.splitlines()[-1])
    assert told["states"] == {"sweep": "Completed", "post": "Completed"}
    assert all(said for said in told["said"].values())
    with unit_of_work(office.engine, office.clock) as work:
        sent = [row.state for row in letter.of_case(work, case)]
        ripe = duty.ripe(work, 10)
    assert sent
    assert set(sent) == {"queued"}  # no server is set
    assert ripe == []


def test_only_workers_load_prefect(tmp_path: Path) -> None:
    asked = (
        "import sys, flows.embedded, flows.running, cli, portal.web.serving, demo.door; "
        "print('prefect' in sys.modules)"
    )
    assert _python(["-c", asked], tmp_path).strip() == "False"


@pytest.fixture
def office(engine: Engine, clock: object, tmp_path: Path) -> Office:
    return Office(engine, clock, tmp_path / "files")  # type: ignore[arg-type]
