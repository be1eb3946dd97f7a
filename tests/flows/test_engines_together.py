"""Engines side by side, killed at random: no period is run twice, and none is lost but by a death in it."""

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

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
    ran = Counter(line.split()[0] for line in file.read_text().splitlines())
    assert set(ran.values()) == {1}, f"seed {SEED}: {[p for p, n in ran.items() if n > 1]}"
    assert periods - len(ran) <= kills, f"seed {SEED}: more was lost than processes died"
