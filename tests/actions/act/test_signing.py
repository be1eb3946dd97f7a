"""Decisions that wait for signatures: bound to the version of their row; withdrawn, refused, filled in anew."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from actions.act.parked import end_parked
from actions.act.perform import Done, perform
from actions.hand.facts import FieldErrors, Subject
from actions.history.verification import verify
from guapai.errors import (
    BadInput,
    GuapaiError,
    KeyReused,
    Missing,
    NotAllowed,
    Overtaken,
    Refused,
    WrongState,
)
from guapai.people import Actor, Role
from statemachines.noted import Parked
from storage import hazard, pending
from storage.database.work import unit_of_work
from storage.history import act, event
from storage.people import organisation as organisations
from storage.people import person as people
from storage.questions import desk, fold
from storage.questions.desk import Narrow
from storage.questions.scope import scope_of
from tests.actions.conftest import PLACE, Office
from tests.actions.racing import Answer, at_once

R = Role
SHUT = {"reason": "拒不整改", "ground": "示例情形"}
OTHER = {"reason": "另一理由", "ground": "示例情形"}
VISIT = {"finding": "现场情况", "percent": 50}
WHY = {"reason": "事实不清，须补充"}


class Signing:
    """Two who sign that a place be closed, and what the database says of it."""

    def __init__(self, office: Office) -> None:
        self.office, self.act = office, office.act
        self.case = office.rectifying()

    def park(self, facts: dict[str, Any] = SHUT) -> Done:
        """The head of the department signs first."""
        return self.act(R.department_head, "propose_shutdown", facts, self.case)

    def sign(self, role: Role = R.legal_reviewer, **more: Any) -> Done:
        """Somebody signs what waits."""
        return self.act(role, "propose_shutdown", None, self.case, **more)

    def end(
        self,
        how: Parked,
        role: Role,
        reason: dict[str, object] = WHY,
        *,
        name: str = "propose_shutdown",
        actor: Actor | None = None,
        **more: Any,
    ) -> Done:
        """Somebody withdraws or refuses what waits, a minute later."""
        self.office.clock.advance(timedelta(minutes=1))
        who = actor or self.office.who(role)
        with unit_of_work(self.office.engine, self.office.clock) as work:
            return end_parked(work, self.subject, name, how, reason, who, **more)

    @property
    def subject(self) -> Subject:
        return Subject(noun="hazard", row_id=self.case)

    def defer(self) -> None:
        """The unit gets more time: the version of the hazard grows."""
        asked = {"reason": "缺件", "progress": "五成", "interim_measures": "停机"}
        dates = {"asked_deadline": "2026-07-20"}
        row = self.act(
            R.enterprise_head, "apply", {**asked, **dates}, noun="deferral", case=self.case
        ).row_id
        more: dict[str, Any] = {"noun": "deferral", "case": self.case}
        self.act(R.commission_office, "endorse", {"opinion": "属实"}, row, **more)
        self.act(R.commission_chair, "grant", {"deadline": "2026-07-20"}, row, **more)

    def found(self) -> tuple[str, int]:
        """State and version of the hazard."""
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            row = hazard.get(work, self.case)
            assert row is not None
            return str(row.state), row.version

    def parked(self) -> list[str]:
        """What became of each decision that was parked, but for the grading's."""
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            return [str(r.state) for r in self._rows(work)]

    def _rows(self, work: Any) -> Any:
        p = pending.TABLE.c
        ours = sa.select(pending.TABLE).where(p.case_id == self.case, p.move != "grade_major")
        return work.execute(ours.order_by(p.id)).all()

    def last_parked(self) -> int:
        """The id of the decision that was parked last."""
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            return int(self._rows(work)[-1].id)

    def waits_for(self, role: Role) -> list[str]:
        """The moves that the desk of somebody says they are to sign."""
        actor = self.office.who(role)
        narrow = Narrow(kind="", filter="", after=(self.office.clock() - timedelta(3650), 0))
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            home = organisations.get(work, actor.organisation_id or 0)
            assert home is not None
            scope = scope_of(role, home.id, home.kind, home.place_code)
            found = desk.read(work, scope, actor, narrow, self.office.clock())
        return [u.move for u in found.unsigned if u.case_id == self.case]

    def history(self) -> list[event.Event]:
        """The events of the case."""
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            return event.of_case(work, self.case)

    def holds(self) -> None:
        """History, folded, is what the database holds, and is proved."""
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            assert fold.fold(work, self.case) == fold.rows_of(work, self.case)
        done = verify(self.office.engine, self.office.clock, Path(self.office.files))
        assert done.faults == []


