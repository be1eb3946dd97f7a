"""Files that arrive in pieces and go on after a break: tus 1.0 (core, creation, termination)."""

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from guapai.clock import Clock
from guapai.errors import BadInput, Conflict, Missing
from guapai.text import Said, one_line
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.files import evidence
from storage.files import upload as uploads
from storage.files.kind import type_named
from storage.files.store import MOST_BYTES, FileStore, too_large
from storage.files.upload import Upload
from storage.people import throttle

MOST_UNFINISHED = 20
"""So many files of one person may be under way at once (own)."""
STALE = timedelta(days=2)
"""How long the rest of a file is waited for (own)."""

DAY = timedelta(days=1)
_CHUNK = 1024 * 1024
_NAME_SIZE = 200
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Quota:
    """What one person may hand in within a day: files, and megabytes of them."""

    files: int
    megabytes: int

    def take(self, work: Work, person_id: int, size: int) -> None:
        """Count a file. Raises BadInput when the day's share is used up."""
        count = throttle.count(work, f"files:{person_id}", DAY)
        kilobytes = throttle.count(work, f"kilobytes:{person_id}", DAY, -(-size // 1024))
        if count > self.files or kilobytes > self.megabytes * 1024:
            said = (
                "每人每天最多上传%(files)d个文件、共%(megabytes)dMB，请明天再传，或联系系统管理员"
            )
            raise BadInput(Said(said, files=self.files, megabytes=self.megabytes))


def begin(work: Work, person_id: int, name: str, size: int, quota: Quota) -> Upload:
    """A file is about to arrive. Raises BadInput for a name, a size or a number we do not take."""
    name = one_line(name)
    if not 0 < len(name) <= _NAME_SIZE:
        raise BadInput(Said("文件名应为1到%(most)d个字，请改名后再上传", most=_NAME_SIZE))
    type_named(name)
    if size < 1:
        raise BadInput("文件是空的，请重新选择")
    if size > MOST_BYTES:
        raise BadInput(too_large(MOST_BYTES))
    if uploads.unfinished(work, person_id) >= MOST_UNFINISHED:
        raise BadInput(
            Said(
                "您有%(most)d个文件还没有传完，请等它们传完，或移除其中一些后再上传"
                "（没传完的文件%(stale)d天后自动清除）",
                most=MOST_UNFINISHED,
                stale=STALE.days,
            )
        )
    quota.take(work, person_id, size)
    upload = Upload(
        id=secrets.token_hex(16),
        person_id=person_id,
        name=name,
        size=size,
        received=0,
        began_at=work.now,
    )
    uploads.begin(work, upload)
    return upload


def find(work: Work, upload_id: str, person_id: int) -> Upload:
    """How far an upload of a person is. Raises Missing for anybody else's."""
    known = _ID.fullmatch(upload_id) is not None
    upload = uploads.of_person(work, upload_id, person_id) if known else None
    if upload is None:
        raise Missing("没有这个上传，或已被清除，请重新选择文件")
    return upload


class Piece:
    """The next piece of a file while it arrives; the draft is nobody else's until `close`.

    No step of it waits for the sender, so each can be done in a thread that is soon free again.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        store: FileStore,
        upload_id: str,
        person_id: int,
        offset: int,
    ) -> None:
        """Take up an upload. Raises Conflict when the piece does not follow on what is there, or
        somebody else writes; Missing for somebody else's."""
        self._ground, self._offset = (engine, clock, store), offset
        self._upload_id, self._person_id = upload_id, person_id
        self._draft = _draft(store, upload_id)
        _look(engine, clock, upload_id, person_id)
        with ExitStack() as held:
            self._handle = held.enter_context(_held(self._draft))
            self._upload = upload = _current(
                engine, clock, self._draft, self._handle, upload_id, person_id
            )
            if offset != upload.received:
                raise Conflict(
                    Said("文件已收到%(size)d字节，请从那里继续上传", size=upload.received)
                )
            if upload.sha256 is None:
                os.ftruncate(self._handle, offset)  # what lies behind was never recorded
                os.lseek(self._handle, offset, os.SEEK_SET)
            self._release = held.pop_all()
        self._received = offset

    def write(self, chunk: bytes) -> None:
        """Put down what came. Raises BadInput when it is more than was announced."""
        if self._upload.sha256 is not None:
            return
        if self._received + len(chunk) > self._upload.size:
            os.ftruncate(self._handle, self._offset)
            self._received = self._offset
            raise BadInput("收到的内容比申报的大小多，请重新选择文件上传")
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(self._handle, rest) :]
        self._received += len(chunk)

    def close(self) -> Upload:
        """Keep what arrived, however it ended; with the last piece the file goes into the store.

        Raises BadInput when the whole file is not what its name promises: it is forgotten then.
        """
        engine, clock, store = self._ground
        with self._release:
            if self._upload.sha256 is not None:
                return self._upload
            os.fsync(self._handle)
            if self._received == self._upload.size:
                return _finish(engine, clock, store, self._draft, self._upload)
            with unit_of_work(engine, clock) as work:
                uploads.advance(work, self._upload_id, self._offset, self._received)
        return _look(engine, clock, self._upload_id, self._person_id)


def cancel(engine: Engine, clock: Clock, store: FileStore, upload_id: str, person_id: int) -> None:
    """The person does not want an upload any more; a file that is in the store stays there.

    Raises Conflict while a piece of it arrives.
    """
    _look(engine, clock, upload_id, person_id)
    with _held(_draft(store, upload_id)):
        with unit_of_work(engine, clock) as work:
            uploads.forget(work, upload_id)
        _draft(store, upload_id).unlink(missing_ok=True)


def forget_stale(engine: Engine, clock: Clock, store: FileStore, age: timedelta = STALE) -> int:
    """Give up on uploads that are not finished after that time; how many.

    Drafts that no upload waits for, which a crash can leave, go too.
    """
    with unit_of_work(engine, clock, write=False) as work:
        waited = uploads.stale(work, age)
    gone = 0
    for upload in waited:
        draft = _draft(store, upload.id)
        try:
            with _held(draft):
                with unit_of_work(engine, clock) as work:
                    uploads.forget_unfinished(work, upload.id)
                draft.unlink(missing_ok=True)
        except Conflict:  # a piece arrives right now; the next time will do
            continue
        gone += 1
    for draft in store.folder.glob(".upload-*"):
        with unit_of_work(engine, clock, write=False) as work:
            waits = uploads.is_unfinished(work, draft.name.removeprefix(".upload-"))
        if not waits:
            draft.unlink(missing_ok=True)
    return gone


def _look(engine: Engine, clock: Clock, upload_id: str, person_id: int) -> Upload:
    with unit_of_work(engine, clock, write=False) as work:
        return find(work, upload_id, person_id)


def _draft(store: FileStore, upload_id: str) -> Path:
    return store.folder / f".upload-{upload_id}"


@contextmanager
def _held(draft: Path) -> Iterator[int]:
    """The draft, open, and nobody else's for now, in whichever process. Raises Conflict."""
    draft.parent.mkdir(parents=True, exist_ok=True)
    handle = _open(draft)
    while handle is None:
        handle = _open(draft)
    try:
        yield handle
    finally:
        os.close(handle)  # this ends the lock, too


def _open(draft: Path) -> int | None:
    """The draft, locked; None when it was removed between opening and locking."""
    handle = os.open(draft, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        there = draft.stat()
    except BlockingIOError:
        os.close(handle)
        raise Conflict("这个文件的另一部分正在上传，请稍候再试") from None
    except FileNotFoundError:
        os.close(handle)
        return None
    if not os.path.samestat(there, os.fstat(handle)):
        os.close(handle)
        return None
    return handle


def _current(
    engine: Engine, clock: Clock, draft: Path, handle: int, upload_id: str, person_id: int
) -> Upload:
    """The upload as it is now that nobody else writes; the draft of one that is over goes.

    A draft that is shorter than the record says was lost in a crash: the file begins anew.
    """
    try:
        upload = _look(engine, clock, upload_id, person_id)
    except Missing:
        draft.unlink(missing_ok=True)
        raise
    if upload.sha256 is not None:
        draft.unlink(missing_ok=True)
    elif os.fstat(handle).st_size < upload.received:
        with unit_of_work(engine, clock) as work:
            uploads.advance(work, upload_id, upload.received, 0)
            return find(work, upload_id, person_id)
    return upload


def _finish(engine: Engine, clock: Clock, store: FileStore, draft: Path, upload: Upload) -> Upload:
    """The whole file is here: into the store with it, or away when it is not what it promises.

    The draft stays, and stays locked, until the database knows: it is copied, not moved.
    """
    try:
        with draft.open("rb") as whole:
            chunks = iter(partial(whole.read, _CHUNK), b"")
            kept = store.put(chunks, type_named(upload.name))
    except BadInput:
        with unit_of_work(engine, clock) as work:
            uploads.forget(work, upload.id)
        draft.unlink(missing_ok=True)
        raise
    with unit_of_work(engine, clock) as work:
        evidence.remember(work, kept)
        uploads.advance(work, upload.id, upload.received, kept.size, kept.sha256)
        finished = find(work, upload.id, upload.person_id)
    draft.unlink()
    return finished
