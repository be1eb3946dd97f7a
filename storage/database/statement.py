"""Statements compiled once per dialect and run on the raw driver: the hot path's way to the database.

SQLAlchemy says what is asked; its compiler runs once. After that a statement costs what the
driver costs (pitfalls D: the ORM's flush takes two thirds of an act).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import visitors
from sqlmodel.sql.sqltypes import UTCDateTime

Convert = Callable[[Any], Any]


_HOW = "; see docs/contributing/question.md"


def _columns(statement: Any) -> list[Any]:
    """What a statement answers: the columns of a SELECT, or those of a RETURNING."""
    found = getattr(statement, "selected_columns", None)
    return list(getattr(statement, "exported_columns", ()) if found is None else found)


def _refuse_what_cannot_run(statement: Any) -> None:
    """Raise ValueError for a statement that the driver could not run, or whose answer would lie."""
    for part in visitors.iterate(statement):
        if isinstance(part, sa.BindParameter) and (part.expanding or part.literal_execute):
            raise ValueError(
                "a Question is compiled once, so a list of values cannot be bound: for words write "
                "in_([word(A.b), …]), for a fixed number of values in_([bindparam('one'), …]), "
                f"for any number join or ask a subquery{_HOW}"
            )
    names = [getattr(c, "name", None) for c in _columns(statement)]
    for name in names:
        if not (isinstance(name, str) and name.isidentifier()):
            raise ValueError(
                f"a Question answers by name, and a column has none: .label('…'){_HOW}"
            )
        if names.count(name) > 1:
            raise ValueError(
                f"two columns of a Question are called {name!r}: .label('…') one{_HOW}"
            )


def _encoder(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """What makes of a value what the driver wants; instants and days go in one step on SQLite."""
    if dialect.name == "sqlite":
        if isinstance(kind, UTCDateTime):
            return _written
        if isinstance(kind, sa.Date):
            return _written_day
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _decoder(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """What makes a value of what the driver gives; words and instants in one step, not in three."""
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        words: dict[str | None, Any] = {m.value: m for m in kind.enum_class}
        return {**words, None: None}.__getitem__
    if isinstance(kind, UTCDateTime) and dialect.name == "sqlite":
        return _read
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _written(at: datetime | None) -> str | None:
    """An instant as SQLite keeps it: text in UTC, of one length, so that it sorts."""
    if at is None:
        return None
    if at.utcoffset() is None:
        raise ValueError("an instant without a time zone cannot be kept")
    return _text_of(at.astimezone(UTC))


@lru_cache(maxsize=1024)  # one act writes the same instant a dozen times
def _text_of(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text + "+00:00") if text is not None else None


def _written_day(day: date | None) -> str | None:
    return date.isoformat(day) if day is not None else None  # of an instant too: its day


def _written_out(function: str, known: dict[str, Any]) -> Any:
    """A function from its text, as dataclasses write theirs: a loop over columns takes three times as long.

    Nothing in the text comes from outside: it holds names of columns and parameters as Python
    writes them, and ``known`` what they stand for.
    """
    return eval(function, known)


class Prepared:
    """One statement, as one dialect wants it, with the converters of its parameters and columns.

    ``parameters`` makes of values by name what the driver wants; ``records`` makes of the driver's
    rows mappings by column name. Both are written out once.
    """

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self.encode: dict[str, Convert] = {}
        fixed: dict[str, Any] = {}
        for bind, name in compiled.bind_names.items():
            f = _encoder(bind.type, dialect)
            if not bind.required:
                fixed[name] = f(bind.value) if f else bind.value
            elif f is not None:
                self.encode[name] = f
        self.parameters: Callable[[Mapping[str, Any]], Any] = self._filling(
            compiled.positiontup, compiled.bind_names.values(), fixed
        )
        self.records: Callable[[Sequence[Sequence[Any]]], list[dict[str, Any]]] = _reading(
            [(c.name, _decoder(c.type, dialect)) for c in _columns(statement)]
        )

    def _filling(
        self, order: Sequence[str] | None, names: Iterable[str], fixed: Mapping[str, Any]
    ) -> Any:
        """What puts values behind the marks of a statement, by their order or by their names."""
        known: dict[str, Any] = {"fixed": fixed, "encode": self.encode}

        def value(name: str) -> str:
            if name in fixed:
                return f"fixed[{name!r}]"
            return (
                f"encode[{name!r}](given[{name!r}])" if name in self.encode else f"given[{name!r}]"
            )

        if order is not None:
            return _written_out(f"lambda given: ({''.join(f'{value(n)}, ' for n in order)})", known)
        parts = ", ".join(f"{n!r}: {value(n)}" for n in names)
        return _written_out(f"lambda given: {{{parts}}}", known)


def _reading(columns: Sequence[tuple[str, Convert | None]]) -> Any:
    """What makes of rows mappings by name, each value decoded."""
    decode = [f for _, f in columns]
    parts = ", ".join(
        f"{name!r}: decode[{i}](row[{i}])" if f else f"{name!r}: row[{i}]"
        for i, (name, f) in enumerate(columns)
    )
    return _written_out(f"lambda rows: [{{{parts}}} for row in rows]", {"decode": decode})


class Question:
    """A SELECT with named parameters; asked through `Work.ask` and `Work.ask_all`.

    Raises ValueError where it is made for what would fail, or answer wrongly, where it is asked.
    """

    def __init__(self, statement: Any) -> None:
        _refuse_what_cannot_run(statement)
        self.statement = statement
        self._prepared: dict[str, Prepared] = {}

    def prepared(self, dialect: Dialect) -> Prepared:
        """The statement as this dialect wants it; compiled on first use."""
        found = self._prepared.get(dialect.name)
        if found is None:
            found = self._prepared[dialect.name] = Prepared(self.statement, dialect)
        return found


_INSERTS: dict[tuple[str, str, tuple[str, ...]], Prepared] = {}
_UPDATES: dict[tuple[str, str, tuple[str, ...], tuple[str, ...]], Prepared] = {}


def insert_of(table: sa.Table, columns: tuple[str, ...], dialect: Dialect) -> Prepared:
    """INSERT of those columns into a table."""
    key = (dialect.name, table.name, columns)
    found = _INSERTS.get(key)
    if found is None:
        statement = table.insert().values({c: sa.bindparam(c) for c in columns}).inline()
        found = _INSERTS[key] = Prepared(statement, dialect)
    return found


def update_of(
    table: sa.Table, columns: tuple[str, ...], where: tuple[str, ...], dialect: Dialect
) -> Prepared:
    """UPDATE of those columns where the named columns have the values ``w_<column>``."""
    key = (dialect.name, table.name, columns, where)
    found = _UPDATES.get(key)
    if found is None:
        statement = table.update().values({c: sa.bindparam(c) for c in columns})
        for c in where:
            statement = statement.where(table.c[c] == sa.bindparam(f"w_{c}"))
        found = _UPDATES[key] = Prepared(statement, dialect)
    return found