@pytest.fixture
def signing(office: Office) -> Signing:
    return Signing(office)


def test_what_a_related_move_outran_has_lapsed_and_is_filled_in_anew(signing: Signing) -> None:
    signing.park()
    assert signing.waits_for(R.legal_reviewer) == ["propose_shutdown"]
    _, version = signing.found()
    signing.defer()
    assert signing.found() == ("rectifying", version + 1)
    assert signing.parked() == ["dropped"]
    assert signing.waits_for(R.legal_reviewer) == []
    with pytest.raises(Refused, match=r"案件情况已变化.*“提请关闭”已失效，请重新填写内容"):
        signing.sign()
    with pytest.raises(Overtaken, match=r"已于.*办理.*原等待签署的内容已失效，请重新填写内容"):
        signing.sign(seen_version=version)
    first = signing.act(R.legal_reviewer, "propose_shutdown", SHUT, signing.case)
    assert (first.missing, first.state) == (1, "rectifying")
    assert signing.waits_for(R.department_head) == ["propose_shutdown"]
    assert signing.sign(R.department_head).state == "shutdown_proposed"
    assert signing.parked() == ["dropped", "performed"]
    signing.holds()


@pytest.mark.parametrize("facts", [SHUT, OTHER], ids=["the same facts", "other facts"])
def test_an_old_signature_never_performs_what_is_filled_in_anew(
    signing: Signing, facts: dict[str, Any]
) -> None:
    signing.park()
    signing.defer()
    done = signing.act(R.legal_reviewer, "propose_shutdown", facts, signing.case)
    assert (done.missing, done.state) == (1, "rectifying")
    with pytest.raises(Refused, match="已经签署，须由另一人签署"):
        signing.act(R.legal_reviewer, "propose_shutdown", facts, signing.case)
    assert signing.found()[0] == "rectifying"
    signing.holds()


def test_a_move_of_the_row_itself_ends_what_waits(signing: Signing) -> None:
    signing.park()
    signing.act(R.inspector, "record_visit", VISIT, signing.case)
    assert (signing.parked(), signing.waits_for(R.legal_reviewer)) == (["dropped"], [])
    with pytest.raises(Refused, match="已失效"):
        signing.sign()
    assert signing.park().missing == 1
    signing.holds()


def test_one_signs_while_another_moves_the_row(signing: Signing) -> None:
    office = signing.office
    visited = []
    for nth in range(8):
        signing.case = office.rectifying()
        signing.park()
        office.clock.advance(timedelta(minutes=1))
        calls = [
            lambda: _perform(signing, R.legal_reviewer, "propose_shutdown", None),
            lambda: _perform(signing, R.inspector, "record_visit", VISIT),
        ]
        answers = at_once(*(calls if nth % 2 else calls[::-1]))
        signed, moved = answers if nth % 2 else answers[::-1]
        if isinstance(signed, Done):
            assert signing.parked() == ["performed"]
            assert isinstance(moved, (Done, WrongState))
        else:
            assert isinstance(signed, Refused) and "已失效" in signed.said
            assert isinstance(moved, Done)
            assert (signing.parked(), signing.found()[0]) == (["dropped"], "rectifying")
        visited.append(isinstance(signed, Done))
    signing.holds()


def _perform(signing: Signing, role: Role, name: str, facts: Any, **more: Any) -> Done:
    office = signing.office
    with unit_of_work(office.engine, office.clock) as work:
        return perform(work, signing.subject, name, facts, office.who(role), **more)


def _end(signing: Signing, role: Role, how: Parked) -> Done:
    office = signing.office
    with unit_of_work(office.engine, office.clock) as work:
        return end_parked(work, signing.subject, "propose_shutdown", how, WHY, office.who(role))


