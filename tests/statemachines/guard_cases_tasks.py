"""What the guards of service, of a plan's tasks and of checking them let pass, and refuse."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from statemachines.facts import Evidence, EvidenceKind
from statemachines.hazard import delivery, treatment
from statemachines.hazard import plan as plans
from statemachines.hazard.ending.acceptance import FailAcceptance, PassAcceptance
from statemachines.hazard.listed import OrderRectification
from statemachines.hazard.plan import task
from statemachines.procedure import Guard
from tests.statemachines.guard_situations import CASE_1, served
from tests.statemachines.situations import TODAY, Hazard, Seen, situation

DAY = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
END = date(2026, 6, 30)
TWO = task.text_of(
    task.Task(name, END, task.SetBy.plan) for name in ("更换泄爆片", "改变泄爆口朝向")
)
ONE = task.text_of([task.Task("更换泄爆片", END, task.SetBy.order)])
M = delivery.Manner


def by(manner: M, **over: Any) -> Seen:
    return situation(facts=served(DAY, manner=manner, **over))


def plan(*tasks: tuple[str, date, int], fund: int = 0) -> Seen:
    set_out = tuple(
        task.PlannedTask(name=n, due_on=d, owner="设备科长", fund_fen=f, proof="照片")
        for n, d, f in tasks
    )
    six = dict.fromkeys(("goals", "methods", "funds", "people", "schedule", "safety"), "已定")
    return situation(facts=plans.FilePlan(**six, tasks=set_out, fund_fen=fund))


def order(*days: date, until: date = END) -> Seen:
    items = tuple(
        task.OrderedItem(name=f"事项{nth}", due_on=day) for nth, day in enumerate(days, 1)
    )
    return situation(facts=OrderRectification(reason="责令", tasks=items, deadline=until))


def report(*names: str, of: str = TWO) -> Seen:
    told = tuple(task.TaskProgress(task=n, percent=50) for n in names)
    facts = treatment.Progress(
        period="2026-03", percent=50, tasks=told, done="拆除", protection="围挡"
    )
    return situation(hazard=Hazard(task_list=of), facts=facts)


def after(*names: str, of: str = TWO, kind: EvidenceKind = EvidenceKind.after) -> Seen:
    files = tuple(Evidence(file="0" * 64, kind=kind, task=name) for name in names)
    facts = treatment.RequestAcceptance(statement="完", self_evaluation="合格", evidence=files)
    return situation(hazard=Hazard(task_list=of), facts=facts)


def checked(*found: tuple[str, bool, str], of: str = TWO, **over: Any) -> Seen:
    items = tuple(task.CheckedTask(task=n, passed=p, said=w) for n, p, w in found)
    files = (Evidence(file="0" * 64, kind=EvidenceKind.after, task="更换泄爆片"),)
    facts = PassAcceptance(opinion="合格", items_checked=items, evidence=files, **over)
    return situation(hazard=Hazard(task_list=of), facts=facts)


def failed(*found: tuple[str, bool, str], of: str = TWO) -> Seen:
    items = tuple(task.CheckedTask(task=n, passed=p, said=w) for n, p, w in found)
    facts = FailAcceptance(reasons="未完成", items_checked=items, deadline=END)
    return situation(hazard=Hazard(task_list=of), facts=facts)


def late(*kinds: str) -> Seen:
    return situation(overdue=frozenset(kinds), awaited=frozenset(kinds))


def waiting(*kinds: str, of: str = "") -> Seen:
    return situation(hazard=Hazard(task_list=of), awaited=frozenset(kinds))


def by_day(day: date) -> Seen:
    return situation(facts=plans.OrderPlan(reason="逾期", plan_by=day))


GOOD = (("更换泄爆片", True, ""), ("改变泄爆口朝向", True, "已改向室外"))
LEFT = {"witness": "村委会", "refusal": "拒绝签收"}

PASSES: list[tuple[Guard, Seen]] = [
    (delivery.served_as_its_manner_asks, by(M.direct)),
    (delivery.served_as_its_manner_asks, by(M.left, **LEFT)),
    (delivery.served_as_its_manner_asks, by(M.mail, proof="1234", servers=("王五",))),
    (delivery.public_notice_has_run, by(M.direct)),
    (
        delivery.public_notice_has_run,
        by(M.public, proof="市政府网站", announced_on=date(2026, 2, 6)),
    ),
    (task.names_differ, plan(("甲", END, 0), ("乙", END, 0))),
    (task.milestones_within_term, plan(("甲", END, 0))),
    (task.items_end_with_term, order(date(2026, 5, 1), END)),
    (task.money_adds_up, plan(("甲", END, 300), ("乙", END, 200), fund=500)),
    (task.plan_is_missing, waiting(of=ONE)),
    (task.plan_is_missing, waiting("file_plan", of=TWO)),
    (task.plan_waits, waiting("review_plan")),
    (task.plan_late, late("file_plan")),
    (plans.plan_by_ahead, by_day(date(2026, 3, 11))),
    (task.each_task_reported, report("改变泄爆口朝向", "更换泄爆片")),
    (task.each_task_reported, report(of="")),
    (task.file_after_treatment_per_task, after("更换泄爆片", "改变泄爆口朝向")),
    (task.file_after_treatment_per_task, after("", of=ONE)),
    (task.file_after_treatment_per_task, after("", of="")),
    (task.every_item_checked, checked(*GOOD)),
    (task.every_item_checked, checked(("隐患整体", True, "已消除"), of="")),
    (task.failed_items_named, failed(("改变泄爆口朝向", False, "仍朝向通道"))),
    (task.arrears_noted, checked(*GOOD)),
    (
        task.arrears_noted,
        replace(checked(*GOOD, arrears="三月未报，已批评"), overdue=frozenset({"report_progress"})),
    ),
]


REFUSES: list[tuple[Guard, Seen]] = [
    (delivery.served_as_its_manner_asks, by(M.direct, servers=("王五",))),
    (delivery.served_as_its_manner_asks, by(M.direct, servers=("王五", "王五"))),
    *(
        (delivery.served_as_its_manner_asks, by(M.left, **{**LEFT, missing: ""}))
        for missing in LEFT
    ),
    *(
        (delivery.served_as_its_manner_asks, by(manner))
        for manner in (M.mail, M.electronic, M.entrusted, M.public)
    ),
    (delivery.served_as_its_manner_asks, by(M.public, proof="市政府网站")),
    (
        delivery.public_notice_has_run,
        by(M.public, proof="市政府网站", announced_on=date(2026, 2, 10)),
    ),
    (task.names_differ, plan(("甲", END, 0), ("甲", END, 0))),
    (task.milestones_within_term, plan(("甲", date(2026, 7, 1), 0))),
    (task.items_end_with_term, order(TODAY, END)),
    (task.items_end_with_term, order(date(2026, 5, 1))),
    (task.items_end_with_term, order(date(2026, 7, 1))),
    (task.money_adds_up, plan(("甲", END, 300), fund=500)),
    (task.plan_is_missing, waiting(of=TWO)),
    (task.plan_waits, CASE_1),
    (task.plan_late, waiting("file_plan")),
    (plans.plan_by_ahead, by_day(TODAY)),
    (task.each_task_reported, report("更换泄爆片")),
    (task.each_task_reported, report("更换泄爆片", "改变泄爆口朝向", "别的")),
    (task.each_task_reported, report("更换泄爆片", "更换泄爆片")),
    (task.file_after_treatment_per_task, after("更换泄爆片", "")),
    (
        task.file_after_treatment_per_task,
        after("更换泄爆片", "改变泄爆口朝向", kind=EvidenceKind.before),
    ),
    (task.file_after_treatment_per_task, after(of=ONE)),
    (task.every_item_checked, checked(GOOD[0])),
    (task.every_item_checked, checked(*GOOD, GOOD[0])),
    (task.every_item_checked, checked(GOOD[0], ("改变泄爆口朝向", False, "未改"))),
    (task.every_item_checked, checked(GOOD[0], ("改变泄爆口朝向", True, ""))),
    (task.failed_items_named, failed(*GOOD)),
    (task.failed_items_named, failed(("改变泄爆口朝向", False, ""))),
    (task.failed_items_named, failed(("别的", False, "未改"))),
    *(
        (task.arrears_noted, replace(checked(*GOOD), overdue=frozenset({kind})))
        for kind in ("file_plan", "report_progress", "finish_task")
    ),
]
