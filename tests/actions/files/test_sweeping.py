"""A person's share of a day, and files that nothing names: they go, and no other does."""

import os
from datetime import timedelta

import pytest
import sqlalchemy as sa

from actions.files.sweeping import UNATTACHED, sweep_unattached
from actions.files.upload import DAY, Quota, begin
from actions.upkeep.housekeeping import end_sessions
from guapai.errors import BadInput
from storage import pending
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.files.upload import handed_in
from tests.actions.conftest import Office
from tests.actions.sender import PNG, Sender

LONG = UNATTACHED + timedelta(hours=1)


def _sweep(sender: Sender) -> int:
    return sweep_unattached(sender.engine, sender.clock, sender.store)


def _age(sender: Sender, sha256: str) -> None:
    """The bytes lie there for as long as the clock says."""
    at = (sender.clock() - LONG).timestamp()
    os.utime(sender.store.path(sha256), (at, at))


def _sent(sender: Sender, data: bytes = PNG) -> str:
    done = sender.send(sender.begin(size=len(data)), 0, data)
    assert done.sha256 is not None
    return done.sha256


def _wait(sender: Sender, *files: str) -> None:
    sender.clock.advance(LONG)
    for sha256 in files:
        _age(sender, sha256)


def test_a_file_nothing_names_goes_after_its_time(sender: Sender) -> None:
    sha256 = _sent(sender)
    view = sender.store.folder / "views" / sha256[:2] / f"{sha256}-view.jpg"
    view.parent.mkdir(parents=True)
    view.write_bytes(b"x")
    assert _sweep(sender) == 0
    _wait(sender, sha256)
    assert _sweep(sender) == 1
    assert sender.files() == []
    with unit_of_work(sender.engine, sender.clock, write=False) as work:
        assert not evidence.is_stored(work, sha256)
        assert handed_in(work, sha256, sender.me) is None
    assert _sent(sender) == sha256  # it may come again
    assert sender.store.read(sha256) == PNG


def test_one_that_was_handed_in_again_lately_stays(sender: Sender) -> None:
    sha256 = _sent(sender)
    _wait(sender)
    _sent(sender)
    assert _sweep(sender) == 0
    assert sender.store.read(sha256) == PNG


def test_bytes_that_come_anew_while_it_is_swept_stay(sender: Sender) -> None:
    sha256 = _sent(sender)
    _wait(sender)  # the table does not know yet; the bytes are of today
    at = sender.clock().timestamp()
    os.utime(sender.store.path(sha256), (at, at))
    assert _sweep(sender) == 0
    assert sender.store.read(sha256) == PNG
    with unit_of_work(sender.engine, sender.clock, write=False) as work:
        assert evidence.is_stored(work, sha256)


def test_what_a_crash_left_aside_goes_back(sender: Sender) -> None:
    sha256 = _sent(sender)
    os.replace(sender.store.path(sha256), sender.store.folder / f".swept-{sha256}")
    (sender.store.folder / f".swept-{'0' * 64}").write_bytes(b"x")
    assert _sweep(sender) == 0
    assert sender.store.read(sha256) == PNG
    assert sender.files() == [sender.store.path(sha256)]


def test_what_a_case_or_a_waiting_decision_names_stays(
    sender: Sender,
) -> None:
    engine, clock, store = sender.engine, sender.clock, sender.store
    Office(engine, clock, store.folder).grading()
    files = [_sent(sender, PNG + bytes([n])) for n in range(4)]
    with unit_of_work(engine, clock) as work:
        case_id = work.execute(sa.text("SELECT min(id) FROM cases")).scalar_one()
        event_id = work.execute(sa.text("SELECT min(id) FROM events")).scalar_one()
        row = {"id": work.take_id(), "case_id": case_id, "event_id": event_id, "file": files[0]}
        row |= {"kind": "document", "caption": "", "point": "", "supersedes": None}
        work.insert(evidence.TABLE, row)
        facts = f'{{"evidence": [{{"file": "{files[1]}"}}]}}'
        waiting = {"id": work.take_id(), "case_id": case_id, "noun": "hazard", "row_id": case_id}
        waiting |= {"version": 1, "move": "verify", "facts": facts, "facts_hash": "x"}
        work.insert(pending.TABLE, {**waiting, "state": "open", "opened_at": work.now})
    _wait(sender, *files)
    assert _sweep(sender) == 2
    assert [store.path(f).exists() for f in files] == [True, True, False, False]


def test_a_person_has_a_share_of_files_and_of_bytes(sender: Sender) -> None:
    def announce(who: int, quota: Quota, size: int = 10) -> None:
        with unit_of_work(sender.engine, sender.clock) as work:
            begin(work, who, "现场.png", size, quota)

    few = Quota(3, 10**6)
    for _ in range(3):
        announce(sender.me, few)
    with pytest.raises(BadInput, match="每人每天最多上传3个文件"):
        announce(sender.me, few)
    announce(sender.other, few)
    end_sessions(sender.engine, lambda: sender.clock() + timedelta(hours=2))
    with pytest.raises(BadInput):
        announce(sender.me, few)
    sender.clock.advance(DAY + timedelta(minutes=1))
    announce(sender.me, few)
    small = Quota(10**6, 1)
    announce(sender.other, small, 700_000)
    with pytest.raises(BadInput, match="共1MB"):
        announce(sender.other, small, 700_000)
