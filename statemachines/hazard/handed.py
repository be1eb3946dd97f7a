"""What guards of a hazard read of the facts that a person hands in with a move.

The facts themselves stand beside their moves, and those name the guards; so the guards name only
what they read. Facts are frozen: all of it is read-only.
"""

from datetime import date, datetime
from typing import Protocol

from guapai.word import Word
from statemachines.facts import Evidence, Level, Source, Stopped


class ByOfficers(Protocol):
    """What officers did, by the ids of the persons."""

    @property
    def officers(self) -> tuple[int, ...]: ...


class Checked(ByOfficers, Protocol):
    """A check on site: by whom, and what shows it."""

    @property
    def evidence(self) -> tuple[Evidence, ...]: ...


class Shown(Protocol):
    """What files show."""

    @property
    def evidence(self) -> tuple[Evidence, ...]: ...


class Reported(Protocol):
    """A lead: from where, of which unit, and when the hazard was found."""

    @property
    def source(self) -> Source: ...

    @property
    def unit_id(self) -> int | None: ...

    @property
    def found_on(self) -> date: ...


class Dated(Protocol):
    """A decision that may set a date."""

    @property
    def deadline(self) -> date | None: ...


class Termed(Protocol):
    """The terms of a listing: its level, the days for the plan, what is violated, which places."""

    @property
    def level(self) -> Level: ...

    @property
    def plan_days(self) -> int: ...

    @property
    def violations(self) -> tuple[str, ...]: ...

    @property
    def other_places(self) -> tuple[str, ...]: ...


class Served(Protocol):
    """A record of service."""

    @property
    def served_at(self) -> datetime: ...


class Stopping(Protocol):
    """A decision to stop production: how far."""

    @property
    def production_stopped(self) -> Stopped: ...


class Graded(Protocol):
    """A grading: by which clauses, and why by some beyond the catalogue."""

    @property
    def clauses(self) -> tuple[str, ...]: ...

    @property
    def beyond_catalogue(self) -> str: ...


class Unmet(Protocol):
    """The clauses of a standard that a general hazard meets: none."""

    @property
    def clauses_met(self) -> tuple[str, ...]: ...


class Ending(Protocol):
    """A stop with its last day."""

    @property
    def stop_until(self) -> date: ...


class Prolonging(Ending, Protocol):
    """A later last day of a stop, and why it is so late."""

    @property
    def beyond_usual(self) -> str: ...


class Voided(Protocol):
    """A decision to void: on which ground, and which case says the same."""

    @property
    def ground(self) -> Word: ...

    @property
    def duplicate_of(self) -> int | None: ...


class Monthly(Protocol):
    """A report for one month."""

    @property
    def period(self) -> str: ...


class Published(Protocol):
    """Something made public on a day."""

    @property
    def published_on(self) -> date: ...
