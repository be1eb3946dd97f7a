"""What guards and headings say they read is there: columns of row and case, facts of the move."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Protocol, get_args, get_origin, get_type_hints

import pytest
import sqlalchemy as sa
from pydantic import AwareDatetime, BaseModel

from statemachines.deferral.row import DeferralRow, Endorse, Grant
from statemachines.facts import Level
from statemachines.hazard.row import HazardRow
from statemachines.incident import IncidentRow
from statemachines.listing import ListingRow
from statemachines.noun import ANY, Noun
from statemachines.nouns import NOUNS
from statemachines.procedure import Move
from statemachines.situation import Situation
from storage.nouns import tables_of
from tests.statemachines import situations

Members = dict[str, frozenset[Any]]
"""Names, each with the types that its value may have; NoneType among them: it may be missing."""

NOTHING = type(None)
AT_RUN_TIME = {AwareDatetime: datetime}
"""A type of pydantic that is another class while it runs than the checker is told."""


def kinds(hint: Any) -> frozenset[Any]:
    arms = get_args(hint) if NOTHING in get_args(hint) else (hint,)
    return frozenset(AT_RUN_TIME.get(a, a) for a in arms)


def members(shape: type) -> Members:
    """What a Protocol, or a class of rows or facts, says that a thing of it has."""
    values = get_type_hints(shape)
    asked = inspect.getmembers(shape, lambda m: isinstance(m, property))
    values |= {n: get_type_hints(p.fget)["return"] for n, p in asked if n not in values}
    return {n: kinds(h) for n, h in values.items() if not n.startswith("_")}


def kind_of(column: sa.Column[Any]) -> frozenset[Any]:
    plain = column.type
    if isinstance(plain, sa.types.TypeDecorator):
        plain = plain.impl_instance
    return frozenset({plain.python_type} | ({NOTHING} if column.nullable else set()))


def columns(noun: str) -> Members:
    """The columns of a row of the noun; what `cases` repeats is as the noun's own table has it."""
    return {c.name: kind_of(c) for table in tables_of(noun) for c in table.columns}


def roots(noun: Noun) -> list[str]:
    """The nouns that may be the root of the case of a row."""
    if noun.root:
        return [noun.name]
    return [
        n.name for n in NOUNS.values() if n.root and (n.name in noun.under or ANY in noun.under)
    ]


def parameter(function: Callable[..., Any]) -> Any:
    hints = get_type_hints(function)
    return next((h for name, h in hints.items() if name != "return"), None)


def shapes(guard: Callable[..., Any]) -> tuple[Any, ...]:
    """What a guard reads of row, case and facts; nothing when it does not say all three."""
    hint = parameter(guard)
    said = get_args(hint) if get_origin(hint) is Situation else ()
    return () if Any in said else said


def not_columns(shape: Any, noun: str) -> Iterator[str]:
    """How a shape differs from the columns that it says it reads."""
    if shape is object:
        return
    if Protocol not in getattr(shape, "__bases__", ()):
        yield f"{shape} is no Protocol"
        return
    there = columns(noun)
    for name, types in members(shape).items():
        if name not in there:
            yield f"{shape.__name__}.{name} is no column of {noun}"
        elif types != there[name]:
            yield f"{shape.__name__}.{name}: {set(types)}, the column holds {set(there[name])}"


def within(given: frozenset[Any], wanted: frozenset[Any]) -> bool:
    def one(kind: Any) -> bool:
        classes = [w for w in wanted if isinstance(w, type) and not get_args(w)]
        plain = isinstance(kind, type) and not get_args(kind)
        return kind in wanted or (plain and issubclass(kind, tuple(classes)))

    return all(one(kind) for kind in given)


def not_facts(shape: Any, facts: type[BaseModel]) -> Iterator[str]:
    """What a shape says it reads, and the facts of the move do not have."""
    if shape is object:
        return
    if issubclass(shape, BaseModel):
        if not issubclass(facts, shape):
            yield f"{facts.__name__} is no {shape.__name__}"
        return
    there = members(facts)
    for name, types in members(shape).items():
        if name not in there:
            yield f"{shape.__name__}.{name} is no fact of {facts.__name__}"
        elif not within(there[name], types):
            yield f"{shape.__name__}.{name}: {set(types)}, the fact is {set(there[name])}"


def wrong(noun: Noun, move: Move, guard: Callable[..., Any]) -> list[str]:
    """All that a guard of a move says it reads, and is not there."""
    said = shapes(guard)
    if not said:
        return ["does not say what it reads"]
    row, case, facts = said
    return [
        *not_columns(row, noun.name),
        *(found for root in roots(noun) for found in not_columns(case, root)),
        *not_facts(facts, move.facts),
    ]


GUARDS = [
    (n, m, g)
    for n in NOUNS.values()
    for m in n.procedure.moves
    for g in (*m.guards, *(so for _, so in m.opens_if))
]
"""Every guard of a move, and every condition on which it opens a duty."""
HEADED = [n for n in NOUNS.values() if n.heading]


