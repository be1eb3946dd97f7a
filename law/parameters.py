"""The numbers of a rule pack, each with where it comes from (domain.md §10.5)."""

from collections.abc import Callable
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from guapai.errors import BadInput
from law.deadlines import Offset, Term

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
    """A value with its basis (a key of `law.provisions`) and whether a rule or we set it."""

    value: T
    basis: str = Field(min_length=1)
    kind: Literal["rule", "own"]


Count = Number[Annotated[int, Field(ge=1, le=10**9)]]
Length = Number[TermField]
Switch = Number[bool]


class Matrix(Entry):
    """From how many possible deaths on a level must list."""

    city_deaths: Count
    province_deaths: Count


class ListingRules(Entry):
    """Listing: levels and how fast it is filed and published."""

    levels: Number[tuple[Literal["county", "city", "province", "state"], ...]]
    matrix: Matrix
    file_up: Length
    publish: Length


class PlanRules(Entry):
    """The treatment plan."""

    due_default: Length
    due_max: Length
    needs_approval_before_work: Switch


class ProgressRules(Entry):
    """Progress reports: the day of the month they are due."""

    day: Number[Annotated[int, Field(ge=1, le=31)]]


class TermRules(Entry):
    """The longest terms."""

    max: Length
    temp_stop_max: Length


class DeferralRules(Entry):
    """The window, the number and the deciders of deferrals."""

    window: Length
    reading: Number[Literal["within", "not_later_than"]]
    ground: Number[Literal["force_majeure", "any"]]
    max_times: Count
    silence_is_consent: Switch


class AcceptanceRules(Entry):
    """Acceptance and re-inspection."""

    within: Length
    group_min: Count
    officers_min: Count


class ClosureRules(Entry):
    """Closing, publishing it and looking back."""

    after_pass: Length
    publish: Length
    lookback: Number[tuple[TermField, ...]]
    dual_receipts: Switch


class InterviewRules(Entry):
    """Cautionary interviews."""

    notice: Length
    hold_within: Length
    minutes: Length
    report: Length
    substitute_allowed: Switch


class DualReportRules(Entry):
    """The dual report."""

    department_first: Length
    department_full: Length
    congress: Length
    congress_bodies: Number[tuple[str, ...]]


class CoercionRules(Entry):
    """Coercive measures."""

    power_cut_notice: Length
    power_cut_signer: Number[Literal["department_head"]]
    seizure: Length
    seizure_extension: Length


class CounterRules(Entry):
    """Counters that lead to a proposal."""

    closure_180d: Count
    closure_1y: Count
    failed_rectifications: Count


class TipoffRules(Entry):
    """Tip-offs; the reward rate is in hundredths of a percent, amounts in fen."""

    handle: Length
    extend: Length
    reward_rate: Count
    reward_min_fen: Count
    reward_max_fen: Count


class StatisticsRules(Entry):
    """Periodic statistics."""

    quarter_day: Count
    annual: Number[Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")]]


class ArchiveRules(Entry):
    """The archive."""

    after_close: Length
    latest: Number[Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")]]
    retention_major: Length
    retention_general: Length


class CalendarRules(Entry):
    """How days are counted; the arithmetic knows only these readings."""

    start_day_counts: Number[Literal[False]]
    roll: Number[Literal["next_workday"]]


class Parameters(Entry):
    """Every number the procedures ask for."""

    listing: ListingRules
    plan: PlanRules
    progress: ProgressRules
    term: TermRules
    deferral: DeferralRules
    acceptance: AcceptanceRules
    closure: ClosureRules
    interview: InterviewRules
    dual_report: DualReportRules
    coercion: CoercionRules
    counters: CounterRules
    tipoff: TipoffRules
    statistics: StatisticsRules
    archive: ArchiveRules
    calendar: CalendarRules
