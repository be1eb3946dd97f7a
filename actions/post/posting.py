"""The post: letters are claimed, sealed once, handed over one at a time, and never forgotten."""

import asyncio
import logging
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from actions.post.clerk import Clerk, Writing
from guapai.clock import Clock, utc_now
from guapai.errors import BadInput
from notifications.post.answers import Answer, Outcome
from notifications.post.offices import Line, PostOffice
from notifications.post.sealing import Content, seal
from storage import letter as letters
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.letter import Letter

LOG = logging.getLogger(__name__)
BATCH = 100
LINES = 4
"""How many lines one run opens at most; servers refuse who comes with many (own)."""

LEASE = timedelta(minutes=15)
"""Longer than one letter can take (the patience of the channel), renewed with every letter."""

REPEAT_AFTER = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(hours=72)
MOST_DEATHS = 3
"""A letter whose sender died this often is parked as failed: it may be the letter (own)."""

Columns = dict[str, Any]


@dataclass
class Posted:
    """What one run of the post did."""

    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    suppressed: int = 0
    later: int = 0
    alarm: str = ""
    ids: list[int] = field(default_factory=list)


async def post(
    engine: Engine,
    office: PostOffice,
    clock: Clock = utc_now,
    *,
    batch: int = BATCH,
    lines: int = LINES,
) -> Posted:
    """Send every letter that is due. Any number of posts may run at once.

    A batch goes over one line; up to ``lines`` are used at once when there is more than one batch.
    `sending` is committed just before a letter's bytes leave, together with the outcome of the
    letter before (design §6) and with what the other lines have to say.
    """
    posted = Posted()
    recover(engine, clock)
    clerk = Clerk(engine, clock)

    async def work_a_line() -> None:
        while not posted.alarm:
            taken = take_batch(engine, office, posted, clock, batch=batch)
            if taken is None:
                return
            clerk.lines += 1
            try:
                async with office.open() as line:
                    if not await _hand_over_all(clerk, office, line, *taken, posted):
                        return
            finally:
                clerk.lines -= 1

    await asyncio.gather(*(work_a_line() for _ in range(lines)))
    return posted


def take_batch(
    engine: Engine,
    office: PostOffice,
    posted: Posted,
    clock: Clock = utc_now,
    *,
    batch: int = BATCH,
) -> tuple[list[Letter], str] | None:
    """Claim the next letters and seal those that were not: they and the token that fences them.

    None when no letter is due. Letters that can reach nobody are suppressed and left out.
    """
    token = secrets.token_hex(16)
    with unit_of_work(engine, clock) as work:
        claimed = letters.claim(work, token, LEASE, batch)
        ready = [s for s in (_seal(work, c, office, posted) for c in claimed) if s is not None]
    return (ready, token) if claimed else None


def recover(engine: Engine, clock: Clock = utc_now) -> None:
    """Take up what silent senders left: claimed letters wait again, sending ones are uncertain."""
    with unit_of_work(engine, clock) as work:
        for letter in letters.lapsed(work):
            if letter.state == "sending":
                _write(work, letter.id, {"state": "uncertain", "ended_at": work.now})
            elif letter.attempts >= MOST_DEATHS:
                said = "发送进程多次中断，停止自动发送"
                _write(work, letter.id, {"state": "failed", "answer": said, "ended_at": work.now})
            else:
                _write(work, letter.id, {"state": "queued", "token": None})
        for letter_id in letters.repeatable(work, work.now - REPEAT_AFTER):
            values = {"state": "queued", "token": None, "maybe_twice": True}
            _write(work, letter_id, {**values, "next_try_at": work.now})


def _write(work: Work, letter_id: int, values: Columns, token: str | None = None) -> None:
    where: Columns = {"id": letter_id}
    if token is not None:
        where["token"] = token
    work.update(letters.TABLE, where, values)


def _seal(work: Work, letter: Letter, office: PostOffice, posted: Posted) -> Letter | None:
    """Seal a letter that has not been sealed; suppress one that cannot reach anybody."""
    if letter.mime is not None:
        return letter
    content = Content(
        recipient=letter.recipient,
        recipient_name=letter.recipient_name,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        statutory=letter.statutory,
    )
    try:
        if not letter.recipient:
            raise BadInput("收件岗位没有可用的邮箱地址")
        sealed = seal(content, letter_id=letter.id, sender=office.sender, at=work.now)
    except BadInput as error:
        posted.suppressed += 1
        values = {"state": "suppressed", "answer": str(error), "ended_at": work.now}
        _write(work, letter.id, values)
        return None
    values = {
        "recipient": sealed.recipient,
        "message_id": sealed.message_id,
        "sealed_at": sealed.date,
        "sha256": sealed.sha256,
        "mime": sealed.mime,
    }
    _write(work, letter.id, values)
    for name, value in values.items():
        letter.__dict__[name] = value
    return letter


