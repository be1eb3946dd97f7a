"""What the people of the sample city write of tasks: in plans, orders, reports and checks."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from demo.forms import PLAN
from statemachines.hazard.plan.task import tasks_of

NAMES = ("落实临时防护", "改造设施", "完善制度并培训")
"""The tasks of most plans."""
SERVED = {
    "manner": "direct",
    "receiver": "企业主要负责人",
    "place": "企业办公楼",
    "servers": ["示例执法员甲", "示例执法员乙"],
}
"""A notice that two hand over."""
LEFT = {
    **SERVED,
    "manner": "left",
    "receiver": "示例企业",
    "witness": "示例村委会工作人员",
    "refusal": "拒绝签收",
}
"""A notice that is left at the door."""


def plan(until: date, names: Sequence[str] = NAMES, fen: int = 2_000_000) -> dict[str, Any]:
    """A plan whose last task ends on a day; each of the others a week before the next."""
    last = len(names) - 1
    tasks = [
        {
            "name": name,
            "due_on": (until - timedelta(weeks=last - nth)).isoformat(),
            "owner": "安全科长",
            "fund_fen": fen,
            "proof": "照片和验收记录",
        }
        for nth, name in enumerate(names)
    ]
    return {**PLAN, "tasks": tasks, "fund_fen": fen * len(names)}


def order(until: date, names: Sequence[str] = ("更换损坏部件", "清理现场")) -> dict[str, Any]:
    """What an order demands, all by one day."""
    items = [{"name": name, "due_on": until.isoformat()} for name in names]
    return {"tasks": items, "deadline": until.isoformat()}


def percents(task_list: str, percent: int) -> list[dict[str, Any]]:
    """How far each task is."""
    return [{"task": t.name, "percent": percent, "done": "按方案推进"} for t in tasks_of(task_list)]


def shown(task_list: str, file: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A file for each task; one where there are none."""
    return [{**file, "task": t.name} for t in tasks_of(task_list)] or [dict(file)]


def checked(task_list: str, *, passed: bool = True) -> list[dict[str, Any]]:
    """Each task as it was found; if it is not done, the last one is what fails."""
    names = [t.name for t in tasks_of(task_list)] or ["隐患整体"]
    said = [{"task": name, "passed": True, "said": "现场核查已完成"} for name in names]
    if not passed:
        said[-1] |= {"passed": False, "said": "现场核查仍未完成"}
    return said
