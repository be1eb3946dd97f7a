"""Senders are stopped for longer than their lease and go on as if nothing had been; the fence holds."""

import os
import random
import signal
import time

import pytest

from guapai.clock import SimulatedClock
from tests.chaos.backlog import Backlog
from tests.chaos.nursery import alive

SEED = 20261128
SENDERS, STOPPED = 7, 5
STALL = 2.0
"""Seconds: 20 minutes of the hastened clock, and a lease is 15."""


@pytest.mark.parametrize(
    ("stalls", "letters"), [(15, 200), pytest.param(200, 2400, marks=pytest.mark.long)]
)
def test_who_comes_back_too_late_sends_nothing_twice(
    backlog: Backlog, clock: SimulatedClock, stalls: int, letters: int
) -> None:
    seed = f"seed {SEED} {backlog.url.partition(':')[0]}"
    chance = random.Random(seed)
    backlog.lay(clock, letters)
    living = [backlog.sender() for _ in range(SENDERS)]
    for _ in range(stalls // STOPPED):
        time.sleep(chance.uniform(0.05, 0.3))
        stopped = chance.sample(living, STOPPED)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(STALL)
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    backlog.drain(seed)
    assert all(map(alive, living)), f"{seed}: a sender ended by itself"
    outcome = backlog.settle(seed, letters)
    print(f"{seed}: {stalls} stalls, {outcome}")
