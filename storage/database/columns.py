"""Column types and field shapes the tables share."""

from collections.abc import KeysView
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


FROZEN = {"info": {"rows": "frozen"}}
"""Ends the arguments of a table whose rows are never changed or deleted."""
ERASABLE = {"info": {"rows": "erasable"}}
"""The same of a table whose rows never change, and may go: erased values, entries of the security
log that have served their time, files that nothing names (a foreign key holds those of a case)."""
PASSING = {"info": {"rows": "passing"}}
"""The same of a table whose rows only matter for a while, and may go."""
FOLDED = {"info": {"folded": "case_id"}}
"""Ends the arguments of a table whose rows can be told from history; their case is in that column."""
FROZEN_FOLDED = {"info": {**FROZEN["info"], **FOLDED["info"]}}
"""Both."""


def changing(*columns: str, folded: bool = False) -> dict[str, Any]:
    """Ends the arguments of a table whose rows never go, and of which only those columns change.

    Triggers name the others (storage/schema/triggers.py). ``folded``: its rows are told from history.
    """
    return {"info": {"changing": columns, **(FOLDED["info"] if folded else {})}}


PROJECTED = {"projected": True}
"""Marks a column that repeats what stands elsewhere: history does not keep it (`info`)."""


def words(enum: type[StrEnum], check: str = "") -> sa.Enum:
    """A column that stores the word itself, as text, with a CHECK the database enforces.

    ``check`` names the CHECK where a table has two columns of one enum.
    """
    return sa.Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=check or enum.__name__.lower(),
        values_callable=lambda members: [m.value for m in members],
    )


def identity() -> Any:
    """The primary key; its value comes from `Work.take_ids`, never from the database."""
    return Field(sa_type=sa.BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})


def root_identity() -> Any:
    """The primary key of the root of a case: the id of its case."""
    return Field(
        sa_type=sa.BigInteger,
        primary_key=True,
        foreign_key="cases.id",
        sa_column_kwargs={"autoincrement": False},
    )


def reference(target: str, *, index: bool = False) -> Any:
    """A required reference to a row of another table, by ``table.id``."""
    return Field(foreign_key=target, sa_type=sa.BigInteger, index=index)


def maybe_reference(target: str, *, index: bool = False) -> Any:
    """A reference to a row of another table that may be missing."""
    return Field(default=None, foreign_key=target, sa_type=sa.BigInteger, index=index)


def whole() -> Any:
    """A whole number of 64 bits that may be missing."""
    return Field(default=None, sa_type=sa.BigInteger)


def long_text() -> Any:
    """Text without a limit of its own; the edge limits it."""
    return Field(default="", sa_type=sa.Text)


def word(member: StrEnum) -> Any:
    """A word as it stands in SQL, so that partial indexes and prepared statements know it."""
    return sa.literal_column(f"'{member.value}'")


@cache
def names_of(table: sa.Table) -> KeysView[str]:
    """The columns of a table, in their order."""
    return dict.fromkeys(c.name for c in table.columns).keys()


def defaults(table: sa.Table) -> dict[str, Any]:
    """Every column of a table with its default, or None."""
    return {
        c.name: c.default.arg if isinstance(c.default, sa.ColumnDefault) else None
        for c in table.columns
    }
