"""A letter that could not be sent is an incident, until it is sent, told or given up."""

from datetime import timedelta

import pytest

from actions.clock.ladder import sweep
from actions.post.contact import ask_to_mend
from actions.post.digest import gather
from actions.post.ending import REPEAT_AFTER
from actions.upkeep.mending import carry_out
from guapai.errors import BadInput, Refused
from guapai.people import Role
from notifications.post.answers import Answer, Outcome, Stage
from storage import duty, letter
from storage.database.work import unit_of_work
from storage.history import event
from storage.people import person as people
from tests.actions.administrator import Administrator, incidents_of, items_of
from tests.actions.conftest import Office
from tests.actions.upkeep.refusal import REFUSED, letters_of, refuse_first, send, the_letter, whole


def test_a_refused_letter_is_one_incident_that_its_sending_clears(
    office: Office, admin: Administrator, case: int
) -> None:
    first = refuse_first(office, case)
    assert (admin.tend().opened, admin.tend().opened) == (1, 0)
    (found,) = incidents_of(office)
    assert (found["cause"], found["ground"]) == ("refused", f"person:{first.person_id}")
    assert found["number"].startswith("YX-341500-2026-")
    assert found["department_id"] == admin.actor.organisation_id
    assert [i.row_id for i in items_of(office, found["id"])] == [first.id]
    with pytest.raises(Refused, match="没有可以重新办理"):
        admin.act(found["id"], "retry", reason="再试")
    admin.act(found["id"], "resend", reason="对方邮箱已恢复")
    assert admin.tend().cleared == 0  # it waits to be sent
    assert send(office).sent == 2  # and the letter that told of the incident
    assert admin.tend().cleared == 1
    assert incidents_of(office)[0]["state"] == "settled"
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert [d.state for d in duty.of_case(work, found["id"])] == ["met"]
        resent = event.last(work, "letter", first.id)
    assert resent is not None
    assert (resent.move, resent.person_id) == ("resend", admin.actor.person_id)
    assert resent.case_id == case
    whole(office)


def test_another_address_is_a_letter_of_its_own_and_the_duty_ends(
    office: Office, admin: Administrator, case: int
) -> None:
    first = refuse_first(office, case)
    assert ask_to_mend(office.engine, office.clock) == 1
    admin.tend()
    (found,) = incidents_of(office)
    with pytest.raises(BadInput, match="没有这一封信件"):
        admin.act(found["id"], "readdress", reason="a", email="x@example.com", letter=case)
    admin.act(found["id"], "readdress", reason="本人来电更正", email="found@example.com")
    assert carry_out(office.engine, office.clock) == 1
    assert carry_out(office.engine, office.clock) == 0
    again = letters_of(office, case)[-1]
    assert (again.recipient, again.subject, again.state) == (
        "found@example.com",
        first.subject,
        "queued",
    )
    old = the_letter(office, first.id)
    assert (old.state, old.answer, old.mime) == ("readdressed", "no such user", first.mime)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        person = people.get(work, first.person_id or 0)
        mended = [d.state for d in duty.of_case(work, case) if d.kind == "mend_contact"]
    assert (person and person.email, mended) == ("found@example.com", ["met"])
    assert admin.tend().cleared == 1
    assert send(office).sent == 2
    whole(office)


@pytest.mark.parametrize(
    ("email", "said"), [("kein@", "不是能收信的邮箱"), ("{other}", "已登记给其他人员")]
)
def test_an_address_that_cannot_be_theirs_is_refused_beside_its_field(
    office: Office, case: int, email: str, said: str
) -> None:
    first, other = refuse_first(office, case), letters_of(office, case)[1]
    facts = {"reason": "更正", "email": email.format(other=other.recipient)}
    with pytest.raises(BadInput, match=said) as refused:
        office.act(Role.inspector, "readdress", facts, first.id, noun="letter", case=case)
    assert getattr(refused.value.said, "field", "") == "email"


def test_what_was_told_by_telephone_is_proof(
    office: Office, admin: Administrator, case: int
) -> None:
    first = refuse_first(office, case)
    admin.tend()
    (found,) = incidents_of(office)
    later = office.clock() + timedelta(minutes=1)
    told = {"whom": "示例值班员", "said": "已告知整改期限"}
    with pytest.raises(Refused, match="不能在将来"):
        admin.act(found["id"], "tell", told_at=later, **told)
    admin.act(found["id"], "tell", told_at=office.clock(), **told)
    assert admin.tend().cleared == 1
    row = the_letter(office, first.id)
    assert row.state == "told"
    assert "示例管理员电话告知示例值班员：已告知整改期限（此前：550 no such user）" in row.answer
    whole(office)


def test_who_dismisses_says_why_and_its_letters_are_cancelled(
    office: Office, admin: Administrator, case: int
) -> None:
    first = refuse_first(office, case)
    admin.tend()
    (found,) = incidents_of(office)
    admin.act(found["id"], "dismiss", reason="企业已注销，无需再发")
    assert admin.tend().opened == 0
    assert the_letter(office, first.id).state == "cancelled"
    assert incidents_of(office)[0]["state"] == "dismissed"
    whole(office)


def test_a_digest_that_fails_opens_one_and_can_be_sent_again(
    office: Office, admin: Administrator
) -> None:
    office.lead()
    office.clock.advance(timedelta(days=6))
    sweep(office.engine, office.clock)
    assert gather(office.engine, office.clock) > 0
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (digest, *_) = [r for r in letter.every(work) if r.kind == "digest"]
    send(office, {digest.recipient: REFUSED})
    assert ask_to_mend(office.engine, office.clock) == 0  # it is about no single case
    assert admin.tend().opened == 1
    (found,) = incidents_of(office)
    admin.act(found["id"], "readdress", reason="已核实", email="new@example.com")
    admin.tend()
    with unit_of_work(office.engine, office.clock, write=False) as work:
        rows = [r for r in letter.every(work) if r.recipient == "new@example.com"]
        moved = event.last(work, "letter", digest.id)
    assert [(r.kind, r.text) for r in rows] == [("digest", digest.text)]
    assert moved is not None and moved.case_id == found["id"]
    whole(office)


def test_a_reminder_whose_end_is_unknown_gets_a_person_and_a_notice_is_repeated_first(
    office: Office, admin: Administrator, case: int
) -> None:
    lost = Answer(Outcome.uncertain, 0, "silence", Stage.end)
    first = letters_of(office, case)[0]
    send(office, {first.recipient: lost})
    assert admin.tend().opened == 0, "a statutory letter is sent once more by itself"
    office.clock.advance(REPEAT_AFTER)
    send(office, {first.recipient: lost})
    assert admin.tend().opened == 1
    (found,) = incidents_of(office)
    assert (found["cause"], found["ground"]) == ("lost", "lost:example.com")


def test_a_letter_that_kills_its_senders_is_an_incident_of_its_own(
    office: Office, admin: Administrator, case: int
) -> None:
    first = letters_of(office, case)[0]
    with unit_of_work(office.engine, office.clock) as work:
        ended = {"state": "failed", "cause": "poison", "deaths": 3, "ended_at": work.now}
        work.update(letter.TABLE, {"id": first.id}, ended)
    assert admin.tend().opened == 1
    (found,) = incidents_of(office)
    assert (found["cause"], found["ground"]) == ("poison", f"letter:{first.id}")
    admin.act(found["id"], "resend", reason="新版程序已修复")
    admin.tend()
    again = the_letter(office, first.id)
    assert (again.state, again.deaths, again.cause) == ("queued", 0, None)
