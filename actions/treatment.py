"""What the table cannot say of treatment: the term that service gives, the tasks, the notice meant."""

from datetime import date
from typing import Any

from actions.hand.case import Case, Row
from guapai.clock import local_date
from guapai.errors import BadInput
from guapai.text import Said, half_width
from statemachines.hazard.plan.task import SetBy, Task, tasks_of, text_of
from statemachines.hazard.states import HazardState
from statemachines.hazard.term import term_served_on
from storage import paper as papers

Columns = dict[str, Any]
_S = HazardState
_RUNNING = (_S.plan_due, _S.plan_review, _S.rectifying, _S.rework)


def acknowledged(case: Case, row: Row, facts: Any) -> Columns:
    """What the unit signs for is served in that moment."""
    return {"served_at": case.work.now, **_term(case, row, local_date(case.work.now))}


def served(case: Case, row: Row, facts: Any) -> Columns:
    """The term as it is with this day of service, unless a decision has moved it since."""
    return _term(case, row, local_date(facts.served_at))


def _term(case: Case, row: Row, day: date) -> Columns:
    if row.state not in _RUNNING:
        return {}
    was = row.first_deadline
    if row.served_at is not None:
        was = term_served_on(row, local_date(row.served_at), case.pack, case.calendar)
    if row.deadline != was:
        return {}
    return {"deadline": term_served_on(row, day, case.pack, case.calendar)}


def planned(case: Case, row: Row, facts: Any) -> Columns:
    """The tasks of the plan, beside the items of an order."""
    ours = [Task(t.name, t.due_on, SetBy.plan) for t in facts.tasks]
    kept = [t for t in tasks_of(row.task_list) if t.by is SetBy.order]
    names = {t.name for t in kept}
    if doubled := [t.name for t in ours if t.name in names]:
        said = Said("“%(name)s”已是责令整改事项，请换一个名称", name=doubled[0])
        raise BadInput(said.beside("tasks"))
    return {"task_list": text_of([*kept, *ours])}


def returned(case: Case, row: Row, facts: Any) -> Columns:
    """A plan that was sent back sets nothing out."""
    return {"task_list": text_of(t for t in tasks_of(row.task_list) if t.by is SetBy.order)}


def ordered(case: Case, row: Row, facts: Any) -> Columns:
    """The items of the order."""
    return {"task_list": text_of(Task(t.name, t.due_on, SetBy.order) for t in facts.tasks)}


def applied(case: Case, row: Row, facts: Any) -> Columns:
    """Nothing; but the number must be that of the notice. Raises BadInput."""
    number = papers.number_of(case.work, case.id, "listing_notice")
    if number and _plain(facts.notice_no) != _plain(number):
        said = Said("文号与挂牌督办通知书（%(number)s）不符，请核对", number=number)
        raise BadInput(said.beside("notice_no"))
    return {}


def _plain(text: str) -> str:
    return half_width(text).replace(" ", "")
