"""A reminder says what is so on the day it is sent, and is not sent when nothing is so any more."""

import re
from datetime import date, timedelta
from email import message_from_bytes

from actions.clock.ladder import sweep
from actions.post.digest import gather
from guapai.people import Role
from notifications.post.answers import Outcome, Stage, judged
from notifications.post.offices import MemoryOffice, plain_text
from notifications.post.sealing import Sender
from storage import duty, letter
from storage.database.work import unit_of_work
from storage.letter import Letter
from storage.people import person as people
from tests.actions.conftest import Office
from tests.actions.post.backlog import SENDER, WatchedOffice, go


def _remind(office: Office, days: int) -> None:
    office.clock.advance(timedelta(days=days))
    sweep(office.engine, office.clock)
    gather(office.engine, office.clock)


def _digests(office: Office) -> list[Letter]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return [r for r in letter.every(work) if r.kind == "digest"]


def _texts(out: MemoryOffice) -> list[str]:
    return [plain_text(message_from_bytes(k.mime)) for k in out.kept]


def test_a_reminder_of_what_is_done_is_not_sent(office: Office) -> None:
    case = office.lead()
    _remind(office, 7)
    assert _digests(office)
    office.act(Role.inspector, "verify", {"finding": "属实", "officers": office.officers}, case)
    out = MemoryOffice(SENDER)
    assert go(office, out).cancelled == len(_digests(office))
    assert {(r.state, r.cause) for r in _digests(office)} == {("cancelled", "stale")}
    assert not any("除尘器泄爆口" in t and "督办提醒" in t for t in _texts(out))


def test_what_is_left_of_a_reminder_is_told_anew(office: Office) -> None:
    office.lead()
    other = office.lead(title="液氨储罐无围堰")
    _remind(office, 7)
    before = {r.id: r.subject for r in _digests(office)}
    assert all("2件" in s for s in before.values())
    office.act(Role.inspector, "verify", {"finding": "属实", "officers": office.officers}, other)
    out = MemoryOffice(SENDER)
    go(office, out)
    rows = [r for r in _digests(office) if r.state == "sent"]
    assert {r.id for r in rows} == set(before)
    assert all("1件" in r.subject and "液氨储罐" not in r.text for r in rows)
    texts = [t for t in _texts(out) if "需要您处理" in t]
    assert texts
    assert not any("液氨储罐" in t for t in texts)


def test_sealed_words_are_not_changed_but_replaced(office: Office) -> None:
    office.lead()
    other = office.lead(title="液氨储罐无围堰")
    _remind(office, 7)
    busy = judged(Stage.recipient, 450, "4.2.1 mailbox busy")
    assert busy.outcome is Outcome.later
    out = WatchedOffice(office, lambda _: busy)
    go(office, out)
    sealed = {r.id: bytes(r.mime or b"") for r in _digests(office)}
    assert all(sealed.values())
    office.act(Role.inspector, "verify", {"finding": "属实", "officers": office.officers}, other)
    out.judge = lambda _: None
    office.clock.advance(timedelta(minutes=6))
    for _ in range(2):
        go(office, out)
    rows = _digests(office)
    assert {r.state for r in rows if r.id in sealed} == {"cancelled"}
    assert all(bytes(r.mime or b"") == sealed[r.id] for r in rows if r.id in sealed)
    new = [r for r in rows if r.id not in sealed]
    assert {r.state for r in new} == {"sent"}
    assert {r.recipient for r in new} == {r.recipient for r in rows if r.id in sealed}
    assert not any("液氨储罐" in t for t in _texts(out) if "需要您处理" in t)


def test_one_sentence_for_each_duty_and_it_is_true_on_its_day(office: Office) -> None:
    case = office.lead()
    office.clock.advance(timedelta(days=61))  # no rung comes on that day
    sweep(office.engine, office.clock)
    gather(office.engine, office.clock)
    out = MemoryOffice(SENDER)
    go(office, out)
    texts = [t for t in _texts(out) if "需要您处理" in t]
    assert texts
    with unit_of_work(office.engine, office.clock, write=False) as work:
        days = {
            str(d.due_on): (office.clock().date() - d.due_on).days
            for d in duty.of_case(work, case)
            if d.state == "open"
        }
    for text in texts:
        assert "明日" not in text
        told = re.findall(r"：(已逾期\d+日)，请立即办理。期限：(\S+)", text)
        assert told
        duties = re.findall(r"^\d+\. ", text, re.MULTILINE)
        assert len(told) == len(duties) == len(days)
        assert all(said == f"已逾期{days[until]}日" for said, until in told)


def test_a_reminder_that_waited_says_how_things_stand_when_it_goes(office: Office) -> None:
    office.lead()
    _remind(office, 7)
    first = {r.id: r.text for r in _digests(office)}
    office.clock.advance(timedelta(days=5))
    out = MemoryOffice(SENDER)
    go(office, out)
    rows = {r.id: r for r in _digests(office) if r.state == "sent"}
    assert set(rows) == set(first)
    assert all(rows[i].text != first[i] for i in first)
    assert all(re.search(r"已逾期\d+日", t) for t in _texts(out) if "需要您处理" in t)


def test_who_left_the_post_hears_nothing_and_who_holds_it_now_does(office: Office) -> None:
    office.lead()
    absent, stands_in = office.who(Role.inspector, 0), office.who(Role.legal_reviewer)
    assert absent.person_id is not None
    assert stands_in.person_id is not None
    _remind(office, 7)
    before = len(_digests(office))
    today = office.clock().date()
    with unit_of_work(office.engine, office.clock) as work:
        people.substitute(
            work, absent.person_id, stands_in.person_id, today, today + timedelta(days=30)
        )
    out = MemoryOffice(SENDER)
    go(office, out)
    go(office, out)
    rows = {r.recipient_name: r.state for r in _digests(office)}
    assert rows[absent.name] == "cancelled"
    assert rows[stands_in.name] == "sent"
    assert len(_digests(office)) == before + 1


def test_a_reader_whose_address_was_mended_hears_at_the_new_one(office: Office) -> None:
    office.lead()
    _remind(office, 7)
    person = office.who(Role.inspector, 0).person_id
    assert person is not None
    with unit_of_work(office.engine, office.clock) as work:
        people.readdress(work, person, "new.address@example.com")
    out = MemoryOffice(SENDER)
    go(office, out)
    assert "new.address@example.com" in {k.recipient for k in out.kept}


def test_statutory_letters_always_go(office: Office) -> None:
    case = office.grading()
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, case)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        waiting = [r for r in letter.of_case(work, case) if r.statutory]
    assert waiting
    office.clock.advance(timedelta(days=90))
    out = MemoryOffice(Sender("guapai@example.com", "x", "example.com"))
    go(office, out)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert {r.state for r in letter.of_case(work, case) if r.statutory} == {"sent"}


def test_a_term_that_was_moved_takes_its_reminder_back(office: Office) -> None:
    case = office.lead()
    _remind(office, 7)
    assert _digests(office)
    with unit_of_work(office.engine, office.clock) as work:
        for row in duty.of_case(work, case):
            if row.state == "open":
                later = row.due_at + timedelta(days=60)
                values = {"due_at": later, "due_on": date(2026, 6, 1), "anchor": later}
                work.update(duty.TABLE, {"id": row.id}, values)
    assert go(office, MemoryOffice(SENDER)).sent == 0
    assert {(r.state, r.cause) for r in _digests(office)} == {("cancelled", "stale")}
