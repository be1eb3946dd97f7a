"""What the guards of listings, letters and incidents let pass, and refuse."""

from datetime import timedelta

from statemachines import incident, letter, listing
from statemachines.facts import Level
from statemachines.procedure import Guard
from tests.statemachines.guard_situations import (
    told,
    upgrade,
)
from tests.statemachines.situations import (
    NOW,
    Incident,
    Listing,
    Seen,
    situation,
)

PASSES: list[tuple[Guard, Seen]] = [
    (listing.one_level_up, situation(row=Listing(), facts=upgrade(Level.city))),
    (letter.told_in_the_past, situation(facts=told(NOW))),
    (incident.about_letters, situation(row=Incident())),
    (incident.about_work, situation(row=Incident(incident.Cause.paper))),
]


REFUSES: list[tuple[Guard, Seen]] = [
    (listing.one_level_up, situation(row=Listing(level=Level.city), facts=upgrade(Level.city))),
    (listing.one_level_up, situation(row=Listing(level=Level.city), facts=upgrade(Level.county))),
    (letter.told_in_the_past, situation(facts=told(NOW + timedelta(seconds=1)))),
    (incident.about_letters, situation(row=Incident(incident.Cause.period))),
    (incident.about_letters, situation(row=Incident(incident.Cause.file))),
    (incident.about_work, situation(row=Incident())),
    (incident.about_work, situation(row=Incident(incident.Cause.file))),
]
