"""Nobody stops the portal: while some hold on to it, it answers the others (design §8).

Each siege is laid to a real server with bare sockets. The short ones only ask whether the others are
answered at all; the long one measures how fast, and prints it beside the quiet machine.
"""

import itertools
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest

from guapai.people import Actor, Role
from guapai.settings import Settings
from tests.portal.filled import Filled
from tests.portal.web.siege import Fortress, besieged, cookie, creeping, guess, lay, scanned

OTHERS = ("/healthz", "/static/css/portal.css", "/sign-in", "/desk")


@pytest.fixture(scope="module")
def fortress(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fortress]:
    """A copy of the town behind a portal in a process of its own, with few descriptors."""
    folder = tmp_path_factory.mktemp("siege")
    url, files = filled.databases.copy("siege", of="filled"), folder / "files"
    shutil.copytree(filled.files, files)
    with besieged(url, files, folder, descriptors=256) as found:
        yield found
    filled.databases.drop(url)


def _inspectors(filled: Filled) -> list[Actor]:
    found = [
        a for (_, role), some in filled.city.actors.items() for a in some if role == "inspector"
    ]
    return found[:8]


def _answered(fortress: Fortress, cookies: dict[str, str]) -> None:
    """The others get their pages."""
    for path in OTHERS:
        status, took = fortress.take(path, cookies if path == "/desk" else None)
        assert status == 200, path
        assert took < 15, path


@pytest.fixture(scope="module")
def cookies(filled: Filled, fortress: Fortress) -> dict[str, str]:
    """The session of one of the others."""
    office = filled.city.at("commission", "341502")
    return cookie(fortress.url, filled.city.who(Role.commission_office, office))


def test_uploads_that_creep_hold_nobody_up(
    filled: Filled, fortress: Fortress, cookies: dict[str, str]
) -> None:
    with creeping(fortress, _inspectors(filled), 6):
        _answered(fortress, cookies)


def test_idle_connections_make_room_and_no_noise(
    fortress: Fortress, cookies: dict[str, str]
) -> None:
    with ExitStack() as lines:
        for _ in range(300):
            lines.enter_context(fortress.knock())
        for line in [lines.enter_context(fortress.knock()) for _ in range(60)]:
            line.sendall(b"GET /healthz HTTP/1.1\r\nHo")
        time.sleep(1)
        _answered(fortress, cookies)
    assert fortress.said.stat().st_size < 20_000


def test_a_picture_of_many_scans_is_not_decoded(
    filled: Filled, fortress: Fortress, cookies: dict[str, str]
) -> None:
    number = lay(fortress.url, fortress.files, scanned(400, 900))
    auditor = cookie(fortress.url, filled.readers[Role.auditor])
    with ThreadPoolExecutor(42) as pool:
        asked = [pool.submit(fortress.take, f"/evidence/{number}/view", auditor) for _ in range(42)]
        _answered(fortress, cookies)
        statuses = Counter(a.result()[0] for a in asked)
    assert set(statuses) <= {422, 503}
    assert statuses[422]


def test_a_crowd_at_the_door_is_let_in_or_told_to_come_again(
    fortress: Fortress, cookies: dict[str, str]
) -> None:
    with ThreadPoolExecutor(60) as pool:
        asked = [pool.submit(guess, fortress, n) for n in range(60)]
        _answered(fortress, cookies)
        answers = [a.result() for a in asked]
    assert {status for status, _, _ in answers} == {403, 503}
    for status, again, page in answers:
        if status == 503:
            assert again == "5"
            assert "现在使用的人较多" in page
            assert 'value="nobody' in page  # what was typed is still there


def test_a_process_takes_no_more_memory_than_its_share(fortress: Fortress) -> None:
    limits = Path(f"/proc/{fortress.process.pid}/limits").read_text()
    (data,) = [line for line in limits.splitlines() if line.startswith("Max data size")]
    most = Settings().worker_memory_mb * 2**20
    assert data.split()[3] == str(most)
    status = Path(f"/proc/{fortress.process.pid}/status").read_text()
    (used,) = [line for line in status.splitlines() if line.startswith("VmData")]
    assert int(used.split()[1]) * 1024 < most / 2, "too near to the limit to work in peace"


@contextmanager
def _ticking(lines: list[Any]) -> Iterator[None]:
    """One byte in five seconds from each."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(5):
            for line in lines:
                with suppress(OSError):  # it may have been cut
                    line.sendall(b"x")

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _measured(fortress: Fortress, cookies: dict[str, str], seconds: float) -> dict[str, float]:
    """The median of the milliseconds that /healthz and the desk take, and the slowest of twenty."""
    took: dict[str, list[float]] = {"/healthz": [], "/desk": []}
    end = time.monotonic() + seconds
    for path in itertools.cycle(took):
        if time.monotonic() > end:
            break
        status, once = fortress.take(path, cookies if path == "/desk" else None)
        assert status == 200, path
        took[path].append(once * 1000)
        time.sleep(0.05)
    found = {f"{p} median": median(all_of_them) for p, all_of_them in took.items()}
    return found | {f"{p} slow": quantiles(some, n=20)[-1] for p, some in took.items()}


@pytest.mark.long
def test_how_fast_the_others_are_answered(
    filled: Filled, fortress: Fortress, cookies: dict[str, str]
) -> None:
    with ExitStack() as everything:
        number = lay(fortress.url, fortress.files, scanned(7000, 900))
        auditor = cookie(fortress.url, filled.readers[Role.auditor])
        _measured(fortress, cookies, 2)
        figures = {"quiet": _measured(fortress, cookies, 10)}
        pool = everything.enter_context(ThreadPoolExecutor(110))

        lines = everything.enter_context(creeping(fortress, _inspectors(filled), 5))
        with _ticking(lines):
            figures["40 creeping uploads"] = _measured(fortress, cookies, 12)
        with ExitStack() as idle:
            for _ in range(300):
                idle.enter_context(fortress.knock())
            figures["300 idle sockets"] = _measured(fortress, cookies, 10)
        view = f"/evidence/{number}/view"
        asked = [pool.submit(fortress.take, view, auditor) for _ in range(42)]
        figures["900 scans, 42 times"] = _measured(fortress, cookies, 10)
        assert {a.result()[0] for a in asked} <= {422, 503}
        crowd = [pool.submit(guess, fortress, n) for n in range(60)]
        figures["60 wrong sign-ins"] = _measured(fortress, cookies, 3)
        assert {a.result()[0] for a in crowd} <= {403, 429, 503}
        assert fortress.said.stat().st_size < 100_000

    for siege, found in figures.items():
        told = ", ".join(
            f"{what} {ms:.1f} ms ({ms / figures['quiet'][what]:.1f} x)"
            for what, ms in found.items()
        )
        print(f"{siege}: {told}")
    quiet = figures["quiet"]
    for found in figures.values():
        assert found["/healthz median"] < 100
        assert found["/desk median"] < 300
        for what in ("/healthz median", "/desk median"):
            assert found[what] <= 20 * quiet[what]
