"""One piece of work, one transaction, one clock reading; nothing else commits."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy import PoolProxiedConnection
from sqlmodel import SQLModel

from guapai.clock import Clock, utc_now
from guapai.errors import Overtaken
from storage.database.engine import IN_UNIT, Engine, pool_of
from storage.database.statement import Question, insert_of, update_of

Row = TypeVar("Row", bound=SQLModel)
BLOCK = 64
"""How many ids one draw from the sequence gives."""


Heard = Callable[[int], None]
"""Told how many rows an update changed, once the database has said so."""

_Write = tuple[str, Any, str, Heard | None]
_BEGIN: _Write = ("BEGIN READ WRITE", None, "", None)
_BEGIN_STILL: _Write = ("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", None, "", None)


def _tell(write: _Write, count: int) -> None:
    """Tell who wrote how many rows there were. Raises Overtaken when one was meant and is not there."""
    _, _, guarded, heard = write
    if guarded and count != 1:
        raise Overtaken(guarded)
    if heard is not None:
        heard(count)


@lru_cache(maxsize=64)
def _address(engine: Engine) -> str:
    return str(engine.url)


def light(shape: type[Row], rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Rows to read: with the columns of a shape and nothing of the mapper, which costs as much again."""
    return cast(list[Row], [SimpleNamespace(**r) for r in rows])


