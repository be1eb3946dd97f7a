"""Endings: what becomes of a letter, of its address and of its domain when an answer is in."""

from datetime import datetime, timedelta

from actions.post import pace
from actions.post.clerk import Writing
from actions.post.round import Columns, Round, write_letter
from guapai.clock import Clock, utc_now
from notifications.post.answers import Answer, Outcome, Stage
from statemachines.letter import LetterCause
from storage import queue
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.letter import Letter
from storage.queue import Lapsed
from storage.way import CHANNEL

REPEAT_AFTER = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(hours=72)
"""Counted from the first try that a server answered; waiting for a server is no try."""

AGAIN_AFTER = timedelta(minutes=5)
"""No address is tried more often after a 4xx (reliability §3)."""

LONGEST_WAIT = timedelta(hours=4)
MOST_DEATHS = 3
"""A letter that ends its sender so often while it is sealed, alone, is parked as poison (own)."""

MOST_SEALED_DEATHS = 12
"""The same for a sealed letter. To offer one takes long, so its sender may have been ended by
somebody else; the waits between so many tries come to a day (own)."""

PRINT_AGAIN_AFTER = timedelta(hours=1)
_UNOPENED = (Stage.connect, Stage.tls, Stage.auth)


def ending(round_: Round, letter: Letter, answer: Answer, token: str) -> Writing:
    """What to write about a letter when its answer is in; written with the next commit.

    What the other lines must know is known at once.
    """
    round_.posted.ids.append(letter.id)
    if answer.alarm:
        round_.posted.alarm = answer.text
    answer = _whose(round_, letter, answer)
    _tell_the_lines(round_, letter, answer)
    mended = _mended(round_, letter, answer)

    def write(work: Work) -> None:
        said: Columns = {"answer_code": answer.code, "answer": answer.text}
        values = {**said, **_result(work, round_, letter, answer)}
        write_letter(work, letter.id, values, token)
        if answer.outcome is Outcome.later:
            queue.postpone(work, letter.recipient, work.now + AGAIN_AFTER)
        for way in mended:
            pace.better(work, way, rated=way in round_.office.rates)

    return Writing(write, {*mended, *_troubled(letter, answer)})


def _tell_the_lines(round_: Round, letter: Letter, answer: Answer) -> None:
    if answer.outcome is Outcome.channel:
        round_.over = True
        round_.posted.trouble = answer.text
        return
    round_.goes.set()
    if answer.outcome is Outcome.slowed and letter.domain:
        round_.slow.add(letter.domain)
        round_.rests[letter.domain] = round_.clock() + pace.FIRST_REST
    elif answer.outcome is Outcome.later:
        round_.rests[letter.recipient] = round_.clock() + AGAIN_AFTER


def _whose(round_: Round, letter: Letter, answer: Answer) -> Answer:
    """Whose trouble it is. A server that slows domain after domain before it has heard who is
    written to slows us."""
    if answer.outcome is Outcome.slowed and answer.stage is Stage.sender and letter.domain:
        round_.stumbled.add(letter.domain)
        if len(round_.stumbled) > 1:
            return Answer(Outcome.channel, answer.code, answer.text, answer.stage, answer.alarm)
    elif answer.outcome is not Outcome.channel:
        round_.stumbled.clear()
    return answer


def _mended(round_: Round, letter: Letter, answer: Answer) -> list[str]:
    """The ways out that were in trouble and have now taken a letter, or refused it for itself."""
    if answer.outcome in (Outcome.channel, Outcome.slowed):
        return []
    mended = [CHANNEL] if round_.channel_was_slow else []
    round_.channel_was_slow = False
    if letter.domain in round_.slow:
        mended.append(letter.domain)
    return mended


def _troubled(letter: Letter, answer: Answer) -> list[str]:
    """The ways out that an answer is trouble of."""
    if answer.outcome is Outcome.channel:
        return [CHANNEL]
    return [letter.domain] if answer.outcome is Outcome.slowed and letter.domain else []


