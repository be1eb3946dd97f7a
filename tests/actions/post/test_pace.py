"""Trouble stays where it belongs: with a domain, with an address, or with the server; all obey."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise

import pytest

from actions.post import posting
from actions.post.ending import GIVE_UP_AFTER
from actions.post.hold import hold_post, release
from guapai.people import Role
from notifications.post.answers import Answer, Outcome, Stage, judged
from notifications.post.offices import ClosedOffice, ConsoleOffice, Line, MemoryOffice, Rate
from storage import way
from storage.database.work import unit_of_work
from storage.letter import TABLE as LETTERS
from storage.upkeep.epoch import renew_epoch
from storage.upkeep.hold import Held, HoldReason
from tests.actions.conftest import Office
from tests.actions.post.backlog import (
    SENDER,
    WatchedOffice,
    go,
    letters_of,
    queue_letters,
    states,
)

MINUTE = timedelta(minutes=1)


class HangingOffice(MemoryOffice):
    """Takes the bytes of a letter, and never answers."""

    def __init__(self) -> None:
        super().__init__(SENDER)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line]:
        """A line that falls silent after the first letter."""
        async with super().open() as line:
            hand_over = line.hand_over

            async def silent(mime: bytes) -> Answer:
                await hand_over(mime)
                await asyncio.sleep(600)
                raise AssertionError("nobody waits so long")

            line.hand_over = silent  # type: ignore[method-assign]
            yield line


@pytest.mark.parametrize(
    "code", [421, *(pytest.param(c, marks=pytest.mark.long) for c in (450, 451))]
)
def test_a_domain_that_asks_for_time_holds_up_nobody_else(office: Office, code: int) -> None:
    slow = set(queue_letters(office, 60, domain="slow.example"))
    queue_letters(office, 150, statutory=False)
    said = judged(Stage.recipient, code, "4.7.0 come later")
    healed = False
    out = WatchedOffice(
        office, lambda to: said if to.endswith("slow.example") and not healed else None
    )
    begun, sent = office.clock(), []
    while office.clock() - begun < timedelta(hours=1):
        sent.append(go(office, out, batch=20).sent)
        office.clock.advance(MINUTE if len(sent) < 5 else 3 * MINUTE)
    assert sum(sent[:2]) == 150
    tries = Counter(to for _, to in out.offers if to.endswith("slow.example"))
    assert 4 <= tries.total() <= 15
    assert max(tries.values()) <= 2
    rows = letters_of(office)
    assert {rows[i].state for i in slow} == {"queued"}
    healed = True
    for _ in range(10):
        go(office, out)
        office.clock.advance(2 * MINUTE)
    assert states(office) == {"sent": 210}
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert way.every(work) == []


def test_a_domain_that_never_comes_back_ends_its_letters_some_day(office: Office) -> None:
    queue_letters(office, 3, domain="gone.example")
    said = judged(Stage.recipient, 421, "closing")
    out = WatchedOffice(office, lambda _: said)
    begun = office.clock()
    while office.clock() - begun < 3 * GIVE_UP_AFTER and states(office) != {"failed": 3}:
        go(office, out)
        office.clock.advance(timedelta(hours=4))
    rows = letters_of(office).values()
    assert {(r.state, r.cause) for r in rows} == {("failed", "given_up")}
    assert all(r.first_tried_at and r.ended_at for r in rows)
    assert all(r.ended_at - r.first_tried_at >= GIVE_UP_AFTER for r in rows)


def test_days_without_a_server_are_no_tries(office: Office) -> None:
    (one,) = queue_letters(office, 1)
    out = WatchedOffice(office)
    out.trouble = Answer(Outcome.channel, 0, "no route", Stage.connect)
    for _ in range(20):
        go(office, out)
        office.clock.advance(timedelta(hours=4))
    out.trouble = None
    out.judge = lambda _: judged(Stage.recipient, 450, "4.2.0 greylisted")
    go(office, out)
    row = letters_of(office)[one]
    assert (row.state, row.attempts, row.first_tried_at) == ("queued", 1, office.clock())
    out.judge = lambda _: None
    office.clock.advance(timedelta(minutes=5))
    assert go(office, out).sent == 1


@pytest.mark.parametrize("waiting", [300, pytest.param(5000, marks=pytest.mark.long)])
def test_a_wrong_password_is_tried_once_in_a_while_and_the_statutory_go_first(
    office: Office, waiting: int
) -> None:
    queue_letters(office, waiting // 2, statutory=False)
    statutory = set(queue_letters(office, waiting - waiting // 2))
    out = WatchedOffice(office)
    out.trouble = Answer(Outcome.channel, 535, "authentication failed", Stage.auth, alarm=True)
    for _ in range(120):
        assert go(office, out).alarm == "authentication failed"
        office.clock.advance(MINUTE)
    assert 8 <= out.opened <= 20
    assert {(r.state, r.attempts) for r in letters_of(office).values()} == {("queued", 0)}
    out.trouble = None
    office.clock.advance(timedelta(minutes=10))
    posted = go(office, out, lines=1)
    assert (posted.sent, posted.alarm, posted.trouble) == (waiting, "", "")
    first = {int(to.split("@")[0].removeprefix("reader")) for _, to in out.offers[: len(statutory)]}
    assert first == statutory


def test_one_line_alone_tries_a_server_that_was_in_trouble(office: Office) -> None:
    queue_letters(office, 40)
    out = WatchedOffice(office)
    out.trouble = Answer(Outcome.channel, 421, "too busy", Stage.connect)
    posted = go(office, out, batch=5)
    assert (out.opened, posted.trouble, posted.alarm) == (1, "too busy", "")
    go(office, out, batch=5)
    assert out.opened == 1, "it rests"
    office.clock.advance(timedelta(minutes=2))
    go(office, out, batch=5)
    assert out.opened == 2


def test_an_address_is_left_alone_for_five_minutes_after_a_4xx(office: Office) -> None:
    queue_letters(office, 1, recipient="wang@example.com")
    queue_letters(office, 1, recipient="wang@example.com", statutory=False)
    out = WatchedOffice(office, lambda _: judged(Stage.recipient, 452, "4.2.2 over quota"))
    for _ in range(30):
        go(office, out)
        office.clock.advance(MINUTE)
    times = [at for at, _ in out.offers]
    assert len(times) >= 3
    assert min(b - a for a, b in pairwise(times)) >= timedelta(minutes=5)


def test_a_server_that_slows_domain_after_domain_before_it_heard_whom_slows_us(
    office: Office,
) -> None:
    for nth in range(6):
        queue_letters(office, 2, domain=f"d{nth}.example")
    out = WatchedOffice(office, lambda _: judged(Stage.sender, 450, "MI:DMC"))
    posted = go(office, out)
    assert posted.trouble == "MI:DMC"
    assert len(out.offers) == 2


def test_a_rate_is_kept_in_every_window(office: Office) -> None:
    queue_letters(office, 40, domain="163.example")
    queue_letters(office, 20)
    out = WatchedOffice(office)
    out.rates = {"163.example": Rate(letters=5, seconds=300, lines=1)}
    sent = [go(office, out, batch=7).sent]
    assert sent[0] >= 20
    for _ in range(50):
        office.clock.advance(MINUTE)
        sent.append(go(office, out, batch=7).sent)
    assert states(office) == {"sent": 60}
    times = sorted(at for at, to in out.offers if to.endswith("@163.example"))
    for begin in times:
        assert sum(begin <= t < begin + timedelta(seconds=300) for t in times) <= 5


def test_what_a_person_hears_of_a_case_comes_in_order(office: Office) -> None:
    case = office.lead()
    ids = queue_letters(office, 6, case_id=case, recipient="wang@example.com")
    blocked = True
    out = WatchedOffice(
        office, lambda _: judged(Stage.recipient, 450, "4.2.1 busy") if blocked else None
    )
    go(office, out, batch=2, lines=3)
    assert len(out.offers) == 1
    blocked = False
    office.clock.advance(timedelta(minutes=6))
    go(office, out, batch=2, lines=3)
    mimes = [k.mime for k in out.kept]
    assert len(mimes) == 6
    rows = letters_of(office)
    assert mimes == [rows[i].mime for i in ids]


def test_without_a_server_letters_wait(office: Office) -> None:
    queue_letters(office, 3)
    closed = ClosedOffice(SENDER, "no mail server is set")
    posted = go(office, closed)  # type: ignore[arg-type]
    assert posted.alarm == "no mail server is set"
    assert {(r.state, r.attempts) for r in letters_of(office).values()} == {("queued", 0)}


def test_what_is_printed_is_not_sent(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    queue_letters(office, 2)
    posted = go(office, ConsoleOffice(SENDER))  # type: ignore[arg-type]
    assert (posted.sent, posted.printed) == (0, 2)
    assert capsys.readouterr().err.count("── to") == 2
    assert {(r.state, r.attempts) for r in letters_of(office).values()} == {("queued", 0)}
    office.clock.advance(timedelta(hours=1))
    assert go(office, MemoryOffice(SENDER)).sent == 2


def test_a_sender_that_cannot_stand_in_a_letter_suppresses_none(office: Office) -> None:
    queue_letters(office, 3)
    out = MemoryOffice(SENDER)
    out.sender = SENDER.__class__("nobody", "x", "example.com")
    assert "nobody" in go(office, out).alarm
    assert states(office) == {"queued": 3}


def test_a_held_post_sends_nothing_until_two_persons_let_it_go(office: Office) -> None:
    queue_letters(office, 3)
    with unit_of_work(office.engine, office.clock) as work:
        hold_post(work, HoldReason.restore, "restored from yesterday")
    out = MemoryOffice(SENDER)
    assert go(office, out).held == "restored from yesterday"
    assert (states(office), out.kept) == ({"queued": 3}, [])
    for nth in (0, 1):
        person = office.who(Role.inspector, nth).person_id
        assert person is not None
        with unit_of_work(office.engine, office.clock) as work:
            release(work, Held.post, person)
    assert go(office, out).sent == 3


def test_another_life_of_the_database_gives_other_message_ids(office: Office) -> None:
    first, second = queue_letters(office, 1), queue_letters(office, 1)
    with unit_of_work(office.engine, office.clock) as work:
        work.update(LETTERS, {"id": second[0]}, {"next_try_at": work.now + MINUTE})
    out = MemoryOffice(SENDER)
    go(office, out)
    with unit_of_work(office.engine, office.clock) as work:
        epoch = renew_epoch(work).name
    office.clock.advance(MINUTE)
    go(office, out)
    rows = letters_of(office)
    assert rows[first[0]].message_id == f"<letter-{first[0]}@example.com>"
    assert rows[second[0]].message_id == f"<letter-{second[0]}.{epoch}@example.com>"


def test_a_process_that_is_to_end_finishes_one_letter_and_lets_the_others_go(
    office: Office,
) -> None:
    queue_letters(office, 50)
    out = WatchedOffice(office)
    posted = go(office, out, batch=20, lines=2, stopping=lambda: len(out.kept) >= 7)
    assert 7 <= posted.sent <= 9
    assert set(states(office)) == {"sent", "queued"}
    assert all(r.token is None for r in letters_of(office).values() if r.state == "queued")
    assert go(office, out).sent == 50 - posted.sent
    assert len(out.kept) == 50


def test_a_server_that_does_not_answer_cannot_keep_a_process_from_ending(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_letters(office, 5)
    monkeypatch.setattr(posting, "PATIENCE", 0.1)
    out = HangingOffice()
    posted = go(office, out, stopping=lambda: bool(out.kept))
    assert posted.uncertain == 1
    assert states(office) == {"uncertain": 1, "queued": 4}
    assert all(r.token is None for r in letters_of(office).values() if r.state == "queued")
    office.clock.advance(timedelta(minutes=16))
    assert go(office, MemoryOffice(SENDER)).sent == 5