def test_one_signs_while_the_other_withdraws(signing: Signing) -> None:
    office = signing.office
    for nth in range(8):
        signing.case = office.rectifying()
        signing.park()
        office.clock.advance(timedelta(minutes=1))
        calls = [
            lambda: _perform(signing, R.legal_reviewer, "propose_shutdown", None),
            lambda: _end(signing, R.department_head, Parked.withdraw),
        ]
        answers: list[Answer] = at_once(*(calls if nth % 2 else calls[::-1]))
        signed, withdrawn = answers if nth % 2 else answers[::-1]
        assert isinstance(signed, Done) != isinstance(withdrawn, Done), answers
        done = isinstance(signed, Done)
        assert signing.parked() == ["performed" if done else "withdrawn"]
        assert signing.found()[0] == ("shutdown_proposed" if done else "rectifying")
        assert isinstance(withdrawn if done else signed, (Refused, WrongState))
    signing.holds()


def test_who_signed_withdraws_and_fills_in_anew(signing: Signing) -> None:
    signing.park()
    before = signing.found()
    done = signing.end(Parked.withdraw, R.department_head)
    assert (done.state, done.version) == before == signing.found()
    assert (signing.parked(), signing.waits_for(R.legal_reviewer)) == (["withdrawn"], [])
    with pytest.raises(Refused, match="已由签署人撤回，请重新填写内容"):
        signing.sign()
    assert signing.park(OTHER).missing == 1
    assert signing.sign().state == "shutdown_proposed"
    assert signing.parked() == ["withdrawn", "performed"]
    signing.holds()


def test_who_may_sign_refuses_and_history_says_who_and_why(signing: Signing) -> None:
    signing.park()
    done = signing.end(Parked.refuse, R.legal_reviewer)
    assert (signing.parked(), signing.waits_for(R.department_head)) == (["refused"], [])
    last = signing.history()[-1]
    assert last.id == done.event_id
    assert (last.move, last.source, last.dest) == (
        "refuse:propose_shutdown",
        "rectifying",
        "rectifying",
    )
    assert last.person_id == signing.office.who(R.legal_reviewer).person_id
    assert json.loads(last.leaf)["facts"] == WHY
    with pytest.raises(Refused, match="已被退回"):
        signing.sign(R.department_head)
    assert signing.park(OTHER).missing == 1
    signing.holds()


def test_nobody_does_what_is_the_others(signing: Signing) -> None:
    signing.park()
    with pytest.raises(Refused, match="您没有签署这份内容，不能撤回"):
        signing.end(Parked.withdraw, R.legal_reviewer)
    with pytest.raises(Refused, match="已经签署，不能退回"):
        signing.end(Parked.refuse, R.department_head)
    city, how = signing.office.city, Parked.refuse
    elsewhere = city.who(R.legal_reviewer, city.at("department", "341503"))
    for stranger in (signing.office.who(R.inspector), signing.office.who(R.enterprise_head)):
        with pytest.raises(NotAllowed):
            signing.end(how, stranger.role, actor=stranger)
    with pytest.raises(NotAllowed):
        signing.end(how, elsewhere.role, actor=elsewhere)
    assert signing.parked() == ["open"]
    assert PLACE != "341503"


def test_whom_the_separation_of_duties_keeps_from_signing_cannot_refuse(office: Office) -> None:
    signing = Signing(office)
    asked = office.application()
    office.act(R.enterprise_head, "request_acceptance", asked, signing.case)
    failed = {"reasons": "高度不足", "deadline": "2026-07-01"}
    office.act(R.department_head, "fail_acceptance", failed, signing.case)
    reviewer = replace(office.who(R.division_chief), role=R.expert)  # who accepted the plan
    with unit_of_work(office.engine, office.clock) as work:
        home, since = reviewer.organisation_id or 0, office.clock().date()
        people.appoint(work, reviewer.person_id or 0, R.expert, home, since)
    with pytest.raises(Refused, match="审查治理方案的人不能主持验收"):
        signing.end(Parked.refuse, R.expert, name="fail_acceptance", actor=reviewer)
    signing.end(Parked.refuse, R.expert, name="fail_acceptance")
    assert signing.parked() == ["refused"]


