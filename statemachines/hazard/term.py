"""How far the term of a treatment may go: every way of moving it counts against one cap (domain.md §15.5)."""

from datetime import date, timedelta

from guapai.clock import end_of_day, local_date
from guapai.people import Role
from guapai.text import Said
from law.calendar import Calendar
from law.deadlines import due
from law.pack import Pack
from statemachines.hazard.handed import Dated
from statemachines.hazard.row import HazardRow
from statemachines.situation import CaseRow, Situation


def last_day(started_on: date, pack: Pack, calendar: Calendar) -> date:
    """The last day that the term of a treatment begun on a day can have, all moves of it together."""
    start = end_of_day(started_on - timedelta(days=1))
    return due(start, pack.parameters.term.max.value, calendar).day


def term_served_on(row: HazardRow, day: date, pack: Pack, calendar: Calendar) -> date | None:
    """The term of a listing whose notice is served on a day.

    It is the date the notice gives. Where that had come before the notice did, the unit has from
    service as many days as it would have had from the listing (own), within the cap.
    """
    first, listed = row.first_deadline, row.listed_at
    if first is None or listed is None or row.term_started_on is None or day < first:
        return first
    given = first - local_date(listed)
    return max(first, min(day + given, last_day(row.term_started_on, pack, calendar)))


def within_cap_of_first_term(s: Situation[object, HazardRow, Dated]) -> str | None:
    """No way of moving the term leads past the cap counted from the first; only the next level goes
    beyond, with reasons. What it has set stands for the cap from then on."""
    day = s.facts.deadline
    if day is None or s.case.term_started_on is None:
        return None
    cap = last_day(s.case.term_started_on, s.pack, s.calendar)
    if day <= max(cap, s.case.deadline or cap) or of_next_level(s):
        return None
    most = s.pack.parameters.term.max.value.label
    return Said(
        "整改期限累计不得超过%(most)s（%(day)s）；确需更长的，由上一级安委会说明理由后核定",
        most=most,
        day=cap.isoformat(),
    ).beside("deadline")


def room_for_a_term(s: Situation[object, HazardRow, Dated]) -> str | None:
    """Where no date is named, the usual term still has to find room below the cap."""
    started = s.case.term_started_on
    if started is None or s.facts.deadline is not None:
        return None
    if s.today < last_day(started, s.pack, s.calendar):
        return None
    return "累计期限已用尽，不能再限期整改；请重新判定隐患等级或依法处理"


def of_next_level(s: Situation[object, HazardRow, object]) -> bool:
    """Whether the chair of the commission above decides."""
    chair = s.actor.role is Role.commission_chair
    return chair and s.case.upper_id is not None and s.actor.organisation_id == s.case.upper_id


def from_the_higher_commission(s: Situation[object, CaseRow, object]) -> str | None:
    """The next level decides, where it is known (#25)."""
    return None if s.case.upper_id is not None else "没有登记上级安委会，请先补录机构关系"
