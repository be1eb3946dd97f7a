"""A PostgreSQL server that restarts: connections it cut are replaced, and it is waited for, but not for ever."""

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
import sqlalchemy as sa

from guapai.errors import Unready
from storage.database import patience
from storage.database.engine import Engine, open_engine
from storage.database.patience import wait_for
from storage.database.work import unit_of_work
from storage.people import organisation
from tests.conftest import Databases


class Door:
    """A port that leads to a PostgreSQL server's socket, and can be shut and opened."""

    def __init__(self, url: str) -> None:
        found = sa.make_url(url)
        self._path = f"{found.query['host']}/.s.PGSQL.5432"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = (
            found.set(host="127.0.0.1", port=self.port)
            .difference_update_query(["host"])
            .render_as_string(hide_password=False)
        )
        self._open: list[socket.socket] = []

    def open(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port))
        self._open.append(listening)
        threading.Thread(target=self._serve, args=[listening], daemon=True).start()

    def _serve(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                one, _ = listening.accept()
                other = socket.socket(socket.AF_UNIX)
                other.connect(self._path)
                self._open += [one, other]
                threading.Thread(target=self._pump, args=[one, other], daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            while True:
                for ready in select.select([one, other], [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    (other if ready is one else one).sendall(data)

    def shut(self) -> None:
        """Nobody gets in any more, and who is in is cut off."""
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()


@pytest.fixture
def door(databases: Callable[[str], Databases]) -> Iterator[Door]:
    found = databases("postgresql")
    url = found.copy("door")
    made = Door(url)
    yield made
    made.shut()
    found.drop(url)


def _asks(engine: Engine) -> bool:
    with unit_of_work(engine, write=False) as work:
        return organisation.every(work) == []


def test_a_connection_that_was_cut_is_replaced(databases: Callable[[str], Databases]) -> None:
    """The first request on each stale connection failed."""
    found = databases("postgresql")
    url = found.copy("cut")
    engine, owner = open_engine(url), open_engine(url, role=None)
    assert _asks(engine)
    with owner.connect() as connection:
        cut = connection.scalar(
            sa.text(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert cut
    assert _asks(engine)
    engine.dispose()
    owner.dispose()
    found.drop(url)


def test_a_restart_between_two_requests_is_not_seen(door: Door) -> None:
    door.open()
    engine = open_engine(door.url)
    assert _asks(engine)
    door.shut()
    opening = threading.Timer(0.6, door.open)
    opening.start()
    assert _asks(engine)
    opening.join()
    engine.dispose()


def test_a_server_that_stays_away_is_not_waited_for_for_ever(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "BETWEEN", 0.3)
    engine = open_engine(door.url)
    with pytest.raises(psycopg.OperationalError, match="refused"):
        _asks(engine)
    engine.dispose()


def test_only_so_many_wait_at_once(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_WAITING", threading.BoundedSemaphore(1))
    engine = open_engine(door.url)
    first = threading.Thread(target=lambda: _asks(engine))
    first.start()
    while patience._WAITING.acquire(blocking=False):  # until the first one waits
        patience._WAITING.release()
        time.sleep(0.01)
    with pytest.raises(psycopg.OperationalError, match="refused"):
        _asks(engine)
    assert first.is_alive(), "the second one did not wait"
    door.open()
    first.join()
    engine.dispose()


def test_a_database_that_comes_up_later_is_waited_for_and_that_is_said(door: Door) -> None:
    said: list[str] = []
    opening = threading.Timer(0.6, door.open)
    opening.start()
    wait_for(door.url, said.append)
    opening.join()
    assert len(said) == 1
    assert "waiting up to 120 s for the database" in said[0]
    wait_for(door.url, said.append)
    wait_for("sqlite:///nowhere", said.append)
    assert len(said) == 1
    door.shut()
    with pytest.raises(Unready, match="is the server running"):
        wait_for(door.url, said.append, 0.1)


def test_what_does_not_pass_is_not_waited_for(door: Door) -> None:
    door.open()
    said: list[str] = []
    nobody = sa.make_url(door.url).set(username="nobody").render_as_string(hide_password=False)
    with pytest.raises(Unready, match="nobody"):
        wait_for(nobody, said.append)
    assert said == []
