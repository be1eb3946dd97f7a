"""What a browser sends, read as facts of a move; what cannot be read is said beside its field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from guapai.clock import LOCAL
from guapai.errors import BadInput
from guapai.text import Said, half_width, one_line
from portal.web.visit import Form
from portal.words.field import Field

_AMOUNT = re.compile(r"\d{1,13}(\.\d{1,2})?", re.ASCII)

Look = Callable[[str], int]
"""Finds what somebody means by a name or number; raises BadInput."""


@dataclass(frozen=True)
class Finders:
    """How names are looked up, by the kind of field."""

    unit: Look
    case: Look


def read(fields: list[Field], form: Form, finders: Finders) -> dict[str, Any]:
    """The facts a form says. What was typed stays in the fields, and errors beside them.

    Empty fields are left out, so that they get their default or are missed by name.
    """
    out: dict[str, Any] = {}
    for field in fields:
        if field.kind == "evidence":
            field.value = evidence_rows(form, field.name)
            out[field.name] = [_evidence(row) for row in field.value]
            continue
        if field.kind == "rows":
            field.value = rows_typed(field, form)
            if found := _rows(field, finders):
                out[field.name] = found
            continue
        field.value = _typed(field, form)
        try:
            value = _read(field, finders)
        except BadInput as error:
            field.error = error.said
            continue
        if value not in ("", None, []):
            out[field.name] = value
    return out


def _typed(field: Field, form: Form) -> Any:
    if field.kind in ("lines", "clauses"):
        picked = form.all(f"{field.name}-pick")
        typed = [x for text in form.all(field.name) for x in text.splitlines()]
        return list(dict.fromkeys(x.strip() for x in picked + typed if x.strip()))
    if field.kind == "officers":
        return list(dict.fromkeys(form.all(field.name)))
    if field.kind == "check":
        return form.get(field.name) == "yes"
    return form.get(field.name)


def rows_typed(field: Field, form: Form) -> list[dict[str, str]]:
    """What was typed into the rows of a field; a row without a word is none."""
    columns = {c.name: form.all(f"{field.name}-{c.name}") for c in field.columns}
    most = max(map(len, columns.values()), default=0)
    rows = [
        {n: (v[nth] if nth < len(v) else "") for n, v in columns.items()} for nth in range(most)
    ]
    return [row for row in rows if any(text.strip() for text in row.values())]


def _rows(field: Field, finders: Finders) -> list[dict[str, Any]]:
    """The rows as facts; the first cell that cannot be read is said beside the field."""
    out = []
    for nth, row in enumerate(field.value, 1):
        facts = {}
        for column in field.columns:
            try:
                value = _read(replace(column, value=row[column.name]), finders)
            except BadInput as error:
                why = {"n": nth, "what": Said(column.title), "why": error.said}
                field.error = field.error or Said("第%(n)d项“%(what)s”：%(why)s", **why)
                continue
            if value != "":
                facts[column.name] = value
        out.append(facts)
    return out


def _read(field: Field, finders: Finders) -> Any:
    reader = _READERS.get(field.kind)
    if isinstance(field.value, str) and not field.value.strip():
        return ""
    if field.kind == "unit":
        return finders.unit(field.value)
    if field.kind == "case":
        return finders.case(field.value)
    return reader(field.value) if reader else field.value


def _yuan(text: str) -> int:
    plain = half_width(text).replace(",", "").replace("元", "").strip()
    if not _AMOUNT.fullmatch(plain):
        raise BadInput("请填写金额，例如 12000 或 12000.50，不能为负，最多两位小数")
    return int(Decimal(plain) * 100)


def _moment(text: str) -> datetime:
    try:
        local = datetime.fromisoformat(text.strip().replace(" ", "T")).replace(tzinfo=LOCAL)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput("请按 2026-03-05 08:30 的形式填写时间") from None


def _whole(text: str) -> str:
    return half_width(text).strip()


def _known(text: str) -> str:
    if not text.isdecimal() or len(text) > 18:
        raise BadInput("请从所列选项中选择")
    return text


def _picked(values: list[str]) -> list[int]:
    return [int(_known(value)) for value in values]


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "yuan": _yuan,
    "moment": _moment,
    "whole": _whole,
    "date": _whole,
    "month": _whole,
    "place": _whole,
    "department": _known,
    "officers": _picked,
    "commission": _known,
    "official": _known,
    "answer": lambda text: text == "yes",
}


def evidence_rows(form: Form, name: str) -> list[dict[str, str]]:
    """The files of a form that lie in the store already, each with what is said about it."""
    parts = ("file", "kind", "point", "task", "caption", "supersedes", "name")
    columns = {p: form.all(f"{name}-{p}") for p in parts}
    columns["file"] = [one_line(file) for file in columns["file"]]
    rows = []
    for nth, file in enumerate(columns["file"]):
        if file:
            row = {p: (columns[p][nth] if nth < len(columns[p]) else "") for p in parts}
            rows.append(row)
    return rows


def _evidence(row: Mapping[str, str]) -> dict[str, Any]:
    out: dict[str, Any] = {
        n: row[n] for n in ("file", "kind", "point", "task", "caption") if row[n]
    }
    if row["supersedes"].isdecimal() and len(row["supersedes"]) <= 18:
        out["supersedes"] = int(row["supersedes"])
    return out
