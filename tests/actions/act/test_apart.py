"""Nobody supervises their own enterprise: every move of a supervisor, whichever way one belongs to it."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from actions.act.permission import check_permission
from actions.hand.case import look_at
from actions.hand.sides import organisations_of
from guapai.errors import BadInput, NotAllowed
from guapai.people import Actor, Role
from statemachines.nouns import PROCEDURES
from statemachines.procedure import Move
from statemachines.side import ANY, OF_UNIT, SIDE
from storage.database.work import Work, unit_of_work
from storage.people import person as people
from storage.people import staffing
from storage.people.staffing import Span
from tests.actions.conftest import Office

SINCE = date(2026, 1, 1)


def _supervising() -> Iterator[tuple[str, Move, Role]]:
    """Every move of every procedure with every role of a supervisor that makes it."""
    for noun, procedure in PROCEDURES.items():
        for move in procedure.moves:
            for role in sorted(move.by):
                if role in SIDE and role is not Role.clock and role not in OF_UNIT and move.source:
                    yield noun, move, role


def _refusals(office: Office, case_id: int, person: int) -> tuple[set[str], int]:
    """The moves that are refused to a person for belonging to the unit; how many were tried."""
    refused, tried = set(), 0
    for noun, move, role in _supervising():
        with unit_of_work(office.engine, office.clock, write=False) as work:
            root = look_at(work, Actor(person, role), case_id)
            side = str(move.at.get(role, SIDE.get(role, ANY))).split("|")[0]
            there = organisations_of(root.root, root.parties, side, root.root)
            where = there[0] if there else office.city.at("department", "341502")
        with unit_of_work(office.engine, office.clock) as work:
            held = staffing.posts_within(work, person, Span(SINCE, None))
            if (role, where) not in {(p.role, p.organisation_id) for p in held}:
                people.appoint(work, person, role, where, SINCE)
        actor = Actor(person, role, where)
        with unit_of_work(office.engine, office.clock, write=False) as work:
            case, tried = look_at(work, actor, case_id), tried + 1
            try:
                check_permission(case, move, actor, case.root)
            except NotAllowed as error:
                if "责任单位" in str(error):
                    refused.add(f"{noun}.{move.name}.{role}")
    return refused, tried


def _every() -> set[str]:
    return {f"{noun}.{move.name}.{role}" for noun, move, role in _supervising()}


def _somebody(work: Work, name: str) -> int:
    return people.add(work, name, f"{name}@example.com")


@pytest.mark.parametrize("way", ["post", "stands_in", "acted", "stranger"])
def test_no_move_of_a_supervisor_is_open_to_who_belongs_to_the_unit(
    office: Office, way: str
) -> None:
    case = office.rectifying()
    head = office.who(Role.enterprise_head).person_id
    assert head is not None
    today = office.clock().date()
    with unit_of_work(office.engine, office.clock) as work:
        person = head if way == "acted" else _somebody(work, way)
        if way == "post":
            people.appoint(work, person, Role.worker_delegate, office.unit, SINCE)
        if way == "stands_in":
            people.substitute(work, head, person, today, today + timedelta(days=9))
        if way == "acted":
            for post in staffing.posts_within(work, head, Span(SINCE, None)):
                staffing.end_post(work, post.id, today - timedelta(days=1))
    refused, tried = _refusals(office, case, person)
    assert tried > 40
    assert refused == (set() if way == "stranger" else _every())


def test_who_has_filed_for_the_firm_signs_nothing_of_its_acceptance(office: Office) -> None:
    case, head = office.requested(), office.who(Role.enterprise_head)
    bureau = office.city.at("department", "341502")
    with unit_of_work(office.engine, office.clock) as work:
        people.appoint(work, head.person_id or 0, Role.inspector, bureau, SINCE)
    actor = Actor(head.person_id, Role.inspector, bureau, None, head.name)
    office.act(Role.department_head, "pass_acceptance", office.passed(case), case)
    with pytest.raises(NotAllowed, match="责任单位"):
        office.act(Role.inspector, "pass_acceptance", None, case, actor=actor)


def test_an_office_that_is_to_remove_a_hazard_does_not_supervise_itself(office: Office) -> None:
    bureau, above = (office.city.at("department", place) for place in ("341502", "341500"))
    case = office.lead(unit_id=bureau)
    checked = {"finding": "属实", "evidence": office.photos()}
    with pytest.raises(NotAllowed, match="责任单位"):
        office.act(Role.inspector, "verify", checked, case)
    stranger = office.city.who(Role.inspector, office.city.at("department", "341503"))
    with pytest.raises(NotAllowed, match="不归您的单位办理"):
        office.act(Role.inspector, "verify", checked, case, actor=stranger)
    inspector = office.city.who(Role.inspector, above)
    assert office.act(Role.inspector, "verify", checked, case, actor=inspector).state == "grading"


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ("不在您的单位管辖的地区内", {"place_code": "341522"}),
        ("没有登记341502999", {"place_code": "341502999"}),
        ("不管辖这一所在地", {"department": "341503"}),
        ("责任单位不存在", {"unit": "commission"}),
    ],
)
def test_what_a_form_does_not_offer_no_act_takes(
    office: Office, said: str, changes: dict[str, str]
) -> None:
    given: dict[str, object] = {k: v for k, v in changes.items() if k == "place_code"}
    if "department" in changes:
        given["department_id"] = office.city.at("department", changes["department"])
    if "unit" in changes:
        given["unit_id"] = office.city.at("commission", "341502")
    with pytest.raises(BadInput, match=said):
        office.lead(**given)
