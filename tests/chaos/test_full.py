"""The disk is full for a while: whatever is refused leaves nothing half done, and goes on without a hand."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.history.verification import verify
from flows.running import run_due
from flows.timetable import Ground, jobs_on
from guapai.clock import SimulatedClock
from guapai.errors import Full
from guapai.people import Role
from notifications.post.offices import SmtpOffice
from notifications.post.smtp import Channel, Tls
from storage import letter
from storage.database.ailment import Ailment, ailment_of
from storage.database.engine import open_engine
from storage.schema.schema import migrate
from tests.actions.conftest import Office
from tests.chaos.roles import SENDER
from tests.chaos.sink import Sink
from tests.flows.jobs import JOBS

ROUNDS = 20
_SIZE = 24 * 1024 * 1024
_AN_HOUR = timedelta(hours=1)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(place)]
    mounted = subprocess.run(mount, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"a file system of one's own needs root: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def _fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    return ballast


def _is_full(error: Exception) -> bool:
    """Whether the product itself takes an error for a disk without room.

    SQLite says so with FULL, or with IOERR where it could not make its shared memory larger.
    """
    return isinstance(error, Full) or ailment_of(error) in (Ailment.full, Ailment.away)


@pytest.mark.long
def test_a_full_disk_leaves_no_half_state(disk: Path, clock: SimulatedClock) -> None:
    url = f"sqlite:///{disk}/guapai.db"
    owner = open_engine(url, role=None)
    migrate(owner, clock)
    owner.dispose()
    engine = open_engine(url)
    refused = 0
    with Sink("full", busy=0.001) as sink:
        office = Office(engine, clock, disk / "files")
        outside = SmtpOffice(Channel(host="127.0.0.1", port=sink.port, tls=Tls.none), SENDER)
        ground = Ground(engine, office.clock, outside, office.files)
        for _ in range(ROUNDS):
            office.listed()
            ballast = _fill(disk)
            for _ in range(5):
                try:
                    office.listed()
                    for job in jobs_on(ground):
                        run_due(ground, job)
                except Exception as error:  # the driver's own, the product's, the system's
                    if not _is_full(error):
                        raise
                    refused += 1
            ballast.unlink()
            case = office.grading()
            office.act(Role.inspector, "grade_general", {"reason": "一般"}, case)
            for job in jobs_on(ground):
                run_due(ground, job)
            office.clock.advance(_AN_HOUR)
        assert refused > ROUNDS, "the disk was hardly ever full"
        for _ in range(80):
            run_due(ground, JOBS["papers"])
            run_due(ground, JOBS["post"])
            office.clock.advance(_AN_HOUR)
        with engine.connect() as connection:
            states = set(connection.execute(sa.select(letter.TABLE.c.state)).scalars())
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        assert {str(s) for s in states} <= {"sent", "uncertain"}
        assert verify(engine, office.clock, office.files).faults == []
    engine.dispose()
