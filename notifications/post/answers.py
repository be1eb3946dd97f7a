"""Answers: what a mail server said to a letter, and whom that belongs to (the result matrix).

==========  =====================================================================================
accepted    the server took the letter (2xx after the final dot)
later       not taken, for a passing reason of this address or letter: try this letter again
slowed      not taken because of how we send to this domain: try again, and the domain more slowly
refused     the address is bad: suppress it, a person finds a new one
rejected    this letter is not wanted; the address is kept
channel     ours or the server's trouble, not the letter's: no attempt is used up
uncertain   the bytes went out and the answer never came (RFC 1047)
printed     a console showed the letter; nobody got it
==========  =====================================================================================
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from guapai.text import many_lines
from notifications.post.replies import About, about, legible

SILENCE = 0
"""The code of an answer that never came, or that nobody can read."""

_ENHANCED = re.compile(r"(?:^|#)[245]\.(\d{1,3})\.(\d{1,3})\b", re.MULTILINE)  # RFC 3463, qmail
_NOT_THE_LETTER = frozenset({503, 530, 534, 535, 538})  # out of step, AUTH or TLS
_BAD_ADDRESS = frozenset({550, 551, 553})


class Outcome(StrEnum):
    """Whom an answer belongs to and what follows from it (table above)."""

    accepted = "accepted"
    later = "later"
    slowed = "slowed"
    refused = "refused"
    rejected = "rejected"
    channel = "channel"
    uncertain = "uncertain"
    printed = "printed"


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
    if stage is Stage.end and code < 400:
        outcome = Outcome.accepted if code < 300 else Outcome.uncertain
        return Answer(outcome, code, text, stage)
    if code < 400:  # a success that does not belong here: both sides are out of step
        return Answer(_without_reply(stage), code, text, stage)
    if stage is Stage.connect or (code in _NOT_THE_LETTER and stage is not Stage.end):
        return Answer(Outcome.channel, code, text, stage, alarm=code >= 530)
    if code < 500:
        return Answer(_passing(stage, code, text), code, text, stage)
    if stage is Stage.sender:
        return _sender_refused(code, text)
    if stage is Stage.recipient:
        return _recipient_refused(code, text)
    return _letter_refused(stage, code, text)


def shown(text: str) -> str:
    """A server's words, fit to be stored and shown; bytes that are no UTF-8 are read as GB 18030."""
    return many_lines(legible(text.encode("utf-8", "surrogateescape")))[:1000]


def _without_reply(stage: Stage) -> Outcome:
    if stage is Stage.end:
        return Outcome.uncertain
    # A server that falls silent at one address must not hold up the letters behind it for ever,
    # so from RCPT on silence uses up an attempt of that letter, and slows its domain.
    return Outcome.slowed if stage in (Stage.recipient, Stage.data) else Outcome.channel


def _passing(stage: Stage, code: int, text: str) -> Outcome:
    """A 4xx: of this address (its mailbox, greylisting), of this letter, or of the whole domain."""
    subject, _ = _enhanced(text) or (None, None)
    said = about(text)
    if code == 421 or said is About.sending:
        return Outcome.slowed
    if subject in (1, 2) or said in (About.greylist, About.full):
        return Outcome.later
    # before the letter was seen it cannot be the letter
    return Outcome.slowed if stage in (Stage.sender, Stage.recipient) else Outcome.later


def _sender_refused(code: int, text: str) -> Answer:
    if about(text) is About.sending:
        return Answer(Outcome.slowed, code, text, Stage.sender, alarm=True)
    if code == 552:  # the SIZE we named is too big: this letter's fault, RFC 1870 §6.1
        return Answer(Outcome.rejected, code, text, Stage.sender)
    return Answer(Outcome.channel, code, text, Stage.sender, alarm=True)


def _recipient_refused(code: int, text: str) -> Answer:
    """A bare 550 is "no such user", "you send too much" or "not from you"; the words tell."""
    subject, detail = _enhanced(text) or (None, None)
    said = about(text)
    if said in (About.sending, About.standing, About.content):  # of content nothing was seen yet
        outcome = Outcome.slowed
    elif subject == 1:
        # 5.1.7 and 5.1.8 speak of the sender: some servers save that for RCPT.
        outcome = Outcome.channel if detail in (7, 8) else Outcome.refused
    elif (subject, detail) == (2, 2) or said is About.full or (subject is None and code == 552):
        outcome = Outcome.later  # mailbox full; the post gives up after 72 hours
    elif said is About.policy:
        outcome = Outcome.slowed if subject is None else Outcome.rejected
    elif said is About.address or (
        subject is None and code in _BAD_ADDRESS and said is not About.unwanted
    ):
        outcome = Outcome.refused
    else:
        outcome = Outcome.rejected
    alarm = outcome in (Outcome.channel, Outcome.slowed)
    return Answer(outcome, code, text, Stage.recipient, alarm=alarm)


def _letter_refused(stage: Stage, code: int, text: str) -> Answer:
    """A 5xx to the bytes: too much or too fast passes, what they say does not."""
    said = about(text)
    if said in (About.sending, About.standing):
        return Answer(Outcome.slowed, code, text, stage, alarm=True)
    if _enhanced(text) == (2, 2) or said is About.full:
        return Answer(Outcome.later, code, text, stage)
    alarm = stage is Stage.end and (code == 554 or said is About.content)
    return Answer(Outcome.rejected, code, text, stage, alarm=alarm)


def _enhanced(text: str) -> tuple[int, int] | None:
    found = _ENHANCED.search(text)
    return (int(found[1]), int(found[2])) if found else None
