"""The store of files: each kept once under the SHA-256 of its bytes, in a folder beside the database."""

import errno
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from guapai.errors import BadInput, Damaged, Missing
from guapai.text import Said
from storage.files import scans
from storage.files.kind import TYPES, type_of

MOST_BYTES = 50 * 1024 * 1024


LOST, CHANGED = "lost", "changed"
"""What can be wrong with a file: it is not in the store, or its bytes have another hash."""


@dataclass(frozen=True)
class Kept:
    """A file that lies in the store."""

    sha256: str
    size: int
    media_type: str


def too_large(most_bytes: int) -> Said:
    """What is said of a file that is larger than it may be."""
    return Said("文件超过%(most)dMB，请压缩后再上传", most=most_bytes // (1024 * 1024))


class FileStore:
    """Files by their hash under a folder, two letters deep; writing is atomic and durable.

    Only the user the program runs as may read them: they hold what people reported.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self.most_bytes = most_bytes

    def put(self, chunks: Iterable[bytes], media_type: str | None = None) -> Kept:
        """Stream a file into the store.

        Raises BadInput when it is empty, too big, no type we take, or not of the one it must be.
        `remember` enters the answer in the database.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.folder / f".draft-{secrets.token_hex(8)}"
        try:
            size, digest = self._write(draft, chunks)
            found = type_of(draft)
            if media_type not in (None, found):
                raise BadInput("文件的内容与扩展名不符，请用原来的程序另存为正确的格式后再上传")
            if found == TYPES[".jpg"] and scans.too_many(draft):
                raise BadInput("这张图片的编码异常，请用其他程序打开另存后重新上传")
            self.take(draft, digest)
        finally:
            draft.unlink(missing_ok=True)
        return Kept(digest, size, found)

    def _write(self, draft: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
        size, digest = 0, hashlib.sha256()
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > self.most_bytes:
                    raise BadInput(too_large(self.most_bytes))
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if not size:
            raise BadInput("文件是空的，请重新选择")
        return size, digest.hexdigest()

    def take(self, source: Path, sha256: str) -> None:
        """Move a file on the store's own disk, whose hash is known, into the store."""
        target = self.path(sha256)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(source, target)
        for folder in (target.parent, self.folder):
            sync_folder(folder)

    def bring(self, source: BufferedReader, sha256: str) -> None:
        """Copy a file from elsewhere into the store. Raises Damaged when it has not its hash."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.folder / f".draft-{secrets.token_hex(8)}"
        try:
            with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
                shutil.copyfileobj(source, out)
                out.flush()
                os.fsync(out.fileno())
                out.seek(0)
                if hashlib.file_digest(out, "sha256").hexdigest() != sha256:
                    raise Damaged(DAMAGED)
            self.take(draft, sha256)
        finally:
            draft.unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where a file with that hash lies."""
        return self.folder / sha256[:2] / sha256

    def where(self, sha256: str) -> str:
        """The place of a file as an operator finds it."""
        return str(self.path(sha256))

    def open(self, sha256: str) -> BufferedReader:
        """The bytes that lie there now, whatever they are. Raises FileNotFoundError for none."""
        return self.path(sha256).open("rb")

    def checked(self, sha256: str) -> Path:
        """A file to hand out, read through first.

        Raises Missing when there is none, Damaged when it is no longer what it was.
        """
        try:
            with self.open(sha256) as handle:
                found = hashlib.file_digest(handle, "sha256").hexdigest()
        except FileNotFoundError:
            raise Missing("没有这个文件") from None
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            raise Damaged(DAMAGED) from error
        if found != sha256:
            raise Damaged(DAMAGED)
        return self.path(sha256)

    def wrong(self, sha256: str) -> str:
        """What is wrong with a file there ought to be: LOST or CHANGED; empty for nothing."""
        try:
            self.checked(sha256)
        except Missing:
            return LOST
        except Damaged:
            return CHANGED
        return ""

    def read(self, sha256: str) -> bytes:
        """The bytes of a file. Raises Missing when it is not there, Damaged when it has changed."""
        return self.checked(sha256).read_bytes()

    def every(self) -> Iterator[str]:
        """The hash of every file there is, in their order."""
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(p.name for p in folder.iterdir() if HASH.fullmatch(p.name))

    def is_empty(self) -> bool:
        """Whether nothing is there that a restored city would mix with."""
        return not self.folder.exists() or (self.folder.is_dir() and not any(self.folder.iterdir()))

    def remove(self, sha256: str) -> None:
        """Forget a file that no case names; nothing when it is not there."""
        self.path(sha256).unlink(missing_ok=True)

    def note(self, name: str) -> bytes | None:
        """A small note kept beside the files; None when there is none."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def keep_note(self, name: str, text: bytes) -> None:
        """Keep a note instead of the one before: the old one or the new one is there, never half of it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.folder / f".{name}-{secrets.token_hex(8)}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            os.replace(draft, self.folder / name)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(self.folder)


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


HASH = re.compile(r"[0-9a-f]{64}")
DAMAGED = "文件已损坏，请联系系统管理员从备份恢复"
