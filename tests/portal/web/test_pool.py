"""Waits of their own: pools with a queue, bodies with a deadline, lines that are not written twice."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import Message

from guapai.errors import Busy
from portal.web import body
from portal.web.body import Body, TooMuch, TooSlow
from portal.web.pool import Pool, Turnstile


async def _busy(pool: Pool, many: int, one: str = "") -> tuple[list[Any], Callable[[], None]]:
    """So many at work or waiting, and what lets them all go."""
    over = threading.Event()
    tasks = [asyncio.ensure_future(pool.run(over.wait, 10, one=one)) for _ in range(many)]
    await asyncio.sleep(0.05)
    return tasks, over.set


def test_who_finds_the_queue_full_is_told_at_once() -> None:
    async def go() -> None:
        pool = Pool(2, 3, 30)
        tasks, let_go = await _busy(pool, 5)
        assert pool.asked == 5
        with pytest.raises(Busy) as told:
            await pool.run(int)
        assert told.value.after == 5
        let_go()
        assert await asyncio.gather(*tasks) == [True] * 5
        assert pool.asked == 0
        assert await pool.run(int, "7") == 7

    asyncio.run(go())


def test_who_waits_too_long_is_told_and_takes_nobodys_place() -> None:
    async def go() -> None:
        pool = Pool(1, 3, 0.05)
        tasks, let_go = await _busy(pool, 1)
        with pytest.raises(Busy):
            await pool.run(int)
        assert pool.asked == 1
        let_go()
        await asyncio.gather(*tasks)
        assert await pool.run(int) == 0

    asyncio.run(go())


def test_one_session_does_not_take_all_places() -> None:
    async def go() -> None:
        pool = Pool(4, 4, 30, most_of_one=3)
        tasks, let_go = await _busy(pool, 3, "greedy")
        with pytest.raises(Busy):
            await pool.run(int, one="greedy")
        assert await pool.run(int, one="another") == 0
        let_go()
        await asyncio.gather(*tasks)

    asyncio.run(go())


def test_what_breaks_in_a_pool_gives_its_place_back() -> None:
    async def go() -> None:
        pool = Pool(1, 0, 1)
        for _ in range(3):
            with pytest.raises(ValueError, match="invalid literal"):
                await pool.run(int, "x")
        assert pool.asked == 0

    asyncio.run(go())


def test_what_is_done_behind_the_answer_keeps_its_place_until_it_is_done() -> None:
    async def go() -> None:
        pool, over = Pool(1, 0, 1), threading.Event()
        assert await pool.run_behind(0.05, over.wait, 10) is False
        assert pool.asked == 1
        assert await pool.run_behind(0.05, int) is False
        over.set()
        await asyncio.sleep(0.1)
        assert pool.asked == 0
        assert await pool.run_behind(5, int) is True

    asyncio.run(go())


def test_one_person_sends_so_many_pieces_at_once() -> None:
    gate = Turnstile(2)
    with gate.passed(7), gate.passed(7):
        with pytest.raises(Busy), gate.passed(7):
            pass
        with gate.passed(8):
            pass
    with gate.passed(7), gate.passed(7):
        pass


def _part(data: bytes, more: bool = True) -> Message:
    return {"type": "http.request", "body": data, "more_body": more}


async def _all(sent: Body) -> int:
    while not sent.ended:
        await sent()
    return sent.size


@pytest.mark.parametrize("pause", [0.02, 10.0], ids=["drop by drop", "silent"])
def test_a_body_that_creeps_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, pause: float
) -> None:
    monkeypatch.setattr(body, "GRACE", 0.2)

    async def drop() -> Message:
        await asyncio.sleep(pause)
        return _part(b"x")

    with pytest.raises(TooSlow):
        asyncio.run(_all(Body(drop, lambda: 10**6)))


def test_a_body_at_the_least_rate_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "GRACE", 0.2)
    left = [_part(b"x" * 600)] * 4 + [_part(b"", more=False)]

    async def steadily() -> Message:
        await asyncio.sleep(0.15)
        return left.pop(0)

    assert asyncio.run(_all(Body(steadily, lambda: 10**6))) == 2400


def test_what_is_waited_for_after_the_body_is_not_hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "GRACE", 0.01)
    parts = [_part(b"x", more=False)]

    async def then_nothing() -> Message:
        if not parts:
            await asyncio.sleep(0.1)
            return {"type": "http.disconnect"}
        return parts.pop()

    async def go() -> str:
        sent = Body(then_nothing, lambda: 10)
        await _all(sent)
        return str((await sent())["type"])

    assert asyncio.run(go()) == "http.disconnect"


def test_more_than_may_be_is_not_read() -> None:
    async def endless() -> Message:
        return _part(b"x" * 100)

    with pytest.raises(TooMuch):
        asyncio.run(_all(Body(endless, lambda: 1000)))
