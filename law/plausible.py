"""Whether a holiday notice can be that of a whole year, held against the years that are known."""

from collections.abc import Iterator
from datetime import date

from law.calendar import Calendar, Notice, shipped_calendar

_SPRING = ((1, 20), (2, 28))
"""Between these days lies the Spring Festival of every year (own; it begins 21 January to 20 February)."""
_NATIONAL = ((10, 1), (10, 8))
_SHOWN = 6


def doubts(calendar: Calendar, notice: Notice) -> list[str]:
    """Why a notice is not taken without asking, each in a sentence; none when it is plausible.

    What a year must have at least is what every year has that we ship, those of 23 notices: what
    somebody confirmed against doubts does not count.
    """
    if notice.added:
        return list(_changes(calendar, notice))
    ours = shipped_calendar()
    known = [_Shape(ours, year) for year in sorted(ours.confirmed)]
    found = _Shape(notice.laid_on(calendar), notice.year)
    said = list(_too_few(notice.year, found, known))
    if notice.year in calendar.confirmed:
        said += _changes(calendar, notice)
    return said


class _Shape:
    """How many days a year has off, and where."""

    def __init__(self, calendar: Calendar, year: int) -> None:
        off = [d for d in calendar.off_days if d.year == year]
        self.off = len(off)
        self.worked = sum(d.year == year for d in calendar.make_up_days)
        self.spring = sum(date(year, *_SPRING[0]) <= d <= date(year, *_SPRING[1]) for d in off)
        self.national = sum(
            date(year, *_NATIONAL[0]) <= d <= date(year, *_NATIONAL[1]) for d in off
        )


def _too_few(year: int, found: _Shape, known: list[_Shape]) -> Iterator[str]:
    for name, title in (
        ("spring", "春节（1月20日至2月28日之间的工作日）"),
        ("national", "国庆节（10月1日至8日之间的工作日）"),
        ("off", "全年的工作日"),
    ):
        least, there = min(getattr(k, name) for k in known), getattr(found, name)
        if there < least:
            yield f"{year}年{title}只放假{there}天，以往每年至少{least}天"
    least = min(k.worked for k in known)
    if found.worked < least:
        yield f"{year}年只有{found.worked}个调休上班日，以往每年至少{least}个"


def _changes(calendar: Calendar, notice: Notice) -> Iterator[str]:
    """What a notice takes from a confirmed year, or turns round in it."""
    before = calendar.days_of(notice.year)
    after = notice.laid_on(calendar).days_of(notice.year)
    lost = sorted(before - after)
    if lost:
        yield f"{notice.year}年原已确认的{len(lost)}天不在其中：{_said(lost)}"
    more = sorted(after - before)
    if more and not notice.added:
        yield f"{notice.year}年原已确认，现另有{len(more)}天：{_said(more)}"


def _said(days: list[tuple[date, str]]) -> str:
    words = {"off": "放假", "work": "上班"}
    shown = [f"{day}{words[kind]}" for day, kind in days[:_SHOWN]]
    return "、".join(shown) + (" …" if len(days) > _SHOWN else "")
