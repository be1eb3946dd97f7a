"""Deadline arithmetic: terms, due dates and the offsets of reminders; pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from guapai.clock import LOCAL, end_of_day, local_date
from guapai.errors import BadInput
from guapai.text import Said
from law.calendar import Calendar


class Unit(StrEnum):
    """What a term is counted in."""

    hour = "h"
    day = "d"
    workday = "wd"
    week = "w"
    month = "m"
    year = "y"


_LABELS = {
    Unit.hour: "%(n)d小时",
    Unit.day: "%(n)d日",
    Unit.workday: "%(n)d个工作日",
    Unit.week: "%(n)d周",
    Unit.month: "%(n)d个月",
    Unit.year: "%(n)d年",
}

_TERM = re.compile(r"([0-9]{1,4})(h|d|wd|w|m|y)")
_OFFSET = re.compile(r"([+-]?[0-9]{1,4})(h|d|wd|w|m|y)|([0-9]{1,2})%")

MORNING = time(8, 30)
"""When reminders of a day go out, local time (own: the officer opens the desk at 08:30)."""


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time as a rule writes it: 3 working days, 24 hours, 1 year."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> "Term":
        """Read ``3wd 24h 15d 1w 12m 1y``. Raises BadInput for anything else."""
        found = _TERM.fullmatch(text)
        if not found or not int(found[1]):
            raise BadInput(
                Said("时限“%(term)s”应写成 3wd、24h、15d、1w、12m 或 1y 的形式", term=text)
            )
        return cls(int(found[1]), Unit(found[2]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit.value}"

    @property
    def label(self) -> Said:
        """As people write it: 3个工作日."""
        return Said(_LABELS[self.unit], n=self.amount)


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due.

    ``at`` is the UTC instant at which it stops being on time; ``day`` the legal day shown to
    people; ``provisional`` that the calendar year is not confirmed; ``rolled`` that a computed
    last day fell on a holiday and moved to the next working day.
    """

    at: datetime
    day: date
    provisional: bool
    rolled: bool = False


def due(anchor: datetime, term: Term, calendar: Calendar) -> Due:
    """The end of a term counted from an instant; the day of the instant is not counted.

    Hours run by the clock. All other units end with the local day; a last day off rolls to the
    next working day (domain.md §10.4, clock semantics).
    """
    if term.unit is Unit.hour:
        at = anchor + timedelta(hours=term.amount)
        return Due(at, local_date(at), provisional=False)
    counted = _count(local_date(anchor), term, calendar)
    day = calendar.next_workday(counted)
    return Due(end_of_day(day), day, calendar.is_provisional(day), rolled=day != counted)


def written(day: date) -> Due:
    """A date written in a paper: it does not roll (design §3)."""
    return Due(end_of_day(day), day, provisional=False)


def _count(day: date, term: Term, calendar: Calendar) -> date:
    match term.unit:
        case Unit.workday:
            return calendar.add_workdays(day, term.amount)
        case Unit.week:
            return day + timedelta(weeks=term.amount)
        case Unit.month:
            return _add_months(day, term.amount)
        case Unit.year:
            return _add_months(day, 12 * term.amount)
        case _:
            return day + timedelta(days=term.amount)


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, _length(year, month)))


def _length(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


@dataclass(frozen=True, slots=True)
class Offset:
    """Where a rung stands: so long before or after the due instant, or at a share of the term."""

    amount: int
    unit: Unit | None

    @classmethod
    def parse(cls, text: str) -> "Offset":
        """Read ``-15wd +3d 0d -4h 50%``. Raises BadInput for anything else."""
        found = _OFFSET.fullmatch(text)
        if not found:
            raise BadInput(
                Said("提醒时点“%(term)s”应写成 -15wd、+3d、0d、-4h 或 50%% 的形式", term=text)
            )
        if found[3]:
            return cls(int(found[3]), None)
        return cls(int(found[1]), Unit(found[2]))

    def __str__(self) -> str:
        return f"{self.amount}%" if self.unit is None else f"{self.amount:+d}{self.unit.value}"

    def instant(self, anchor: datetime, end: datetime, calendar: Calendar) -> datetime:
        """When the rung fires: hours and ``0d`` to the second, days at 08:30 local time.

        ``+1d`` is the first day after the last day of the term.
        """
        if self.unit is Unit.hour or self.amount == 0:
            return end + timedelta(hours=self.amount)
        if self.unit is None:
            middle = anchor + (end - anchor) * self.amount / 100
            return _morning(local_date(middle))
        last = local_date(end - timedelta(microseconds=1))
        if self.unit is Unit.workday:
            return _morning(calendar.add_workdays(last, self.amount))
        if self.unit in (Unit.month, Unit.year):
            return _morning(_add_months(last, self.amount * (12 if self.unit is Unit.year else 1)))
        return _morning(last + timedelta(days=self.amount * (7 if self.unit is Unit.week else 1)))


@lru_cache(maxsize=4096)  # years of days
def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, LOCAL).astimezone(UTC)


def month_day(month: date, day: int) -> date:
    """That day of the month a date lies in, or the month's last if it is shorter."""
    return month.replace(day=min(day, _length(month.year, month.month)))