def test_every_guard_reads_what_is_there() -> None:
    assert GUARDS
    said = [
        f"{noun.name}.{move.name}, {guard.__name__}: {found}"
        for noun, move, guard in GUARDS
        for found in wrong(noun, move, guard)
    ]
    assert not said, "\n".join(said)


def test_every_heading_reads_what_is_there() -> None:
    assert HEADED
    said = [
        f"{noun.name}, heading: {found}"
        for noun in HEADED
        if noun.heading
        for found in not_columns(parameter(noun.heading), noun.name)
    ]
    assert not said, "\n".join(said)


class Misspelt(Protocol):
    asked_dedline: date


class Mistyped(Protocol):
    ordinal: str


class NeverMissing(Protocol):
    deadline: date


class OfTheCase(Protocol):
    upper_id: int | None


class OtherWords(Protocol):
    state: str


class Levelled(Protocol):
    @property
    def level(self) -> Level: ...


class Timed(Protocol):
    @property
    def deadline(self) -> datetime: ...


def bare(s) -> str | None:  # type: ignore[no-untyped-def]
    """Says nothing."""


def of_anything(s: Situation[Any, HazardRow, Grant]) -> str | None:
    """Says that its row may be anything."""


def misspelt(s: Situation[Misspelt, object, object]) -> str | None:
    """Reads a column that is not there."""


def mistyped(s: Situation[Mistyped, object, object]) -> str | None:
    """Takes a number for a text."""


def never_missing(s: Situation[object, NeverMissing, object]) -> str | None:
    """Takes a date that may be missing for one that is always there."""


def always_missing(s: Situation[OfTheCase, object, object]) -> str | None:
    """Reads of the row what only the case has."""


def other_words(s: Situation[object, OtherWords, object]) -> str | None:
    """Takes the state of a hazard for any text."""


def of_another_move(s: Situation[object, object, Endorse]) -> str | None:
    """Reads the facts of another move."""


def a_model(s: Situation[situations.Deferral, object, object]) -> str | None:
    """Names a class where a Protocol should be."""


def other_facts(s: Situation[object, object, Levelled]) -> str | None:
    """Reads a fact that the move does not ask for."""


def other_type(s: Situation[object, object, Timed]) -> str | None:
    """Takes a day for an instant."""


@pytest.mark.parametrize(
    ("guard", "said"),
    [
        (bare, "does not say what it reads"),
        (of_anything, "does not say what it reads"),
        (misspelt, "Misspelt.asked_dedline is no column of deferral"),
        (mistyped, "Mistyped.ordinal: "),
        (never_missing, "NeverMissing.deadline: "),
        (always_missing, "OfTheCase.upper_id is no column of deferral"),
        (other_words, "OtherWords.state: "),
        (a_model, "is no Protocol"),
        (of_another_move, "Grant is no Endorse"),
        (other_facts, "Levelled.level is no fact of Grant"),
        (other_type, "Timed.deadline: "),
    ],
)
def test_what_is_not_there_is_found(guard: Callable[..., Any], said: str) -> None:
    noun = NOUNS["deferral"]
    grant = next(m for m in noun.procedure.moves if m.name == "grant")
    (found,) = wrong(noun, grant, guard)
    assert said in found


def typed_for() -> Iterator[tuple[type, Callable[..., Any]]]:
    """Every Protocol with each function that is typed for it, or for one that goes on from it."""
    typed = [(shape, guard) for _, _, guard in GUARDS for shape in shapes(guard)]
    typed += [(parameter(n.heading), n.heading) for n in HEADED if n.heading]
    for shape, function in typed:
        yield from ((base, function) for base in shape.__mro__ if Protocol in base.__bases__)


def own(shape: type) -> set[str]:
    """What a Protocol names itself, and does not have from another."""
    said = vars(shape)
    return {*inspect.get_annotations(shape), *(n for n in said if isinstance(said[n], property))}


def read_by(function: Callable[..., Any]) -> set[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_a_protocol_names_nothing_that_nobody_reads() -> None:
    read: dict[type, set[str]] = {}
    for shape, function in typed_for():
        read.setdefault(shape, set()).update(read_by(function))
    idle = sorted(f"{s.__name__}.{n}" for s, names in read.items() for n in own(s) - names)
    assert not idle, idle


TRIED: dict[type, type] = {
    HazardRow: situations.Hazard,
    DeferralRow: situations.Deferral,
    ListingRow: situations.Listing,
    IncidentRow: situations.Incident,
}
"""The rows that test_guards tries guards with, by what guards say they read."""


@pytest.mark.parametrize("shape", TRIED)
def test_a_row_that_guards_are_tried_with_has_what_they_read_and_no_more(shape: type) -> None:
    assert members(TRIED[shape]) == members(shape)


def test_there_is_a_row_to_try_for_whatever_guards_read() -> None:
    asked = {shape for _, _, g in GUARDS for shape in shapes(g)[:2] if shape is not object}
    bases = {base for shape in asked for base in shape.__mro__[1:]}
    assert asked - bases == TRIED.keys()
