"""What is held stays held until enough people have let go of it, and history keeps who they were."""

import pytest

from actions.post.hold import hold_post, hold_sweep, release, require_releaser
from guapai.errors import BadInput, NotAllowed
from guapai.people import Role
from storage.database.work import unit_of_work
from storage.people import person as people
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
        first = renew_epoch(work).name
        assert current_epoch(work) == first
        second = renew_epoch(work).name
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert current_epoch(work) == second != first


def test_a_pack_made_between_the_two_does_not_carry_the_first_over(office: Office) -> None:
    one, other = _persons(office)
    with unit_of_work(office.engine, office.clock) as work:
        old = hold_post(work, HoldReason.restore, "the first")
        release(work, Held.post, one)
    with unit_of_work(office.engine, office.clock) as work:
        assert hold_post(work, HoldReason.restore, "the second") != old
    with unit_of_work(office.engine, office.clock) as work:
        assert release(work, Held.post, other) == 1
    with unit_of_work(office.engine, office.clock) as work:
        assert release(work, Held.post, one) == 0


def test_only_some_posts_may_let_go(office: Office) -> None:
    with unit_of_work(office.engine, office.clock) as work:
        inspector, chair = (
            people.get(work, office.who(role).person_id or 0)
            for role in (Role.inspector, Role.commission_chair)
        )
        assert inspector is not None
        assert chair is not None
        require_releaser(work, chair)
        with pytest.raises(NotAllowed, match="不在可以解除暂停的岗位"):
            require_releaser(work, inspector)
