"""The post: what becomes of a letter under every answer a server can give."""

import asyncio
from datetime import timedelta

import pytest

from actions.contact import ask_to_mend
from actions.posting import GIVE_UP_AFTER, LEASE, Posted, post, recover
from guapai.people import Role
from notifications.answers import Answer, Outcome, Stage
from notifications.offices import MemoryOffice
from notifications.sealing import Sender
from storage import duty, letter
from storage.letter import Letter
from storage.work import unit_of_work
from tests.actions.conftest import Office

SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")


@pytest.fixture
def case(office: Office) -> int:
    """A case with two statutory letters, to the head and the safety officer of a firm."""
    found = office.grading()
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, found)
    return found


def _post(office: Office, out: MemoryOffice) -> Posted:
    return asyncio.run(post(office.engine, out, office.clock))


def _letters(office: Office, case: int) -> list[Letter]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return letter.of_case(work, case)


def _answer(outcome: Outcome, code: int, stage: Stage = Stage.end) -> Answer:
    return Answer(outcome, code, f"said {code}", stage)


def test_letters_are_sent_once_and_keep_their_bytes(office: Office, case: int) -> None:
    out = MemoryOffice(SENDER)
    assert _post(office, out).sent == 2
    assert _post(office, out).sent == 0
    rows = _letters(office, case)
    assert [r.state for r in rows] == ["sent", "sent"]
    assert {bytes(r.mime or b"") for r in rows} == {k.mime for k in out.kept}
    assert all(r.message_id == f"<letter-{r.id}@example.com>" for r in rows)


def test_an_address_that_is_refused_opens_a_duty_to_mend_it(office: Office, case: int) -> None:
    first = _letters(office, case)[0]
    refused = _answer(Outcome.refused, 550, Stage.recipient)
    out = MemoryOffice(SENDER, {first.recipient: refused})
    posted = _post(office, out)
    assert (posted.sent, posted.failed) == (1, 1)
    assert ask_to_mend(office.engine, office.clock) == 1
    assert ask_to_mend(office.engine, office.clock) == 0
    with unit_of_work(office.engine, office.clock, write=False) as work:
        kinds = [d.kind for d in duty.of_case(work, case) if d.state == "open"]
    assert kinds.count("mend_contact") == 1
    failed = _letters(office, case)[0]
    assert (failed.state, failed.answer_code, failed.answer) == ("failed", 550, "said 550")


def test_a_passing_refusal_waits_longer_each_time_and_ends(office: Office, case: int) -> None:
    first = _letters(office, case)[0]
    out = MemoryOffice(SENDER, {first.recipient: _answer(Outcome.later, 451)})
    waits = []
    while True:
        posted = _post(office, out)
        row = _letters(office, case)[0]
        if row.state == "failed":
            break
        assert (row.state, posted.later) == ("queued", 1)
        waits.append(row.next_try_at - office.clock())
        office.clock.at = row.next_try_at
    assert waits[:4] == [timedelta(minutes=m) for m in (2, 4, 8, 16)]
    assert max(waits) == timedelta(hours=4)
    assert office.clock() - row.created_at >= GIVE_UP_AFTER


def test_channel_trouble_uses_up_no_attempt(office: Office, case: int) -> None:
    out = MemoryOffice(SENDER)
    out.trouble = Answer(Outcome.channel, 454, "TLS not available", Stage.tls, alarm=True)
    for _ in range(10):
        posted = _post(office, out)
        assert posted.alarm == "TLS not available"
        office.clock.advance(timedelta(minutes=3))
    assert {(r.state, r.attempts) for r in _letters(office, case)} == {("queued", 0)}
    out.trouble = None
    assert _post(office, out).sent == 2


def test_a_lost_answer_is_repeated_once_with_the_same_bytes(office: Office, case: int) -> None:
    first = _letters(office, case)[0]
    out = MemoryOffice(SENDER, {first.recipient: _answer(Outcome.uncertain, 0)})
    assert _post(office, out).uncertain == 1
    office.clock.advance(timedelta(minutes=5))
    assert _post(office, out).sent == 0
    office.clock.advance(timedelta(minutes=15))
    assert _post(office, out).uncertain == 1
    office.clock.advance(timedelta(hours=1))
    assert _post(office, out).uncertain == 0
    row = _letters(office, case)[0]
    assert (row.state, row.maybe_twice) == ("uncertain", True)
    copies = [k.mime for k in out.kept if k.recipient == first.recipient]
    assert len(copies) == 2
    assert len(set(copies)) == 1


def test_a_silent_sender_leaves_nothing_behind(office: Office, case: int) -> None:
    def claim(token: str) -> None:
        with unit_of_work(office.engine, office.clock) as work:
            letter.claim(work, token, LEASE, 10)

    for death in range(3):
        claim(f"dead{death}")
        office.clock.advance(LEASE + timedelta(seconds=1))
        recover(office.engine, office.clock)
    rows = _letters(office, case)
    assert {r.state for r in rows} == {"failed"}
    assert all("停止自动发送" in r.answer for r in rows)


def test_an_expired_sending_is_uncertain_until_its_sender_answers(
    office: Office, case: int
) -> None:
    with unit_of_work(office.engine, office.clock) as work:
        row = letter.claim(work, "mine", LEASE, 1)[0]
        work.update(letter.TABLE, {"id": row.id}, {"state": "sending"})
    office.clock.advance(LEASE + timedelta(seconds=1))
    recover(office.engine, office.clock)
    with unit_of_work(office.engine, office.clock) as work:
        found = letter.get(work, row.id)
        assert found is not None
        assert (found.state, found.token) == ("uncertain", "mine")


def test_statutory_letters_go_first(office: Office, case: int) -> None:
    with unit_of_work(office.engine, office.clock) as work:
        rows = letter.claim(work, "t", LEASE, 1)
    assert rows[0].statutory


def test_letters_wait_for_their_paper(office: Office) -> None:
    case = office.listed()
    out = MemoryOffice(SENDER)
    _post(office, out)
    waiting = [r for r in _letters(office, case) if r.kind == "hazard_listed"]
    assert {r.state for r in waiting} == {"queued"}
    assert waiting[0].paper_id is not None
