"""Senders are killed again and again while they work off one backlog; no letter is lost by it.

The batches are full, so the same letters live through many deaths.
"""

import random
import time

import pytest

from guapai.clock import SimulatedClock
from tests.chaos.backlog import Backlog
from tests.chaos.nursery import kill

SEED = 20261128


@pytest.mark.parametrize(
    ("senders", "kills", "letters"),
    [
        pytest.param(1, 20, 60, id="20"),
        pytest.param(1, 1000, 2000, id="1000-one", marks=pytest.mark.long),
        pytest.param(4, 1000, 2000, id="1000-four", marks=pytest.mark.long),
    ],
)
def test_no_death_loses_a_letter(
    backlog: Backlog, clock: SimulatedClock, senders: int, kills: int, letters: int
) -> None:
    seed = f"seed {SEED} {backlog.url.partition(':')[0]} {senders}"
    chance = random.Random(seed)
    backlog.lay(clock, letters)
    living = [backlog.sender() for _ in range(senders)]
    for kill_no in range(kills):
        time.sleep(chance.uniform(0.05, 0.3) / senders)
        if kill_no % 2:  # else a slow machine may kill all of them before they have begun
            backlog.wait_for_mail()
            time.sleep(chance.uniform(0, 0.02))
        nth = chance.randrange(senders)
        assert kill(living[nth]), f"{seed}: a sender ended by itself"
        living[nth] = backlog.sender()
    backlog.drain(seed)
    outcome = backlog.settle(seed, letters)
    print(f"{seed}: {kills} kills, {outcome}")
    assert outcome.marked, f"{seed}: no death fell between the bytes and the answer"
