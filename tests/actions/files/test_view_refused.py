"""What has no view: other files, broken ones, changed ones; the original stays."""

import hashlib
import time

import pytest
from PIL import Image

from actions.files.view import make
from guapai.errors import BadInput, Damaged, Missing
from storage.files.store import FileStore
from tests.actions.files.pictures import (
    PHOTO,
    UNREADABLE,
    _bytes,
    _halves,
    _png,
    _refused,
    _view,
)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (_png(20000, 20000), "image/png"),
        (_png(7100, 7100), "image/png"),
        (PHOTO[: len(PHOTO) // 2], "image/jpeg"),
        (PHOTO[:30], "image/jpeg"),
        ("只是改了扩展名的文字".encode() * 20, "image/jpeg"),
        (b"", "image/jpeg"),
        (_bytes(Image.new("RGB", (10, 10)), "GIF"), "image/png"),
        (_bytes(Image.new("RGB", (10, 10)), "TIFF"), "image/jpeg"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "image/jpeg"),
    ],
    ids=["bomb", "too large", "half", "head", "text", "nothing", "gif", "tiff", "program"],
)
def test_what_cannot_be_read_is_said_and_the_original_stays(
    store: FileStore, data: bytes, media_type: str
) -> None:
    _refused(store, data, media_type)


def test_a_large_photograph_of_a_telephone_can_be_read(store: FileStore) -> None:
    assert _view(store, store.put([_png(7000, 7000)])).size == (1600, 1600)


def test_a_failure_is_remembered(store: FileStore) -> None:
    data = PHOTO[: len(PHOTO) // 2]
    _refused(store, data, "image/jpeg")
    began = time.perf_counter()
    for _ in range(50):
        with pytest.raises(BadInput, match=UNREADABLE):
            make(store, hashlib.sha256(data).hexdigest(), "image/jpeg", "view")
    assert time.perf_counter() - began < 0.5, "fifty processes cannot have been started"


@pytest.mark.parametrize(
    "media_type", ["application/pdf", "image/heic", "image/svg+xml", "text/html"]
)
def test_other_files_have_no_view(store: FileStore, media_type: str) -> None:
    kept = store.put([_bytes(_halves(50, 50), "PNG")])
    with pytest.raises(Missing, match="这种文件没有预览"):
        make(store, kept.sha256, media_type, "view")
    assert not (store.folder / "views").exists()


def test_a_file_that_has_changed_is_neither_shown_nor_given_up(store: FileStore) -> None:
    data = _bytes(_halves(50, 50), "PNG")
    kept = store.put([data])
    store.path(kept.sha256).write_bytes(data[:-20])
    with pytest.raises(Damaged, match="文件已损坏，请联系系统管理员"):
        make(store, kept.sha256, kept.media_type, "view")
    store.path(kept.sha256).write_bytes(data)
    assert _view(store, kept).size == (50, 50), "a backup brought it back"
