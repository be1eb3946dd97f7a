"""Periods of duties that come anew: which one a day lies in, and when its duty is due."""

from datetime import date, datetime
from typing import Any

from guapai.clock import local_date
from law.calendar import Calendar
from law.deadlines import Due, month_day, written
from law.pack import Pack
from statemachines.duty import Cadence, Every


def number_at(pack: Pack, path: str) -> Any:
    """The number of a rule pack at a path such as ``progress.day``."""
    section, key = path.split(".")
    return getattr(getattr(pack.parameters, section), key)


def period_due(pack: Pack, calendar: Calendar, every: Every, period: str) -> Due:
    """When a period's duty is due; a day off rolls to the next working day."""
    day = month_day(_reporting_month(period), int(number_at(pack, every.day).value))
    rolled = calendar.next_workday(day)
    end = written(rolled)
    return Due(end.at, rolled, calendar.is_provisional(rolled), rolled=rolled != day)


def coming_period(pack: Pack, calendar: Calendar, every: Every, now: datetime) -> tuple[str, Due]:
    """The period whose duty is the next to be due, and when."""
    today = local_date(now)
    period = period_of(every.cadence, today)
    found = period_due(pack, calendar, every, period)
    if found.day < today:
        period = period_of(every.cadence, _next_month(today))
        found = period_due(pack, calendar, every, period)
    return period, found


def period_of(cadence: Cadence, day: date) -> str:
    """The period a day lies in: 2026-03, or 2026-Q1."""
    if cadence is Cadence.quarter:
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day:%Y-%m}"


def _reporting_month(period: str) -> date:
    """A day of the month in which a period is reported: itself, or the month after a quarter."""
    year, part = int(period[:4]), period[5:]
    if part.startswith("Q"):
        return _next_month(date(year, int(part[1:]) * 3, 1))
    return date(year, int(part), 1)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
