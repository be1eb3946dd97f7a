"""Uploads at once: files stay whole under two writers, and people are counted one after another."""

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from actions.files.upload import MOST_UNFINISHED
from guapai.errors import BadInput, Conflict, GuapaiError
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.files.upload import Upload
from tests.actions.sender import PNG, Sender


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
