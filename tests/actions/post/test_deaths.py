"""A sender that dies takes no letter along, but the one that killed it; and that one is found."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from actions.post import claiming
from actions.post.ending import MOST_DEATHS, recover
from actions.post.posting import post
from actions.post.round import LEASE
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import seal
from storage import letter, queue
from storage.database.work import unit_of_work
from tests.actions.conftest import Office
from tests.actions.post.backlog import SENDER, go, letters_of, queue_letters, states


class Killed(BaseException):
    """What a kill looks like from within: nothing that waits is written any more."""


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, BaseException], None]:
    """Makes the sealing of one letter end the process, or raise."""

    def poisoned(letter_id: int, how: BaseException) -> None:
        def sealing(content: Any, **given: Any) -> Any:
            if given["letter_id"] == letter_id:
                raise how
            return seal(content, **given)

        monkeypatch.setattr(claiming, "seal", sealing)

    return poisoned


def _live_and_die(office: Office, out: MemoryOffice, lives: int) -> int:
    """Post after post, each a process of its own; how many died."""
    died = 0
    for _ in range(lives):
        try:
            asyncio.run(post(office.engine, out, office.clock))
        except Killed:
            died += 1
        office.clock.advance(timedelta(minutes=3))
    return died


@pytest.mark.parametrize("others", [150, pytest.param(1000, marks=pytest.mark.long)])
def test_a_poison_letter_is_found_and_all_others_arrive(
    office: Office, poison: Callable[[int, BaseException], None], others: int
) -> None:
    ids = queue_letters(office, others + 1)
    poison(ids[60], Killed())
    out = MemoryOffice(SENDER)
    assert 5 <= _live_and_die(office, out, 30) <= 15
    rows = letters_of(office)
    bad = rows.pop(ids[60])
    assert (bad.state, bad.cause, bad.deaths) == ("failed", "poison", MOST_DEATHS)
    assert {(r.state, r.deaths) for r in rows.values()} == {("sent", 0)}
    assert len({k.recipient for k in out.kept}) == len(out.kept) == others


def test_a_letter_that_cannot_be_sealed_lets_the_others_of_its_batch_go(
    office: Office, poison: Callable[[int, BaseException], None]
) -> None:
    ids = queue_letters(office, 50)
    poison(ids[10], RuntimeError("a bug of ours"))
    out = MemoryOffice(SENDER)
    assert go(office, out).sent == 49
    for _ in range(10):
        office.clock.advance(timedelta(minutes=30))
        go(office, out)
    bad = letters_of(office)[ids[10]]
    assert (bad.state, bad.cause, bad.deaths) == ("failed", "poison", MOST_DEATHS)
    assert "a bug of ours" in bad.answer


def test_a_fault_of_all_letters_is_no_letters_fault(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_letters(office, 20)

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("nothing can be sealed")

    monkeypatch.setattr(claiming, "seal", broken)
    out = MemoryOffice(SENDER)
    for _ in range(5):
        assert "nothing can be sealed" in go(office, out).alarm
        office.clock.advance(timedelta(minutes=30))
    assert {(r.state, r.deaths) for r in letters_of(office).values()} == {("queued", 0)}
    monkeypatch.undo()
    assert go(office, out).sent == 20


def test_letters_whose_senders_died_many_times_still_go(office: Office) -> None:
    ids = queue_letters(office, 40)
    for nth in range(30):
        with unit_of_work(office.engine, office.clock) as work:
            taken = queue.claim(work, f"dead{nth}", LEASE, 10)
            if taken:  # one of them was on its way
                work.update(letter.TABLE, {"id": taken[0].id}, {"state": "sending"})
        office.clock.advance(LEASE + timedelta(seconds=1))
        recover(office.engine, office.clock)
    out = MemoryOffice(SENDER)
    for _ in range(3):
        go(office, out)
        office.clock.advance(timedelta(minutes=20))
    assert set(states(office)) <= {"sent", "uncertain"}
    assert "failed" not in states(office)
    assert len(out.kept) + states(office).get("uncertain", 0) >= len(ids)


def test_a_sender_that_died_before_it_sealed_leaves_two_halves(office: Office) -> None:
    queue_letters(office, 10)
    with unit_of_work(office.engine, office.clock) as work:
        queue.claim(work, "dead", LEASE, 10)
    office.clock.advance(LEASE + timedelta(seconds=1))
    recover(office.engine, office.clock)
    rows = letters_of(office).values()
    assert {(r.state, r.deaths, r.attempts) for r in rows} == {("queued", 0, 0)}
    groups = [r.suspect for r in rows]
    assert sorted(groups.count(g) for g in set(groups)) == [5, 5]
    assert go(office, MemoryOffice(SENDER)).sent == 10


def test_only_whole_batches_are_taken_up(office: Office) -> None:
    queue_letters(office, 5)
    with unit_of_work(office.engine, office.clock) as work:
        for token in ("a", "b"):
            (one, _) = queue.claim(work, token, LEASE, 2)
    office.clock.advance(LEASE + timedelta(seconds=1))
    with unit_of_work(office.engine, office.clock) as work:
        assert queue.lapsed(work) == [("a", 2), ("b", 2)]
        assert [r.token for r in queue.take_up(work, "a", 2)] == ["a", "a"]
        assert queue.take_up(work, "b", 3) == []  # one more was seen: its sender has written
        work.update(letter.TABLE, {"id": one.id}, {"lease_until": work.now + LEASE})
        assert queue.lapsed(work) == [("a", 2)]
