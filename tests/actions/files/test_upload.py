"""Uploads in pieces: they go on after a break, are nobody else's, and are swept away in the end."""

import fcntl
import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest

from actions.files.upload import MOST_UNFINISHED, STALE, begin, cancel
from guapai.errors import BadInput, Conflict, Missing
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.files import upload as uploads
from tests.actions.sender import PLENTY, PNG, Sender, receive


def test_a_file_arrives_in_pieces_and_lies_in_the_store(sender: Sender) -> None:
    upload = sender.begin(" 现场\n照片.PNG ")
    assert (upload.name, upload.size, upload.received) == ("现场␊照片.PNG", len(PNG), 0)
    assert sender.send(upload, 0, PNG[:10], PNG[10:1000]).received == 1000
    assert sender.draft(upload).read_bytes() == PNG[:1000]
    assert sender.send(upload, 1000).received == 1000, "an empty piece changes nothing"
    done = sender.send(upload, 1000, PNG[1000:])
    digest = hashlib.sha256(PNG).hexdigest()
    assert (done.received, done.sha256) == (len(PNG), digest)
    assert sender.status(upload) == done
    assert sender.store.read(digest) == PNG
    assert sender.files() == [sender.store.path(digest)]
    with unit_of_work(sender.engine, sender.clock, write=False) as work:
        assert evidence.is_stored(work, digest)
        assert uploads.handed_in(work, digest, sender.me) == done
        assert uploads.handed_in(work, digest, sender.other) is None


def test_the_last_piece_may_be_sent_again_when_its_answer_was_lost(sender: Sender) -> None:
    upload = sender.begin()
    done = sender.send(upload, 0, PNG)
    assert sender.send(upload, len(PNG)) == done
    with pytest.raises(Conflict, match=f"已收到{len(PNG)}字节"):
        sender.send(upload, 0, PNG)
    assert sender.files() == [sender.store.path(str(done.sha256))]


@pytest.mark.parametrize("offset", [0, 499, 501, len(PNG), 10**9])
def test_a_piece_must_follow_on_what_is_there(sender: Sender, offset: int) -> None:
    upload = sender.begin()
    sender.send(upload, 0, PNG[:500])
    with pytest.raises(Conflict, match="文件已收到500字节"):
        sender.send(upload, offset, PNG[500:600])
    assert sender.status(upload).received == 500
    assert sender.draft(upload).read_bytes() == PNG[:500]


def test_more_than_was_declared_is_refused_and_none_of_it_counts(sender: Sender) -> None:
    upload = sender.begin(size=1000)
    sender.send(upload, 0, PNG[:400])
    with pytest.raises(BadInput, match="比申报的大小多"):
        sender.send(upload, 400, PNG[400:900], PNG[900:1001])
    assert sender.status(upload).received == 400
    assert sender.draft(upload).read_bytes() == PNG[:400]
    done = sender.send(upload, 400, PNG[400:1000])
    assert sender.store.read(str(done.sha256)) == PNG[:1000]


def test_what_arrived_before_a_break_is_kept(sender: Sender) -> None:
    def breaks() -> Iterator[bytes]:
        yield PNG[:300]
        yield PNG[300:700]
        raise ConnectionResetError("the train went into a tunnel")

    upload = sender.begin()
    with pytest.raises(ConnectionResetError):
        sender.stream(upload, 0, breaks())
    assert sender.status(upload).received == 700
    assert sender.draft(upload).read_bytes() == PNG[:700]
    done = sender.send(upload, 700, PNG[700:])
    assert done.sha256 == hashlib.sha256(PNG).hexdigest()


def test_a_break_after_the_last_byte_breaks_nothing(sender: Sender) -> None:
    def breaks() -> Iterator[bytes]:
        yield PNG
        raise ConnectionResetError

    upload = sender.begin()
    assert sender.stream(upload, 0, breaks()).sha256 == hashlib.sha256(PNG).hexdigest()


def test_bytes_that_were_never_recorded_do_not_count(sender: Sender) -> None:
    upload = sender.begin()
    sender.send(upload, 0, PNG[:500])
    with sender.draft(upload).open("ab") as draft:  # a process died before it could record them
        draft.write(b"?" * 20_000)
    assert sender.send(upload, 500, PNG[500:]).sha256 == hashlib.sha256(PNG).hexdigest()


