"""The portal as a process: it answers, says how to begin, and stops when it is told to."""

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from storage.database.engine import open_engine
from storage.schema.schema import migrate


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.mark.parametrize("workers", [1, 2])
def test_serve_answers_and_stops(tmp_path: Path, workers: int) -> None:
    url = f"sqlite:///{tmp_path}/guapai.db"
    owner = open_engine(url, role=None)
    migrate(owner)
    owner.dispose()
    port = _free()
    guapai = str(Path(sys.executable).with_name("guapai"))
    command = [guapai, "serve", "--db", url, "--port", str(port)]
    said = tmp_path / "said"
    with said.open("w") as err:
        process = subprocess.Popen([*command, "--workers", str(workers)], stderr=err)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            for _ in range(600):
                try:
                    assert http.get("/healthz").text == "ok"
                    break
                except httpx.TransportError:
                    assert process.poll() is None, said.read_text()
                    time.sleep(0.1)
            found = re.search(r"/setup\?code=(\S+)", said.read_text())
            assert found is not None
            page = http.get(found.group().strip())
            assert page.status_code == 200
            assert found.group(1) in page.text
            assert http.get("/readyz").text == "ready"
            assert http.get("/").headers["location"] == "/setup"
            assert http.get("/static/css/portal.css").status_code == 200
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    assert process.returncode == 0, said.read_text()  # so its timetable was ended, too
    assert "Traceback" not in said.read_text()
