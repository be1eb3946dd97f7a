"""Somebody who sends files in pieces, and a picture they send."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from actions.files.upload import Piece, Quota, begin, cancel, find, forget_stale
from guapai.clock import SimulatedClock
from guapai.errors import Missing
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.files.store import FileStore
from storage.files.upload import Upload
from storage.people import person

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


PLENTY = Quota(10**6, 10**6)


def receive(
    engine: Engine,
    clock: SimulatedClock,
    store: FileStore,
    upload_id: str,
    person_id: int,
    offset: int,
    chunks: Iterable[bytes],
) -> Upload:
    """Take in a piece as the portal does, without a network."""
    piece = Piece(engine, clock, store, upload_id, person_id, offset)
    try:
        for chunk in chunks:
            piece.write(chunk)
    except Exception:
        done = piece.close()
        if done.sha256 is None:
            raise
        return done
    return piece.close()


class Sender:
    """Somebody who sends files, and what the server has of them."""

    def __init__(self, engine: Engine, clock: SimulatedClock, store: FileStore) -> None:
        self.engine, self.clock, self.store = engine, clock, store
        with unit_of_work(engine, clock) as work:
            self.me = person.add(work, "送件人", None)
            self.other = person.add(work, "别人", None)

    def begin(self, name: str = "现场.png", size: int = len(PNG)) -> Upload:
        """Announce a file."""
        with unit_of_work(self.engine, self.clock) as work:
            return begin(work, self.me, name, size, PLENTY)

    def send(self, upload: Upload, offset: int, *chunks: bytes) -> Upload:
        """Send pieces that follow on an offset."""
        return self.stream(upload, offset, iter(chunks))

    def stream(self, upload: Upload, offset: int, chunks: Iterator[bytes]) -> Upload:
        """Send pieces as they come."""
        return receive(self.engine, self.clock, self.store, upload.id, self.me, offset, chunks)

    def cancel(self, upload: Upload) -> None:
        """Give it up."""
        cancel(self.engine, self.clock, self.store, upload.id, self.me)

    def status(self, upload: Upload, who: int | None = None) -> Upload:
        """What the server has of it."""
        with unit_of_work(self.engine, self.clock, write=False) as work:
            return find(work, upload.id, who or self.me)

    def forget_stale(self) -> int:
        """Do the housekeeping."""
        return forget_stale(self.engine, self.clock, self.store)

    def draft(self, upload: Upload) -> Path:
        """Where the pieces lie until the file is whole."""
        return self.store.folder / f".upload-{upload.id}"

    def files(self) -> list[Path]:
        """Every file in the store, drafts too."""
        return sorted(p for p in self.store.folder.rglob("*") if p.is_file())

    def is_gone(self, upload: Upload) -> bool:
        """Whether neither the upload nor its draft is there."""
        with pytest.raises(Missing, match="请重新选择文件"):
            self.status(upload)
        return not self.draft(upload).exists()
