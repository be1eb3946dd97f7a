"""Posts of several processes come upon the same rows, and none is ended for waiting in a circle."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from actions.post import pace
from actions.post.clerk import Writing, write_down
from actions.post.ending import recover
from actions.post.round import LEASE, write_letter
from notifications.post.answers import Answer, Outcome, Stage
from storage import queue
from storage.database.work import Work, unit_of_work
from storage.way import CHANNEL
from tests.actions.conftest import Office
from tests.actions.post.backlog import letters_of, queue_letters

SLOW = Answer(Outcome.slowed, 421, "slow down", Stage.recipient)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)  # on SQLite one writes at a time
def test_a_batch_that_is_being_written_down_is_not_waited_for(office: Office) -> None:
    queue_letters(office, 2)
    with unit_of_work(office.engine, office.clock) as work:
        (one, _) = queue.claim(work, "slow", LEASE, 2)
    office.clock.advance(LEASE + timedelta(seconds=1))
    with unit_of_work(office.engine, office.clock) as sender:
        write_letter(sender, one.id, {"attempts": 1})
        sender.flush()
        recover(office.engine, office.clock)
        assert {r.state for r in letters_of(office).values()} == {"claimed"}
    recover(office.engine, office.clock)
    assert {r.state for r in letters_of(office).values()} == {"queued"}


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)  # on SQLite one writes at a time
def test_a_letter_that_somebody_claims_just_now_is_not_waited_for(office: Office) -> None:
    (one, *_) = queue_letters(office, 2)
    address = letters_of(office)[one].recipient
    with unit_of_work(office.engine, office.clock) as sender:
        queue.claim(sender, "mine", LEASE, 1)
        with unit_of_work(office.engine, office.clock) as other:
            queue.postpone(other, address, other.now + LEASE)


def test_two_who_come_upon_ways_out_in_opposite_orders_wait_for_each_other_once(
    office: Office,
) -> None:
    ways = [CHANNEL, *(f"d{n}.example" for n in range(6))]

    def trouble(way: str) -> Writing:
        def write(work: Work) -> None:
            pace.worse(work, way, SLOW)
            time.sleep(0.002)

        return Writing(write, [way])

    def write_ten_times(order: list[str]) -> None:
        for _ in range(10):
            with unit_of_work(office.engine, office.clock) as work:
                write_down(work, [trouble(way) for way in order])
            office.clock.advance(timedelta(minutes=20))

    with ThreadPoolExecutor(2) as two:
        for done in [two.submit(write_ten_times, ways), two.submit(write_ten_times, ways[::-1])]:
            done.result()
