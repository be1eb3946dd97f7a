"""Uploads in pieces: they go on after a break, stay whole under two writers, and are what they say."""

import fcntl
import hashlib
import io
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.upload import (
    MOST_UNFINISHED,
    STALE,
    begin,
    cancel,
    find,
    forget_stale,
    receive,
)
from guapai.clock import SimulatedClock
from guapai.errors import BadInput, Conflict, GuapaiError, Missing
from storage import evidence, person
from storage import upload as uploads
from storage.engine import Engine
from storage.evidence import MOST_BYTES, FileStore
from storage.upload import Upload
from storage.work import unit_of_work

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(2000)
BAD = b"MZ" + bytes(3000)


class Sender:
    """Somebody who sends files, and what the server has of them."""

    def __init__(self, engine: Engine, clock: SimulatedClock, store: FileStore) -> None:
        self.engine, self.clock, self.store = engine, clock, store
        with unit_of_work(engine, clock) as work:
            self.me = person.add(work, "送件人", None)
            self.other = person.add(work, "别人", None)

    def begin(self, name: str = "现场.png", size: int = len(PNG)) -> Upload:
        with unit_of_work(self.engine, self.clock) as work:
            return begin(work, self.me, name, size)

    def send(self, upload: Upload, offset: int, *chunks: bytes) -> Upload:
        return self.stream(upload, offset, iter(chunks))

    def stream(self, upload: Upload, offset: int, chunks: Iterator[bytes]) -> Upload:
        return receive(self.engine, self.clock, self.store, upload.id, self.me, offset, chunks)

    def cancel(self, upload: Upload) -> None:
        cancel(self.engine, self.clock, self.store, upload.id, self.me)

    def status(self, upload: Upload, who: int | None = None) -> Upload:
        with unit_of_work(self.engine, self.clock, write=False) as work:
            return find(work, upload.id, who or self.me)

    def forget_stale(self) -> int:
        return forget_stale(self.engine, self.clock, self.store)

    def draft(self, upload: Upload) -> Path:
        return self.store.folder / f".upload-{upload.id}"

    def files(self) -> list[Path]:
        return sorted(p for p in self.store.folder.rglob("*") if p.is_file())

    def is_gone(self, upload: Upload) -> bool:
        with pytest.raises(Missing, match="请重新选择文件"):
            self.status(upload)
        return not self.draft(upload).exists()


@pytest.fixture
def sender(engine: Engine, clock: SimulatedClock, tmp_path: Path) -> Sender:
    return Sender(engine, clock, FileStore(tmp_path / "files"))


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


def test_of_two_writers_at_once_one_is_sent_away_and_the_file_stays_whole(sender: Sender) -> None:
    upload = sender.begin()
    writing, go_on = threading.Event(), threading.Event()
    answers: list[Upload] = []

    def slow() -> Iterator[bytes]:
        yield PNG[:200]
        writing.set()
        assert go_on.wait(10)
        yield PNG[200:400]

    first = threading.Thread(target=lambda: answers.append(sender.stream(upload, 0, slow())))
    first.start()
    assert writing.wait(10)
    for forbidden in (
        lambda: sender.send(upload, 0, b"x" * 300),
        lambda: sender.cancel(upload),
    ):
        with pytest.raises(Conflict, match="正在上传，请稍候再试"):
            forbidden()
    go_on.set()
    first.join()
    assert answers[0].received == 400
    assert sender.draft(upload).read_bytes() == PNG[:400]


def test_many_writers_of_one_file_in_whatever_order_leave_it_whole(sender: Sender) -> None:
    upload = sender.begin()
    strange: list[BaseException] = []

    def write() -> None:
        for _ in range(400):
            now = sender.status(upload)
            if now.sha256 is not None:
                return
            try:
                sender.send(upload, now.received, PNG[now.received : now.received + 1024])
            except Conflict:
                continue
            except BaseException as error:
                strange.append(error)
                return

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert strange == []
    digest = hashlib.sha256(PNG).hexdigest()
    assert sender.status(upload).sha256 == digest
    assert sender.store.read(digest) == PNG
    assert not sender.draft(upload).exists()


