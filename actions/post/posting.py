"""The post: letters are claimed, sealed once, handed over one at a time, and never forgotten."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from actions.post import pace
from actions.post.claiming import Claim, claim_due, claim_suspects, take_batch
from actions.post.drain import PATIENCE, draining
from actions.post.ending import recover
from actions.post.line import Carrier
from actions.post.round import BATCH, Posted, Round
from guapai.clock import Clock, utc_now
from notifications.post.offices import PostOffice
from notifications.post.sealing import unfit_sender
from storage import way as ways
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.way import CHANNEL

LINES = 4
"""How many lines one round opens at most; servers refuse who comes with many (own)."""

PROBE = timedelta(minutes=5)
"""How long one process alone tries a server that was in trouble; a try takes a minute or two (own)."""

_LOOK = 0.1
"""Seconds between two looks at whether the process is to end."""


async def post(
    engine: Engine,
    office: PostOffice,
    clock: Clock = utc_now,
    *,
    batch: int = BATCH,
    lines: int = LINES,
    stopping: Callable[[], bool] = draining,
) -> Posted:
    """Send every letter that is due. Any number of posts may run at once.

    A batch goes over one line; up to ``lines`` are used at once when there is more than one batch.
    `sending` is committed just before a letter's bytes leave, together with the outcome of the
    letter before (design §6) and with what the other lines have to say. Letters under suspicion
    of having ended a sender go last, group by group, over one line.

    Once ``stopping`` says so the letters under way are finished, for `PATIENCE` seconds at most.
    """
    round_ = Round(engine, office, clock, batch, stopping)
    recover(engine, clock)
    if not stopping() and _may_begin(round_):
        await _until_stopped(round_, asyncio.ensure_future(_carry_all(round_, lines)))
    return round_.posted


def _may_begin(round_: Round) -> bool:
    """Whether letters can go out at all; else it is said why not, and all of them wait."""
    posted, office = round_.posted, round_.office
    unfit = unfit_sender(office.sender)
    posted.alarm = office.closed or (
        f"GUAPAI_MAIL_FROM, GUAPAI_MAIL_DOMAIN: {unfit}" if unfit else ""
    )
    if posted.alarm:
        return False
    with unit_of_work(round_.engine, round_.clock) as work:
        ways.lock(work, [CHANNEL, *office.rates])
        ways.forget_tallies(work, timedelta(days=2))
        for domain in office.rates:
            pace.declare(work, domain)
        channel = ways.get(work, CHANNEL)
        if channel is None:
            return True
        round_.channel_was_slow = True
        posted.trouble = channel.said
        posted.alarm = channel.said if channel.alarm else ""
        if not pace.may_probe(work, channel):
            return False
        pace.probe(work, channel, PROBE)
    posted.alarm = posted.trouble = ""
    return True


async def _carry_all(round_: Round, lines: int) -> None:
    """One line goes first: while the server does not let us in, one login is enough."""

    async def lead() -> None:
        try:
            await _work_a_line(round_, claim_due)
        finally:
            round_.goes.set()

    async def follow() -> None:
        await round_.goes.wait()
        await _work_a_line(round_, claim_due)

    await asyncio.gather(lead(), *(follow() for _ in range(lines - 1)))
    await _work_a_line(round_, claim_suspects)
    if round_.channel_was_slow and not round_.over:  # there was nothing to try it with
        with unit_of_work(round_.engine, round_.clock) as work:
            pace.end_probe(work, CHANNEL)


async def _work_a_line(round_: Round, claim: Claim) -> None:
    while not round_.ends():
        taken = take_batch(round_, claim)
        if taken is None:
            return
        round_.clerk.lines += 1
        try:
            await Carrier(round_, taken).carry()
        finally:
            round_.clerk.lines -= 1


async def _until_stopped(round_: Round, going: "asyncio.Future[None]") -> None:
    """Wait for the end; once the process is to end, not longer than it can wait."""
    loop = asyncio.get_running_loop()
    last: float | None = None
    try:
        while not going.done():
            await asyncio.wait({going}, timeout=_LOOK)
            if last is None and round_.stopping():
                last = loop.time() + PATIENCE
            elif last is not None and loop.time() > last:
                break
    finally:
        if not going.done():
            going.cancel()
            await asyncio.wait({going})
    if not going.cancelled():
        going.result()
