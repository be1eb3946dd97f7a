"""The tables of the nouns: one line each. Who reads or proves rows of any noun asks here."""

from collections.abc import Mapping
from functools import cache
from types import ModuleType

import sqlalchemy as sa

from guapai.personal import personal_fields
from statemachines.nouns import NOUNS
from storage import deferral, hazard, incident, letter, listing
from storage.case import TABLE as CASES
from storage.database.statement import Question

MODULES: Mapping[str, ModuleType] = {
    "hazard": hazard,
    "listing": listing,
    "deferral": deferral,
    "letter": letter,
    "incident": incident,
}

if MODULES.keys() != NOUNS.keys():
    odd = ", ".join(sorted(MODULES.keys() ^ NOUNS.keys()))
    raise ValueError(f"storage/nouns.py and statemachines/nouns.py differ in: {odd}")

TABLES: Mapping[str, sa.Table] = {noun: module.TABLE for noun, module in MODULES.items()}
"""The table of each noun."""

FOLDED: Mapping[str, str] = {n.name: TABLES[n.name].name for n in NOUNS.values() if n.folded}
"""The nouns whose rows are told from history alone, and the names of their tables."""


def tables_of(noun: str) -> tuple[sa.Table, ...]:
    """The tables over which one row of a noun is spread: a root has a row in `cases` too."""
    return (CASES, TABLES[noun]) if NOUNS[noun].root else (TABLES[noun],)


@cache
def columns_of(noun: str) -> frozenset[str]:
    """The columns of one row of a noun, over all its tables."""
    return frozenset(c.name for t in tables_of(noun) for c in t.columns)


def within(noun: str, case_id: sa.BindParameter[int]) -> sa.ColumnElement[bool]:
    """The condition that a row of a noun that is no root belongs to a case.

    One that may be in no case (a digest) belongs to those that mend it.
    """
    table = TABLES[noun]
    if not table.c.case_id.nullable:
        return table.c.case_id == case_id
    mending = (MODULES[n.name].about(table.c.id, case_id) for n in NOUNS.values() if n.mends)
    theirs = sa.and_(table.c.case_id.is_(None), sa.or_(sa.false(), *mending))
    return sa.or_(table.c.case_id == case_id, theirs)


CHILDREN: Mapping[str, Question] = {
    n.name: Question(
        sa.select(TABLES[n.name])
        .where(TABLES[n.name].c.case_id == sa.bindparam("case_id"))
        .order_by(TABLES[n.name].c.id)
    )
    for n in NOUNS.values()
    if n.folded and not n.root
}
"""The question for the rows of each noun in one case, asked with ``case_id``; oldest first."""

PERSONAL: Mapping[str, frozenset[str]] = {
    table.name: frozenset(
        name
        for noun in NOUNS.values()
        for move in noun.procedure.moves
        for name in personal_fields(move.facts)
        if name in table.columns and table in tables_of(noun.name)
    )
    for table in (CASES, *TABLES.values())
}
"""The columns of each table that hold personal values: facts of any move that are personal."""
