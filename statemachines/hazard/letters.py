"""The letters that tell of a hazard, and who reads each."""

from guapai.people import Role
from statemachines.noun import LetterKind
from statemachines.readers import (
    CHIEF,
    EXECUTING_OFFICE,
    FORMER,
    GOVERNMENT,
    JOINT_OFFICE,
    LEAD_HEAD,
    LEADER,
    OFFICE,
    TOWN,
    UNIT,
)

LETTERS = (
    LetterKind(name="general_ordered", to=UNIT, statutory=True, decides="department"),
    LetterKind(name="hazard_graded_major", to=(*UNIT, TOWN), statutory=True),
    LetterKind(name="subject_designated", to=(*UNIT, CHIEF), statutory=True, decides="actor"),
    LetterKind(
        name="subject_assigned", to=(*UNIT, FORMER, CHIEF), statutory=True, decides="department"
    ),
    LetterKind(
        name="subject_redesignated",
        to=(*UNIT, FORMER, CHIEF, OFFICE, TOWN),
        statutory=True,
        decides="actor",
    ),
    LetterKind(
        name="subject_succeeded",
        to=(*UNIT, FORMER, CHIEF, OFFICE, TOWN),
        statutory=True,
        decides="department",
    ),
    LetterKind(
        name="hazard_listed",
        to=(*UNIT, CHIEF, OFFICE, TOWN, LEAD_HEAD, JOINT_OFFICE),
        statutory=True,
        waits=True,
    ),
    LetterKind(name="hazard_ordered", to=UNIT, statutory=True, decides="department"),
    LetterKind(name="plan_filed", to=(CHIEF,)),
    LetterKind(name="plan_ordered", to=UNIT, statutory=True),
    LetterKind(name="plan_accepted", to=UNIT),
    LetterKind(name="plan_returned", to=UNIT, statutory=True),
    LetterKind(name="acceptance_requested", to=(LEADER, ("department", Role.inspector))),
    LetterKind(name="acceptance_passed", to=(*UNIT, OFFICE, EXECUTING_OFFICE), statutory=True),
    LetterKind(
        name="acceptance_failed",
        to=(*UNIT, OFFICE, EXECUTING_OFFICE),
        statutory=True,
        decides="department",
    ),
    LetterKind(name="hazard_closed", to=(*UNIT, CHIEF, EXECUTING_OFFICE), statutory=True),
    LetterKind(name="hazard_reopened", to=(*UNIT, CHIEF), statutory=True),
    LetterKind(name="production_stopped", to=(*UNIT, TOWN), statutory=True, decides="department"),
    LetterKind(
        name="stopped_on_the_spot", to=(*UNIT, LEADER), statutory=True, decides="department"
    ),
    LetterKind(name="stop_confirmed", to=(*UNIT, TOWN), statutory=True, decides="department"),
    LetterKind(name="stop_prolonged", to=(*UNIT, TOWN), statutory=True, decides="department"),
    LetterKind(name="stop_lifted", to=(*UNIT, TOWN), statutory=True),
    LetterKind(name="resumption_requested", to=(LEADER, ("department", Role.inspector))),
    LetterKind(name="resumption_refused", to=UNIT, statutory=True, decides="department"),
    LetterKind(name="danger_recorded", to=(*UNIT, LEADER, TOWN), statutory=True),
    LetterKind(name="danger_cleared", to=(*UNIT, LEADER, TOWN)),
    LetterKind(name="shutdown_proposed", to=(GOVERNMENT, UNIT[0])),
    LetterKind(
        name="shutdown_decided", to=(*UNIT, LEADER, OFFICE), statutory=True, decides="government"
    ),
    LetterKind(
        name="shutdown_revoked", to=(*UNIT, LEADER, OFFICE), statutory=True, decides="government"
    ),
    LetterKind(name="shutdown_executed", to=(LEADER, GOVERNMENT)),
    LetterKind(name="shutdown_returned", to=(CHIEF, ("department", Role.inspector))),
    LetterKind(name="shutdown_accepted", to=(*UNIT, GOVERNMENT, OFFICE), statutory=True),
    LetterKind(name="lead_dismissed", to=(), to_reporter=True),
    LetterKind(name="hazard_transferred", to=(("receiver", Role.division_chief), CHIEF)),
    LetterKind(name="transfer_returned", to=(CHIEF, OFFICE)),
    LetterKind(name="transfer_disputed", to=(OFFICE, ("receiver", Role.division_chief))),
    LetterKind(name="dispute_settled", to=(CHIEF, ("receiver", Role.division_chief))),
    LetterKind(name="report_acknowledged", to=UNIT, statutory=True),
    LetterKind(name="shutdown_refused", to=(*UNIT, LEADER), statutory=True, decides="government"),
    LetterKind(name="hazard_voided", to=(*UNIT, CHIEF), decides="actor"),
    LetterKind(name="recheck_failed", to=UNIT, statutory=True, decides="department"),
    LetterKind(name="production_resumed", to=(*UNIT, TOWN), statutory=True),
    LetterKind(name="term_set", to=(*UNIT, LEADER), statutory=True),
    LetterKind(name="term_overdue", to=UNIT, statutory=True),
)
