"""The numbers of a rule pack, each with where it comes from (domain.md §10.5)."""

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from guapai.errors import BadInput
from law.deadlines import Offset, Term
from law.provisions import Origin

T = TypeVar("T")


class Entry(BaseModel):
    """The base of everything in a pack: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def _term(value: object) -> object:
    return _read(Term.parse, value)


def _offset(value: object) -> object:
    return _read(Offset.parse, value)


def _read(parse: Callable[[str], object], value: object) -> object:
    """A value as its text says; pydantic wants a ValueError to say which key is wrong."""
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except BadInput as error:
        raise ValueError(str(error)) from None


TermField = Annotated[Term, BeforeValidator(_term), PlainSerializer(str)]
OffsetField = Annotated[Offset, BeforeValidator(_offset), PlainSerializer(str)]


class Number(Entry, Generic[T]):
    """A value with its basis (a key of `law.provisions`) and who sets it."""

    value: T
    basis: str = Field(min_length=1)
    kind: Origin


Count = Number[Annotated[int, Field(ge=1, le=10**9)]]
Length = Number[TermField]


class Matrix(Entry):
    """From how many possible deaths on a level must list."""

    city_deaths: Count
    province_deaths: Count


class ListingRules(Entry):
    """Listing: which level lists."""

    matrix: Matrix


class PlanRules(Entry):
    """The treatment plan."""

    due_max: Length


class DeliveryRules(Entry):
    """Service of a notice: how many hand it over, and how long a public notice runs."""

    servers_min: Count
    public_notice: Length


class ProgressRules(Entry):
    """Progress reports: the day of the month they are due."""

    day: Number[Annotated[int, Field(ge=1, le=31)]]


class TermRules(Entry):
    """The longest term, and the longest that production usually stands still."""

    max: Length
    temporary_stop: Length


class DeferralRules(Entry):
    """The window and the number of deferrals."""

    window: Length
    max_times: Count


class AcceptanceRules(Entry):
    """How many people accept and re-inspect."""

    group_min: Count
    officers_min: Count
    experts_min: Count


class ClosureRules(Entry):
    """Looking back after closing."""

    lookback: Number[tuple[TermField, ...]]


class CounterRules(Entry):
    """After how many failed rectifications a penalty is considered."""

    failed_rectifications: Count


class RemedyRules(Entry):
    """Within what time a decision can be contested."""

    reconsideration: Length
    suit: Length


class Parameters(Entry):
    """Every number the procedures ask for, beside the terms of duties; a test finds any other."""

    listing: ListingRules
    plan: PlanRules
    delivery: DeliveryRules
    progress: ProgressRules
    term: TermRules
    deferral: DeferralRules
    acceptance: AcceptanceRules
    closure: ClosureRules
    counters: CounterRules
    remedies: RemedyRules