async def _hand_over_all(
    clerk: Clerk,
    office: PostOffice,
    line: Line,
    ready: list[Letter],
    token: str,
    posted: Posted,
) -> bool:
    """Hand over a batch; False when the line is in trouble and the rest has to wait."""
    ending: Writing | None = None
    for nth, letter in enumerate(ready):
        mime = letter.mime or b""
        answer = await line.offer(office.sender.address, letter.recipient, len(mime))
        if answer is None:
            if not await _begin(clerk, ready, nth, token, ending):
                ending = None  # silent for too long: the letter is another sender's now
                continue
            ending = None
            answer = await line.hand_over(mime)
        ending = _combined(ending, _ending(letter, answer, token, posted))
        if answer.outcome is Outcome.channel or not line.alive:
            await clerk.write(_release(ending, ready[nth + 1 :], token, posted))
            return answer.outcome is not Outcome.channel
    await clerk.write(_release(ending, [], token, posted))
    return True


async def _begin(
    clerk: Clerk, ready: list[Letter], nth: int, token: str, ending: Writing | None
) -> bool:
    """Commit that a letter's bytes are about to leave; False when our claim on it has lapsed."""
    held: list[int] = []

    def write(work: Work) -> None:
        if ending is not None:
            ending(work)
        values: Columns = {"state": "sending", "lease_until": work.now + LEASE}
        where = {"id": ready[nth].id, "token": token, "state": "claimed"}
        work.update(letters.TABLE, where, values, heard=held.append)
        _renew(work, ready, nth, token)

    await clerk.write(write)
    return held == [1]


def _combined(first: Writing | None, second: Writing) -> Writing:
    if first is None:
        return second

    def both(work: Work) -> None:
        first(work)
        second(work)

    return both


def _renew(work: Work, ready: list[Letter], nth: int, token: str) -> None:
    """Every so often, keep the claim on the letters that still wait for their turn."""
    if nth % 25 == 24:
        for letter in ready[nth + 1 :]:
            _write(work, letter.id, {"lease_until": work.now + LEASE}, token)


def _release(ending: Writing | None, rest: list[Letter], token: str, posted: Posted) -> Writing:
    """Write the last outcome, and let go of the letters that were not handed over."""

    def write(work: Work) -> None:
        if ending is not None:
            ending(work)
        for letter in rest:
            wait = timedelta(minutes=2) if posted.alarm else timedelta(0)
            values: Columns = {"state": "queued", "token": None, "attempts": letter.attempts - 1}
            _write(work, letter.id, {**values, "next_try_at": work.now + wait}, token)

    return write


def _ending(letter: Letter, answer: Answer, token: str, posted: Posted) -> Writing:
    """What to write about a letter when its answer is in; written with the next commit."""
    posted.ids.append(letter.id)
    if answer.alarm:
        posted.alarm = answer.text

    def write(work: Work) -> None:
        said: Columns = {"answer_code": answer.code, "answer": answer.text}
        _write(work, letter.id, {**said, **_result(work, letter, answer, posted)}, token)

    return write


def _result(work: Work, letter: Letter, answer: Answer, posted: Posted) -> Columns:
    match answer.outcome:
        case Outcome.accepted:
            posted.sent += 1
            return {"state": "sent", "ended_at": work.now}
        case Outcome.uncertain:
            posted.uncertain += 1
            return {"state": "uncertain", "ended_at": work.now}
        case Outcome.channel:
            posted.later += 1
            wait = timedelta(minutes=2)
            values: Columns = {"state": "queued", "token": None, "attempts": letter.attempts - 1}
            return {**values, "next_try_at": work.now + wait}
        case Outcome.later if work.now - letter.created_at < GIVE_UP_AFTER:
            posted.later += 1
            wait = timedelta(minutes=min(2**letter.attempts, 240))
            return {"state": "queued", "token": None, "next_try_at": work.now + wait}
        case _:
            posted.failed += 1
            return {"state": "failed", "ended_at": work.now}
