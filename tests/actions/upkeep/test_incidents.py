"""What the system cannot do by itself: one incident for one reason, climbing until it is over."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from actions.clock.ladder import sweep
from actions.history.verification import verify
from actions.papers.printing import print_papers
from actions.post.contact import ask_to_mend
from actions.post.digest import gather
from actions.post.ending import REPEAT_AFTER
from actions.post.posting import post
from actions.post.round import Posted
from actions.upkeep.incidents import tend
from actions.upkeep.mending import carry_out
from guapai.errors import BadInput, Refused
from guapai.people import Role
from notifications.post.answers import Answer, Outcome, Stage
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from statemachines.duty import is_again
from storage import duty, letter, paper
from storage.database.work import unit_of_work
from storage.history import event
from storage.letter import Letter
from storage.people import person as people
from storage.upkeep import lease
from tests.actions.administrator import Administrator, incidents_of, items_of
from tests.actions.conftest import Office

SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")
REFUSED = Answer(Outcome.refused, 550, "no such user", Stage.recipient)


@pytest.fixture
def admin(office: Office) -> Administrator:
    """Somebody who operates the system."""
    return Administrator(office)


@pytest.fixture
def case(office: Office) -> int:
    """A case with two letters, to the head and the safety officer of a firm."""
    found = office.grading()
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, found)
    return found


def letters_of(office: Office, case: int) -> list[Letter]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return letter.of_case(work, case)


def send(office: Office, said: dict[str, Answer] | None = None) -> Posted:
    return asyncio.run(post(office.engine, MemoryOffice(SENDER, said or {}), office.clock))


def refuse_first(office: Office, case: int) -> Letter:
    first = letters_of(office, case)[0]
    assert send(office, {first.recipient: REFUSED}).failed == 1
    return letters_of(office, case)[0]


def the_letter(office: Office, letter_id: int) -> Letter:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = letter.get(work, letter_id)
    assert found is not None
    return found


def whole(office: Office) -> None:
    """History holds, whatever was done."""
    found = verify(office.engine, office.clock, office.files)
    assert {f.what for f in found.faults} <= {"late", "file"}, found.faults


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


def test_many_letters_of_one_reason_are_one_incident_that_grows(
    office: Office, admin: Administrator
) -> None:
    for _ in range(2):
        for nth in range(3):
            found = office.grading(description=f"第{nth}处 {office.clock()}")
            office.act(Role.inspector, "grade_general", {"reason": "一般"}, found)
        out = MemoryOffice(SENDER)
        head = people_of(office)
        asyncio.run(post(office.engine, MemoryOffice(SENDER, {head: REFUSED}), office.clock))
        assert out.kept == []
        admin.tend()
    (only,) = incidents_of(office)
    assert len(items_of(office, only["id"])) == 6
    with unit_of_work(office.engine, office.clock, write=False) as work:
        told = [e for e in event.of_case(work, only["id"]) if e.move == "joined"]
        opened = [r for r in letter.of_case(work, only["id"])]
    assert len(told) == 2
    assert len(opened) == 1
    assert only["version"] == 1  # nobody who fills in a form is overtaken by one more letter


def people_of(office: Office) -> str:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        person = people.get(work, office.who(Role.enterprise_head).person_id or 0)
    assert person is not None and person.email
    return person.email


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


def test_a_period_that_failed_too_often_is_tried_anew(office: Office, admin: Administrator) -> None:
    def take() -> bool:
        with unit_of_work(office.engine, office.clock) as work:
            done = lease.take(work, "housekeeping", "2026-03-02", "t", timedelta(minutes=30))
        office.clock.advance(timedelta(minutes=31))
        return done

    assert [take() for _ in range(4)] == [True, True, True, False]
    with unit_of_work(office.engine, office.clock) as work:
        assert lease.give_up(work, "housekeeping") == ["2026-03-02"]
    assert admin.tend().opened == 1
    (found,) = incidents_of(office)
    assert (found["cause"], found["ground"]) == ("period", "job:housekeeping")
    admin.act(found["id"], "retry", reason="磁盘已清理")
    assert admin.tend().cleared == 0
    office.clock.advance(timedelta(minutes=1))
    with unit_of_work(office.engine, office.clock) as work:
        assert lease.take(work, "housekeeping", "2026-03-02", "u", timedelta(minutes=30))
        assert lease.finish(work, "housekeeping", "2026-03-02", "u")
    assert admin.tend().cleared == 1


def test_a_paper_that_cannot_be_printed_says_why(
    office: Office, admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.listed()

    def broken(*_: Any) -> None:
        raise ValueError("no such font")

    with monkeypatch.context() as patched:
        patched.setattr("actions.papers.printing.print_paper", broken)
        assert print_papers(office.engine, office.files, office.clock) == 0
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (stuck,) = paper.issued(work, 0)
    assert stuck.fault == "ValueError: no such font"
    assert admin.tend().opened == 1
    (found,) = incidents_of(office)
    assert found["title"].endswith(stuck.number)
    admin.act(found["id"], "retry", reason="字体已装")
    admin.tend()
    assert print_papers(office.engine, office.files, office.clock) == 1
    assert admin.tend().cleared == 1
    whole(office)


def test_a_paper_that_nobody_prints_is_found_after_a_while(
    office: Office, admin: Administrator
) -> None:
    office.listed()
    assert admin.tend().opened == 0
    office.clock.advance(timedelta(minutes=31))
    assert admin.tend().opened == 1


def test_it_climbs_until_somebody_has_met_it(office: Office, admin: Administrator) -> None:
    found = office.grading()
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, found)
    refuse_first(office, found)
    admin.tend()
    (only,) = incidents_of(office)
    bureau, above = admin.actor.organisation_id, only["commission_id"]
    told: set[tuple[str, int | None]] = set()
    for _ in range(12):
        office.clock.advance(timedelta(days=7))
        sweep(office.engine, office.clock)
        with unit_of_work(office.engine, office.clock) as work:
            lines = work.execute(sa.select(letter.LINES)).mappings().all()
        ours = [line for line in lines if line["case_id"] == only["id"]]
        told |= {(line["role"], line["organisation_id"]) for line in ours}
    assert told >= {
        ("system_admin", bureau),
        ("department_head", bureau),
        ("commission_office", above),
        ("commission_chair", above),
    }


def test_it_does_not_fall_silent_in_a_year(office: Office, admin: Administrator) -> None:
    """After the ladder it speaks every week, one level higher as well; a late sweep says it once."""
    found = office.grading()
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, found)
    refuse_first(office, found)
    admin.tend()
    (only,) = incidents_of(office)
    weeks = [_weeks_words(office, only["id"]) for _ in range(9)]
    assert all(a or b for a, b in pairwise(weeks)), "the ladder itself"
    known = _rungs(office, only["id"])
    for week in range(43):
        told = _weeks_words(office, only["id"])
        assert told == {
            ("system_admin", admin.actor.organisation_id),
            ("department_head", admin.actor.organisation_id),
            ("commission_chair", only["commission_id"]),
            ("commission_office", only["upper_id"]),
        }, week
    assert len(_rungs(office, only["id"]) - known) == 43
    office.clock.advance(timedelta(days=200))
    assert len(_weeks_words(office, only["id"])) == 4, "what was missed is said once"
    admin.act(only["id"], "dismiss", reason="已处理")
    assert _weeks_words(office, only["id"]) == set()
    whole(office)


def _weeks_words(office: Office, case_id: int) -> set[tuple[str, int | None]]:
    """A week goes by: to whom something was said of a case meanwhile."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        before = {r["id"] for r in work.execute(sa.select(letter.LINES)).mappings()}
    office.clock.advance(timedelta(days=7))
    sweep(office.engine, office.clock)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        lines = work.execute(sa.select(letter.LINES)).mappings().all()
    fresh = [r for r in lines if r["case_id"] == case_id and r["id"] not in before]
    assert len({r["rung"] for r in fresh if is_again(r["rung"])}) <= 1
    return {(str(r["role"]), r["organisation_id"]) for r in fresh}