def test_what_is_asked_for_wrongly_is_told(signing: Signing) -> None:
    with pytest.raises(Refused, match="没有等待签署的“提请关闭”"):
        signing.end(Parked.refuse, R.legal_reviewer)
    signing.park()
    for reason in ({}, {"reason": "  "}, {"reason": "长" * 100_000}, {"reason": "a", "b": "c"}):
        with pytest.raises(FieldErrors):
            signing.end(Parked.refuse, R.legal_reviewer, dict(reason))
    with pytest.raises(BadInput, match="不是须多人签署的事项"):
        signing.end(Parked.refuse, R.inspector, name="record_visit")
    with pytest.raises(Missing):
        signing.case = 10**9
        signing.end(Parked.refuse, R.legal_reviewer)


def test_a_form_sent_twice_ends_it_once(signing: Signing) -> None:
    signing.park()
    first = signing.end(Parked.refuse, R.legal_reviewer, key="a form")
    assert signing.park().missing == 1
    again = signing.end(Parked.refuse, R.legal_reviewer, key="a form")
    assert (again.replayed, again.event_id) == (True, first.event_id)
    assert signing.parked() == ["refused", "open"]
    with pytest.raises(KeyReused):
        signing.end(Parked.refuse, R.legal_reviewer, {"reason": "另一理由"}, key="a form")


def test_nobody_signs_or_refuses_what_they_have_not_read(signing: Signing) -> None:
    signing.park()
    read = signing.last_parked()
    signing.end(Parked.withdraw, R.department_head)
    signing.park(OTHER)
    _, version = signing.found()
    with pytest.raises(Overtaken, match="已换成另一份内容"):
        signing.sign(seen_version=version, seen_parked=read)
    with pytest.raises(Overtaken, match="已换成另一份内容"):
        signing.end(Parked.refuse, R.legal_reviewer, seen_version=version, seen_parked=read)
    done = signing.sign(seen_version=version, seen_parked=signing.last_parked())
    assert done.state == "shutdown_proposed"


def test_what_outran_a_refusal_is_told(signing: Signing) -> None:
    signing.park()
    _, version = signing.found()
    signing.act(R.inspector, "record_visit", VISIT, signing.case)
    with pytest.raises(Overtaken, match="原等待签署的内容已失效"):
        signing.end(Parked.refuse, R.legal_reviewer, seen_version=version)
    with pytest.raises(Refused, match="已失效"):
        signing.end(Parked.refuse, R.legal_reviewer)


def test_what_breaks_the_limits_of_today_is_refused_and_filled_in_anew(signing: Signing) -> None:
    signing.park()
    old = json.dumps({**SHUT, "reason": "长" * 100_000}, ensure_ascii=False)
    with unit_of_work(signing.office.engine, signing.office.clock) as work:
        work.update(pending.TABLE, {"id": signing.last_parked()}, {"facts": old})
    with pytest.raises(Refused, match="不符合现行填写要求，请退回或撤回后重新填写内容"):
        signing.sign()
    signing.end(Parked.refuse, R.legal_reviewer)
    assert signing.park().missing == 1
    assert signing.sign().state == "shutdown_proposed"


def test_every_fault_here_is_a_sentence(signing: Signing) -> None:
    for how in (Parked.withdraw, Parked.refuse):
        with pytest.raises(GuapaiError) as failed:
            signing.end(how, R.legal_reviewer)
        assert failed.value.said.startswith("没有等待签署的")


def test_the_reason_is_proved_to_be_the_one_that_was_given(signing: Signing) -> None:
    signing.park()
    done = signing.end(Parked.refuse, R.legal_reviewer)
    signing.holds()
    with unit_of_work(signing.office.engine, signing.office.clock) as work:
        work.update(act.TABLE, {"id": done.act_id}, {"facts_hash": "0" * 64})
    found = verify(signing.office.engine, signing.office.clock, signing.office.files).faults
    assert any("not those the act was asked for" in f.found for f in found), found
