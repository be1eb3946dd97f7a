"""Views of pictures: small clean copies, made once, by a process that may do little else."""

import fcntl
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from guapai.errors import BadInput, Busy, Missing, Unready
from storage.files.kind import PICTURES
from storage.files.store import FileStore

Size = Literal["view", "thumb"]

LONGEST: Mapping[Size, int] = {"view": 1600, "thumb": 320}
"""How long the long side may be, in pixels (own)."""
MEDIA_TYPE = "image/jpeg"

_CHILD = Path(__file__).with_name("view_child.py")
_SECONDS = 15
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE = 5.0
"""Seconds a view waits for its turn in this process; the pages let no more in than have one (own)."""
_OTHERS = "这张图片正在生成预览，请稍候再看"
_UNREADABLE = "这张图片无法读取，请用其他程序打开另存后重新上传；原件仍保留，可以下载"


class Taken(Busy):
    """Another process makes a view beside this one."""


def made(store: FileStore, sha256: str, media_type: str, size: Size) -> Path | None:
    """A view that is made already. Raises Missing for what is no picture, BadInput for what cannot
    be read."""
    if media_type not in PICTURES:
        raise Missing("这种文件没有预览")
    view = _place(store, sha256, size)
    return view if _is_made(view) else None


def make(store: FileStore, sha256: str, media_type: str, size: Size) -> Path:
    """A view of a picture in the store, without anything but its pixels.

    Raises Missing for what is no picture or not there, BadInput for what cannot be read, which is
    tried only once, Busy while others make views, and Unready when the machine cannot.
    """
    found = made(store, sha256, media_type, size)
    if found is not None:
        return found
    view = _place(store, sha256, size)
    view.parent.mkdir(parents=True, exist_ok=True)
    with _alone(view.parent):
        if not _is_made(view):
            _make(store, sha256, view, LONGEST[size])
    return view


def _place(store: FileStore, sha256: str, size: Size) -> Path:
    return store.folder / "views" / sha256[:2] / f"{sha256}-{size}.jpg"


def _is_made(view: Path) -> bool:
    if view.exists():
        return True
    if _mark(view).exists():
        raise BadInput(_UNREADABLE)
    return False


def _mark(view: Path) -> Path:
    return view.with_suffix(".unreadable")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else makes views in a folder meanwhile, in whichever process. Raises Busy."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Taken(_OTHERS, after=2) from None
    finally:
        os.close(handle)


@contextmanager
def _turn() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise Busy(_OTHERS)
    try:
        yield
    finally:
        _AT_ONCE.release()


def _make(store: FileStore, sha256: str, view: Path, longest: int) -> None:
    draft = view.with_name(f".{view.stem}-{secrets.token_hex(8)}")
    try:
        original = store.checked(sha256)
        with _turn(), original.open("rb") as source, draft.open("xb") as out:
            code = _run(source, out, longest)
            os.fsync(out.fileno())
        if code == os.EX_OK:
            os.replace(draft, view)
    finally:
        draft.unlink(missing_ok=True)
    if code == os.EX_DATAERR or code < 0:  # it said so, or it was stopped at a limit
        _mark(view).touch()
        raise BadInput(_UNREADABLE)
    if code != os.EX_OK:
        raise Unready("暂时无法生成预览，请稍后再试；原件仍保留，可以下载")


def _run(source: IO[bytes], out: IO[bytes], longest: int) -> int:
    """How the process ended: its exit code, or less than zero when it was stopped."""
    try:
        return subprocess.run(
            [sys.executable, "-I", str(_CHILD), str(longest)],
            stdin=source,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=_SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return -1
