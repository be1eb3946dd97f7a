"""The post: what becomes of a letter under every answer a server can give."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from actions.post.contact import ask_to_mend
from actions.post.ending import GIVE_UP_AFTER, recover
from actions.post.posting import post
from actions.post.round import LEASE, Posted
from guapai.people import Role
from notifications.post.answers import Answer, Outcome, Stage
from notifications.post.offices import Line, MemoryOffice
from notifications.post.sealing import Sender
from storage import duty, letter, queue
from storage.database.work import unit_of_work
from storage.letter import Letter
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


def test_letters_that_an_older_release_sealed_go_out_with_the_same_bytes(
    office: Office, case: int
) -> None:
    refused = {
        r.recipient: Answer(Outcome.later, 451, "greylisted", Stage.recipient)
        for r in _letters(office, case)
    }
    _post(office, MemoryOffice(SENDER, refused))
    with unit_of_work(office.engine, office.clock) as work:
        for row in _letters(office, case):  # it did not write down the domain
            work.update(letter.TABLE, {"id": row.id}, {"domain": None})
    sealed = {r.id: r.mime for r in _letters(office, case)}
    assert all(sealed.values())
    office.clock.advance(timedelta(hours=5))
    assert _post(office, MemoryOffice(SENDER)).sent == len(sealed)
    assert {r.id: r.mime for r in _letters(office, case)} == sealed
    assert {r.domain for r in _letters(office, case)} == {"example.com"}


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
    assert failed.cause == "bounced"


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
    assert waits[:4] == [timedelta(minutes=m) for m in (5, 10, 20, 40)]
    assert max(waits) == timedelta(hours=4)
    assert row.first_tried_at is not None
    assert office.clock() - row.first_tried_at >= GIVE_UP_AFTER
    assert row.cause == "given_up"


def test_channel_trouble_uses_up_no_attempt(office: Office, case: int) -> None:
    out = MemoryOffice(SENDER)
    out.trouble = Answer(Outcome.channel, 454, "TLS not available", Stage.tls, alarm=True)
    for _ in range(10):
        posted = _post(office, out)
        assert posted.alarm == "TLS not available"
        office.clock.advance(timedelta(minutes=11))
    assert {(r.state, r.attempts) for r in _letters(office, case)} == {("queued", 0)}
    out.trouble = None
    office.clock.advance(timedelta(minutes=11))
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


def test_an_expired_sending_is_uncertain_until_its_sender_answers(
    office: Office, case: int
) -> None:
    with unit_of_work(office.engine, office.clock) as work:
        row = queue.claim(work, "mine", LEASE, 1)[0]
        work.update(letter.TABLE, {"id": row.id}, {"state": "sending"})
    office.clock.advance(LEASE + timedelta(seconds=1))
    recover(office.engine, office.clock)
    with unit_of_work(office.engine, office.clock) as work:
        found = letter.get(work, row.id)
        assert found is not None
        assert (found.state, found.token) == ("uncertain", "mine")


class SlowOffice(MemoryOffice):
    """Something happens while a recipient is being named."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__(SENDER)
        self._meanwhile = meanwhile

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line]:
        async with super().open() as line:
            offer = line.offer

            async def slowly(sender: str, to: str, size: int | None = None) -> Answer | None:
                self._meanwhile()
                return await offer(sender, to, size)

            line.offer = slowly  # type: ignore[method-assign]
            yield line


def test_a_sender_that_lost_its_claim_hands_nothing_over(office: Office, case: int) -> None:
    other = MemoryOffice(SENDER)

    def stand_still() -> None:
        if not other.kept:
            office.clock.advance(LEASE + timedelta(seconds=1))
            _post(office, other)

    slow = SlowOffice(lambda: _in_a_thread(stand_still))
    posted = _post(office, slow)
    assert len(other.kept) == 2
    assert slow.kept == []
    assert posted.sent == 0
    assert {r.state for r in _letters(office, case)} == {"sent"}


def _in_a_thread(do: Callable[[], None]) -> None:
    thread = threading.Thread(target=do)
    thread.start()
    thread.join()


def test_many_letters_on_several_lines_arrive_once_each(office: Office) -> None:
    for nth in range(30):
        found = office.grading(title=f"第{nth}处")
        office.act(Role.inspector, "grade_general", {"reason": "一般"}, found)
    out = MemoryOffice(SENDER)
    posted = asyncio.run(post(office.engine, out, office.clock, batch=7, lines=4))
    assert posted.sent == len(out.kept) == 60
    assert len({k.mime for k in out.kept}) == 60
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert {(r.state, r.attempts) for r in letter.every(work)} == {("sent", 1)}


def test_trouble_on_one_line_ends_all(office: Office, case: int) -> None:
    out = MemoryOffice(SENDER)
    out.trouble = Answer(Outcome.channel, 421, "too many connections", Stage.connect, alarm=True)
    posted = asyncio.run(post(office.engine, out, office.clock, batch=1, lines=2))
    assert (posted.sent, posted.alarm) == (0, "too many connections")
    assert {(r.state, r.attempts) for r in _letters(office, case)} == {("queued", 0)}


def test_statutory_letters_go_first(office: Office, case: int) -> None:
    with unit_of_work(office.engine, office.clock) as work:
        rows = queue.claim(work, "t", LEASE, 1)
    assert rows[0].statutory


def test_letters_wait_for_their_paper(office: Office) -> None:
    case = office.listed()
    out = MemoryOffice(SENDER)
    _post(office, out)
    waiting = [r for r in _letters(office, case) if r.kind == "hazard_listed"]
    assert {r.state for r in waiting} == {"queued"}
    assert waiting[0].paper_id is not None
