"""What the guards of listings, letters and incidents let pass, and refuse."""

from datetime import timedelta

from statemachines import incident, letter
from statemachines.procedure import Guard
from tests.statemachines.guard_situations import (
    told,
)
from tests.statemachines.situations import (
    NOW,
    Incident,
    Seen,
    situation,
)

PASSES: list[tuple[Guard, Seen]] = [
    (letter.told_in_the_past, situation(facts=told(NOW))),
    (incident.about_letters, situation(row=Incident())),
    (incident.about_work, situation(row=Incident(incident.Cause.paper))),
]


REFUSES: list[tuple[Guard, Seen]] = [
    (letter.told_in_the_past, situation(facts=told(NOW + timedelta(seconds=1)))),
    (incident.about_letters, situation(row=Incident(incident.Cause.period))),
    (incident.about_letters, situation(row=Incident(incident.Cause.file))),
    (incident.about_work, situation(row=Incident())),
    (incident.about_work, situation(row=Incident(incident.Cause.file))),
]
