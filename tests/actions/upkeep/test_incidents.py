"""What the system cannot do by itself: one incident for one reason, climbing until it is over."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import sqlalchemy as sa

from actions.clock.ladder import sweep
from actions.post.contact import ask_to_mend
from actions.post.digest import gather
from actions.post.posting import post
from actions.upkeep.incidents import tend
from guapai.people import Role
from notifications.post.offices import MemoryOffice
from storage import duty, letter
from storage.database.work import unit_of_work
from storage.history import event
from storage.people import person as people
from tests.actions.administrator import Administrator, incidents_of, items_of
from tests.actions.conftest import Office
from tests.actions.upkeep.refusal import (
    REFUSED,
    SENDER,
    refuse_first,
    send,
    whole,
)

SETTLE = "settle_incident"


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
    return {(str(r["role"]), r["organisation_id"]) for r in fresh}


def _rungs(office: Office, case_id: int) -> set[str]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (owed,) = duty.of_case(work, case_id)
        return {r.rung for r in duty.rungs_of(work, owed.id)}


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
