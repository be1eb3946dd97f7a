"""The tasks of a treatment: what a plan or an order sets out, one by one, and what is said of each.

A task is known by its name. On the row of the hazard stands what is to be done now: the items of
the order, and the tasks of the plan that was filed last.
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import Annotated, NamedTuple, Protocol

from pydantic import BeforeValidator, Field

from guapai.text import Line, OptionalLine, Said
from guapai.word import Word
from statemachines.facts import Control, EvidenceKind, Facts, Fen, at_most
from statemachines.hazard.handed import Shown
from statemachines.hazard.row import HazardRow
from statemachines.situation import Situation

MOST_TASKS = 30
"""So many tasks a plan or an order sets out (own: each is a duty; 30 × 5 cells fit a form)."""

TaskName = Annotated[Line, Field(max_length=30)]
"""What a task is called; the slot of its duty holds no more (own)."""
TaskRef = Annotated[TaskName, Control("task")]


class PlannedTask(Facts):
    """A task of a plan (9.5): by when, by whom, with what money, and what will show that it is done."""

    name: TaskName = Field(title="任务", description="30字以内，各项不重名。")
    due_on: date = Field(title="完成日期")
    owner: Line = Field(title="责任人（岗位）")
    fund_fen: Fen = Field(default=0, title="资金（分）")
    proof: Line = Field(title="完成的证明材料")


class OrderedItem(Facts):
    """An item of an order (9.17), and by when it is put right."""

    name: TaskName = Field(title="整改事项", description="30字以内，各项不重名。")
    due_on: date = Field(title="整改期限")


class TaskProgress(Facts):
    """How far a task is."""

    task: TaskRef = Field(title="任务或事项")
    percent: int = Field(ge=0, le=100, title="完成比例（%）")
    done: OptionalLine = Field(default="", title="进展")


class CheckedTask(Facts):
    """What was found of a task when it was checked."""

    task: TaskRef = Field(title="任务或事项")
    passed: bool = Field(title="合格")
    said: OptionalLine = Field(default="", title="核查情况或理由")


_MOST = (Field(max_length=MOST_TASKS), BeforeValidator(at_most(MOST_TASKS)))
PlannedTasks = Annotated[tuple[PlannedTask, ...], *_MOST]
OrderedItems = Annotated[tuple[OrderedItem, ...], *_MOST]
ProgressOfTasks = Annotated[tuple[TaskProgress, ...], *_MOST]
CheckedTasks = Annotated[tuple[CheckedTask, ...], *_MOST]


class SetBy(Word):
    """What set a task out."""

    order = "order", "责令"
    plan = "plan", "方案"


class Task(NamedTuple):
    """A task as it stands on the row of its hazard."""

    name: str
    due_on: date
    by: SetBy


def tasks_of(text: str) -> tuple[Task, ...]:
    """The tasks that stand on a row, in their order; of a hazard of before, none."""
    return tuple(
        Task(name, date.fromisoformat(day), SetBy(by)) for name, day, by in json.loads(text or "[]")
    )


def text_of(tasks: Iterable[Task]) -> str:
    """The tasks as they stand on a row."""
    said = [[t.name, t.due_on.isoformat(), t.by.value] for t in tasks]
    return json.dumps(said, ensure_ascii=False) if said else ""


class Named(Protocol):
    """Tasks that are set out: their names and their days."""

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def days(self) -> tuple[date, ...]: ...


class Ordered(Named, Protocol):
    """The items of an order, and its date."""

    @property
    def deadline(self) -> date: ...


class Budgeted(Protocol):
    """The money of a plan, and that of its tasks."""

    @property
    def fund_fen(self) -> int: ...

    @property
    def tasks_fen(self) -> int: ...


class Told(Protocol):
    """A report that says of tasks how far they are."""

    @property
    def tasks(self) -> tuple[TaskProgress, ...]: ...


class Checking(Shown, Protocol):
    """A check of tasks, with what shows it."""

    @property
    def items_checked(self) -> tuple[CheckedTask, ...]: ...


class Passing(Checking, Protocol):
    """A check that all is done, and what is said of reports that never came."""

    @property
    def arrears(self) -> str: ...


def names_differ(s: Situation[object, object, Named]) -> str | None:
    """A task is known by its name."""
    names = s.facts.names
    if len(set(names)) < len(names):
        return Said("各项任务不能重名，请核对").beside("tasks")
    return None


def milestones_within_term(s: Situation[object, HazardRow, Named]) -> str | None:
    """No task of a plan ends after the term (9.5)."""
    day = s.case.deadline
    if day is not None and any(d > day for d in s.facts.days):
        return Said("任务的完成日期不得晚于治理期限（%(day)s）", day=day.isoformat()).beside(
            "tasks"
        )
    return None


def items_end_with_term(s: Situation[object, object, Ordered]) -> str | None:
    """The term of an order is that of its last item, and no item was due before it was ordered."""
    if any(d <= s.today for d in s.facts.days):
        return Said("各项整改期限必须晚于今天").beside("tasks")
    if s.facts.days and max(s.facts.days) != s.facts.deadline:
        return Said("整改期限应为各项期限中最晚的一日").beside("deadline")
    return None


def money_adds_up(s: Situation[object, object, Budgeted]) -> str | None:
    """The budget of a plan is what its tasks cost together."""
    if s.facts.tasks_fen != s.facts.fund_fen:
        return Said("各项任务资金之和应与预算一致，请核对").beside("fund_fen")
    return None


def plan_is_missing(s: Situation[object, HazardRow, object]) -> str | None:
    """Later than in its own state a plan is filed where it is owed, or none was ever accepted."""
    planned = any(t.by is SetBy.plan for t in tasks_of(s.case.task_list))
    return "治理方案已报送" if planned and "file_plan" not in s.awaited else None


def plan_waits(s: Situation[object, object, object]) -> str | None:
    """Only a plan that was filed is reviewed."""
    return None if "review_plan" in s.awaited else "没有等待审查的治理方案"


def plan_late(s: Situation[object, object, object]) -> str | None:
    """17b: a plan is demanded when its term has ended (K8)."""
    return None if "file_plan" in s.overdue else "治理方案报送期限未满，暂不能督促"


def each_task_reported(s: Situation[object, HazardRow, Told]) -> str | None:
    """A report says of every task how far it is, once."""
    said = [t.task for t in s.facts.tasks]
    known = [t.name for t in tasks_of(s.case.task_list)]
    if known and sorted(said) != sorted(set(known)):
        return Said("请逐项填写进展，每项一次：%(names)s", names="、".join(known)).beside("tasks")
    return None


def file_after_treatment_per_task(s: Situation[object, HazardRow, Shown]) -> str | None:
    """An application shows of every task what was done (domain.md §15.5); of a single one, of it."""
    shown = {e.task for e in s.facts.evidence if e.kind == EvidenceKind.after}
    known = [t.name for t in tasks_of(s.case.task_list)]
    if len(known) < 2:
        missing = not shown
        return Said("请至少附一件整改后的照片或材料").beside("evidence") if missing else None
    if bare := [name for name in known if name not in shown]:
        said = Said(
            "请为每项任务各附一件整改后的照片或材料，还缺：%(names)s", names="、".join(bare)
        )
        return said.beside("evidence")
    return None


def every_item_checked(s: Situation[object, HazardRow, Checking]) -> str | None:
    """#22: every item of order and plan passed, each shown by a file or by what was seen."""
    facts, known = s.facts, {t.name for t in tasks_of(s.case.task_list)}
    shown = {e.task for e in facts.evidence}
    checked = {c.task for c in facts.items_checked}
    if len(checked) < len(facts.items_checked) or (known and checked != known):
        names = "、".join(sorted(known or checked))
        return Said("请逐项核查，每项一次：%(names)s", names=names).beside("items_checked")
    for item in facts.items_checked:
        if not item.passed:
            return Said("“%(name)s”不合格，不能验收合格", name=item.task).beside("items_checked")
        if not item.said and item.task not in shown:
            return Said("请写明“%(name)s”的核查情况，或附其证据", name=item.task).beside(
                "items_checked"
            )
    return None


def failed_items_named(s: Situation[object, HazardRow, Checking]) -> str | None:
    """#23: what failed, item by item, and why."""
    known = {t.name for t in tasks_of(s.case.task_list)}
    failed = [c for c in s.facts.items_checked if not c.passed]
    if not failed:
        return Said("请至少指明一项不合格").beside("items_checked")
    if known and any(c.task not in known for c in s.facts.items_checked):
        names = "、".join(sorted(known))
        return Said("只能核查本案的任务和事项：%(names)s", names=names).beside("items_checked")
    for item in failed:
        if not item.said:
            return Said("请写明“%(name)s”不合格的理由", name=item.task).beside("items_checked")
    return None


_OWED = {"file_plan", "file_ordered_plan", "report_progress", "finish_task", "finish_item"}


def arrears_noted(s: Situation[object, object, Passing]) -> str | None:
    """What is still owed when the treatment ends is not closed in silence."""
    if _OWED & s.overdue and not s.facts.arrears:
        return Said("还有逾期未报的方案、进展或未报完成的任务，请写明处理意见").beside("arrears")
    return None