def _result(work: Work, round_: Round, letter: Letter, answer: Answer) -> Columns:
    posted, now = round_.posted, work.now
    tried: Columns = {
        "attempts": letter.attempts + 1,
        "first_tried_at": letter.first_tried_at or now,
    }
    queued: Columns = {"state": "queued", "token": None}
    match answer.outcome:
        case Outcome.accepted:
            posted.sent += 1
            return {**tried, "state": "sent", "ended_at": now}
        case Outcome.uncertain:
            posted.uncertain += 1
            return {**tried, "state": "uncertain", "ended_at": now}
        case Outcome.channel:
            posted.later += 1
            until = pace.worse(work, CHANNEL, answer)
            # one that the line broke at goes behind the others, or it could hold up all for ever
            behind = {} if answer.stage in _UNOPENED else {"next_try_at": until}
            return {**queued, **behind}
        case Outcome.printed:
            posted.printed += 1
            return {**queued, "next_try_at": now + PRINT_AGAIN_AFTER}
        case Outcome.later | Outcome.slowed:
            until = _again(work, round_, letter, answer)
            if now - tried["first_tried_at"] < GIVE_UP_AFTER:
                posted.later += 1
                return {**tried, **queued, "next_try_at": until}
            cause = LetterCause.given_up
        case Outcome.refused:
            cause = LetterCause.bounced
        case _:
            cause = LetterCause.rejected
    posted.failed += 1
    return {**tried, "state": "failed", "cause": cause, "ended_at": now}


def _again(work: Work, round_: Round, letter: Letter, answer: Answer) -> datetime:
    """When a letter that was put off is tried again: by itself ever later, a domain's as it rests."""
    if answer.outcome is Outcome.slowed:
        if letter.domain is None:
            return work.now + AGAIN_AFTER
        until = pace.worse(work, letter.domain, answer)
        round_.rests[letter.domain] = until
        return max(until, work.now + AGAIN_AFTER)
    wait: timedelta = AGAIN_AFTER * 2 ** min(letter.attempts, 20)
    return work.now + min(wait, LONGEST_WAIT)


def death(letter: Letter | Lapsed, now: datetime, *, unsealed: bool, said: str) -> Columns:
    """What to write about a letter that has ended its sender, as far as anybody can tell."""
    deaths = letter.deaths + 1
    if deaths >= (MOST_DEATHS if unsealed else MOST_SEALED_DEATHS):
        poison = {"state": "failed", "cause": LetterCause.poison, "ended_at": now}
        return {**poison, "deaths": deaths, "answer": said}
    wait = min(AGAIN_AFTER * 2 ** (deaths - 1), LONGEST_WAIT)
    alone = f"letter-{letter.id}"
    waits = {"state": "queued", "token": None, "suspect": alone, "next_try_at": now + wait}
    return {**waits, "deaths": deaths}


def recover(engine: Engine, clock: Clock = utc_now) -> None:
    """Take up what silent senders left: claimed letters wait again, sending ones are uncertain.

    Nobody knows what ended a sender. If it was one of the letters that it was about to seal, they
    are halved until that one is alone; only then it has died. All others just wait again.
    """
    with unit_of_work(engine, clock, write=False) as work:
        silent = queue.lapsed(work)
    for token, letters in silent:
        with unit_of_work(engine, clock) as work:
            _recover_batch(work, token, queue.take_up(work, token, letters))
    with unit_of_work(engine, clock) as work:
        for letter_id in queue.repeatable(work, work.now - REPEAT_AFTER):
            values = {"state": "queued", "token": None, "maybe_twice": True}
            write_letter(work, letter_id, {**values, "next_try_at": work.now})


def _recover_batch(work: Work, token: str | None, batch: list[Lapsed]) -> None:
    sending = [b for b in batch if b.state == "sending"]
    claimed = [b for b in batch if b.state == "claimed"]
    for letter in sending:
        values = {"state": "uncertain", "ended_at": work.now, "deaths": letter.deaths + 1}
        write_letter(work, letter.id, values)
    if len(claimed) == 1 and claimed[0].suspect is not None:
        said = "投递此信的进程多次中断，已停止自动发送"
        values = death(claimed[0], work.now, unsealed=claimed[0].unsealed, said=said)
        write_letter(work, claimed[0].id, values)
        return
    half = (len(claimed) + 1) // 2
    for nth, letter in enumerate(claimed):
        # what was being handed over is the nearer cause, and then no other letter is suspected
        group = letter.suspect if sending else f"{(token or '')[:32]}-{nth // half}"
        write_letter(work, letter.id, {"state": "queued", "token": None, "suspect": group})
