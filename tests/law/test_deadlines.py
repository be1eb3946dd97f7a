"""Terms end with the local day, roll over days off, and rungs stand where the ladder says."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guapai.clock import end_of_day, local_date
from guapai.errors import BadInput
from law.calendar import shipped_calendar
from law.deadlines import Offset, Term, Unit, due, month_day, written

CALENDAR = shipped_calendar()
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("term", "day", "rolled"),
    [
        ("1d", date(2026, 3, 3), False),
        ("5d", date(2026, 3, 9), True),
        ("3wd", date(2026, 3, 5), False),
        ("1w", date(2026, 3, 9), False),
        ("1m", date(2026, 4, 2), False),
        ("12m", date(2027, 3, 2), False),
        ("1y", date(2027, 3, 2), False),
    ],
)
def test_terms(term: str, day: date, rolled: bool) -> None:
    found = due(NOON, Term.parse(term), CALENDAR)
    assert (found.day, found.rolled) == (day, rolled)
    assert found.at == end_of_day(day)


def test_hours_run_by_the_clock() -> None:
    found = due(NOON, Term.parse("24h"), CALENDAR)
    assert found.at == NOON + timedelta(hours=24)


def test_the_day_is_the_local_one() -> None:
    late = datetime(2026, 3, 2, 17, tzinfo=UTC)  # 01:00 on the 3rd in Lu'an
    assert due(late, Term.parse("1d"), CALENDAR).day == date(2026, 3, 4)


def test_a_written_date_does_not_roll() -> None:
    sunday = date(2026, 3, 8)
    assert written(sunday).day == sunday
    assert written(sunday).at == datetime(2026, 3, 8, 16, tzinfo=UTC)


def test_month_ends_are_clipped() -> None:
    anchor = datetime(2026, 1, 31, 4, tzinfo=UTC)
    assert due(anchor, Term.parse("1m"), CALENDAR).day == date(2026, 2, 28)
    assert month_day(date(2026, 2, 5), 30) == date(2026, 2, 28)


@pytest.mark.parametrize("text", ["", "0d", "3", "3x", "-3d", "３d", "3 d", "99999d"])
def test_bad_terms_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="应写成"):
        Term.parse(text)


@pytest.mark.parametrize("text", ["", "d", "100%", "+d", "3q"])
def test_bad_offsets_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="应写成"):
        Offset.parse(text)


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        ("0d", datetime(2026, 6, 30, 16, tzinfo=UTC)),
        ("-4h", datetime(2026, 6, 30, 12, tzinfo=UTC)),
        ("-1d", datetime(2026, 6, 29, 0, 30, tzinfo=UTC)),
        ("+1d", datetime(2026, 7, 1, 0, 30, tzinfo=UTC)),
        ("-15wd", datetime(2026, 6, 8, 0, 30, tzinfo=UTC)),
        ("50%", datetime(2026, 5, 1, 0, 30, tzinfo=UTC)),
    ],
)
def test_rungs_stand_where_they_should(offset: str, expected: datetime) -> None:
    end = end_of_day(date(2026, 6, 30))
    assert Offset.parse(offset).instant(NOON, end, CALENDAR) == expected


@given(
    st.integers(1, 400),
    st.sampled_from(list(Unit)),
    st.dates(date(2005, 1, 1), date(2030, 1, 1)),
)
def test_a_term_ends_after_it_began_and_on_a_working_day(
    amount: int, unit: Unit, day: date
) -> None:
    anchor = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    found = due(anchor, Term(amount, unit), CALENDAR)
    assert found.at > anchor
    if unit is not Unit.hour:
        assert CALENDAR.is_workday(found.day)
        assert local_date(found.at - timedelta(seconds=1)) == found.day


@given(st.integers(1, 999), st.sampled_from(list(Unit)))
def test_terms_and_offsets_print_as_they_are_read(amount: int, unit: Unit) -> None:
    assert Term.parse(str(Term(amount, unit))) == Term(amount, unit)
    for sign in (-1, 1):
        assert Offset.parse(str(Offset(sign * amount, unit))) == Offset(sign * amount, unit)
