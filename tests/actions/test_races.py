"""Two people at once: one wins, the other hears who was first; nothing is done twice."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from actions.act.perform import Done, perform
from actions.hand.facts import Subject
from demo import tasks
from guapai.errors import Conflict, KeyReused, Overtaken, Refused, WrongState
from guapai.people import Actor, Role
from statemachines.nouns import PROCEDURES
from storage import hazard
from storage.database.work import unit_of_work
from storage.history import event
from storage.questions import fold
from tests.actions.conftest import Office
from tests.actions.racing import Answer, Call, at_once

FEW, MANY = 40, 400
"""Races of closing against what forbids it, on each database: in CI, and in `make test-long`."""


def _call(
    office: Office,
    case: int,
    actor: Actor,
    name: str,
    facts: Mapping[str, Any] | None = None,
    **more: Any,
) -> Call:
    def call() -> Done:
        with unit_of_work(office.engine, office.clock) as work:
            return perform(work, Subject(noun="hazard", row_id=case), name, facts, actor, **more)

    return call


def _moves(office: Office, case: int) -> list[str]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert fold.fold(work, case) == fold.rows_of(work, case)
        return [e.move for e in event.of_case(work, case)]


def _version(office: Office, case: int) -> int:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = hazard.get(work, case)
    assert found is not None
    return found.version


def test_of_two_decisions_on_one_step_one_wins_and_the_other_hears_of_it(office: Office) -> None:
    case = office.grading()
    office.clock.advance(timedelta(minutes=1))
    seen = _version(office, case)
    chief, inspector = office.who(Role.division_chief), office.who(Role.inspector)
    answers = at_once(
        _call(office, case, inspector, "grade_general", {"reason": "一般"}, seen_version=seen),
        _call(office, case, chief, "transfer_out", _TRANSFER, seen_version=seen),
    )
    won = [a for a in answers if isinstance(a, Done)]
    lost = [a for a in answers if isinstance(a, Overtaken)]
    assert (len(won), len(lost)) == (1, 1), answers
    who, what = (
        (inspector, "grade_general") if isinstance(answers[0], Done) else (chief, "transfer_out")
    )
    said = str(lost[0])
    assert who.name in said
    assert next(m.title for m in PROCEDURES["hazard"].moves if m.name == what) in said
    assert "03-02" in said
    assert lost[0].status == 409
    assert len(_moves(office, case)) == 3


_TRANSFER = {"receiver": "市住房城乡建设局", "reason": "不属本部门职责"}


def test_without_a_version_the_second_is_told_the_state_has_changed(office: Office) -> None:
    case = office.lead()
    facts = {"finding": "属实", "officers": office.officers}
    who = office.who(Role.inspector)
    answers = at_once(*[_call(office, case, who, "verify", facts) for _ in range(2)])
    assert sorted(type(a).__name__ for a in answers) == ["Done", "WrongState"]
    assert _moves(office, case).count("verify") == 1


def test_a_double_click_acts_once_and_answers_twice(office: Office) -> None:
    case = office.lead()
    facts = {"finding": "属实", "officers": office.officers}
    who = office.who(Role.inspector)
    answers = at_once(*[_call(office, case, who, "verify", facts, key="a form") for _ in range(4)])
    done = [a for a in answers if isinstance(a, Done)]
    assert len(done) == 4, answers
    assert sorted(d.replayed for d in done) == [False, True, True, True]
    assert len({(d.act_id, d.event_id, d.state) for d in done}) == 1
    assert _moves(office, case).count("verify") == 1


def test_a_key_answers_again_much_later_and_whatever_happened_since(office: Office) -> None:
    case = office.lead()
    facts = {"finding": "属实", "officers": office.officers}
    first = office.act(Role.inspector, "verify", facts, case, key="a form")
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, case)
    before = _moves(office, case)
    office.clock.advance(timedelta(days=20))
    again = office.act(Role.inspector, "verify", facts, case, key="a form")
    assert (again.replayed, again.event_id, again.state) == (True, first.event_id, "grading")
    assert _moves(office, case) == before


def test_a_key_with_other_content_is_refused(office: Office) -> None:
    case = office.lead()
    facts = {"finding": "属实", "officers": office.officers}
    office.act(Role.inspector, "verify", facts, case, key="a form")
    with pytest.raises(KeyReused, match="内容不同"):
        office.act(Role.inspector, "verify", {**facts, "finding": "不属实"}, case, key="a form")


def test_another_persons_key_of_the_same_name_is_another_key(office: Office) -> None:
    facts = {"finding": "属实", "officers": office.officers}
    cases = [office.lead(), office.lead(title="另一处")]
    office.act(Role.inspector, "verify", facts, cases[0], key="a form")
    done = office.act(Role.division_chief, "grade_major", _MAJOR, cases[0], key="a form")
    assert not done.replayed


_MAJOR = {"clauses": ["LA-工贸-01"], "causes": "缺失", "harm": "较大"}


def test_an_old_version_is_told_who_was_first(office: Office) -> None:
    case = office.lead()
    seen = _version(office, case)
    facts = {"finding": "属实", "officers": office.officers}
    office.act(Role.inspector, "verify", facts, case)
    with pytest.raises(Overtaken, match=office.who(Role.inspector).name):
        office.act(Role.division_chief, "transfer_out", _TRANSFER, case, seen_version=seen)


class Closing:
    """A case one step before its end, again and again, and what must not happen beside the end."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.case: int | None = None
        self.cases: list[int] = []

    def before_recheck(self) -> int:
        """A general hazard, reported as fixed, found so by the first of two officers."""
        case = self.office.general()
        fixed = {"done": "已整改", "evidence": self.office.photos()}
        self.office.act(Role.enterprise_head, "report_fixed", fixed, case)
        self.office.act(Role.inspector, "pass_recheck", {"opinion": "复查合格"}, case)
        return case

    def before_close(self) -> int:
        """A major hazard, its acceptance passed."""
        office, case = self.office, self.office.reported()
        order = {
            "reason": "先行整改",
            **tasks.order(self.office.clock().date() + timedelta(days=30)),
        }
        office.act(Role.department_head, "order_rectification", order, case)
        office.act(Role.enterprise_head, "request_acceptance", office.application(case), case)
        office.accept(case)
        return case

    def race(self, nth: int) -> tuple[Answer, Answer]:
        """Close a case and forbid closing it, at once; both answers."""
        office, major = self.office, nth % 4 == 0
        case = self.before_close() if major else self.before_recheck()
        self.cases.append(case)
        office.clock.advance(timedelta(minutes=1))
        closing = (
            (Role.commission_office, "close", {"conclusion": "隐患已消除"})
            if major
            else (Role.inspector, "pass_recheck", None)
        )
        forbidding = (
            (Role.inspector, "record_danger", {"reason": "又见险情"})
            if nth % 2
            else (Role.department_head, "stop_production", office.stopping())
        )
        first, second = (
            _call(office, case, office.who(role, nth), name, facts)
            for (role, name, facts), nth in ((closing, 0 if major else 1), (forbidding, 0))
        )
        if (nth // 4) % 2:  # who waits longer at the start is not always the same
            first, second = second, first
        answers = at_once(first, second)
        return (answers[1], answers[0]) if (nth // 4) % 2 else (answers[0], answers[1])

    def _later(self) -> str:
        return (self.office.clock() + timedelta(days=30)).date().isoformat()


@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_nothing_is_ever_closed_beside_danger_or_a_stop(office: Office, rounds: int) -> None:
    closing = Closing(office)
    ended = {"closed": 0, "forbidden": 0}
    for nth in range(rounds):
        first, second = closing.race(nth)
        if isinstance(first, Done):
            assert isinstance(second, WrongState), second
            ended["closed"] += 1
        else:
            assert isinstance(first, Refused), first
            assert isinstance(second, Done), second
            ended["forbidden"] += 1
    with unit_of_work(office.engine, office.clock, write=False) as work:
        for case in closing.cases:
            row = hazard.get(work, case)
            assert row is not None
            forbidden = row.real_danger or row.production_stopped != "none"
            assert (row.state == "closed") != forbidden
            assert fold.fold(work, case) == fold.rows_of(work, case)
    assert min(ended.values()) >= rounds // 40, f"one side always wins: no race ({ended})"


def test_a_lost_race_is_a_conflict_with_a_sentence() -> None:
    for kind in (Overtaken, WrongState, Refused, KeyReused):
        assert issubclass(kind, Conflict)
        assert kind.status == 409
