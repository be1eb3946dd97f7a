"""The store of files in a bucket of an S3-compatible server, as several hosts need it.

Where the server is and who may use it comes from the environment, by the names that every client
of S3 reads: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BufferedReader
from pathlib import Path
from typing import Any

from guapai.errors import Damaged, Missing, Unready
from storage.files.store import DAMAGED, HASH, MOST_BYTES, FileStore

_FETCHED = 64
"""So many files that were handed out lie here for a while (own)."""
_PATIENCE = timedelta(seconds=20)
"""A request to the server is tried for so long in all (own)."""
_CHUNK = 1024 * 1024


class Bucket(FileStore):
    """Files by their hash under a prefix of a bucket; the folder here holds only what passes."""

    def __init__(self, bucket: str, prefix: str, *, most_bytes: int = MOST_BYTES) -> None:
        self._name = f"s3://{bucket}/{prefix}".rstrip("/")
        super().__init__(_working(self._name), most_bytes=most_bytes)
        self._s3, self._store = _client(bucket, prefix)

    def take(self, source: Path, sha256: str) -> None:
        """Move a file of this host, whose hash is known, into the bucket."""
        with self._asking(), source.open("rb") as handle:
            self._s3.put(self._store, _key(sha256), handle)
        source.unlink()

    def path(self, sha256: str) -> Path:
        """Where a file lies while it is handed out."""
        return self.folder / "fetched" / sha256

    def where(self, sha256: str) -> str:
        """The place of a file as an operator finds it."""
        return f"{self._name}/{_key(sha256)}"

    def open(self, sha256: str) -> BufferedReader:
        """The bytes that lie there now, whatever they are. Raises FileNotFoundError for none."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        passing = self.folder / f".passing-{secrets.token_hex(8)}"
        try:
            with self._asking(), passing.open("xb") as out:
                for chunk in self._s3.get(self._store, _key(sha256)).stream(min_chunk_size=_CHUNK):
                    out.write(chunk)
            return passing.open("rb")
        finally:
            passing.unlink(missing_ok=True)

    def checked(self, sha256: str) -> Path:
        """A file to hand out, fetched and read through first.

        Raises Missing when there is none, Damaged when it is no longer what it was.
        """
        path = self.path(sha256)
        if _is_whole(path, sha256):
            os.utime(path)
            return path
        try:
            with self.open(sha256) as source:
                if hashlib.file_digest(source, "sha256").hexdigest() != sha256:
                    raise Damaged(DAMAGED)
                source.seek(0)
                self._lay_by(source, path)
        except FileNotFoundError:
            raise Missing("没有这个文件") from None
        return path

    def wrong(self, sha256: str) -> str:
        """What is wrong with a file in the bucket, whatever lies here; empty for nothing."""
        self.path(sha256).unlink(missing_ok=True)
        try:
            return super().wrong(sha256)
        finally:
            self.path(sha256).unlink(missing_ok=True)

    def _lay_by(self, source: BufferedReader, path: Path) -> None:
        """Keep a copy here; those that were not asked for longest make room."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
        with draft.open("xb") as out:
            shutil.copyfileobj(source, out)
        os.replace(draft, path)
        lying = sorted(path.parent.glob("[0-9a-f]*"), key=_asked_at)
        for old in lying[:-_FETCHED]:
            old.unlink(missing_ok=True)

    def every(self) -> Iterator[str]:
        """The hash of every file there is, in their order."""
        with self._asking():
            for page in self._s3.list(self._store):
                names = (str(row["path"]).rpartition("/")[2] for row in page)
                yield from filter(HASH.fullmatch, names)

    def is_empty(self) -> bool:
        """Whether nothing is there that a restored city would mix with; a mark alone is nothing."""
        return next(self.every(), None) is None

    def remove(self, sha256: str) -> None:
        """Forget a file that no case names; nothing when it is not there."""
        self.path(sha256).unlink(missing_ok=True)
        try:
            with self._asking():
                self._s3.delete(self._store, _key(sha256))
        except FileNotFoundError:
            return

    def note(self, name: str) -> bytes | None:
        """A small note kept beside the files; None when there is none."""
        try:
            with self._asking():
                return bytes(self._s3.get(self._store, name).bytes())
        except FileNotFoundError:
            return None

    def keep_note(self, name: str, text: bytes) -> None:
        """Keep a note instead of the one before: the old one or the new one is there."""
        with self._asking():
            self._s3.put(self._store, name, text)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Errors of the server in our words: a server that is away says nothing about a file."""
        try:
            yield
        except self._s3.exceptions.NotFoundError as error:
            raise FileNotFoundError(str(error).splitlines()[0]) from None
        except self._s3.exceptions.BaseError as error:
            said = (str(error).splitlines() or ["no reason given"])[0]
            raise Unready(
                f"the store of files {self._name} does not answer: {said}; is AWS_ENDPOINT_URL "
                "right, and may this key read and write there?"
            ) from None


def _asked_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process has made room already
        return 0.0


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _client(bucket: str, prefix: str) -> tuple[Any, Any]:
    try:
        import obstore  # noqa: PLC0415 (an extra: guapai[s3])
        from obstore.store import S3Store  # noqa: PLC0415
    except ImportError:
        raise Unready(
            "files in a bucket need the package obstore: pip install guapai[s3]"
        ) from None
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    return obstore, S3Store(
        bucket,
        prefix=prefix or None,
        checksum_algorithm="SHA256",
        client_options={"allow_http": endpoint.startswith("http://"), "timeout": _PATIENCE},
        retry_config={"max_retries": 3, "retry_timeout": _PATIENCE},
    )


def _working(name: str) -> Path:
    """A folder of this user on this host for what passes; TMPDIR says on which disk.

    Raises Unready when it is somebody else's.
    """
    user = os.getuid()
    mark = hashlib.sha256(name.encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"guapai-{user}-{mark}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    there = folder.lstat()
    if there.st_uid != user or there.st_mode & 0o077:
        raise Unready(f"{folder} is open to others; remove it, or set TMPDIR to a folder of yours")
    return folder


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False
