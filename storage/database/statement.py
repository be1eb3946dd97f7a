"""Statements compiled once per dialect and run on the raw driver: the hot path's way to the database.

SQLAlchemy says what is asked; its compiler runs once. After that a statement costs what the
driver costs (pitfalls D: the ORM's flush takes two thirds of an act).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
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
    """What makes of a value what the driver wants; instants go in one step on SQLite, not in three."""
    if isinstance(kind, UTCDateTime) and dialect.name == "sqlite":
        return _written
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
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text is not None else None


def _picking(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """What puts values in the order of the marks of a statement."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda given: [given[name] for name in names]


class Prepared:
    """One statement, as one dialect wants it, with the converters of its parameters and columns."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self.encode: dict[str, Convert] = {}
        self._fixed: dict[str, Any] = {}
        for bind, name in compiled.bind_names.items():
            f = _encoder(bind.type, dialect)
            if not bind.required:
                self._fixed[name] = f(bind.value) if f else bind.value
            elif f is not None:
                self.encode[name] = f
        self._order = _picking(compiled.positiontup) if compiled.positiontup is not None else None
        columns = _columns(statement)
        self.names = [c.name for c in columns]
        self._decode = [
            (c.name, f) for c in columns if (f := _decoder(c.type, dialect)) is not None
        ]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver wants them."""
        given = {**self._fixed, **values}
        for name, f in self.encode.items():
            given[name] = f(given[name])
        return given if self._order is None else self._order(given)

    def records(self, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """A driver's rows as mappings by column name."""
        names = self.names
        out = [dict(zip(names, row, strict=True)) for row in rows]
        for name, f in self._decode:
            for record in out:
                record[name] = f(record[name])
        return out


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
    if key not in _INSERTS:
        statement = table.insert().values({c: sa.bindparam(c) for c in columns}).inline()
        _INSERTS[key] = Prepared(statement, dialect)
    return _INSERTS[key]


def update_of(
    table: sa.Table, columns: tuple[str, ...], where: tuple[str, ...], dialect: Dialect
) -> Prepared:
    """UPDATE of those columns where the named columns have the values ``w_<column>``."""
    key = (dialect.name, table.name, columns, where)
    if key not in _UPDATES:
        statement = table.update().values({c: sa.bindparam(c) for c in columns})
        for c in where:
            statement = statement.where(table.c[c] == sa.bindparam(f"w_{c}"))
        _UPDATES[key] = Prepared(statement, dialect)
    return _UPDATES[key]
