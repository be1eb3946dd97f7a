"""A question that cannot be asked is refused where it is written, not where it is first asked."""

import gc
import importlib
import pkgutil
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlmodel.sql.sqltypes import UTCDateTime

import actions
import portal
import storage
from guapai.clock import LOCAL, SimulatedClock
from storage.database.engine import Engine
from storage.database.statement import Prepared, Question
from storage.database.work import unit_of_work
from storage.history.event import TABLE as EVENTS
from storage.letter import TABLE as LETTERS

_ID = LETTERS.c.id
REFUSED = {
    "a list of values": (sa.select(_ID).where(_ID.in_([1, 2])), "list of values"),
    "no values": (sa.select(_ID).where(_ID.in_([])), "list of values"),
    "an expanding parameter": (
        sa.select(_ID).where(_ID.in_(sa.bindparam("ids", expanding=True))),
        "list of values",
    ),
    "a list of pairs": (
        sa.select(_ID).where(sa.tuple_(_ID, LETTERS.c.case_id).in_([(1, 2)])),
        "list of values",
    ),
    "a list inside a subquery": (
        sa.update(LETTERS)
        .where(_ID.in_(sa.select(_ID).where(_ID.in_([1])).scalar_subquery()))
        .values(attempts=0),
        "list of values",
    ),
    "a list in a RETURNING insert": (
        sqlite.insert(LETTERS)
        .values(id=1)
        .on_conflict_do_update(
            index_elements=["id"], set_={"attempts": sa.case((_ID.in_([1]), 1), else_=2)}
        )
        .returning(_ID),
        "list of values",
    ),
    "a value written into the text": (
        sa.select(sa.bindparam("id", 1, literal_execute=True).label("id")),
        "list of values",
    ),
    "a column without a name": (sa.select(_ID + 1), "has none"),
    "two columns of one name": (sa.select(_ID, EVENTS.c.id), "called 'id'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_run_is_refused_where_it_is_written(name: str) -> None:
    statement, said = REFUSED[name]
    with pytest.raises(ValueError, match=said):
        Question(statement)


def _questions() -> list[Question]:
    """Every question of the product, also those that wait in a dictionary or a cache."""
    for package in (storage, actions, portal):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith(("_child", ".env")):
                importlib.import_module(found.name)
    return [q for q in gc.get_objects() if isinstance(q, Question)]


def test_every_question_compiles_for_both_databases() -> None:
    found = _questions()
    assert len(found) > 100
    for question in found:
        for dialect, other in (
            (sqlite.dialect(), postgresql.Insert),
            (PGDialect_psycopg(), sqlite.Insert),
        ):
            if not isinstance(question.statement, other):
                assert "POSTCOMPILE" not in Prepared(question.statement, dialect).sql


def test_instants_are_kept_as_sqlalchemy_keeps_them(engine: Engine) -> None:
    """Our one step writes and reads what the three of SQLAlchemy do, and refuses what they refuse."""
    statement = sa.select(sa.bindparam("at", type_=UTCDateTime()).label("at"))
    prepared = Prepared(statement, engine.dialect)
    kind = UTCDateTime().dialect_impl(engine.dialect)
    write, read = kind.bind_processor(engine.dialect), kind.result_processor(engine.dialect, None)
    assert write is not None and read is not None
    for at in (datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=LOCAL), datetime(2026, 3, 2, tzinfo=UTC)):
        kept = write(at)
        assert prepared.encode["at"](at) == kept
        assert prepared.records([[kept]]) == [{"at": read(kept)}]
    assert prepared.encode["at"](None) is None
    with pytest.raises(ValueError, match="time"):
        prepared.encode["at"](datetime(2026, 3, 2))  # noqa: DTZ001 (that is what is refused)


def test_days_are_kept_as_sqlalchemy_keeps_them(engine: Engine) -> None:
    statement = sa.select(sa.bindparam("day", type_=sa.Date()).label("day"))
    prepared = Prepared(statement, engine.dialect)
    write = sa.Date().dialect_impl(engine.dialect).bind_processor(engine.dialect) or (lambda d: d)
    read = prepared.records
    for day in (date(2026, 3, 2), date(987, 1, 1), None):
        kept = write(day)
        (given,) = _values(prepared.parameters({"day": day}))
        assert given == kept
        assert read([[kept]]) == [{"day": day}]


def test_values_stand_behind_their_marks_and_answers_under_their_names(engine: Engine) -> None:
    """Also where a value is part of the statement, and where a value of the call is not asked for."""
    at = datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=LOCAL)
    with unit_of_work(engine, SimulatedClock(at)) as work:
        question = Question(
            sa.select(
                sa.cast(sa.bindparam("b", type_=sa.Text()), sa.Text()).label("b"),
                sa.cast(sa.literal("fixed", sa.Text()), sa.Text()).label("class"),
                sa.cast(sa.bindparam("a", type_=sa.BigInteger()), sa.BigInteger()).label("a"),
            )
        )
        answer = work.records(question, a=1, b="two", c="not asked for")
        assert answer == [{"b": "two", "class": "fixed", "a": 1}]
        assert list(answer[0]) == ["b", "class", "a"]
        with pytest.raises(KeyError):
            work.records(question, a=1)


def _values(given: Any) -> list[Any]:
    return list(given.values() if isinstance(given, dict) else given)
