"""Working days as a value: which days are off, which are made up, and how sure we are of a year."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from importlib.resources import files

from guapai.errors import BadInput
from guapai.text import Said

_FIXED = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
"""Statutory days with a fixed date (全国年节及纪念日放假办法, 原文待核); the lunar ones are not guessed."""

_KINDS = ("off", "work")


@dataclass(frozen=True)
class Calendar:
    """The working days of the country as known at one time.

    ``confirmed`` names the years read from a State Council notice. A year that is not confirmed
    counts Monday to Friday without the fixed statutory days, and every date in it is provisional
    (暂定); it never raises. ``off_days`` are weekdays off, ``make_up_days`` worked weekend days.
    """

    confirmed: frozenset[int]
    off_days: frozenset[date]
    make_up_days: frozenset[date]
    stored: str = field(default="", compare=False, repr=False)
    """The text it was read from; its version is that of the text, whatever is written today."""

    @cached_property
    def version(self) -> str:
        """Sixteen hexadecimal digits that differ when any day differs."""
        return hashlib.sha256(self.json().encode()).hexdigest()[:16]

    def is_workday(self, day: date) -> bool:
        """Whether work is done on a day, make-up days (调休) included."""
        if day.year not in self.confirmed:
            return day.weekday() < 5 and (day.month, day.day) not in _FIXED
        return day in self.make_up_days or (day.weekday() < 5 and day not in self.off_days)

    def is_provisional(self, day: date) -> bool:
        """Whether the notice for the year of a day has not been imported yet."""
        return day.year not in self.confirmed

    def next_workday(self, day: date) -> date:
        """The day itself if it is worked, else the next one that is."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def add_workdays(self, day: date, count: int) -> date:
        """The count-th working day after (or, if negative, before) a day, which is not counted."""
        step = timedelta(days=1 if count > 0 else -1)
        for _ in range(abs(count)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    def with_year(self, year: int, off: frozenset[date], made_up: frozenset[date]) -> "Calendar":
        """The calendar with one year confirmed anew."""
        return replace(
            self,
            confirmed=self.confirmed | {year},
            off_days=frozenset(d for d in self.off_days if d.year != year) | off,
            make_up_days=frozenset(d for d in self.make_up_days if d.year != year) | made_up,
            stored="",
        )

    def with_days(self, off: frozenset[date], made_up: frozenset[date]) -> "Calendar":
        """The calendar with some more days; what was known of their year stays."""
        return replace(
            self,
            off_days=(self.off_days - made_up) | off,
            make_up_days=(self.make_up_days - off) | made_up,
            stored="",
        )

    def days_of(self, year: int) -> frozenset[tuple[date, str]]:
        """The days off and the made-up days of a year, each with its kind."""
        off = ((d, "off") for d in self.off_days if d.year == year)
        return frozenset(off) | {(d, "work") for d in self.make_up_days if d.year == year}

    def changed(self, other: "Calendar") -> list[date]:
        """The days that count otherwise in another calendar, or are sure in only one, in order."""
        kinds = ("off_days", "make_up_days")
        years = {d.year for k in kinds for d in getattr(self, k) ^ getattr(other, k)}
        years |= self.confirmed ^ other.confirmed
        sure = self.confirmed ^ other.confirmed
        return [
            day
            for year in sorted(years)
            for day in _days_in(year)
            if year in sure or self.is_workday(day) != other.is_workday(day)
        ]

    def json(self) -> str:
        """The calendar as canonical JSON, or the text it was read from; `from_json` reads it."""
        if self.stored:
            return self.stored
        value = {
            "confirmed": sorted(self.confirmed),
            "off_days": [d.isoformat() for d in sorted(self.off_days)],
            "make_up_days": [d.isoformat() for d in sorted(self.make_up_days)],
        }
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _days_in(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))


def from_json(text: str) -> Calendar:
    """The calendar that `Calendar.json` wrote."""
    value = json.loads(text)
    return Calendar(
        confirmed=frozenset(value["confirmed"]),
        off_days=frozenset(map(date.fromisoformat, value["off_days"])),
        make_up_days=frozenset(map(date.fromisoformat, value["make_up_days"])),
        stored=text,
    )


@dataclass(frozen=True)
class Notice:
    """One year of a State Council holiday notice, as read from a file.

    ``added``: no year of its own, but days of December that the next year's notice orders.
    """

    year: int
    off_days: frozenset[date]
    make_up_days: frozenset[date]
    added: bool = False

    def laid_on(self, calendar: Calendar) -> Calendar:
        """The calendar with what the notice says of its year, or adds to it."""
        if self.added:
            return calendar.with_days(self.off_days, self.make_up_days)
        return calendar.with_year(self.year, self.off_days, self.make_up_days)


def read_notice(data: bytes, name: str) -> tuple[Notice, ...]:
    """Read a notice from CSV with the columns date (ISO), kind (``off`` or ``work``), note.

    A year is taken as complete; a year of which there is nothing but December, before another
    one, is not: the notice for the next year orders days around New Year (as those of 2008 and
    2019 did). Raises BadInput naming file and line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(
            Said("%(file)s：不是 UTF-8 编码，请另存为 UTF-8 的 CSV 文件", file=name)
        ) from None
    days: dict[date, str] = {}
    for line, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        day, kind = _read_line(row, Said("%(file)s，第%(line)d行", file=name, line=line))
        if days.setdefault(day, kind) != kind:
            raise BadInput(
                Said(
                    "%(file)s，第%(line)d行：%(day)s 重复，且类型不同，请只保留一行",
                    file=name,
                    line=line,
                    day=day,
                )
            )
    if not days:
        raise BadInput(Said("%(file)s：没有日期；表头应为 date,kind,note", file=name))
    years = {d.year for d in days}
    return tuple(
        Notice(
            year,
            frozenset(d for d, k in days.items() if d.year == year and k == "off"),
            frozenset(d for d, k in days.items() if d.year == year and k == "work"),
            added=year + 1 in years and all(d.month == 12 for d in days if d.year == year),
        )
        for year in sorted(years)
    )


def _read_line(row: dict[str, str], where: str) -> tuple[date, str]:
    try:
        day = date.fromisoformat((row.get("date") or "").strip())
    except ValueError:
        raise BadInput(Said("%(where)s：日期应写成 2027-01-01 的形式", where=where)) from None
    kind = (row.get("kind") or "").strip()
    if kind not in _KINDS:
        raise BadInput(Said("%(where)s：类型应为 off（放假）或 work（调休上班）", where=where))
    if kind == "off" and day.weekday() >= 5:
        raise BadInput(Said("%(where)s：%(day)s 本来就是周末，不用写为放假", where=where, day=day))
    if kind == "work" and day.weekday() < 5:
        raise BadInput(
            Said("%(where)s：%(day)s 本来就是工作日，不用写为调休上班", where=where, day=day)
        )
    return day, kind


@lru_cache(maxsize=1)
def shipped_calendar() -> Calendar:
    """The calendar we ship: 2004 to 2026 confirmed, every later year provisional."""
    data = files("law").joinpath("holidays.csv").read_bytes()
    calendar = Calendar(frozenset(), frozenset(), frozenset())
    for notice in read_notice(data, "holidays.csv"):
        calendar = notice.laid_on(calendar)
    return calendar