def _rungs(office: Office, case_id: int) -> set[str]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (owed,) = duty.of_case(work, case_id)
        return {r.rung for r in duty.rungs_of(work, owed.id)}


SETTLE = "settle_incident"


def test_letters_about_an_incident_breed_none(office: Office, admin: Administrator) -> None:
    found = office.grading()
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, found)
    refuse_first(office, found)
    admin.tend()
    away = {"system.admin@example.com": REFUSED}
    for _ in range(10):
        office.clock.advance(timedelta(days=1))
        sweep(office.engine, office.clock)
        gather(office.engine, office.clock)
        send(office, away)
        ask_to_mend(office.engine, office.clock)
        admin.tend()
    (only,) = incidents_of(office)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        failed = [r for r in letter.every(work) if r.state == "failed"]
        kinds = [d.kind for d in duty.of_case(work, only["id"])]
    assert len(failed) > 2
    assert {r.id for r in failed} == {i.row_id for i in items_of(office, only["id"])}
    assert kinds == [SETTLE]


def test_where_nobody_is_administrator_the_head_hears_of_it_and_the_first_one_takes_it_over(
    office: Office, case: int
) -> None:
    refuse_first(office, case)
    tend(office.engine, office.clock)
    (found,) = incidents_of(office)
    assert found["department_id"] == office.city.at("commission", "341500")
    chair = office.city.who(Role.commission_chair, found["department_id"])
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (opened,) = letter.of_case(work, found["id"])
    assert opened.person_id == chair.person_id
    admin = Administrator(office)
    admin.tend()
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (owed,) = [d for d in duty.of_case(work, found["id"]) if d.state == "open"]
    assert owed.owner_id == admin.actor.organisation_id
    admin.act(found["id"], "dismiss", reason="已处理")
    whole(office)


def test_two_looks_at_once_open_one(office: Office, admin: Administrator, case: int) -> None:
    refuse_first(office, case)
    racing(lambda: tend(office.engine, office.clock))
    (only,) = incidents_of(office)
    assert len(items_of(office, only["id"])) == 1
    whole(office)


def racing(look: Callable[[], object]) -> None:
    import threading  # noqa: PLC0415

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
