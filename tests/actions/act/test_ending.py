"""A decision that waits is withdrawn or refused, and filled in anew."""

import json
from dataclasses import replace

import pytest

from actions.hand.facts import FieldErrors
from actions.history.verification import verify
from guapai.errors import (
    BadInput,
    GuapaiError,
    KeyReused,
    Missing,
    NotAllowed,
    Overtaken,
    Refused,
)
from statemachines.noted import Parked
from storage.database.work import unit_of_work
from storage.history import act
from storage.people import person as people
from tests.actions.act.signing import OTHER, VISIT, WHY, R, Signing
from tests.actions.conftest import PLACE, Office


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
    asked = office.application(signing.case)
    office.act(R.enterprise_head, "request_acceptance", asked, signing.case)
    failed = office.failed(signing.case, "2026-07-01")
    office.act(R.department_head, "fail_acceptance", failed, signing.case)
    reviewer = replace(office.who(R.division_chief), role=R.expert)  # who accepted the plan
    with unit_of_work(office.engine, office.clock) as work:
        home, since = reviewer.organisation_id or 0, office.clock().date()
        people.appoint(work, reviewer.person_id or 0, R.expert, home, since)
    with pytest.raises(Refused, match="审查治理方案的人不能参加验收"):
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


def test_what_outran_a_refusal_is_told(signing: Signing) -> None:
    signing.park()
    _, version = signing.found()
    signing.act(R.inspector, "record_visit", VISIT, signing.case)
    with pytest.raises(Overtaken, match="原等待签署的内容已失效"):
        signing.end(Parked.refuse, R.legal_reviewer, seen_version=version)
    with pytest.raises(Refused, match="已失效"):
        signing.end(Parked.refuse, R.legal_reviewer)


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
