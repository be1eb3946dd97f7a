"""Post offices: where letters go out, behind one protocol: the network, the memory, the console.

And the office that is closed: where no server is set nothing goes out, and nothing is taken for sent.
"""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Protocol, TextIO

from guapai.text import isolated, many_lines, one_line
from notifications.post.answers import SILENCE, Answer, Outcome, Stage
from notifications.post.sealing import Sender, mailbox
from notifications.post.smtp import Channel, connect


class Line(Protocol):
    """One open line: offer an envelope, then hand over the bytes; commit `sending` in between."""

    trouble: Answer | None

    @property
    def alive(self) -> bool: ...
    async def offer(
        self, sender: str, recipient: str, size: int | None = None
    ) -> Answer | None: ...
    async def hand_over(self, mime: bytes) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Rate:
    """How many letters a domain gets at most in any window of so many seconds, over how many lines.

    ``lines`` counts the batches that hold letters to the domain at a time, in all processes.
    """

    letters: int
    seconds: int
    lines: int = 4


class PostOffice(Protocol):
    """Who we are to the reader, and a line for one batch of letters.

    ``closed`` says why nothing goes out here; empty where letters do. ``rates`` are by domain.
    """

    @property
    def sender(self) -> Sender: ...
    @property
    def closed(self) -> str: ...
    @property
    def rates(self) -> Mapping[str, Rate]: ...
    def open(self) -> AbstractAsyncContextManager[Line]: ...


@dataclass(frozen=True, slots=True)
class SmtpOffice:
    """Letters go out over SMTP."""

    channel: Channel
    sender: Sender
    rates: Mapping[str, Rate] = field(default_factory=dict)
    closed: str = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line]:
        """A new connection; its trouble, if any, is on the line."""
        async with connect(self.channel) as line:
            yield line


class ClosedOffice:
    """No server is set: letters wait, and nothing is taken for sent."""

    rates: Mapping[str, Rate] = {}

    def __init__(self, sender: Sender, why: str) -> None:
        self.sender = sender
        self.closed = why

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line]:
        """A line that never opened; its trouble says why."""
        yield _ShutLine(Answer(Outcome.channel, SILENCE, self.closed, Stage.connect, alarm=True))


class _ShutLine:
    """A line over which nothing goes."""

    alive = False

    def __init__(self, trouble: Answer) -> None:
        self.trouble: Answer | None = trouble
        self._said = trouble

    async def offer(self, sender: str, recipient: str, size: int | None = None) -> Answer | None:
        return self._said

    async def hand_over(self, mime: bytes) -> Answer:
        return self._said


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter as it lies in the memory office: the envelope and the bytes."""

    sender: str
    recipient: str
    mime: bytes


class MemoryOffice:
    """Keeps every letter; for tests and the demo.

    ``answers`` gives certain recipients an answer of their own: at the stage `end` after the
    bytes, at an earlier one to the offer. A letter answered `uncertain` is kept all the same,
    as a real server may have done.
    """

    closed = ""

    def __init__(
        self,
        sender: Sender,
        answers: Mapping[str, Answer] | None = None,
        rates: Mapping[str, Rate] | None = None,
    ) -> None:
        self.sender = sender
        self.rates = dict(rates or {})
        self.answers = dict(answers or {})
        self.trouble: Answer | None = None
        self.kept: list[Kept] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line]:
        """A line into this office; set `trouble` to keep the next ones from opening."""
        yield _MemoryLine(self)

    def take(self, letter: Kept) -> Answer:
        """Receive a letter and answer it."""
        answer = self.answers.get(letter.recipient)
        if answer is None:
            answer = Answer(Outcome.accepted, 250, f"kept as {len(self.kept) + 1}", Stage.end)
        if answer.outcome in (Outcome.accepted, Outcome.uncertain):
            self.kept.append(letter)
        return answer


class ConsoleOffice:
    """Prints letters in a form people can read, to standard error unless told otherwise.

    Nobody gets them: a letter that was printed waits as before.
    """

    closed = ""
    rates: Mapping[str, Rate] = {}

    def __init__(self, sender: Sender, to: TextIO | None = None) -> None:
        self.sender = sender
        self.trouble: Answer | None = None
        self.answers: dict[str, Answer] = {}
        self._to = to

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line]:
        """A line to the console, which is always open."""
        yield _MemoryLine(self)

    def take(self, letter: Kept) -> Answer:
        """Print a letter; it is not sent by that."""
        print(readable(letter), file=self._to or sys.stderr, flush=True)
        return Answer(Outcome.printed, SILENCE, "printed on the console, not sent", Stage.end)


class _Counter(Protocol):
    trouble: Answer | None
    answers: dict[str, Answer]

    def take(self, letter: Kept) -> Answer: ...


class _MemoryLine:
    """A line without a network, with the manners of a real one: no bytes without an envelope."""

    def __init__(self, office: _Counter) -> None:
        self._office = office
        self._envelope: tuple[str, str] | None = None
        self.trouble = office.trouble

    @property
    def alive(self) -> bool:
        return self.trouble is None

    async def offer(self, sender: str, recipient: str, size: int | None = None) -> Answer | None:
        self._envelope = None
        envelope = (mailbox(sender), mailbox(recipient))
        if self.trouble is not None:
            return self.trouble
        answer = self._office.answers.get(envelope[1])
        if answer is not None and answer.stage is not Stage.end:
            return answer
        self._envelope = envelope
        return None

    async def hand_over(self, mime: bytes) -> Answer:
        if self._envelope is None:
            return Answer(Outcome.channel, 503, "no envelope was offered", Stage.data)
        sender, recipient = self._envelope
        self._envelope = None
        return self._office.take(Kept(sender, recipient, mime))


def readable(letter: Kept) -> str:
    """A letter as a person reads it: envelope, subject, Message-ID and the plain text."""
    mail = BytesParser(policy=compat32).parsebytes(letter.mime)
    return "\n".join(
        [
            f"── to {letter.recipient}",
            f"   subject     {isolated(one_line(decoded(mail['Subject'])))}",
            f"   message id  {one_line(str(mail['Message-ID']))}",
            "",
            *(f"   {line}".rstrip() for line in plain_text(mail).split("\n")),
            "",
        ]
    )


def decoded(header: object) -> str:
    """A header text with its encoded words read (RFC 2047); empty when there is none."""
    return str(make_header(decode_header(str(header)))) if header is not None else ""


def plain_text(mail: Message) -> str:
    """The first text/plain part of a mail, its line ends LF."""
    for part in mail.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() == "text/plain" and isinstance(payload, bytes):
            return many_lines(payload.decode(errors="replace"))
    return ""
