"""What somebody hands in: read as the move's model, refused field by field, and its fingerprint."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from guapai.errors import BadInput
from guapai.text import Said
from statemachines.procedure import Procedure
from storage.history.event import canonical

Facts = BaseModel | Mapping[str, Any] | None
"""The facts of a move: its model, or what a form sends; None signs what waits."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The row to move. ``row_id`` None: a row about to be born; ``case_id`` is its hazard."""

    noun: str
    row_id: int | None = None
    case_id: int | None = None


def read_facts(procedure: Procedure, name: str, facts: Facts) -> BaseModel | None:
    """The facts as the move's model; BadInput names each field that cannot be taken."""
    moves = procedure.named(name)
    if not moves:
        raise BadInput(Said("没有“%(name)s”这一事项", name=name))
    model = moves[0].facts
    if facts is None or isinstance(facts, model):
        return facts if isinstance(facts, BaseModel) else None
    try:
        return model.model_validate(facts)
    except ValidationError as error:
        raise FieldErrors(model, error) from None


class FieldErrors(BadInput):
    """Which fields cannot be taken, and why; ``fields`` says it for each by its name."""

    def __init__(self, model: type[BaseModel], error: ValidationError) -> None:
        self.fields: dict[str, str] = {}
        said = []
        for found in error.errors(include_url=False):
            name = str(found["loc"][0]) if found["loc"] else ""
            if name not in self.fields:  # a list may be wrong in each of its items
                self.fields[name] = _of_item(model, found["loc"], _sentence(found))
                said.append(f"{_field_title(model, found['loc'])}：{self.fields[name]}")
        super().__init__("；".join(said))


def _field_title(model: type[BaseModel], path: tuple[int | str, ...]) -> str:
    field = model.model_fields.get(str(path[0])) if path else None
    return (field.title if field and field.title else str(path[0])) if path else "内容"


def _of_item(model: type[BaseModel], path: tuple[int | str, ...], why: str) -> str:
    """What is wrong with a part of one of several, with which one and which part."""
    if len(path) < 3 or not isinstance(path[1], int):
        return why
    of = get_args(model.model_fields[str(path[0])].annotation)
    part = of[0].model_fields.get(str(path[2])) if of and issubclass(of[0], BaseModel) else None
    what = Said(part.title) if part and part.title else str(path[2])
    return Said("第%(n)d项“%(what)s”：%(why)s", n=path[1] + 1, what=what, why=why)


def _sentence(error: Any) -> str:
    most = error.get("ctx", {}).get("max_length")
    if error["type"] == "too_long":
        return Said("最多%(most)d项，请删减", most=most)
    if error["type"] == "string_too_long":
        return Said("太长，最多%(most)d字，请缩短", most=most)
    kinds = {
        "missing": "此项必填，请填写",
        "extra_forbidden": "没有这一项，请去掉",
        "int_parsing": "请填写整数",
        "date_from_datetime_parsing": "请按 2026-03-05 的形式填写日期",
        "date_parsing": "请按 2026-03-05 的形式填写日期",
        "timezone_aware": "请填写带时区的时间",
        "enum": "请从所列选项中选择",
        "too_short": "至少填写一项",
        "greater_than_equal": "数值太小，请检查",
        "less_than_equal": "数值太大，请检查",
    }
    said = str(error["msg"]).removeprefix("Value error, ")
    otherwise = said if error["type"] == "value_error" else "填写有误，请检查格式"
    return Said(kinds.get(error["type"], otherwise))


def hash_facts(subject: Subject, name: str, facts: BaseModel | None) -> str:
    """SHA-256 over what is asked of which row."""
    said = facts.model_dump(mode="json") if facts is not None else None
    value = [subject.noun, subject.row_id, subject.case_id, name, said]
    return hashlib.sha256(canonical(value).encode()).hexdigest()
