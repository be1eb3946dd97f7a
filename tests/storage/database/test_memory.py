"""What a process remembers is what was committed: ids that come back mean the new row."""

from contextlib import suppress

from guapai.clock import SimulatedClock
from storage import case
from storage.database.engine import Engine
from storage.database.memory import Memory
from storage.database.work import Work, unit_of_work
from storage.upkeep import pack


class _Broken(Exception):
    """The disk is full at the end of a unit."""


def _open(work: Work, noun: str, case_id: int) -> None:
    rules = pack.published(work)[0].id
    known = {"id": case_id, "noun": noun, "number": f"{noun}-{case_id}", "title": "一"}
    more = {
        "place_code": "341502000000",
        "secrecy": next(iter(case.Secrecy)),
        "state": "open",
        "pack_id": rules,
    }
    work.insert(case.TABLE, {**known, **more, "created_at": work.now, "closed_at": None})


def test_a_case_that_was_rolled_back_leaves_no_noun_behind_its_id(
    engine: Engine, clock: SimulatedClock
) -> None:
    with suppress(_Broken), unit_of_work(engine, clock) as work:
        _open(work, "incident", 777)
        assert case.noun_of(work, 777) == "incident"
        raise _Broken
    with unit_of_work(engine, clock) as work:
        assert case.noun_of(work, 777) is None
        _open(work, "hazard", 777)
    with unit_of_work(engine, clock, write=False) as work:
        assert case.noun_of(work, 777) == "hazard"


def test_what_is_committed_is_read_once_and_no_more_is_kept_than_allowed(
    engine: Engine, clock: SimulatedClock
) -> None:
    memory: Memory[int, str] = Memory(2)
    asked: list[int] = []

    def read(key: int) -> str:
        asked.append(key)
        return f"row {key}"

    def look(key: int) -> str | None:
        with unit_of_work(engine, clock, write=False) as work:
            memory.recall(work, key, lambda: read(key))
            return memory.recall(work, key, lambda: read(key))

    assert [look(k) for k in (1, 1, 2, 1)] == ["row 1", "row 1", "row 2", "row 1"]
    assert asked == [1, 2]
    assert look(3) == "row 3"  # full: it begins anew
    assert look(1) == "row 1"
    assert asked == [1, 2, 3, 1]


def test_what_is_not_there_is_asked_for_again(engine: Engine, clock: SimulatedClock) -> None:
    memory: Memory[int, str] = Memory(2)
    with unit_of_work(engine, clock, write=False) as work:
        assert memory.recall(work, 1, lambda: None) is None
        assert memory.recall(work, 1, lambda: "there") == "there"
