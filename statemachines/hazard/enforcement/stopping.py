"""Why a stop of production, its prolongation or its end may be refused."""

from datetime import date, timedelta

from guapai.clock import end_of_day
from guapai.text import Said
from law.deadlines import due
from statemachines.facts import Stopped
from statemachines.hazard.handed import Ending, Prolonging
from statemachines.hazard.row import HazardRow
from statemachines.situation import Situation


def end_of_stop_ahead(s: Situation[object, object, Ending]) -> str | None:
    """A stop ends after it begins."""
    if s.facts.stop_until <= s.today:
        return Said("停产截止日期必须晚于今天").beside("stop_until")
    return None


def _usual_end(s: Situation[object, HazardRow, object], since: date | None) -> date:
    """The last day of the longest usual stop, counted from its first day (令15/18: 一般不超过6个月)."""
    start = end_of_day((since or s.today) - timedelta(days=1))
    return due(start, s.pack.parameters.term.temporary_stop.value, s.calendar).day


def within_usual_stop(s: Situation[object, HazardRow, Ending]) -> str | None:
    """A stop is not decided for longer than the usual longest; it may be prolonged with reasons."""
    last = _usual_end(s, s.case.stop_since)
    if s.facts.stop_until <= last:
        return None
    return Said(
        "停产期限超过通常最长期限（%(day)s）；届满前确需延长的，另行作出延长决定并说明理由",
        day=last.isoformat(),
    ).beside("stop_until")


def beyond_usual_says_why(s: Situation[object, HazardRow, Prolonging]) -> str | None:
    """Beyond the usual longest stop only with a reason of its own."""
    if s.facts.stop_until <= _usual_end(s, s.case.stop_since) or s.facts.beyond_usual:
        return None
    return Said("延长后超过通常最长停产期限，请写明特别理由").beside("beyond_usual")


def ends_later(s: Situation[object, HazardRow, Ending]) -> str | None:
    """What is prolonged ends later than before."""
    if s.case.stop_until is not None and s.facts.stop_until <= s.case.stop_until:
        return Said("延长后的截止日期必须晚于原截止日期").beside("stop_until")
    return None


def nothing_stands_still(s: Situation[object, HazardRow, object]) -> str | None:
    """On the spot something is stopped that still runs."""
    if s.case.production_stopped != Stopped.none:
        return "已在停产；扩大停产范围请由部门负责人作出停产决定"
    return None


def waits_for_confirmation(s: Situation[object, HazardRow, object]) -> str | None:
    """Only what officers ordered on the spot is confirmed or lifted by the head alone."""
    return None if s.case.stop_to_confirm else "没有待确认的当场停产决定"


def stop_is_confirmed(s: Situation[object, HazardRow, object]) -> str | None:
    """A stop gets its end when it is confirmed."""
    return "当场停产尚未确认，请先确认或者解除" if s.case.stop_to_confirm else None


def no_application_yet(s: Situation[object, HazardRow, object]) -> str | None:
    """One application at a time."""
    if s.case.resumption_asked_at is not None:
        return "恢复生产的申请正在审查，请等待答复"
    return None


def applied_for(s: Situation[object, HazardRow, object]) -> str | None:
    """Production is resumed on application only (令16号 art. 18, 23)."""
    if s.case.resumption_asked_at is None:
        return "企业尚未申请恢复生产；须先由企业评价并申请，再经现场审查"
    return None
