"""Whether the clock can be believed: judged before every run of the timetable, confirmed by people."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from actions.act.administration import By, by_actor, by_whom, note
from actions.people.staffing import person_named
from actions.post.hold import RELEASERS
from guapai.clock import local_time
from guapai.errors import BadInput, NotAllowed, Unready
from guapai.machine import Witness
from guapai.people import Actor, Role
from guapai.text import Said, joined
from statemachines.noted import Administered
from storage.database.work import Work
from storage.people import person as people
from storage.upkeep import heartbeat, watermark
from storage.upkeep.watermark import Mark, Server

TOLERANCE = timedelta(minutes=5)
"""A clock may be put right by so much without anybody being asked (own)."""
MOST_SILENCE = timedelta(hours=72)
"""After a restart of the machine a clock may have gone on by so much without a witness: a long
weekend (own; the same span after which the sweep catches up in one go, design §7)."""


class ClockHeld(Unready):
    """The clock of this machine is not believed; nothing is done by it until that has changed."""


def judge(marks: Sequence[Mark], now: datetime, witness: Witness, server: Server | None) -> str:
    """Why the clock cannot be believed; empty when it can.

    Within one boot the uptime tells exactly how much time has passed. Across boots, and on
    another machine, nothing does: the clock may not stand before the last tick of anybody, and a
    long way after it only if a time server keeps it right, or the database's server, which has
    been up all the while on a machine that did not restart, shows the same time.
    """
    if server is not None and abs(server.now - now) > TOLERANCE:
        return (
            f"it shows {_shown(now)}, the database's clock {_shown(server.now)}: "
            "set the wrong one right"
        )
    own = next((m for m in marks if m.boot == witness.boot), None)
    if own is not None and own.at is not None:
        passed = timedelta(seconds=witness.uptime - own.uptime)
        return _within_a_boot(own.at, passed, now)
    last = max((m.at for m in marks if m.at is not None), default=None)
    if last is None:
        return ""
    if now < last - TOLERANCE:
        return f"it shows {_shown(now)}, before its last tick at {_shown(last)}"
    restarted = any(m.host == witness.host and m.at == last for m in marks)
    vouched = server is not None and restarted and server.since < last
    if now - last > MOST_SILENCE and not (witness.synchronised or vouched):
        return (
            f"it shows {_shown(now)}, {_span(now - last)} after its last tick at {_shown(last)}, "
            "and no time server vouches for it"
        )
    return ""


def _within_a_boot(last: datetime, passed: timedelta, now: datetime) -> str:
    off = now - last - passed
    if abs(off) <= TOLERANCE:
        return ""
    way = "ahead of" if off > timedelta(0) else "behind"
    return f"it shows {_shown(now)}, {_span(abs(off))} {way} what has passed since {_shown(last)}"


def _shown(at: datetime) -> str:
    return f"{local_time(at):%Y-%m-%d %H:%M}"


def _span(span: timedelta) -> str:
    if span >= timedelta(days=2):
        return f"{span.days} days"
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def tick(work: Work, witness: Witness, server: Server | None) -> str:
    """Judge the clock and keep the mark; why it is held, empty when it is not."""
    marks = watermark.every(work)
    why = judge(marks, work.now, witness, server)
    own = next((m for m in marks if m.boot == witness.boot), None)
    seen = {"seen_at": work.now, "seen_uptime": int(witness.uptime)}
    kept = own.model_dump() if own else {"boot": witness.boot, "uptime": int(witness.uptime)}
    right = {} if why else {"at": work.now, "uptime": int(witness.uptime)}
    mark = Mark(**{**kept, "host": witness.host, "why": why, **seen, **right})
    watermark.keep(work, mark, marks)
    return why


def held(work: Work) -> list[Mark]:
    """The machines whose clocks are not believed."""
    return [m for m in watermark.every(work) if m.why]


def confirm(work: Work, by: By) -> list[Mark]:
    """A person says that the clocks held now are right; those clocks. Raises BadInput for none.

    Who said so, of which clock, and why, is an entry of history.
    """
    marks = watermark.every(work)
    found = [m for m in marks if m.why]
    if not found:
        raise BadInput("系统时钟没有被暂停使用，无需确认")
    if not by.reason:
        raise BadInput("请填写理由")
    for mark in found:
        believed = {"at": mark.seen_at, "uptime": mark.seen_uptime, "why": ""}
        person = by.actor.person_id if by.actor else None
        said = {"confirmed_by": person, "confirmed_at": work.now}
        watermark.keep(work, Mark(**{**mark.model_dump(), **believed, **said}), marks)
        facts = {"host": mark.host, "shown": mark.seen_at, "last": mark.at, "found": mark.why}
        note(work, by, "clock", 0, Administered.believe, facts)
    heartbeat.forget_periods(work)
    return found


def confirmer(work: Work, known_as: str, reason: str) -> By:
    """Who confirms a clock. Raises NotAllowed for somebody in no role that may.

    The clock is in doubt, so a post counts that is held on any day around now or around the last
    tick that was right.
    """
    if not known_as.strip():
        return by_whom(work, "", reason=reason, roles=RELEASERS)
    person = person_named(work, known_as)
    around = {work.now, *(m.at for m in watermark.every(work) if m.at)}
    for post in (p for at in around for p in people.posts_of(work, person.id, at)):
        if post.role in RELEASERS:
            actor = Actor(person.id, Role(post.role), post.organisation_id, None, person.name)
            return by_actor(work, actor, reason=reason, roles=RELEASERS)
    posts = joined("%(before)s、%(next)s", (Said(r.label) for r in sorted(RELEASERS)))
    raise NotAllowed(
        Said("%(name)s不在可以确认系统时钟的岗位（%(roles)s）", name=person.name, roles=posts)
    )
