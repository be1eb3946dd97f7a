"""The store in a bucket, over HTTP to a server of its own: the same promises as in a folder."""

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import obstore
import pytest
from obstore.store import S3Store

from actions.history.verification import LATE, verify
from actions.upkeep.backup import back_up, restore
from actions.upkeep.marking import keep_mark
from actions.upkeep.nightly import check_files
from guapai.clock import SimulatedClock
from guapai.errors import BadInput, Damaged, Missing, Unready
from storage.database.engine import Engine
from storage.files import bucket as buckets
from storage.files.place import _bucket, store_at
from storage.files.store import CHANGED, LOST, FileStore
from tests.actions.lived import live

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@dataclass(frozen=True)
class Server:
    """A server that speaks S3, with one bucket; what lies there can be changed behind our back."""

    address: str

    def write(self, key: str, data: bytes) -> None:
        obstore.put(self._store, key, data)

    @property
    def names(self) -> list[str]:
        return [row["path"] for page in obstore.list(self._store) for row in page]

    @property
    def _store(self) -> S3Store:
        return S3Store("city", client_options={"allow_http": True})


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet, env={**os.environ}) as running:
        found = Server(f"http://127.0.0.1:{port}")
        try:
            while True:
                try:
                    httpx.put(f"{found.address}/city", trust_env=False).raise_for_status()
                    break
                except httpx.TransportError:
                    assert running.poll() is None, "the server did not start"
                    time.sleep(0.05)
            yield found
        finally:
            running.kill()


@pytest.fixture
def place(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """A prefix of its own in the bucket, as the settings would name it."""
    for name, value in (
        ("AWS_ENDPOINT_URL", server.address),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
        ("NO_PROXY", "127.0.0.1"),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    _bucket.cache_clear()
    yield Path(f"s3://city/{hashlib.md5(request.node.name.encode()).hexdigest()}")
    _bucket.cache_clear()


@pytest.fixture
def store(place: Path) -> FileStore:
    return store_at(place)


def test_a_file_lies_under_its_hash_once(store: FileStore, server: Server, place: Path) -> None:
    first, again = store.put([PNG]), store.put([PNG[:5], PNG[5:]])
    assert first == again
    assert list(store.every()) == [first.sha256]
    key = f"{place.name}/{first.sha256[:2]}/{first.sha256}"
    assert key in server.names
    assert store.where(first.sha256) == f"s3://city/{key}"
    assert store.read(first.sha256) == PNG
    with store.open(first.sha256) as handle:
        assert handle.read() == PNG
    store.remove(first.sha256)
    store.remove(first.sha256)
    assert list(store.every()) == []
    assert store.is_empty()


def test_a_large_file_goes_in_pieces(store: FileStore) -> None:
    data = PNG + bytes(range(256)) * 50_000
    kept = store.put([data])
    assert store.checked(kept.sha256).read_bytes() == data


def test_what_we_do_not_take_never_arrives(store: FileStore) -> None:
    for bad in ([b"text"], [b""], [PNG] * 1_000_000):
        with pytest.raises(BadInput):
            store.put(bad)
    assert list(store.every()) == []


def test_a_changed_file_is_not_handed_out(store: FileStore, server: Server, place: Path) -> None:
    kept = store.put([PNG])
    assert store.wrong(kept.sha256) == ""
    store.checked(kept.sha256)
    server.write(f"{place.name}/{kept.sha256[:2]}/{kept.sha256}", PNG + b"!")
    assert store.wrong(kept.sha256) == CHANGED, "whatever was fetched before"
    with pytest.raises(Damaged):
        store.checked(kept.sha256)
    assert store.wrong("0" * 64) == LOST
    with pytest.raises(Missing):
        store.read("0" * 64)
    with pytest.raises(FileNotFoundError):
        store.open("0" * 64)
    again = store.put([PNG])
    assert store.wrong(again.sha256) == "", "handed in again, it is whole"


def test_a_copy_that_was_fetched_and_changed_is_fetched_again(store: FileStore) -> None:
    kept = store.put([PNG])
    store.checked(kept.sha256).write_bytes(b"other")
    assert store.checked(kept.sha256).read_bytes() == PNG


def test_only_so_many_lie_here(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "_FETCHED", 3)
    kept = [store.put([PNG + bytes([n])]).sha256 for n in range(5)]
    for sha256 in kept:
        path = store.checked(sha256)
    assert len(list(path.parent.iterdir())) == 3
    assert path.stat().st_mode & 0o077 == 0 or path.parent.parent.stat().st_mode & 0o077 == 0


def test_notes_are_kept_one_in_the_place_of_another(store: FileStore) -> None:
    assert store.note("mark") is None
    store.keep_note("mark", b"1")
    store.keep_note("mark", b"2")
    assert store.note("mark") == b"2"
    assert store.is_empty(), "a note is no file"


def test_a_server_that_is_away_damages_nothing(
    store: FileStore, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = store.put([PNG])
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    _bucket.cache_clear()
    away = store_at(place)
    for ask in (lambda: away.wrong(kept.sha256), lambda: away.put([PNG]), lambda: away.note("x")):
        with pytest.raises(Unready, match="does not answer"):
            ask()


def test_what_is_no_bucket_is_refused(place: Path, tmp_path: Path) -> None:
    with pytest.raises(Unready, match="names no bucket"):
        store_at(Path("s3://"))
    assert type(store_at(tmp_path)) is FileStore
    folder = Path(tempfile.gettempdir())
    for made in folder.glob("guapai-*"):
        made.rmdir()
    name = store_at(place).folder
    name.chmod(0o755)
    _bucket.cache_clear()
    with pytest.raises(Unready, match="open to others"):
        store_at(place)


def test_a_city_lives_is_packed_and_restored_in_a_bucket(
    engine: Engine, url: str, place: Path, tmp_path: Path
) -> None:
    if engine.dialect.name != "sqlite":
        return  # the store does not know which database names its files
    now, _ = live(engine, place)
    clock, store = SimulatedClock(now), store_at(place)
    assert "up to event" in keep_mark(engine, clock, store)[0]
    found = verify(engine, clock, place)
    assert {f.what for f in found.faults} <= {LATE}
    assert found.files == len(list(store.every())) > 1
    assert check_files(engine, clock, store).damaged == {}
    done = back_up(url, place, tmp_path / "packs", clock)
    assert done.good and len(done.manifest.members) == found.files + 1
    again = Path(f"{place}-again")
    restored = restore(done.path, f"sqlite:///{tmp_path}/new.db", again, clock)
    assert {f.what for f in restored.verified.faults} <= {LATE}
    assert list(store_at(again).every()) == list(store.every())
