"""What is held stays held until enough people have let go of it, and history keeps who they were."""

import pytest

from actions.post.hold import hold_post, hold_sweep, release
from guapai.errors import BadInput
from guapai.people import Role
from storage.database.work import unit_of_work
from storage.upkeep import hold as holds
from storage.upkeep.epoch import current_epoch, renew_epoch
from storage.upkeep.hold import Held, HoldReason
from tests.actions.conftest import Office


def _persons(office: Office) -> list[int]:
    found = [office.who(Role.inspector, nth).person_id for nth in (0, 1)]
    return [p for p in found if p is not None]


def test_after_a_restore_two_different_persons_let_the_post_go(office: Office) -> None:
    one, other = _persons(office)
    with unit_of_work(office.engine, office.clock) as work:
        first = hold_post(work, HoldReason.restore, "pack of yesterday")
        assert hold_post(work, HoldReason.restore) == first
    with unit_of_work(office.engine, office.clock) as work:
        assert release(work, Held.post, one) == 1
    with unit_of_work(office.engine, office.clock) as work, pytest.raises(BadInput, match="另一人"):
        release(work, Held.post, one)
    with unit_of_work(office.engine, office.clock) as work:
        assert [h.note for h in holds.standing(work, Held.post)] == ["pack of yesterday"]
        assert release(work, Held.post, other) == 0
    with unit_of_work(office.engine, office.clock) as work:
        assert holds.standing(work) == []
        with pytest.raises(BadInput, match="没有被暂停"):
            release(work, Held.post, one)
        (row,) = work.execute(holds.TABLE.select()).mappings()
    assert (row["released_by_1"], row["released_by_2"]) == (one, other)
    assert row["ended_at"] == row["released_at_2"] == office.clock()


def test_holds_for_several_reasons_end_one_by_one(office: Office) -> None:
    one, other = _persons(office)
    with unit_of_work(office.engine, office.clock) as work:
        hold_post(work, HoldReason.restore)
        hold_post(work, HoldReason.clock)
        hold_sweep(work, HoldReason.clock)
    with unit_of_work(office.engine, office.clock) as work:
        assert release(work, Held.post, one, HoldReason.clock) == 1
        assert release(work, Held.post, one) == 1
        assert release(work, Held.post, other) == 0
        assert [h.what for h in holds.standing(work)] == [Held.sweep]


def test_every_restore_begins_an_epoch_of_its_own(office: Office) -> None:
    with unit_of_work(office.engine, office.clock) as work:
        assert current_epoch(work) == ""
        first = renew_epoch(work)
        assert current_epoch(work) == first
        second = renew_epoch(work)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert current_epoch(work) == second != first
