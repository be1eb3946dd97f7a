"""A unit of work that only reads cannot write, whoever asks it to."""

import pytest

from guapai.clock import SimulatedClock
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.people import throttle


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


@pytest.mark.parametrize("write", [False, True])
def test_who_does_not_say_that_they_write_is_refused(
    engine: Engine, clock: SimulatedClock, write: bool
) -> None:
    with unit_of_work(engine, clock, write=write) as work:
        work.execute(throttle.TABLE.select())
    connection = engine.raw_connection()
    try:
        with pytest.raises(Exception, match=r"read-only|readonly"):
            connection.cursor().execute("INSERT INTO throttles VALUES ('k', '2026-01-01', 1)")
    finally:
        connection.close()


def test_statements_stay_prepared_when_reading_and_writing_take_turns(
    engine: Engine, owner: Engine, clock: SimulatedClock
) -> None:
    if engine.dialect.name == "postgresql":
        return  # whether a transaction may write is said by its BEGIN there
    for opened in (engine, owner):
        seen: dict[bool, set[int]] = {True: set(), False: set()}
        for turn in range(6):
            with unit_of_work(opened, clock, write=turn % 2 == 0) as work:
                seen[turn % 2 == 0].add(id(work._raw))
                assert work._raw.execute("PRAGMA query_only").fetchone() == (turn % 2,)
        assert len(seen[True]) == len(seen[False]) == 1 and seen[True] != seen[False]


def test_a_closed_engine_leaves_nothing_open(engine: Engine, clock: SimulatedClock) -> None:
    raws = []
    for write in (True, False):
        with unit_of_work(engine, clock, write=write) as work:
            raws.append(work._raw)
    engine.dispose()
    for raw in raws:
        with pytest.raises(Exception, match="closed"):
            raw.execute("SELECT 1")


def test_a_unit_that_stands_still_sees_one_state(engine: Engine, clock: SimulatedClock) -> None:
    with unit_of_work(engine, clock, write=False) as still:
        still.stand_still()
        assert still.execute(throttle.TABLE.select()).all() == []
        with unit_of_work(engine, clock) as work:
            work.insert(throttle.TABLE, {"key": "k", "began_at": clock(), "count": 1})
        assert still.execute(throttle.TABLE.select()).all() == []
    with unit_of_work(engine, clock, write=False) as work:
        assert len(work.execute(throttle.TABLE.select()).all()) == 1
