"""Over a line: letters are offered and handed over one at a time, each outcome written with the next."""

import logging
from datetime import datetime

from actions.post import pace
from actions.post.claiming import Batch
from actions.post.clerk import Writing, write_down
from actions.post.ending import death, ending
from actions.post.round import LEASE, Columns, Round, write_letter
from notifications.post.answers import SILENCE, Answer, Outcome, Stage, shown
from notifications.post.offices import Line
from storage import letter as letters
from storage import queue
from storage.database.work import Work, unit_of_work
from storage.letter import Letter
from storage.way import CHANNEL

LOG = logging.getLogger(__name__)
MOST_LINES = 10
"""How many lines one batch may use up; a server that breaks off more often is in trouble (own)."""

_BREAKS_OFF = Answer(
    Outcome.channel, SILENCE, "the server breaks off line after line", Stage.connect
)


class Carrier:
    """One batch on its way out. What has happened is written with what happens next."""

    def __init__(self, round_: Round, batch: Batch) -> None:
        self.round = round_
        self.token = batch.token
        self.left = list(batch.letters)
        self._waiting: list[Writing] = []
        self._sending: Letter | None = None
        self._renew_at = round_.clock() + LEASE / 3

    async def carry(self) -> None:
        """Hand over the batch, over several lines if one breaks; what is left is let go."""
        try:
            for _ in range(MOST_LINES):
                if not self.left or self.round.ends():
                    return
                async with self.round.office.open() as line:
                    if line.trouble is not None:
                        self._halt(line.trouble)
                        return
                    self.round.opened()
                    while self.left and line.alive and not self.round.ends():
                        await self._hand_over(line, self.left[0])
            if self.left and not self.round.ends():
                self._halt(_BREAKS_OFF)
        finally:
            self._let_go()

    def _halt(self, trouble: Answer) -> None:
        """The server cannot be reached, or does not let us in: nobody's letter is to blame."""
        self.round.over = True
        self.round.posted.trouble = trouble.text
        if trouble.alarm:
            self.round.posted.alarm = trouble.text
        self._waiting.append(Writing(lambda work: _pause(work, trouble), [CHANNEL]))

    def _let_go(self) -> None:
        """Write the last outcomes, and release what was not handed over; whatever has happened."""
        if self._sending is not None:  # the process is to end: nobody heard an answer
            self._waiting.append(self._lost(self._sending))
        writings = self._waiting + [self._released(letter, {}) for letter in self.left]
        if writings:
            with unit_of_work(self.round.engine, self.round.clock) as work:
                write_down(work, writings)

    def _released(self, letter: Letter, values: Columns) -> Writing:
        slow = letter.domain if letter.domain in self.round.slow else None

        def write(work: Work) -> None:
            write_letter(work, letter.id, {"state": "queued", "token": None, **values}, self.token)
            if slow is not None:
                pace.end_probe(work, slow)

        return Writing(write, [slow] if slow is not None else [])

    def _lost(self, letter: Letter) -> Writing:
        self.round.posted.uncertain += 1
        values: Columns = {"state": "uncertain", "answer": "投递中断，未收到应答"}
        return Writing(
            lambda work: write_letter(work, letter.id, {**values, "ended_at": work.now}, self.token)
        )

    async def _hand_over(self, line: Line, letter: Letter) -> None:
        """Offer one letter and, if it is let in, hand it over; its outcome waits to be written.

        Until its bytes are about to leave it is one of those that are left.
        """
        until = await self._not_before(letter)
        if until is not None:
            self._done_with(letter, self._later(letter, until))
            return
        mime = letter.mime or b""
        sender = self.round.office.sender.address
        try:
            answer = await line.offer(sender, letter.recipient, len(mime))
        except Exception as error:
            LOG.exception("letter %s cannot be offered", letter.id)
            self._done_with(letter, self._died(letter, error))
            return
        if answer is None:
            if not await self._begin(letter):
                self.left.remove(letter)  # silent for too long: it is another sender's now
                return
            self.left.remove(letter)
            self._sending = letter
            answer = await self._handed_over(line, letter, mime)
            self._sending = None
        else:
            self.left.remove(letter)
        self._waiting.append(ending(self.round, letter, answer, self.token))
        if answer.outcome in (Outcome.slowed, Outcome.later, Outcome.channel):
            await self._write_waiting()  # the other lines, and other processes, have to know

    async def _handed_over(self, line: Line, letter: Letter, mime: bytes) -> Answer:
        try:
            return await line.hand_over(mime)
        except Exception as error:
            LOG.exception("letter %s: nobody knows whether it was taken", letter.id)
            return Answer(Outcome.uncertain, SILENCE, shown(repr(error)), Stage.end)

    def _done_with(self, letter: Letter, writing: Writing) -> None:
        self.left.remove(letter)
        self._waiting.append(writing)

    async def _write_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        await self.round.clerk.write(waiting)

    async def _not_before(self, letter: Letter) -> datetime | None:
        """When a letter may be offered, if that is not now; its address or its domain rests."""
        round_ = self.round
        if round_.rests_until(letter.domain) is not None:
            return letter.next_try_at  # its domain says when
        resting = round_.rests_until(letter.recipient)
        rate = round_.office.rates.get(letter.domain or "")
        if resting is not None or rate is None:
            return resting
        found: list[datetime | None] = []
        domain = letter.domain or ""
        asks = Writing(lambda work: found.append(pace.reserve(work, domain, rate)), [domain])
        await self.round.clerk.write([asks])
        return found[-1]

    def _later(self, letter: Letter, until: datetime) -> Writing:
        self.round.posted.later += 1
        return self._released(letter, {"next_try_at": until})

    def _died(self, letter: Letter, error: Exception) -> Writing:
        def write(work: Work) -> None:
            said = f"此信无法投递：{error!r}"[:1000]
            values = death(letter, work.now, unsealed=False, said=said)
            write_letter(work, letter.id, values, self.token)

        return Writing(write)

    async def _begin(self, letter: Letter) -> bool:
        """Commit that a letter's bytes are about to leave; False when our claim on it has lapsed."""
        held: list[int] = []
        waiting, self._waiting = self._waiting, []

        def write(work: Work) -> None:
            until = work.now + LEASE
            if work.now >= self._renew_at:
                queue.keep(work, self.token, until)
                self._renew_at = work.now + LEASE / 3
            values: Columns = {"state": "sending", "lease_until": until, "suspect": None}
            where = {"id": letter.id, "token": self.token, "state": "claimed"}
            work.update(letters.TABLE, where, values, heard=held.append)

        await self.round.clerk.write([*waiting, Writing(write)])
        return held == [1]


def _pause(work: Work, trouble: Answer) -> None:
    pace.worse(work, CHANNEL, trouble)
