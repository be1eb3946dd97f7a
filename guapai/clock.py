"""The only place that asks what time it is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Answers an aware UTC instant."""

LOCAL = ZoneInfo("Asia/Shanghai")
"""Legal days are days in this zone (design §3)."""


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def local_date(at: datetime) -> date:
    """The legal day on which an instant falls."""
    return at.astimezone(LOCAL).date()


def local_time(at: datetime) -> datetime:
    """The same instant as the wall clocks of the country show it."""
    return at.astimezone(LOCAL)


@lru_cache(maxsize=4096)  # years of days
def end_of_day(day: date) -> datetime:
    """The UTC instant at which a legal day ends, which is the first instant of the next day."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=LOCAL).astimezone(UTC)


class SimulatedClock:
    """A clock that stands still until it is moved; used by tests and by the demo's story."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, step: timedelta) -> datetime:
        """Move forward (or back, which the tests of I10 do) and answer the new instant."""
        self.at += step
        return self.at
