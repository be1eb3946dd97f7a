"""Evidence: kept once by its hash, streamed, of a type we take, not too big, never half written."""

import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from guapai.clock import SimulatedClock
from guapai.errors import BadInput, Damaged, Missing
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.files.kind import TYPES
from storage.files.store import FileStore

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files", most_bytes=1_000_000)


def _files(store: FileStore) -> list[Path]:
    return [p for p in store.folder.rglob("*") if p.is_file()] if store.folder.exists() else []


def test_a_file_lies_under_its_hash_once(store: FileStore) -> None:
    first, again = store.put([PNG]), store.put([PNG[:5], PNG[5:]])
    assert first == again
    assert first.sha256 == hashlib.sha256(PNG).hexdigest()
    assert (first.size, first.media_type) == (len(PNG), "image/png")
    assert _files(store) == [store.path(first.sha256)]
    assert store.read(first.sha256) == PNG


def test_it_is_read_piece_by_piece_and_stops_at_the_limit(store: FileStore) -> None:
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield PNG.ljust(100_000, b"x")

    with pytest.raises(BadInput, match="文件超过"):
        store.put(endless())
    assert given == 11
    assert _files(store) == []


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:  # a fixed day: the bytes name the test, in every process alike
            made.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 9, 0, 0)), "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "application/pdf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20), "image/jpeg"),
        (PNG, "image/png"),
        (_zip("清单.txt"), "application/zip"),
        (_zip("xl/workbook.xml", "清单.txt"), "application/zip"),
        (_zip("[Content_Types].xml", "word/document.xml"), TYPES[".docx"]),
        (_zip("[Content_Types].xml", "xl/workbook.xml"), TYPES[".xlsx"]),
    ],
)
def test_the_type_is_that_of_the_content(store: FileStore, data: bytes, kind: str) -> None:
    assert store.put([data]).media_type == kind


@pytest.mark.parametrize(
    "data",
    [
        b"MZ" + bytes(200),
        _zip("清单.txt")[:40],
        b"#!/bin/sh\nrm -rf /\n",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "只是文字".encode(),
    ],
    ids=["program", "broken zip", "script", "page", "drawing", "text"],
)
def test_what_we_do_not_take_is_refused_and_leaves_nothing(store: FileStore, data: bytes) -> None:
    with pytest.raises(BadInput, match=r"不支持这种文件|已损坏"):
        store.put([data])
    assert _files(store) == []


def test_an_empty_file_is_refused(store: FileStore) -> None:
    with pytest.raises(BadInput, match="文件是空的"):
        store.put([b""])


def test_an_upload_that_breaks_off_leaves_nothing(store: FileStore) -> None:
    def broken() -> Iterator[bytes]:
        yield PNG
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put(broken())
    assert _files(store) == []


def test_a_changed_file_is_not_handed_out(store: FileStore) -> None:
    kept = store.put([PNG])
    os.chmod(store.path(kept.sha256), 0o600)
    store.path(kept.sha256).write_bytes(PNG + b"!")
    with pytest.raises(Damaged, match="已损坏"):
        store.read(kept.sha256)
    with pytest.raises(Missing, match="没有这个文件"):
        store.read("0" * 64)


def test_the_database_knows_it_once(
    store: FileStore, engine: Engine, clock: SimulatedClock
) -> None:
    kept = store.put([PNG])
    for _ in range(2):
        with unit_of_work(engine, clock) as work:
            evidence.remember(work, kept)
    with unit_of_work(engine, clock, write=False) as work:
        assert evidence.is_stored(work, kept.sha256)
        assert not evidence.is_stored(work, "0" * 64)