class Work:
    """A transaction with one clock reading, buffered writes and questions.

    Writes wait in order until the next question or the end, then go to the driver together:
    in one pipeline on PostgreSQL, one after another on SQLite (pitfalls D).
    """

    def __init__(
        self, engine: Engine, pooled: PoolProxiedConnection, clock: Clock, *, write: bool = True
    ) -> None:
        self.dialect = engine.dialect
        self.is_postgresql = self.dialect.name == "postgresql"
        self.database = _address(engine)
        self._engine, self._pooled = engine, pooled
        self._raw = cast(Any, pooled.driver_connection)
        self._begun = write and self.is_postgresql
        self._pending: list[_Write] = [_BEGIN] if self._begun else []
        self._ids: deque[int] = deque()
        self.once_committed: list[Callable[[], None]] = []
        if not self.is_postgresql:
            self._raw.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        self.now = clock()

    @cached_property
    def connection(self) -> sa.Connection:
        """The same connection as SQLAlchemy knows it, for what is asked too seldom to be prepared."""
        return sa.Connection(self._engine, self._pooled).execution_options(**{IN_UNIT: True})

    def insert(self, table: sa.Table, values: Mapping[str, Any]) -> None:
        """Add a row; all columns the caller names."""
        prepared = insert_of(table, tuple(values), self.dialect)
        self._pending.append((prepared.sql, prepared.parameters(values), "", None))

    def update(
        self,
        table: sa.Table,
        where: Mapping[str, Any],
        values: Mapping[str, Any],
        *,
        guarded: str = "",
        heard: Heard | None = None,
    ) -> None:
        """Change the rows that match; ``guarded`` is what to say when there is none (409).

        ``heard`` is told how many there were, at the latest when the transaction ends.
        """
        prepared = update_of(table, tuple(values), tuple(where), self.dialect)
        given = {**values, **{f"w_{k}": v for k, v in where.items()}}
        self._pending.append((prepared.sql, prepared.parameters(given), guarded, heard))

    def write(self, sql: Mapping[str, str], values: Sequence[Any]) -> None:
        """Any other write; ``sql`` says how, by dialect."""
        self._pending.append((sql[self.dialect.name], tuple(values), "", None))

    def stand_still(self) -> None:
        """See one state of the database until a unit ends that reads and has asked nothing yet.

        Without it a unit that reads sees, on PostgreSQL, with every trip what is true at that
        moment. SQLite's transactions stand still by themselves.
        """
        if self.is_postgresql:
            self._begun, self._pending = True, [_BEGIN_STILL]

    def flush(self) -> None:
        """Send the buffered writes. Raises Overtaken when a guarded update found no row."""
        self._converse([])

    def commit(self) -> None:
        """Send what waits and commit, together where nothing is guarded. Raises Overtaken."""
        if not self.is_postgresql:
            self.flush()
            self._raw.execute("COMMIT")
        else:
            if any(guarded for _, _, guarded, _ in self._pending):
                self.flush()
            if self._begun and self._pending != [_BEGIN]:
                self._converse([("COMMIT", None)])
        for tell in self.once_committed:
            tell()

    def _converse(self, statements: Sequence[tuple[str, Any]]) -> list[list[Any]]:
        """Send the buffered writes and then these, together where possible; the rows of these."""
        waiting, self._pending = self._pending, []
        if not self.is_postgresql:
            cursor = self._raw.cursor()
            for write in waiting:
                _tell(write, cursor.execute(write[0], write[1]).rowcount)
            return [cursor.execute(s, v).fetchall() for s, v in statements]
        cursors = self._pipe([(s, v) for s, v, _, _ in waiting] + list(statements))
        for write, cursor in zip(waiting, cursors, strict=False):
            _tell(write, cursor.rowcount)
        asked = cursors[len(waiting) :]
        return [c.fetchall() if c.rownumber is not None else [] for c in asked]

    def _pipe(self, statements: Sequence[tuple[str, Any]]) -> list[Any]:
        run = self._raw.execute
        if len(statements) < 2:
            return [run(s, v) for s, v in statements]
        with self._raw.pipeline():
            return [run(s, v) for s, v in statements]

    def insert_many(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add many rows of one shape, as fast as the driver can (COPY on PostgreSQL)."""
        if not rows:
            return
        self.flush()
        prepared = insert_of(table, tuple(rows[0]), self.dialect)
        if not self.is_postgresql:
            self._raw.executemany(prepared.sql, [prepared.parameters(r) for r in rows])
            return
        columns = tuple(rows[0])
        quote = self.dialect.identifier_preparer.quote
        head = f"COPY {quote(table.name)} ({', '.join(map(quote, columns))}) FROM STDIN"
        encode = [prepared.encode.get(c) for c in columns]
        with self._raw.cursor() as cursor, cursor.copy(head) as copy:
            for row in rows:
                copy.write_row(
                    [f(row[c]) if f else row[c] for c, f in zip(columns, encode, strict=True)]
                )

    def ask(self, question: Question, shape: type[Row], **parameters: Any) -> list[Row]:
        """The rows a question answers, as records of a table's shape."""
        build: Callable[..., Any] = shape.model_construct
        return [build(**r) for r in self.records(question, **parameters)]

    def look(self, question: Question, shape: type[Row], **parameters: Any) -> list[Row]:
        """The same to read only: with the columns of a shape and nothing else of it, at half the cost."""
        return light(shape, self.records(question, **parameters))

    def records(self, question: Question, **parameters: Any) -> list[dict[str, Any]]:
        """The rows a question answers, as mappings."""
        (answer,) = self.ask_all([(question, parameters)])
        return answer

    def ask_all(
        self, questions: Sequence[tuple[Question, Mapping[str, Any]]]
    ) -> list[list[dict[str, Any]]]:
        """Several questions in order, sent together where the database can."""
        prepared = [q.prepared(self.dialect) for q, _ in questions]
        given = [p.parameters(v) for p, (_, v) in zip(prepared, questions, strict=True)]
        answers = self._converse([(p.sql, v) for p, v in zip(prepared, given, strict=True)])
        return [p.records(rows) for p, rows in zip(prepared, answers, strict=True)]

    def run_many(
        self,
        sql: Mapping[str, str],
        column: sa.Column[Any],
        steps: Sequence[tuple[int, Any]],
    ) -> None:
        """Give many rows a new value of one column; ``sql`` says how, by dialect."""
        if not steps:
            return
        self.flush()
        encode = column.type.dialect_impl(self.dialect).bind_processor(self.dialect)
        values = [encode(v) if encode else v for _, v in steps]
        ids = [i for i, _ in steps]
        if self.is_postgresql:
            self._raw.execute(sql["postgresql"], (ids, values))
        else:
            self._raw.executemany(sql["sqlite"], list(zip(values, ids, strict=True)))

    def execute(self, statement: Any, parameters: Any = None) -> sa.CursorResult[Any]:
        """Run any other SQLAlchemy statement of storage in this transaction."""
        self.flush()
        return self.connection.execute(statement, parameters)

    def take_ids(self, count: int = 1) -> list[int]:
        """Fresh ids, larger than every id taken before under the same lock.

        They are drawn in blocks while the caller holds the lock of its case, so that the ids of
        the events of one case grow in the order in which they happened.
        """
        missing = count - len(self._ids)
        if missing > 0:
            for first in self._draw(-(-missing // BLOCK)):
                self._ids.extend(range(first, first + BLOCK))
        return [self._ids.popleft() for _ in range(count)]

    def take_id(self) -> int:
        """One fresh id."""
        return self.take_ids()[0]

    def give_ids(self, first: int) -> None:
        """Take over a block that a question has drawn; what was left of another is not used any more."""
        self._ids = deque(range(first, first + BLOCK))

    def _draw(self, blocks: int) -> list[int]:
        """Blocks from the sequence: the first id of each."""
        self.flush()
        if self.is_postgresql:
            rows = self._raw.execute(
                "SELECT nextval('guapai_ids') FROM generate_series(1, %s)", (blocks,)
            ).fetchall()
            return [r[0] for r in rows]
        (end,) = self._raw.execute(
            "UPDATE sequences SET next = next + ? WHERE name = 'ids' RETURNING next",
            (blocks * BLOCK,),
        ).fetchone()
        return list(range(end - blocks * BLOCK, end, BLOCK))


@contextmanager
def discreet() -> Iterator[None]:
    """What goes wrong in the block says what, and not with which values.

    PostgreSQL adds the whole failing row to its message; logs are read by people who may not see
    the case.
    """
    try:
        yield
    except Exception as error:
        found: BaseException | None = error
        while found is not None:
            told = getattr(getattr(found, "diag", None), "message_primary", None)
            if told:
                found.args = (told,)
            found = found.__cause__ or found.__context__
        raise


@contextmanager
def unit_of_work(engine: Engine, clock: Clock = utc_now, *, write: bool = True) -> Iterator[Work]:
    """Commit when the block ends well; roll back when it does not. Nothing else commits.

    A unit that only reads cannot write: the database itself refuses it. On PostgreSQL it has no
    transaction around it, because every connection may only read unless one begins otherwise.

    BEGIN READ WRITE travels with the first statements there and COMMIT with the last ones. On SQLite
    connections that read and those that write are not the same ones, and
    a writing unit takes the write lock at its start (BEGIN IMMEDIATE: a transaction that reads
    first and writes later cannot wait for the lock, pitfalls A5).
    """
    pool = pool_of(engine, write=write)
    with (
        closing(pool.raw_connection()) as pooled,
        discreet(),
    ):  # what is not committed is rolled back here
        work = Work(pool, pooled, clock, write=write)
        yield work
        work.commit()
