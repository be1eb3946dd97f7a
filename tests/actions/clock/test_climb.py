"""Nobody is silent: what is late climbs to ever more people, week after week, until it is done."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from actions.clock.ladder import sweep
from actions.hand.case import Row
from actions.hand.recipients import readers
from guapai.people import Role
from law.pack import national
from statemachines.nouns import DUTIES, NOUNS
from statemachines.side import LED
from storage import duty, letter
from storage.case import Secrecy
from storage.database.work import unit_of_work
from storage.questions import fold
from tests.actions.conftest import Office

SIDES = {column: nth for nth, column in enumerate(LED.values(), start=1)} | {"over_id": 99}
AT = {side: SIDES[column] for side, column in LED.items()}


def _told(kind: str, rung: str, **more: object) -> list[tuple[str, int | None]]:
    """Whom a rung of the climb tells of a late duty of a kind, in a case with all its sides."""
    known = DUTIES[kind]
    late = Row(**SIDES, owner_role=known.role, owner_id=AT.get(known.side), side=known.side)
    late.secrecy = Secrecy.open
    vars(late).update(more)
    (step,) = [r for r in national().climb if r.id == rung]
    return [(role.value, organisation) for role, organisation in readers(late, step)]


@pytest.mark.parametrize("kind", [k for k in DUTIES if not NOUNS[DUTIES[k].noun].hidden])
def test_lateness_climbs_past_whoever_owes(kind: str) -> None:
    known = DUTIES[kind]
    owner = (known.role.value, AT.get(known.side))
    assert {*_told(kind, "late")} > {owner}, "somebody besides learns of it the next day"
    third, week = _told(kind, "wd3"), _told(kind, "d7")
    assert ("commission_office", AT["commission"]) in third or owner[1] in (AT["upper"], 3)
    assert {role for role, _ in week} & {"commission_chair", "commission_office"}
    fortnight = {organisation for _, organisation in _told(kind, "d15")}
    assert fortnight & {AT["upper"], 99}, "the next level"
    assert len(_told(kind, "weekly")) > 1


def test_nobody_is_their_own_head() -> None:
    assert _told("accept", "late") == [
        ("department_head", AT["department"]),
        ("commission_office", AT["commission"]),
    ]
    assert _told("decide_listing", "late")[1] == ("commission_office", AT["upper"])
    assert _told("decide_listing", "d7")[1:] == [("commission_office", AT["upper"])]
    assert _told("file_plan", "late")[1] == ("division_chief", AT["department"])


def test_what_the_upper_commission_owes_climbs_over_it() -> None:
    upper = {"side": "upper", "owner_id": AT["upper"], "owner_role": Role.commission_chair}
    assert _told("answer_deferral", "wd3", **upper)[1:] == [
        ("commission_chair", 99),
        ("commission_office", AT["upper"]),
    ]
    assert ("commission_chair", 99) in _told("answer_deferral", "d15", **upper)


def test_of_a_hidden_case_nobody_learns_who_has_no_part_in_it() -> None:
    hidden = {"secrecy": Secrecy.hidden}
    for rung in national().climb:
        assert {organisation for _, organisation in _told("grade", rung.id, **hidden)} == {
            AT["department"]
        }


def _lines(office: Office, case: int, kind: str) -> list[tuple[str, str]]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        ours = {d.id for d in duty.of_case(work, case) if d.kind == kind}
        rows = work.execute(sa.select(letter.LINES)).mappings().all()
    return [(r["rung"], r["role"]) for r in rows if r["duty_id"] in ours]


def test_an_application_that_nobody_reviews_is_told_of_for_seven_months(office: Office) -> None:
    case = office.requested()
    for _ in range(30):
        before = len(_lines(office, case, "accept"))
        office.clock.advance(timedelta(days=7))
        assert sweep(office.engine, office.clock).failed == []
        if office.clock().month > 3:
            assert len(_lines(office, case, "accept")) > before, "a week without a word"
    told = {role for _, role in _lines(office, case, "accept")}
    assert told >= {"department_head", "commission_office", "commission_chair"}
    assert sweep(office.engine, office.clock).fired == 0
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert all(d.next_rung_at for d in duty.of_case(work, case) if d.state == "open")
        assert fold.fold(work, case) == fold.rows_of(work, case)


def test_a_clock_that_stood_still_does_not_shout_every_week_it_missed(office: Office) -> None:
    case = office.requested()
    office.clock.advance(timedelta(days=200))
    sweep(office.engine, office.clock)
    weekly = {rung for rung, _ in _lines(office, case, "accept") if rung.startswith("weekly")}
    assert len(weekly) == 1


def test_what_an_older_release_let_fall_silent_wakes(office: Office) -> None:
    case = office.grading()
    with unit_of_work(office.engine, office.clock) as work:  # as the ladder that ended left it
        work.execute(sa.update(duty.TABLE).values(next_rung_at=None))
    sweep(office.engine, office.clock)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (owed,) = [d for d in duty.of_case(work, case) if d.state == "open"]
        assert owed.next_rung_at is not None
        assert fold.fold(work, case) == fold.rows_of(work, case)
    office.clock.advance(timedelta(days=30))
    sweep(office.engine, office.clock)
    assert {rung for rung, _ in _lines(office, case, "grade")} >= {"late", "wd3", "d7", "d15"}