HOLDS = """
import fcntl, sys
draft = open(sys.argv[1], "ab")
fcntl.flock(draft, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_another_process_is_heard_of_too(sender: Sender) -> None:
    upload = sender.begin()
    sender.send(upload, 0, PNG[:100])
    command = [sys.executable, "-c", HOLDS, str(sender.draft(upload))]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(Conflict, match="请稍候再试"):
            sender.send(upload, 100, PNG[100:])
        other.communicate("")
    assert sender.send(upload, 100, PNG[100:]).sha256 is not None


def test_two_people_hand_in_the_same_file_at_once(sender: Sender) -> None:
    both = [sender.begin(), sender.begin()]
    together = threading.Barrier(2)
    answers: list[Upload | GuapaiError] = []

    def last(upload: Upload) -> Iterator[bytes]:
        yield PNG[:-1]
        together.wait(10)
        yield PNG[-1:]

    def run(upload: Upload) -> None:
        answers.append(sender.stream(upload, 0, last(upload)))

    threads = [threading.Thread(target=run, args=(u,)) for u in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    digest = hashlib.sha256(PNG).hexdigest()
    assert [getattr(a, "sha256", a) for a in answers] == [digest, digest]
    assert sender.files() == [sender.store.path(digest)]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("现场.png", JPEG, "内容与扩展名不符"),
        ("现场.jpg", PNG, "内容与扩展名不符"),
        ("现场.pdf", PNG, "内容与扩展名不符"),
        ("现场.png", BAD, "不支持这种文件"),
        ("现场.docx", b"PK\x03\x04" + bytes(50), "已损坏"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_and_forgotten(
    sender: Sender, name: str, data: bytes, said: str
) -> None:
    upload = sender.begin(name, len(data))
    sender.send(upload, 0, data[:30])
    with pytest.raises(BadInput, match=said):
        sender.send(upload, 30, data[30:])
    assert sender.is_gone(upload)
    assert sender.files() == []


@pytest.mark.parametrize("name", ["现场.jpg", "现场.JPEG", "现场.jfif"])
def test_a_type_may_have_several_extensions(sender: Sender, name: str) -> None:
    done = sender.send(sender.begin(name, len(JPEG)), 0, JPEG)
    assert done.sha256 == hashlib.sha256(JPEG).hexdigest()


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("", 10, "请改名"),
        ("长" * 197 + ".png", 10, "请改名"),
        ("程序.exe", 10, "不支持这种文件"),
        ("没有扩展名", 10, "不支持这种文件"),
        (".png", 10, "不支持这种文件"),
        ("现场.png", 0, "文件是空的"),
        ("现场.png", -1, "文件是空的"),
        ("现场.png", MOST_BYTES + 1, "文件超过50MB"),
    ],
)
def test_what_is_announced_is_checked(sender: Sender, name: str, size: int, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        sender.begin(name, size)
    assert sender.begin("长" * 196 + ".png", MOST_BYTES).size == MOST_BYTES


def test_a_person_has_so_many_files_under_way_and_no_more(sender: Sender) -> None:
    begun = [sender.begin() for _ in range(MOST_UNFINISHED)]
    with pytest.raises(BadInput, match="您有20个文件还没有传完"):
        sender.begin()
    with unit_of_work(sender.engine, sender.clock) as work:
        assert begin(work, sender.other, "别人.png", 10).person_id == sender.other
    sender.send(begun[0], 0, PNG)
    sender.cancel(begun[1])
    assert {sender.begin().received, sender.begin().received} == {0}
    with pytest.raises(BadInput, match="没有传完"):
        sender.begin()


def test_many_that_begin_at_once_are_counted_one_after_another(sender: Sender) -> None:
    for _ in range(MOST_UNFINISHED - 2):
        sender.begin()
    together = threading.Barrier(6)
    answers: list[bool] = []

    def run() -> None:
        together.wait(10)
        try:
            answers.append(bool(sender.begin()))
        except BadInput:
            answers.append(False)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 4 + [True] * 2


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


def _office(part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in ("[Content_Types].xml", part):
            made.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 9, 0, 0)), "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("方案.docx", "word/document.xml"),
        ("方案.docx", "word/document2.xml"),
        ("台账.xlsx", "xl/workbook.xml"),
    ],
)
def test_office_files_are_known_whatever_wrote_them(sender: Sender, name: str, part: str) -> None:
    data = _office(part)
    assert sender.send(sender.begin(name, len(data)), 0, data).sha256 is not None


def test_two_that_remember_one_file_at_once_wait_for_each_other(sender: Sender) -> None:
    kept = sender.store.put([PNG])
    began = threading.Event()
    strange: list[BaseException] = []

    def second() -> None:
        began.set()
        try:
            with unit_of_work(sender.engine, sender.clock) as work:
                evidence.remember(work, kept)
        except BaseException as error:
            strange.append(error)

    thread = threading.Thread(target=second)
    with unit_of_work(sender.engine, sender.clock) as work:
        evidence.remember(work, kept)
        work.flush()
        thread.start()
        assert began.wait(10)
        thread.join(0.3)
        assert thread.is_alive(), "it waits"
    thread.join()
    assert strange == []
    with unit_of_work(sender.engine, sender.clock, write=False) as work:
        assert evidence.is_stored(work, kept.sha256)