def test_a_file_whose_draft_was_lost_begins_anew(sender: Sender) -> None:
    upload = sender.begin()
    sender.send(upload, 0, PNG[:500])
    sender.draft(upload).unlink()
    with pytest.raises(Conflict, match="文件已收到0字节"):
        sender.send(upload, 500, PNG[500:])
    assert sender.status(upload).received == 0
    assert sender.send(upload, 0, PNG).sha256 == hashlib.sha256(PNG).hexdigest()


def test_a_person_has_so_many_files_under_way_and_no_more(sender: Sender) -> None:
    begun = [sender.begin() for _ in range(MOST_UNFINISHED)]
    with pytest.raises(BadInput, match="您有20个文件还没有传完"):
        sender.begin()
    with unit_of_work(sender.engine, sender.clock) as work:
        assert begin(work, sender.other, "别人.png", 10, PLENTY).person_id == sender.other
    sender.send(begun[0], 0, PNG)
    sender.cancel(begun[1])
    assert {sender.begin().received, sender.begin().received} == {0}
    with pytest.raises(BadInput, match="没有传完"):
        sender.begin()


def test_somebody_elses_upload_is_not_there(sender: Sender) -> None:
    upload = sender.begin()
    sender.send(upload, 0, PNG[:100])
    given = (sender.engine, sender.clock, sender.store, upload.id, sender.other)
    for forbidden in (
        lambda: receive(*given, 100, [PNG[100:]]),
        lambda: cancel(*given),
        lambda: sender.status(upload, sender.other),
    ):
        with pytest.raises(Missing, match="没有这个上传"):
            forbidden()
    assert sender.status(upload).received == 100


@pytest.mark.parametrize("upload_id", ["", "0" * 32, "../../etc/passwd", "a\x00b", "０" * 32])
def test_an_upload_that_never_was_leaves_no_file(sender: Sender, upload_id: str) -> None:
    with pytest.raises(Missing):
        receive(sender.engine, sender.clock, sender.store, upload_id, sender.me, 0, [PNG])
    assert sender.files() == []


def test_a_cancelled_upload_is_gone_and_a_finished_file_stays(sender: Sender) -> None:
    begun, done = sender.begin(), sender.begin()
    sender.send(begun, 0, PNG[:100])
    digest = str(sender.send(done, 0, PNG).sha256)
    for upload in (begun, done):
        sender.cancel(upload)
        assert sender.is_gone(upload)
        with pytest.raises(Missing):
            sender.send(upload, 100, PNG[100:])
    assert sender.files() == [sender.store.path(digest)]


def test_after_two_days_nobody_waits_for_the_rest(sender: Sender) -> None:
    never, begun, done = sender.begin(), sender.begin(), sender.begin()
    sender.send(begun, 0, PNG[:100])
    digest = str(sender.send(done, 0, PNG).sha256)
    sender.clock.advance(STALE)
    young = sender.begin()
    sender.send(young, 0, PNG[:50])
    assert sender.forget_stale() == 0, "not a moment too early"
    sender.clock.advance(timedelta(seconds=1))
    assert sender.forget_stale() == 2
    assert sender.is_gone(never) and sender.is_gone(begun)
    assert sender.status(young).received == 50
    assert sender.status(done).sha256 == digest
    assert sender.files() == sorted([sender.draft(young), sender.store.path(digest)])


def test_housekeeping_leaves_alone_what_is_being_written_and_sweeps_orphans(
    sender: Sender,
) -> None:
    upload = sender.begin()
    sender.send(upload, 0, PNG[:100])
    orphan = sender.store.folder / f".upload-{'0' * 32}"
    orphan.write_bytes(PNG)
    sender.clock.advance(STALE * 2)
    with sender.draft(upload).open("rb") as draft:
        fcntl.flock(draft, fcntl.LOCK_EX)
        assert sender.forget_stale() == 0
        assert sender.files() == [sender.draft(upload)]
    assert sender.forget_stale() == 1
    assert sender.files() == []
