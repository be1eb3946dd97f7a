"""The whole table is lived through: the story, and the corners it leaves out, on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from actions.act.perform import perform
from actions.hand.facts import Subject
from flows.timetable import Ground
from guapai.clock import SimulatedClock
from guapai.people import Role
from law.pack import read_packs, shipped_texts
from notifications.post.catcher import Catcher
from notifications.post.offices import SmtpOffice
from notifications.post.sealing import Sender
from notifications.post.smtp import Channel, Tls
from statemachines.vocabulary import VOCABULARY
from storage import hazard, letter
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.people import person as people
from storage.questions import fold
from tests.journeys import (
    idle_tales,
    operating,
    tales_of_ends,
    tales_of_levels,
    tales_of_stops,
    tales_of_subjects,
    tales_of_terms,
)
from tests.journeys.coverage import Lived
from tests.journeys.living import DAYS, FIRST, Story, begin
from tests.journeys.tales import TALES

PACK = read_packs(shipped_texts(), VOCABULARY)["luan"]


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    with Catcher() as found:
        yield found


@pytest.fixture
def story(engine: Engine, clock: SimulatedClock, tmp_path: Path, catcher: Catcher) -> Story:
    channel = Channel(host=catcher.host, port=catcher.port, tls=Tls.none)
    sender = Sender("guapai@example.com", "重大事故隐患挂牌督办系统", "example.com")
    ground = Ground(engine, clock, SmtpOffice(channel, sender), tmp_path / "files")
    return begin(ground, clock)


def _folds(engine: Engine, clock: SimulatedClock) -> None:
    with unit_of_work(engine, clock, write=False) as work:
        for row in hazard.every(work):
            assert fold.fold(work, row.id) == fold.rows_of(work, row.id)


def _mails_match(engine: Engine, clock: SimulatedClock, catcher: Catcher) -> int:
    """Every mail received is a letter that was sent, once, with the bytes that were sealed."""
    received = [c.mime for c in catcher.letters]
    assert len(set(received)) == len(received)
    with unit_of_work(engine, clock, write=False) as work:
        sealed = {bytes(row.mime) for row in letter.every(work) if row.state == "sent"}
    assert {m.replace(b"\r\n", b"\n") for m in received} == {
        m.replace(b"\r\n", b"\n") for m in sealed
    }
    return len(received)


def test_the_story_and_its_corners_live_through_every_table(
    story: Story, engine: Engine, clock: SimulatedClock, catcher: Catcher
) -> None:
    unit = story.city.units["341503"][5]
    boss = story.city.who(Role.enterprise_head, unit)
    officer = story.city.who(Role.safety_officer, unit)
    with unit_of_work(engine, clock) as work:
        for person in (boss, officer):
            assert person.person_id is not None
            people.readdress(work, person.person_id, None)
    beside = (tales_of_terms, tales_of_stops, tales_of_ends, tales_of_subjects, tales_of_levels)
    tales = (*TALES, *idle_tales.TALES, *(tale for found in beside for tale in found.TALES))
    for number in range(idle_tales.DAYS):
        story.live_day(number, tales)
        if number == 10:
            admin = operating.begin(story)
        if number == 20:
            _mend(story, engine, clock)
        if number == DAYS - 1:
            _folds(engine, clock)
    _cancel(story, engine, clock)
    operating.operate(story, admin)
    lived = Lived()
    lived.add(engine, clock())
    assert lived.missing(PACK) == {}, lived.report(PACK)
    _folds(engine, clock)
    assert _mails_match(engine, clock, catcher) > 400
    assert clock().date() == FIRST + timedelta(days=idle_tales.DAYS - 1)


def _unreached(story: Story, engine: Engine, clock: SimulatedClock) -> int:
    with unit_of_work(engine, clock, write=False) as work:
        case_id = story.cases["unreachable"]
        return next(r.id for r in letter.of_case(work, case_id) if r.state == "suppressed")


def _letter(story: Story, letter_id: int) -> Subject:
    return Subject(noun="letter", row_id=letter_id, case_id=story.cases["unreachable"])


def _mend(story: Story, engine: Engine, clock: SimulatedClock) -> None:
    """The inspector finds the firm's address; the order goes out again."""
    letter_id = _unreached(story, engine, clock)
    inspector = story.city.who(Role.inspector, story.city.at("department", "341503"))
    with unit_of_work(engine, clock) as work:
        facts = {"reason": "已电话核实新邮箱", "email": "found@example.com"}
        perform(work, _letter(story, letter_id), "readdress", facts, inspector)
    story.run_jobs()
    with unit_of_work(engine, clock, write=False) as work:
        rows = letter.of_case(work, story.cases["unreachable"])
    states = {r.recipient: r.state for r in rows if r.id == letter_id or "found" in r.recipient}
    assert states == {"": "readdressed", "found@example.com": "sent"}


def _cancel(story: Story, engine: Engine, clock: SimulatedClock) -> None:
    letter_id = _unreached(story, engine, clock)
    inspector = story.city.who(Role.inspector, story.city.at("department", "341503"))
    with unit_of_work(engine, clock) as work:
        facts = {"reason": "已当面送达"}
        perform(work, _letter(story, letter_id), "cancel", facts, inspector)
