"""The rows of a case as its history tells them, and as the database holds them; both in plain values.

Folding is assignment: it runs no procedure, pack or calendar. A column that no event names has its
declared default, so that history outlives a schema; a column that is gone is left out.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from guapai.personal import ERASED
from statemachines.nouns import NOUNS
from storage import nouns
from storage.database.columns import defaults
from storage.database.statement import Question
from storage.database.work import Work
from storage.history.event import SECRETS_OF, Event, of_case, plain
from storage.schema.tables import METADATA

Folded = dict[tuple[str, int], dict[str, Any]]
"""Rows by table and id."""


@cache
def keys() -> Mapping[str, str]:
    """Every table whose rows are told from history, and its column that names the case."""
    marked = {t.name: t.info["folded"] for t in METADATA.tables.values() if "folded" in t.info}
    ours = {n: NOUNS[n].root for n in nouns.FOLDED}
    return marked | {nouns.FOLDED[n]: "id" if root else "case_id" for n, root in ours.items()}


@cache
def kept(table: str) -> frozenset[str]:
    """The columns of a table that history keeps; the others repeat what stands elsewhere."""
    return frozenset(c.name for c in METADATA.tables[table].columns if not c.info.get("projected"))


@cache
def _untold(table: str) -> Mapping[str, Any]:
    """What a column holds that no event names."""
    told = kept(table)
    return {n: plain(v) for n, v in defaults(METADATA.tables[table]).items() if n in told}


def hidden_in(event_id: int, table: str, row_id: int, column: str) -> tuple[int, str]:
    """Where the secret of a personal column of a row is kept: the event, and the secret's name."""
    return event_id, f"{table}/{row_id}/{column}"


def fold(work: Work, case_id: int, *, until: datetime | None = None) -> Folded:
    """The rows of a case as its events left them, now or at a past instant.

    Personal values come from their secrets; where a secret was deleted the fold shows `ERASED`.
    """
    return assign(of_case(work, case_id), work.records(SECRETS_OF, case_id=case_id), until=until)


def assign(
    events: Iterable[Event],
    secrets_known: Iterable[Mapping[str, Any]],
    *,
    until: datetime | None = None,
) -> Folded:
    """The fold of events in their order, with the secrets that are still there."""
    secret = {(s["event_id"], s["field"]): s["value"] for s in secrets_known}
    rows: Folded = {}
    for event in events:
        if until is not None and event.at > until:
            break
        for table, row_id, columns in json.loads(event.leaf)["changes"]:
            if table not in METADATA.tables:  # retired with its noun
                continue
            row = rows.setdefault((table, row_id), dict(_untold(table)))
            for name, value in columns.items():
                if name not in row:
                    continue
                hidden = isinstance(value, dict)
                where = hidden_in(event.id, table, row_id, name)
                row[name] = secret.get(where, ERASED) if hidden else value
    return rows


def rows_of(work: Work, case_id: int) -> Folded:
    """The rows of a case as the database holds them, written as history writes them."""
    questions = rows_questions()
    return as_written(work.ask_all([(q, {"case_id": case_id}) for q in questions]))


@cache
def rows_questions() -> tuple[Question, ...]:
    """One question for each folded table, asked with ``case_id``; `as_written` reads the answers."""
    return tuple(
        Question(
            sa.select(*(c for c in METADATA.tables[name].columns if c.name in kept(name))).where(
                METADATA.tables[name].c[key] == sa.bindparam("case_id", type_=sa.BigInteger)
            )
        )
        for name, key in keys().items()
    )


def as_written(answers: Sequence[Sequence[Mapping[str, Any]]]) -> Folded:
    """The answers of `rows_questions`, written as history writes them."""
    return {
        (name, row["id"]): {k: plain(v) for k, v in row.items()}
        for name, rows in zip(keys(), answers, strict=True)
        for row in rows
    }
