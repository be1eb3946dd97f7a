"""Pace: ways out that are in trouble rest, longer each time, and come back letter by letter."""

import secrets
from datetime import UTC, datetime, timedelta

from notifications.post.answers import Answer
from notifications.post.offices import Rate
from storage import way as ways
from storage.database.work import Work
from storage.way import CHANNEL, Way

FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=15)
"""Of a domain: so long its letters wait at most after it has mended (own)."""

LONGEST_CHANNEL_REST = timedelta(minutes=10)
"""Of the server: at most seven logins an hour while a password is wrong (own)."""

SPANS = 10
"""Into how many spans the window of a rate is cut; letters are counted by span (own)."""


def worse(work: Work, domain: str, answer: Answer) -> datetime:
    """A way out does not go any more: until when it rests. Troubles during a rest do not make it longer."""
    known = ways.get(work, domain)
    if known is not None and known.paused_until > work.now:
        return known.paused_until
    troubles: int = (known.troubles if known else 0) + 1
    longest = LONGEST_REST if domain != CHANNEL else LONGEST_CHANNEL_REST
    rest = min(FIRST_REST * 2 ** min(troubles - 1, 20), longest)
    # not all that wait come back at one moment, nor always at the same minute of the hour
    until: datetime = work.now + rest * (0.8 + secrets.randbelow(21) / 100)
    ways.put(
        work,
        domain,
        troubles=troubles,
        since=known.since if known and known.troubles else work.now,
        paused_until=until,
        probed_until=None,
        code=answer.code,
        alarm=answer.alarm,
        said=answer.text,
    )
    return until


def better(work: Work, domain: str, *, rated: bool) -> None:
    """A way out has taken a letter: half its troubles are forgotten, the channel's all at once."""
    known = ways.get(work, domain)
    if known is None or not known.troubles:
        return
    left = known.troubles // 2 if domain != CHANNEL else 0
    if left or rated:
        values = {"troubles": left, "paused_until": work.now, "probed_until": None}
        work.update(ways.TABLE, {"domain": domain}, values)
    else:
        ways.forget(work, domain)


def may_probe(work: Work, way: Way) -> bool:
    """Whether a way out has rested enough, and nobody else is trying it just now."""
    if way.paused_until > work.now:
        return False
    return not way.troubles or way.probed_until is None or way.probed_until <= work.now


def probe(work: Work, way: Way, lease: timedelta) -> None:
    """We try a way out after its rest, and others wait for what we hear."""
    if way.troubles:
        values = {"probed_until": work.now + lease}
        work.update(ways.TABLE, {"domain": way.domain}, values)


def end_probe(work: Work, domain: str) -> None:
    """Nothing was heard: somebody else may try."""
    work.update(ways.TABLE, {"domain": domain}, {"probed_until": None})


def declare(work: Work, domain: str) -> None:
    """Have a domain with a rate of its own known to every process."""
    if ways.get(work, domain) is None:
        ways.put(
            work,
            domain,
            **{"troubles": 0, "since": work.now, "paused_until": work.now, "probed_until": None},
            **{"code": 0, "alarm": False, "said": ""},
        )


def reserve(work: Work, domain: str, rate: Rate) -> datetime | None:
    """Count a letter that is about to be offered; or the instant at which there is room for it.

    In no window of that length are more letters offered than the rate says: what was offered
    counts from the beginning of its span until a whole window after its end.
    """
    ways.get(work, domain)  # others count after us
    width = timedelta(seconds=rate.seconds / SPANS)
    window = timedelta(seconds=rate.seconds)
    seen = ways.offered(work, domain, work.now - window - width)
    if sum(n for _, n in seen) >= rate.letters:
        return seen[0][0] + width + window
    began = work.now.timestamp() // width.total_seconds() * width.total_seconds()
    ways.count(work, domain, datetime.fromtimestamp(began, UTC))
    return None
