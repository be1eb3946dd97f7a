"""Connections: deadlines for heads, answers and what is left of a body; whose goes when there are many."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from portal.web import connection
from tests.portal.browser import serving

ASK = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


THROUGH = threading.Event()
"""The long answer has been given, or need not be given any more."""
PARTS = 400


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers at once, at length, or when the body is there."""
    if scope["type"] == "lifespan":
        return
    if scope["path"] == "/wait":
        while (await receive()).get("more_body"):
            pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]})
    for _ in range(PARTS if scope["path"] == "/long" else 0):
        await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
    await send({"type": "http.response.body", "body": b"xx"})
    if scope["path"] == "/long":
        THROUGH.set()


@pytest.fixture
def place() -> Iterator[tuple[str, int]]:
    """Where that answers."""
    with serving(app) as home:
        yield "127.0.0.1", int(home.rpartition(":")[2])


def _line(place: tuple[str, int], data: bytes = b"") -> socket.socket:
    line = socket.create_connection(place, timeout=10)
    line.sendall(data)
    return line


def _answered(line: socket.socket) -> bool:
    """Whether a whole short answer comes."""
    got = b""
    while not got.endswith(b"0\r\n\r\n"):
        part = line.recv(65536)
        assert part, got
        got += part
    return got.startswith(b"HTTP/1.1 200")


def _ended(line: socket.socket) -> bool:
    """Whether the other end closes; anything that comes before is read."""
    try:
        while line.recv(65536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(
    ("before", "data"),
    [(b"", b""), (b"", b"GET / HT"), (ASK, b"GET / HT")],
    ids=["nothing", "half", "half of the second"],
)
def test_who_does_not_say_what_they_want_is_sent_away(
    place: tuple[str, int], monkeypatch: pytest.MonkeyPatch, before: bytes, data: bytes
) -> None:
    monkeypatch.setattr(connection, "HEAD", 0.3)
    with _line(place, before) as line:
        if before:
            assert _answered(line)
        line.sendall(data)
        assert _ended(line)


def test_a_head_that_comes_drop_by_drop_gets_no_more_time(
    place: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEAD", 0.4)
    with _line(place, b"GET / HTTP/1.1\r\n") as line, pytest.raises(OSError):  # noqa: PT011
        for _ in range(100):
            line.sendall(b"X: y\r\n")
            time.sleep(0.05)


def test_a_body_nobody_wants_is_not_read_for_ever(
    place: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LINGER", 0.3)
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
    with _line(place, head) as line:
        assert line.recv(12) == b"HTTP/1.1 200"
        with pytest.raises(OSError):  # noqa: PT011
            for _ in range(100):
                line.sendall(b"x")
                time.sleep(0.05)


def test_who_does_not_take_an_answer_holds_nothing(
    place: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TAKEN", 0.3)
    THROUGH.clear()
    with _line(place, b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n"):
        assert THROUGH.wait(20)


def test_an_answer_that_is_taken_comes_whole(place: tuple[str, int]) -> None:
    with _line(place, b"GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") as line:
        got = 0
        while part := line.recv(1_000_000):
            got += len(part)
    assert got > PARTS * 100_000


def test_a_line_is_used_again(place: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD", 0.3)
    with _line(place, ASK) as line:
        for _ in range(3):
            assert _answered(line)
            time.sleep(0.5)  # idle, as browsers are between two pages
            line.sendall(ASK)
        assert _answered(line)


def test_the_oldest_idle_one_makes_room(
    place: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MOST", 4)
    with ExitStack() as lines:
        first, second, *_ = [lines.enter_context(_line(place)) for _ in range(4)]
        time.sleep(0.3)  # all four are in
        first.sendall(ASK)
        assert _answered(first)  # now the second is the oldest
        assert lines.enter_context(_line(place, ASK)).recv(12) == b"HTTP/1.1 200"
        assert _ended(second)
        first.sendall(ASK)
        assert _answered(first)


def test_who_is_at_work_is_not_sent_away(
    place: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MOST", 3)
    sends = b"POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx"
    with ExitStack() as lines:
        busy = [lines.enter_context(_line(place, sends)) for _ in range(3)]
        time.sleep(0.3)
        with _line(place, ASK) as refused:
            assert refused.recv(12) == b"HTTP/1.1 503"
        for line in busy:
            line.sendall(b"y")
            assert _answered(line)
        assert lines.enter_context(_line(place, ASK)).recv(12) == b"HTTP/1.1 200"


def test_one_address_has_half_of_the_places_unless_it_is_the_proxys(
    place: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MOST", 6)
    monkeypatch.setattr(connection, "_PROXIES", frozenset())
    with ExitStack() as lines:
        opened = [lines.enter_context(_line(place)) for _ in range(4)]
        assert _ended(opened[0])
        opened[1].sendall(ASK)
        assert opened[1].recv(12) == b"HTTP/1.1 200"


def test_a_loop_without_descriptors_says_so_in_a_line(caplog: pytest.LogCaptureFixture) -> None:
    loop: Any = None
    connection._trouble(
        loop, {"message": "socket.accept() out of system resource", "exception": OSError(24, "x")}
    )
    (record,) = caplog.records
    assert record.levelno == logging.WARNING and record.exc_info is None
