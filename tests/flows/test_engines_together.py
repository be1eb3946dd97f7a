"""Engines side by side, killed at random: no period is run twice, and none is lost but by a death in it."""

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from flows.places import Shard, shards_of
from guapai.clock import SimulatedClock
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.people import organisation
from storage.people.organisation import OrganisationKind
from tests.conftest import START

SEED = 20261128
ENGINES = ("embedded", "prefect")


def _engine(
    url: str, file: Path, name: str, first: int, last: int, heard: int = subprocess.DEVNULL
) -> "subprocess.Popen[str]":
    words = [url, str(file), name, START.isoformat(), str(first), str(last)]
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.flows.engine_beside", *words],
        stdout=heard,
        text=True,
    )


@pytest.mark.parametrize(
    ("periods", "kills"), [(60, 2), pytest.param(10_000, 40, marks=pytest.mark.long)]
)
def test_every_period_is_run_once_whoever_asks(
    url: str, tmp_path: Path, periods: int, kills: int
) -> None:
    shards = _settle(url)
    chance = random.Random(f"{SEED} {url.partition(':')[0]}")
    fatal = sorted(chance.sample(range(5, periods - 5), kills))
    file = tmp_path / "effects"
    steady = _engine(url, file, ENGINES[0], 0, periods)
    first = 0
    for upto in [*fatal, periods]:
        with _engine(url, file, ENGINES[1], first, periods, subprocess.PIPE) as mortal:
            assert mortal.stdout is not None
            for _ in range(upto - first):
                mortal.stdout.readline()
            if upto < periods:
                mortal.kill()
        first = upto
    assert steady.wait(timeout=600) == 0
    ran = Counter(ran for line in file.read_text().splitlines() for ran in _places(line, shards))
    assert set(ran.values()) == {1}, f"seed {SEED}: {[p for p, n in ran.items() if n > 1]}"
    lost = periods * len(shards) - len(ran)
    assert lost <= kills * len(shards), f"seed {SEED}: more was lost than processes died"


def _settle(url: str) -> list[Shard]:
    """Three places, each with a commission."""
    engine = open_engine(url)
    with unit_of_work(engine, SimulatedClock(START)) as work:
        for code in ("341500", "341502", "341503"):
            kind = OrganisationKind.commission
            organisation.add(work, kind=kind, name=code, place_code=code)
        shards = shards_of(work)
    engine.dispose()
    return shards


def _places(line: str, shards: list[Shard]) -> list[tuple[str, str]]:
    """In which minute a run was where: it was at one place, or at all of them."""
    minute, low, high, _ = line.split()
    everywhere = (low, high) == ("-", "-")
    here = (low.strip("-"), high.strip("-"))
    return [(minute, s.code) for s in shards if everywhere or (s.span.low, s.span.high) == here]
