"""Claiming and sealing: two transactions, so that a letter that cannot be sealed takes none along."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from actions.post import pace
from actions.post.ending import AGAIN_AFTER, death
from actions.post.reminder import look_again
from actions.post.round import LEASE, Round, write_letter
from guapai.errors import BadInput
from notifications.post.sealing import Content, seal
from statemachines.letter import LetterCause
from storage import queue
from storage import way as ways
from storage.database.work import Work, unit_of_work
from storage.letter import Letter
from storage.upkeep import hold as holds
from storage.upkeep.epoch import current_epoch
from storage.upkeep.hold import Held

LOG = logging.getLogger(__name__)
SEALING = timedelta(minutes=2)
"""How long a batch may take to be sealed: seconds are usual. Then its letters are taken up again."""

MOST_DOMAINS = 20
"""Domains that go slowly and get a letter in one batch: each may cost a new line (own)."""

TOO_MANY = 4
"""If so many letters of a batch cannot be sealed, and no other can, it is not the letters (own)."""


@dataclass(frozen=True)
class Batch:
    """Letters that are claimed and sealed, and the token that fences them."""

    letters: list[Letter]
    token: str


Claim = Callable[[Work, Round, str], list[Letter]]


def claim_due(work: Work, round_: Round, token: str) -> list[Letter]:
    """The next letters that are due, and a few to domains that go slowly."""
    found = queue.claim(work, token, SEALING, round_.batch)
    slow = ways.locked(work)
    round_.slow.update(w.domain for w in slow)
    asked = 0
    for way in slow:
        most = _room(work, round_, way)
        if not most or asked >= MOST_DOMAINS or not pace.may_probe(work, way):
            continue
        behind = queue.claim_behind(work, token, SEALING, most, way.domain)
        if behind:
            pace.probe(work, way, LEASE)
            asked += 1
        found += behind
    return sorted(found, key=lambda r: (not r.statutory, r.next_try_at, r.id))


def _room(work: Work, round_: Round, way: ways.Way) -> int:
    """How many letters to a slow domain a batch may take: one to see whether it goes again."""
    if way.paused_until > work.now:
        return 0
    rate = round_.office.rates.get(way.domain)
    if rate is not None and queue.holders(work, way.domain) >= rate.lines:
        return 0
    if way.troubles or rate is None:
        return 1
    return min(rate.letters, round_.batch)


def claim_suspects(work: Work, round_: Round, token: str) -> list[Letter]:
    """The next letters of which one may have ended a sender."""
    return queue.claim_suspects(work, token, SEALING, round_.batch)


def take_batch(round_: Round, claim: Claim = claim_due) -> Batch | None:
    """Claim the next letters, then seal those that were not; None when none is due.

    Letters that can reach nobody, or have nothing left to say, are left out. If this process ends
    between the two, only these letters wait for others to take them up (`recover`).
    """
    token = secrets.token_hex(16)
    with unit_of_work(round_.engine, round_.clock) as work:
        held = holds.standing(work, Held.post)
        if held:
            round_.over = True
            round_.posted.held = "；".join(h.note or h.reason.label for h in held)
            return None
        claimed = claim(work, round_, token)
    if not claimed:
        return None
    with unit_of_work(round_.engine, round_.clock) as work:
        ours = queue.keep(work, token, work.now + LEASE)
        mine = look_again(work, round_, [c for c in claimed if c.id in ours], token)
        return Batch(_seal_all(work, round_, mine, token), token)


def _seal_all(work: Work, round_: Round, claimed: list[Letter], token: str) -> list[Letter]:
    epoch = current_epoch(work)
    ready: list[Letter] = []
    raised: list[tuple[Letter, Exception]] = []
    for letter in claimed:
        knew_domain = letter.domain is not None
        try:
            sealed = _seal(work, round_, letter, epoch)
        except Exception as error:
            LOG.exception("letter %s cannot be sealed", letter.id)
            raised.append((letter, error))
            continue
        if not sealed:
            continue
        if not knew_domain and letter.domain in round_.slow:
            # claimed as one of many; it goes with those to its domain
            write_letter(work, letter.id, {"state": "queued", "token": None}, token)
        else:
            ready.append(letter)
    ours = len(raised) >= TOO_MANY and not ready
    if ours:
        round_.over = True
        round_.posted.alarm = f"no letter can be sealed: {raised[0][1]!r}"
    for letter, fault in raised:
        values = death(letter, work.now, unsealed=True, said=f"此信无法封发：{fault!r}"[:1000])
        if ours:
            values = {"state": "queued", "token": None, "next_try_at": work.now + AGAIN_AFTER}
        write_letter(work, letter.id, values, token)
        round_.posted.failed += values["state"] == "failed"
    return ready


def _seal(work: Work, round_: Round, letter: Letter, epoch: str) -> bool:
    """Seal a letter that is not; False for one that cannot reach anybody, which is suppressed."""
    if letter.mime is not None:
        if letter.domain is None:  # sealed by an older release
            letter.__dict__["domain"] = domain_of(letter.recipient)
            write_letter(work, letter.id, {"domain": letter.domain})
        return True
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
        sender = round_.office.sender
        sealed = seal(content, letter_id=letter.id, sender=sender, at=work.now, epoch=epoch)
    except BadInput as error:
        round_.posted.suppressed += 1
        ended = {"state": "suppressed", "cause": LetterCause.unaddressed, "ended_at": work.now}
        write_letter(work, letter.id, {**ended, "answer": str(error)})
        return False
    values = {
        "recipient": sealed.recipient,
        "message_id": sealed.message_id,
        "sealed_at": sealed.date,
        "sha256": sealed.sha256,
        "mime": sealed.mime,
        "domain": domain_of(sealed.recipient),
    }
    write_letter(work, letter.id, values)
    for name, value in values.items():
        letter.__dict__[name] = value
    return True


def domain_of(address: str) -> str:
    """The domain of a sealed address, as ways out are told apart by it."""
    return address.rpartition("@")[2].lower()
