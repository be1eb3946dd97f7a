"""Terms between two who decide: a vacant chair, an application that pauses, a proposal to take over."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from actions.act.prospect import prospects
from actions.clock.ladder import sweep
from actions.papers.printing import print_papers
from demo import tasks
from guapai.errors import NotAllowed, Refused
from guapai.people import Role
from storage.database.work import unit_of_work
from tests.actions.act.test_terms import (
    POSTS,
    _apply,
    _ask,
    _fail,
    _hazard,
    _ordered,
    _owed,
    _set_term,
    _upper,
)
from tests.actions.conftest import PLACE, Office


def _vacate(office: Office, organisation: int, role: Role) -> None:
    ended = office.clock().date() - timedelta(days=1)
    ours = (POSTS.c.organisation_id == organisation) & (POSTS.c.role == role)
    with unit_of_work(office.engine, office.clock) as work:
        work.execute(sa.update(POSTS).where(ours).values(until_on=ended))


def test_where_the_listers_chair_is_vacant_the_next_level_decides(office: Office) -> None:
    case = office.rectifying()
    row = _apply(office, case, "2026-08-14")
    more: dict[str, Any] = {"noun": "deferral", "case": case, "actor": _upper(office)}
    office.act(
        Role.commission_office, "endorse", {"opinion": "同意"}, row, noun="deferral", case=case
    )
    with pytest.raises(Refused, match="第一次延期由挂牌单位决定"):
        office.act(Role.commission_chair, "grant", {"deadline": "2026-08-14"}, row, **more)
    _vacate(office, office.city.at("commission", PLACE), Role.commission_chair)
    office.act(Role.commission_chair, "grant", {"deadline": "2026-08-14"}, row, **more)
    assert _hazard(office, case).deadline == date(2026, 8, 14)


@pytest.mark.parametrize(
    ("role", "kind", "move", "facts"),
    [
        (Role.division_chief, "department", "return_plan", {"reason": "缺预案"}),
        (Role.inspector, "department", "record_visit", {"finding": "整改中", "percent": 10}),
        (
            Role.commission_chair,
            "commission",
            "decide_exposure",
            {"reason": "暂不", "agreed": False},
        ),
    ],
)
def test_somebody_can_act_though_a_post_is_empty(
    office: Office, role: Role, kind: str, move: str, facts: dict[str, Any]
) -> None:
    case = office.rectifying()
    if move == "return_plan":
        case = office.listed(description="另一处")
        office.clock.advance(timedelta(minutes=1))
        _serve(office, case)
    above = office.city.who(role, office.city.at(kind, "341500"))
    stranger = office.city.who(role, office.city.at(kind, "341503"))
    for who in (above, stranger):
        with pytest.raises(NotAllowed, match="不归您的单位办理"):
            office.act(role, move, facts, case, actor=who)
    _vacate(office, office.city.at(kind, PLACE), role)
    with pytest.raises(NotAllowed, match="不归您的单位办理"):
        office.act(role, move, facts, case, actor=stranger)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        seen = {p.move.name: p.reason for p in prospects(work, above, case) if p.noun == "hazard"}
    assert seen[move] is None
    office.act(role, move, facts, case, actor=above)


def _serve(office: Office, case: int) -> None:
    print_papers(office.engine, office.files, office.clock)
    service = {**tasks.SERVED, "served_at": office.clock()}
    office.act(Role.inspector, "serve_notice", service, case)
    office.act(Role.enterprise_head, "file_plan", office.plan(case), case)


def test_an_application_needs_something_to_show_and_only_pauses_the_ladder(office: Office) -> None:
    case = _ordered(office, "2026-05-29")
    bare = {"statement": "已治理", "self_evaluation": "合格"}
    with pytest.raises(Refused, match="各附一件整改后的照片"):
        office.act(Role.enterprise_head, "request_acceptance", bare, case)
    _ask(office, case)
    assert _owed(office, case)["rectify"].state == "suspended"
    office.clock.advance(timedelta(days=100))  # T passes meanwhile; it is the regulator who is late
    sweep(office.engine, office.clock)
    assert _owed(office, case)["rectify"].state == "suspended"
    _fail(office, case, "2026-06-30")
    rectify = _owed(office, case)["rectify"]
    assert (rectify.state, rectify.due_on) == ("open", date(2026, 6, 30))
    _ask(office, case)
    _set_term(office, case, "2026-07-31")  # the pause goes on by the new date
    assert _owed(office, case)["rectify"].state == "suspended"
    office.accept(case)
    assert "rectify" not in _owed(office, case)
    _hazard(office, case)


def test_a_proposal_to_take_over_lies_with_who_can(office: Office) -> None:
    case = office.rectifying()
    office.clock.advance(timedelta(days=131))
    sweep(office.engine, office.clock)
    owed = _owed(office, case)["consider_upgrade"]
    assert owed.owner_id == office.city.at("commission", "341500")
    with unit_of_work(office.engine, office.clock, write=False) as work:
        listing = work.execute(sa.text("SELECT id FROM listings")).scalar()
    facts: dict[str, Any] = {"reason": "先行约谈"}
    more: dict[str, Any] = {"noun": "listing", "case": case}
    with pytest.raises(NotAllowed):
        office.act(Role.commission_chair, "decline_upgrade", facts, listing, **more)
    office.act(
        Role.commission_chair, "decline_upgrade", facts, listing, actor=_upper(office), **more
    )
    assert "consider_upgrade" not in _owed(office, case)
