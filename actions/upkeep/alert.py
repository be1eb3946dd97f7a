"""Telling the administrators what is wrong: a mail of its own, past the outbox, which may be what is wrong."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from actions.upkeep.watch import Concern, Kind
from guapai.clock import Clock, local_time
from guapai.errors import GuapaiError
from guapai.people import Role
from notifications.post.answers import Outcome
from notifications.post.offices import PostOffice
from notifications.post.sealing import Content, Sealed, seal
from notifications.rendering import render
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.people import person as people
from storage.upkeep import trouble as troubles
from storage.upkeep.trouble import Trouble

LOG = logging.getLogger(__name__)
SETTLED = timedelta(minutes=2)
"""A trouble that is gone sooner is not written about: a restart, an upgrade (own)."""
AGAIN = timedelta(days=1)
"""What lasts is told again after this (own)."""
RETRY = timedelta(minutes=15)
"""After a mail that did not go out the next one is tried (own)."""
MOST_READERS = 20
"""Administrators who are written to (own)."""


@dataclass(frozen=True)
class Told:
    """What the watch did: the troubles there are, and how many administrators were written to."""

    there: int
    written: int = 0
    failed: int = 0


async def alert(engine: Engine, office: PostOffice, clock: Clock, found: Sequence[Concern]) -> Told:
    """Write down what is wrong now, and tell the administrators what they have not been told.

    Nothing of incidents: they have letters of their own.

    What is told is marked before the mails leave, so that of two clocks one writes; when no mail
    goes out the mark is taken back. A process that dies in between tells a day later.
    """
    found = [c for c in found if c.kind is not Kind.incidents]
    with unit_of_work(engine, clock) as work:
        known = troubles.see(work, {c.key: c.found for c in found})
        due = [t for t in known if _is_due(t, work)]
        if not due:
            return Told(len(known))
        troubles.mark(work, [t.name for t in due], work.now, work.now)
        mails = _seal_all(work, office, {c.key: c for c in found}, due)
    failed = await _send(office, mails) if mails else 0
    written = len(mails) - failed
    if not written:
        with unit_of_work(engine, clock) as work:
            troubles.mark(work, [t.name for t in due], None, work.now)
    return Told(len(known), written, failed)


def _is_due(known: Trouble, work: Work) -> bool:
    if known.tried_at is not None and work.now - known.tried_at < RETRY:
        return False
    if known.told_at is not None:
        return work.now - known.told_at >= AGAIN
    return work.now - known.since >= SETTLED


def _seal_all(
    work: Work, office: PostOffice, found: Mapping[str, Concern], due: Sequence[Trouble]
) -> list[Sealed]:
    said = [
        {
            "kind": found[t.name].kind.label,
            "subject": found[t.name].subject,
            "found": found[t.name].told,
            "since": f"{local_time(t.since):%Y-%m-%d %H:%M}",
        }
        for t in due
    ]
    mails = []
    for reader in people.in_role(work, Role.system_admin)[:MOST_READERS]:
        subject, text, html = render("trouble", {"name": reader.name, "troubles": said})
        content = Content(reader.email or "", reader.name, subject, text, html)
        try:
            mails.append(seal(content, letter_id=work.take_id(), sender=office.sender, at=work.now))
        except GuapaiError as error:
            LOG.warning("administrator %s cannot be told: %s", reader.id, error)
    return mails


async def _send(office: PostOffice, mails: Sequence[Sealed]) -> int:
    """Hand over the mails; how many did not go out."""
    sent = 0
    try:
        async with office.open() as line:
            for mail in mails:
                answer = line.trouble or await line.offer(
                    office.sender.address, mail.recipient, len(mail.mime)
                )
                answer = answer or await line.hand_over(mail.mime)
                if answer.outcome in (Outcome.accepted, Outcome.uncertain):
                    sent += 1
                else:
                    LOG.warning("a mail to an administrator did not go out: %s", answer.text)
    except (GuapaiError, OSError) as error:
        LOG.warning("mails to administrators did not go out: %s", error)
    return len(mails) - sent
