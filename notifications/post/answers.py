"""Answers: what a mail server said to a letter, and whom that belongs to (the result matrix).

==========  =====================================================================================
accepted    the server took the letter (2xx after the final dot)
later       not taken, for a passing reason: try this letter again
refused     the address is bad: suppress it, a person finds a new one
rejected    this letter is not wanted; the address is kept
channel     ours or the server's trouble, not the letter's: no attempt is used up
uncertain   the bytes went out and the answer never came (RFC 1047)
==========  =====================================================================================
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from guapai.text import many_lines

SILENCE = 0
"""The code of an answer that never came, or that nobody can read."""

_ENHANCED = re.compile(r"(?:^|#)[245]\.(\d{1,3})\.(\d{1,3})\b", re.MULTILINE)  # RFC 3463, qmail
_NOT_THE_LETTER = frozenset({421, 503, 530, 534, 535, 538})  # closing, out of step, AUTH or TLS
_BAD_ADDRESS = frozenset({550, 551, 553})
_POLICY = re.compile(  # a bare 550 is "no such user" or "not from you"; only the first is an address
    r"\b[A-Z]{2}:[A-Z]{3}\b|(?i:spam|polic|block|black|reputation|relay|spf|dkim|dmarc|denied|auth)"
)


class Outcome(StrEnum):
    """Whom an answer belongs to and what follows from it (table above)."""

    accepted = "accepted"
    later = "later"
    refused = "refused"
    rejected = "rejected"
    channel = "channel"
    uncertain = "uncertain"


class Stage(StrEnum):
    """How far the talk had come when the answer was given."""

    connect = "connect"
    tls = "tls"
    auth = "auth"
    sender = "sender"
    recipient = "recipient"
    data = "data"
    end = "end"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said, or that it said nothing.

    ``code`` is the reply code, 0 when none came. ``text`` is the reply with controls shown as
    pictures, at most 1,000 characters. ``alarm`` means that waiting will not help: somebody has
    to mend the configuration, or look at what we write.
    """

    outcome: Outcome
    code: int
    text: str
    stage: Stage
    alarm: bool = False


def unopened(stage: Stage, code: int, text: str, *, broke_off: bool) -> Answer:
    """A line that did not open: always the channel's trouble.

    Missing, refused or untrusted TLS and a refused password are an alarm; a server that passes
    (4xx to AUTH) or a line that broke off or fell silent only asks for patience.
    """
    passing = broke_off or (stage is Stage.auth and 400 <= code <= 499)
    alarm = stage in (Stage.tls, Stage.auth) and not passing
    return Answer(Outcome.channel, max(code, SILENCE), shown(text), stage, alarm)


def judged(stage: Stage, code: int, text: str) -> Answer:
    """What a reply to one of a letter's own commands means (reliability §3, result matrix).

    A ``code`` outside 200..599 means that no reply was understood, or that none came.
    """
    text = shown(text)
    if not 200 <= code <= 599:
        return Answer(_without_reply(stage), SILENCE, text, stage)
    if stage is Stage.end:
        return Answer(_after_the_dot(code, text), code, text, stage, alarm=code == 554)
    if code < 400:  # a success that does not belong here: both sides are out of step
        return Answer(_without_reply(stage), code, text, stage)
    if code in _NOT_THE_LETTER:
        return Answer(Outcome.channel, code, text, stage, alarm=code >= 530)
    if code < 500:
        return Answer(Outcome.later, code, text, stage)
    if stage is Stage.sender:
        return _sender_refused(code, text)
    if stage is Stage.recipient:
        return _recipient_refused(code, text)
    return Answer(Outcome.rejected, code, text, stage)


def shown(text: str) -> str:
    """A server's words, fit to be stored and shown."""
    return many_lines(text)[:1000]


def _without_reply(stage: Stage) -> Outcome:
    if stage is Stage.end:
        return Outcome.uncertain
    # A server that falls silent at one address must not hold up the letters behind it for ever,
    # so from RCPT on silence uses up an attempt of that letter.
    return Outcome.later if stage in (Stage.recipient, Stage.data) else Outcome.channel


def _after_the_dot(code: int, text: str) -> Outcome:
    if code < 300:
        return Outcome.accepted
    if code < 400:
        return Outcome.uncertain
    return Outcome.later if code < 500 or _enhanced(text) == (2, 2) else Outcome.rejected


def _sender_refused(code: int, text: str) -> Answer:
    if code == 552:  # the SIZE we named is too big: this letter's fault, RFC 1870 §6.1
        return Answer(Outcome.rejected, code, text, Stage.sender)
    return Answer(Outcome.channel, code, text, Stage.sender, alarm=True)


def _recipient_refused(code: int, text: str) -> Answer:
    subject, detail = _enhanced(text) or (None, None)
    if (subject, detail) == (2, 2) or (subject is None and code == 552):
        outcome = Outcome.later  # mailbox full; the post gives up after 72 hours
    elif subject == 1:
        # 5.1.7 and 5.1.8 speak of the sender: some servers save that for RCPT.
        outcome = Outcome.channel if detail in (7, 8) else Outcome.refused
    elif subject is None and code in _BAD_ADDRESS and not _POLICY.search(text):
        outcome = Outcome.refused
    else:
        outcome = Outcome.rejected
    return Answer(outcome, code, text, Stage.recipient, alarm=outcome is Outcome.channel)


def _enhanced(text: str) -> tuple[int, int] | None:
    found = _ENHANCED.search(text)
    return (int(found[1]), int(found[2])) if found else None
