"""Stops, dangers and penalties: what their guards let pass, and what they refuse."""

from datetime import UTC, date, datetime
from typing import Any

from statemachines.facts import Stopped
from statemachines.hazard import guards as g
from statemachines.hazard.enforcement import penalty, stopping
from statemachines.hazard.enforcement.stops import ConfirmStop, ProlongStop
from statemachines.procedure import Guard
from tests.statemachines.guard_situations import plant
from tests.statemachines.situations import Hazard, Seen, situation

BEGUN = date(2026, 1, 5)


def ending(day: date, **columns: Any) -> Seen:
    """A stop begun on 5 January 2026 gets an end."""
    facts = ConfirmStop(reason="险情", stop_number="1号", stop_until=day)
    return situation(facts=facts, hazard=Hazard(**{"stop_since": BEGUN, **columns}))


def prolonged(day: date, why: str = "", **columns: Any) -> Seen:
    facts = ProlongStop(reason="未到货", stop_until=day, beyond_usual=why)
    return situation(facts=facts, hazard=Hazard(**{"stop_since": BEGUN, **columns}))


def refused(what: penalty.Refusal, stopped: Stopped) -> Seen:
    facts = penalty.RecordRefusal(reason="拒不停产", refusal=what)
    return situation(facts=facts, hazard=Hazard(production_stopped=stopped))


ASKED = plant(resumption_asked_at=datetime(2026, 3, 9, tzinfo=UTC))
UNASKED = plant(resumption_asked_at=None)
PASSES: list[tuple[Guard, Seen]] = [
    (stopping.end_of_stop_ahead, ending(date(2026, 3, 11))),
    (stopping.within_usual_stop, ending(date(2026, 7, 6))),  # the 5th is a Sunday
    (stopping.within_usual_stop, ending(date(2026, 9, 10), stop_since=None)),
    (stopping.beyond_usual_says_why, prolonged(date(2026, 7, 6))),
    (stopping.beyond_usual_says_why, prolonged(date(2026, 9, 30), "设备须由国外制造")),
    (stopping.ends_later, prolonged(date(2026, 7, 2), stop_until=date(2026, 7, 1))),
    (stopping.ends_later, prolonged(date(2026, 7, 2), stop_until=None)),
    (stopping.nothing_stands_still, plant()),
    (stopping.waits_for_confirmation, plant(stop_to_confirm=True)),
    (stopping.stop_is_confirmed, plant()),
    (stopping.no_application_yet, UNASKED),
    (stopping.applied_for, ASKED),
    (g.no_danger_yet, plant()),
    (g.danger_there, plant(real_danger=True)),
    (penalty.refuses_a_stop_in_force, refused(penalty.Refusal.stop, Stopped.all)),
    (penalty.refuses_a_stop_in_force, refused(penalty.Refusal.order, Stopped.none)),
]
REFUSES: list[tuple[Guard, Seen]] = [
    (stopping.end_of_stop_ahead, ending(date(2026, 3, 10))),
    (stopping.within_usual_stop, ending(date(2026, 7, 7))),
    (stopping.within_usual_stop, ending(date(2026, 9, 11), stop_since=None)),
    (stopping.beyond_usual_says_why, prolonged(date(2026, 7, 7))),
    (stopping.ends_later, prolonged(date(2026, 7, 1), stop_until=date(2026, 7, 1))),
    (stopping.nothing_stands_still, plant(production_stopped=Stopped.part)),
    (stopping.waits_for_confirmation, plant()),
    (stopping.stop_is_confirmed, plant(stop_to_confirm=True)),
    (stopping.no_application_yet, ASKED),
    (stopping.applied_for, UNASKED),
    (g.no_danger_yet, plant(real_danger=True)),
    (g.danger_there, plant()),
    (penalty.refuses_a_stop_in_force, refused(penalty.Refusal.stop, Stopped.none)),
]
