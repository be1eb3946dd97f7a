"""Document numbers: no gaps and no doubles, however many write and some fail."""

import random
import threading

from guapai.clock import SimulatedClock
from guapai.errors import Refused
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.paper import take_number

WRITERS, EACH = 8, 25
SERIES = "金安安督"


def test_eight_writers_leave_no_gap_and_no_double(engine: Engine, clock: SimulatedClock) -> None:
    taken: list[int] = []
    failed: list[int] = []

    def write(writer: int) -> None:
        luck = random.Random(writer)
        while sum(1 for w in mine if w == writer) < EACH:
            try:
                with unit_of_work(engine, clock) as work:
                    number = take_number(work, SERIES, 2026)
                    if luck.random() < 0.2:
                        raise Refused("this act is refused after it took its number")
            except Refused:
                failed.append(number)
                continue
            mine.append(writer)
            taken.append(number)

    mine: list[int] = []
    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, WRITERS * EACH + 1))
    assert failed, "no act failed: the test proves nothing about gaps"


def test_each_year_and_each_series_counts_from_one(engine: Engine, clock: SimulatedClock) -> None:
    with unit_of_work(engine, clock) as work:
        asked = [(SERIES, 2026), (SERIES, 2026), (SERIES, 2027), ("六安督", 2026)]
        assert [take_number(work, *a) for a in asked] == [1, 2, 1, 1]
