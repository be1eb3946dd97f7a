"""The letters of the house: who gets each, and whether it is a statutory notice."""

from dataclasses import dataclass
from datetime import date

from guapai.people import Role

Reader = tuple[str, Role]
"""A side of the case and a role on it."""

_UNIT: tuple[Reader, ...] = (("unit", Role.enterprise_head), ("unit", Role.safety_officer))
_CHIEF: Reader = ("department", Role.division_chief)
_LEADER: Reader = ("department", Role.department_head)
_OFFICE: Reader = ("commission", Role.commission_office)
_CHAIR: Reader = ("commission", Role.commission_chair)
_TOWN: Reader = ("township", Role.township)
_GOVERNMENT: Reader = ("government", Role.government)


@dataclass(frozen=True, kw_only=True)
class LetterKind:
    """One letter: its readers; ``waits`` for the paper of the same act to be printed."""

    name: str
    to: tuple[Reader, ...]
    statutory: bool = False
    waits: bool = False


_ALL = (
    LetterKind(name="general_ordered", to=_UNIT, statutory=True),
    LetterKind(name="hazard_graded_major", to=(*_UNIT, _TOWN), statutory=True),
    LetterKind(name="subject_designated", to=(*_UNIT, _CHIEF), statutory=True),
    LetterKind(
        name="hazard_listed", to=(*_UNIT, _CHIEF, _OFFICE, _TOWN), statutory=True, waits=True
    ),
    LetterKind(name="hazard_ordered", to=_UNIT, statutory=True),
    LetterKind(name="plan_filed", to=(_CHIEF,)),
    LetterKind(name="plan_ordered", to=_UNIT, statutory=True),
    LetterKind(name="plan_accepted", to=_UNIT),
    LetterKind(name="plan_returned", to=_UNIT, statutory=True),
    LetterKind(name="acceptance_requested", to=(_LEADER, ("department", Role.inspector))),
    LetterKind(name="acceptance_passed", to=(*_UNIT, _OFFICE), statutory=True),
    LetterKind(name="acceptance_failed", to=(*_UNIT, _OFFICE), statutory=True),
    LetterKind(name="hazard_closed", to=(*_UNIT, _CHIEF), statutory=True),
    LetterKind(name="hazard_reopened", to=(*_UNIT, _CHIEF), statutory=True),
    LetterKind(name="production_stopped", to=(*_UNIT, _TOWN), statutory=True),
    LetterKind(name="shutdown_proposed", to=(_GOVERNMENT, _UNIT[0])),
    LetterKind(name="shutdown_decided", to=(*_UNIT, _LEADER, _OFFICE), statutory=True),
    LetterKind(name="shutdown_refused", to=(*_UNIT, _LEADER), statutory=True),
    LetterKind(name="hazard_voided", to=(*_UNIT, _CHIEF)),
    LetterKind(name="listing_upgraded", to=(*_UNIT, _LEADER, _OFFICE, _CHAIR), statutory=True),
    LetterKind(name="deferral_applied", to=(_CHIEF, _OFFICE)),
    LetterKind(name="deferral_granted", to=(*_UNIT, _CHIEF), statutory=True),
    LetterKind(name="deferral_refused", to=(*_UNIT, _CHIEF), statutory=True),
    LetterKind(name="term_overdue", to=_UNIT, statutory=True),
)
LETTERS: dict[str, LetterKind] = {k.name: k for k in _ALL}
"""Every letter that goes on its own; the digest of notice lines is not among them."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something to be done, as a letter lists it; ``until`` in words: a last day, or an hour."""

    title: str
    owner: str
    until: str
    provisional: bool


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One line of a digest."""

    title: str
    number: str
    duty: str
    say: str
    due_on: date
    provisional: bool
    basis: str
    vacant: bool = False
