"""Reminders: one letter for each reader, nothing about what is done, nobody left out."""

from datetime import date, timedelta

from actions.clock.ladder import sweep
from actions.post.digest import gather
from guapai.people import Role
from storage import letter
from storage.database.work import unit_of_work
from storage.letter import Letter
from storage.people import person as people
from storage.questions import casefile
from storage.questions.scope import ALL
from tests.actions.conftest import PLACE, Office


def _digests(office: Office) -> list[Letter]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return [r for r in letter.every(work) if r.kind == "digest"]


def _run(office: Office, days: int) -> None:
    office.clock.advance(timedelta(days=days))
    sweep(office.engine, office.clock)
    gather(office.engine, office.clock)


def test_one_letter_per_reader_with_every_case(office: Office) -> None:
    first, second = office.lead(), office.lead(title="液氨储罐无围堰")
    _run(office, 7)
    written = _digests(office)
    inspectors = [w for w in written if w.recipient.startswith("inspector")]
    assert len(inspectors) == 2
    for row in inspectors:
        assert "液氨储罐无围堰" in row.text
        assert "除尘器泄爆口朝向通道" in row.text
    assert first != second
    _run(office, 0)
    assert len(_digests(office)) == len(written)


def test_lines_of_a_duty_that_was_met_are_dropped(office: Office) -> None:
    case = office.lead()
    office.clock.advance(timedelta(days=7))
    sweep(office.engine, office.clock)
    office.act(Role.inspector, "verify", {"finding": "属实", "officers": office.officers}, case)
    gather(office.engine, office.clock)
    assert _digests(office) == []
    with unit_of_work(office.engine, office.clock, write=False) as work:
        told = casefile.notices(work, ALL, case, 2**63 - 1, 50)
    assert told is not None
    assert {x["dropped"] for x in told.lines} == {True}


def test_a_substitute_reads_instead(office: Office) -> None:
    office.lead()
    absent, stands_in = office.who(Role.inspector, 0), office.who(Role.legal_reviewer)
    assert absent.person_id is not None
    assert stands_in.person_id is not None
    with unit_of_work(office.engine, office.clock) as work:
        people.substitute(
            work, absent.person_id, stands_in.person_id, date(2026, 3, 1), date(2026, 4, 1)
        )
    _run(office, 7)
    readers = {w.recipient_name for w in _digests(office)}
    assert stands_in.name in readers
    assert absent.name not in readers


def test_an_empty_post_falls_to_the_head_and_says_so(office: Office) -> None:
    office.lead()
    with unit_of_work(office.engine, office.clock) as work:
        for nth in (0, 1):
            person = office.who(Role.inspector, nth).person_id
            assert person is not None
            people.readdress(work, person, None)
    _run(office, 7)
    heads = [
        w for w in _digests(office) if w.recipient_name == office.who(Role.department_head).name
    ]
    assert heads
    assert "岗位空缺" in heads[0].text


def test_an_empty_department_falls_to_the_level_above(office: Office) -> None:
    office.lead()
    with unit_of_work(office.engine, office.clock) as work:
        department = office.city.at("department", PLACE)
        for (organisation, _), actors in office.city.actors.items():
            for actor in actors:
                if organisation == department and actor.person_id is not None:
                    people.readdress(work, actor.person_id, None)
    _run(office, 7)
    written = _digests(office)
    assert {w.recipient_name for w in written} == {office.who(Role.government).name}
    assert all("岗位空缺" in w.text for w in written)
