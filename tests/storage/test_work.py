"""A unit of work that only reads cannot write, whoever asks it to."""

import pytest

from guapai.clock import SimulatedClock
from storage import throttle
from storage.engine import Engine
from storage.work import unit_of_work


def test_reading_units_cannot_write(engine: Engine, clock: SimulatedClock) -> None:
    values = {"key": "k", "began_at": clock(), "count": 1}
    with (
        pytest.raises(Exception, match=r"read-only|readonly"),
        unit_of_work(engine, clock, write=False) as work,
    ):
        work.insert(throttle.TABLE, values)
        work.flush()
    with unit_of_work(engine, clock) as work:
        work.insert(throttle.TABLE, values)
    with unit_of_work(engine, clock, write=False) as work:
        assert len(work.execute(throttle.TABLE.select()).all()) == 1
