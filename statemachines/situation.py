"""What a guard may know: one frozen picture of the case at the moment of the act."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar

from guapai.clock import local_date
from guapai.people import Actor, Role
from law.calendar import Calendar
from law.pack import Pack

Row_co = TypeVar("Row_co", covariant=True)
Case_co = TypeVar("Case_co", covariant=True)
Facts_co = TypeVar("Facts_co", covariant=True)


class CaseRow(Protocol):
    """What guards read of any case, whatever its root; the Protocol of a root adds its columns."""

    id: int
    unit_id: int | None
    commission_id: int | None
    upper_id: int | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An organisation as guards see it: what it is (a word of its kind), where, in which trade."""

    id: int
    kind: str
    name: str
    sector: str
    place_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another case as guards see it: its kind of root, its number, and where it stands."""

    id: int
    noun: str
    number: str
    state: str


class Known(Protocol):
    """What lies outside the case, looked up when a guard asks; the actor is told no more than they may see."""

    def body(self, organisation_id: int) -> Body | None:
        """The organisation with that id."""

    def case(self, case_id: int) -> Other | None:
        """The case with that id, if the actor may see it."""

    def alike(self, identity: str) -> list[Other]:
        """The live hazards of an identity of which the actor may be told."""


class Nothing:
    """Knows of nothing outside the case."""

    def body(self, organisation_id: int) -> Body | None:
        """No organisation."""
        return None

    def case(self, case_id: int) -> Other | None:
        """No case."""
        return None

    def alike(self, identity: str) -> list[Other]:
        """No hazard."""
        return []


def _nowhere(_: int | None, __: Role) -> bool:
    return False


def _none(_: int | None, __: int) -> bool:
    return False


def _no_place(_: int | None) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation(Generic[Row_co, Case_co, Facts_co]):
    """The row about to move, and all a guard may ask about its case.

    ``case`` is the case with its root, as one row. A guard is annotated with what it reads of row,
    case and facts, as ``Situation[DeferralRow, HazardRow, Grant]``; ``object`` is what it leaves
    alone. It never writes to any of them.

    ``children`` counts the other rows of the case by (noun, state). ``makers`` answers, for the
    moves that guards announce, which natural persons made it last (both sides of a substitution).
    ``unsealed`` counts papers of the case that are issued but not yet printed. ``owed`` are the
    open duties of single items: the kind, the key of the item, and whose it is. ``vacant`` answers
    whether nobody holds a role at an organisation today, ``is_officer`` whether a natural person
    holds a post there and a certificate that is valid today, ``place_of`` the code of the place of
    an organisation (empty where there is none); all are looked up when a guard asks.
    ``known`` answers of other organisations and cases. ``awaited`` are the kinds of the duties that
    are still to be done.
    """

    row: Row_co
    case: Case_co
    facts: Facts_co
    actor: Actor
    now: datetime
    pack: Pack
    calendar: Calendar
    children: Mapping[tuple[str, str], int]
    makers: Mapping[str, frozenset[int]]
    overdue: frozenset[str]
    vacant: Callable[[int | None, Role], bool] = _nowhere
    is_officer: Callable[[int | None, int], bool] = _none
    place_of: Callable[[int | None], str] = _no_place
    unsealed: int = 0
    owed: frozenset[tuple[str, str, int | None]] = frozenset()
    known: Known = field(default_factory=Nothing)
    awaited: frozenset[str] = frozenset()

    @property
    def today(self) -> date:
        """The legal day of the act."""
        return local_date(self.now)

    def count(self, noun: str, *states: str) -> int:
        """How many rows of a noun are in one of the states."""
        return sum(self.children.get((noun, s), 0) for s in states)

    def acts_again(self, *moves: str) -> bool:
        """Whether the actor, or whom they stand in for, made one of the earlier moves.

        Raises LookupError for a move that the guard did not announce with `apart`.
        """
        people = {self.actor.person_id, self.actor.on_behalf_of} - {None}
        return any(people & self.makers[m] for m in moves)
