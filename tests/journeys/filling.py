"""Facts made up for a move: every field of its form, mostly sensible, sometimes odd."""

import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from demo import tasks
from statemachines.hazard.plan.task import CheckedTask, OrderedItem, PlannedTask, TaskProgress

TEXTS = (
    "已按要求整改",
    "通知=?UTF-8?Q?=0A?=Bcc: x@example.com",
    "两行\r\n文字",
    "𠮷龘·",
    "前\u202e后",
    "{{7*7}}<img onerror=1>",
    "１２３ full width",
)


@dataclass(frozen=True)
class World:
    """What facts may name: today, the moment, a stored photo, a unit, a case and its tasks, who leads."""

    now: datetime
    today: date
    photo: str
    unit: int
    case: int
    department: int
    leader: int
    commission: int
    officers: list[int]
    task_list: str = ""
    until: date | None = None
    notice_no: str = ""


def fill(model: type[BaseModel], luck: Random, world: World) -> dict[str, Any]:
    """What somebody might hand in for a form."""
    facts = {name: _value(name, f, luck, world) for name, f in model.model_fields.items()}
    rows = facts.get("tasks")
    if rows and isinstance(rows, list) and "due_on" in rows[0] and luck.random() < 0.8:
        if "deadline" in facts:
            facts["deadline"] = max(row["due_on"] for row in rows)
        if "fund_fen" in facts:
            facts["fund_fen"] = sum(row.get("fund_fen", 0) for row in rows)
    return facts


def _value(name: str, field: FieldInfo, luck: Random, world: World) -> Any:
    named = _NAMED.get(name)
    if named is not None:
        return named(luck, world)
    if not field.is_required() and luck.random() < 0.5:
        return field.get_default()
    return _typed(field.annotation, luck, world)


def _ahead(luck: Random, world: World) -> str:
    return (world.today + timedelta(days=luck.choice([-1, 5, 20, 40, 90, 200, 420]))).isoformat()


def _past(luck: Random, world: World) -> str:
    return (world.today - timedelta(days=luck.choice([-1, 0, 0, 0, 1, 3]))).isoformat()


def _photos(luck: Random, world: World) -> list[dict[str, str]]:
    shown = {"file": world.photo, "kind": "after", "caption": "照片"}
    each = tasks.shown(world.task_list, shown)
    return luck.choice([[], each, each, [shown, {**shown, "kind": "before"}]])


def _period(luck: Random, world: World) -> str:
    return luck.choice([f"{world.today:%Y-%m}", f"{world.today:%Y-%m}", "2026-02"])


_NAMED: dict[str, Callable[[Random, World], Any]] = {
    "found_on": _past,
    "published_on": _past,
    "served_at": lambda luck, world: world.now.isoformat(),
    "period": _period,
    "notice_no": lambda luck, world: luck.choice([world.notice_no] * 4 + ["示例1号"]),
    "announced_on": lambda luck, world: luck.choice([None, None, "2026-01-05"]),
    "servers": lambda luck, world: luck.choice([["甲", "乙"], ["甲", "乙"], ["甲"]]),
    "witness": lambda luck, world: luck.choice(["", "示例见证人"]),
    "refusal": lambda luck, world: luck.choice(["", "拒绝签收"]),
    "proof": lambda luck, world: luck.choice(["", "示例凭证"]),
    "arrears": lambda luck, world: luck.choice(["", "已责令说明"]),
    "evidence": _photos,
    "clauses": lambda luck, world: luck.choice([["LA-工贸-01"], ["LA-水利-01", "LA-工贸-04"]]),
    "violations": lambda luck, world: luck.choice(
        [["《工贸企业重大事故隐患判定标准》第三条"], ["《中华人民共和国安全生产法》"], ["某规定"]]
    ),
    "other_places": lambda luck, world: luck.choice([[], [], ["341525"]]),
    "receiver_id": lambda luck, world: None,
    "officers": lambda luck, world: world.officers[: luck.randint(0, 2)],
    "unit_id": lambda luck, world: world.unit,
    "department_id": lambda luck, world: None,
    "lead_department_id": lambda luck, world: world.department,
    "lead_official_id": lambda luck, world: world.leader,
    "commission_id": lambda luck, world: world.commission,
    "order_no": lambda luck, world: luck.choice(["", "示例交办1号"]),
    "order_organ": lambda luck, world: luck.choice(["", "示例交办机关"]),
    "duplicate_of": lambda luck, world: luck.choice([None, world.case]),
    "plan_days": lambda luck, world: luck.choice([1, 15, 30, 31]),
    "potential_deaths": lambda luck, world: luck.choice([0, 2, 2, 12]),
    "stop_until": lambda luck, world: (
        world.today + timedelta(days=luck.choice([0, 20, 90, 200]))
    ).isoformat(),
    "real_danger": lambda luck, world: luck.random() < 0.2,
    "production_stopped": lambda luck, world: luck.choice(["none", "none", "part", "all"]),
}
"""Fields whose sense their type does not tell."""


def _later(luck: Random, world: World) -> date:
    return world.today + timedelta(days=luck.choice([10, 30, 90]))


_ROWS: dict[type, Callable[[Random, World], list[dict[str, Any]]]] = {
    PlannedTask: lambda luck, world: tasks.plan(world.until or _later(luck, world))["tasks"],
    OrderedItem: lambda luck, world: tasks.order(_later(luck, world))["tasks"],
    TaskProgress: lambda luck, world: tasks.percents(world.task_list, luck.choice([40, 100])),
    CheckedTask: lambda luck, world: tasks.checked(world.task_list, passed=luck.random() < 0.6),
}
"""What somebody mostly says task by task, by what is said of each."""


def _rows(item: type[BaseModel], luck: Random, world: World) -> list[dict[str, Any]]:
    if luck.random() < 0.85:
        return _ROWS[item](luck, world)
    return [fill(item, luck, world) for _ in range(luck.randint(0, 3))]


def _typed(kind: Any, luck: Random, world: World) -> Any:
    if get_origin(kind) in (types.UnionType, typing.Union):
        return _typed(next(a for a in get_args(kind) if a is not type(None)), luck, world)
    while hasattr(kind, "__metadata__"):
        kind = get_args(kind)[0]
    if get_origin(kind) is tuple and get_args(kind)[0] in _ROWS:
        return _rows(get_args(kind)[0], luck, world)
    if get_origin(kind) is tuple:
        return [_typed(get_args(kind)[0], luck, world) for _ in range(luck.randint(0, 3))]
    if issubclass(kind, StrEnum):
        return luck.choice(list(kind)).value
    return _BY_TYPE[kind](luck, world)


_BY_TYPE: dict[type, Callable[[Random, World], Any]] = {
    bool: lambda luck, world: luck.random() < 0.5,
    int: lambda luck, world: luck.randint(0, 100),
    str: lambda luck, world: luck.choice(TEXTS),
    date: _ahead,
}
