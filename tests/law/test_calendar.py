"""Working days agree with two outside libraries, and a year nobody knows never stops the work."""

import hashlib
import warnings
from datetime import UTC, date, datetime, timedelta

import pytest

from guapai.errors import BadInput
from law.calendar import Notice, from_json, read_notice, shipped_calendar
from law.deadlines import Term, due
from law.plausible import doubts


def _days(first: int, last: int) -> list[date]:
    start = date(first, 1, 1)
    return [start + timedelta(days=n) for n in range((date(last, 12, 31) - start).days + 1)]


def test_every_day_2007_to_2026_agrees_with_chinesecalendar_and_holidays() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import chinese_calendar  # noqa: PLC0415 (an outside check only)
        import holidays  # noqa: PLC0415

        other = holidays.country_holidays("CN", years=range(2007, 2027))
    calendar = shipped_calendar()
    days = _days(2007, 2026)
    assert len(days) == 7305
    for day in days:
        ours = calendar.is_workday(day)
        assert ours == chinese_calendar.is_workday(day), day
        assert ours == other.is_working_day(day), day


@pytest.mark.parametrize(
    ("start", "term", "expected"),
    [
        (date(2026, 2, 10), "5wd", date(2026, 2, 24)),
        (date(2026, 2, 10), "10wd", date(2026, 3, 2)),
    ],
)
def test_working_days_over_the_spring_festival(start: date, term: str, expected: date) -> None:
    anchor = datetime(start.year, start.month, start.day, 3, tzinfo=UTC)
    found = due(anchor, Term.parse(term), shipped_calendar())
    assert found.day == expected
    assert not found.provisional


def test_thirty_working_days_into_an_unknown_year_are_provisional() -> None:
    anchor = datetime(2026, 11, 23, 3, tzinfo=UTC)
    found = due(anchor, Term.parse("30wd"), shipped_calendar())
    assert found.day.year == 2027
    assert found.provisional


def test_unknown_years_never_raise() -> None:
    calendar = shipped_calendar()
    for year in (1990, 2003, 2027, 2100):
        assert calendar.is_provisional(date(year, 3, 3))
        assert not calendar.is_workday(date(year, 10, 1))
    assert calendar.add_workdays(date(2027, 1, 4), -1).weekday() < 5


def test_json_round_trip_keeps_the_version() -> None:
    calendar = shipped_calendar()
    again = from_json(calendar.json())
    assert again == calendar
    assert again.version == calendar.version


def test_a_notice_confirms_its_year_and_changes_the_version() -> None:
    calendar = shipped_calendar()
    (notice,) = read_notice("date,kind,note\n2027-01-01,off,元旦\n2027-01-03,work,\n".encode(), "n")
    later = calendar.with_year(notice.year, notice.off_days, notice.make_up_days)
    assert later.version != calendar.version
    assert later.is_workday(date(2027, 1, 3))
    assert not later.is_workday(date(2027, 1, 1))
    assert not later.is_provisional(date(2027, 5, 5))
    assert later.is_workday(date(2026, 1, 4)) == calendar.is_workday(date(2026, 1, 4))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,kind,note\n2027-13-01,off,\n", "第2行：日期"),
        ("date,kind,note\n2027-01-01,holiday,\n", "第2行：类型"),
        ("date,kind,note\n2027-01-02,off,\n", "本来就是周末"),
        ("date,kind,note\n2027-01-04,work,\n", "本来就是工作日"),
        ("date,kind,note\n", "没有日期"),
    ],
)
def test_a_faulty_notice_says_where(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_notice(text.encode(), "notice.csv")


def test_a_notice_in_another_encoding_is_refused() -> None:
    with pytest.raises(BadInput, match="UTF-8"):
        read_notice("date,kind,note\n2027-01-01,off,元旦\n".encode("gb18030"), "n.csv")


def test_a_stored_calendar_keeps_the_version_of_its_text() -> None:
    text = shipped_calendar().json().replace("{", '{"a_later_key":1,', 1)
    read = from_json(text)
    assert read == shipped_calendar()
    assert read.json() == text
    assert read.version == hashlib.sha256(text.encode()).hexdigest()[:16]
    assert read.with_year(2027, frozenset(), frozenset()).version not in (read.version, "")


def test_every_year_we_ship_is_plausible_and_half_of_one_is_not() -> None:
    calendar = shipped_calendar()
    for year in calendar.confirmed:
        days = calendar.days_of(year)
        parts = [frozenset(d for d, k in days if k == kind) for kind in ("off", "work")]
        assert doubts(calendar, Notice(year, *parts)) == []
        fewer = frozenset(d for d in parts[0] if d.month > 2)
        assert any("春节" in said for said in doubts(calendar, Notice(year, fewer, parts[1])))
    new_year = Notice(2027, frozenset({date(2027, 1, 1)}), frozenset())
    assert len(doubts(calendar, new_year)) == 4


def test_december_in_a_notice_of_the_next_year_is_no_year_of_its_own() -> None:
    lines = "date,kind\n2026-12-31,off\n2026-12-27,work\n2027-01-01,off\n"
    one, other = read_notice(lines.encode(), "n.csv")
    assert (one.year, one.added, other.year, other.added) == (2026, True, 2027, False)
    (alone,) = read_notice(b"date,kind\n2026-12-31,off\n", "n.csv")
    assert not alone.added
