"""Administrative acts: by whom, for which places, with whom, and what stays of them in history."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from actions.act.administration import By, by_actor, by_whom
from actions.history.verification import verify
from actions.people import account, staffing
from actions.people.password import hashed
from guapai.errors import BadInput, Conflict, NotAllowed
from guapai.people import Actor, Role
from statemachines.noted import Register
from storage import letter as letters
from storage.database.work import Work, unit_of_work
from storage.history import event
from storage.people import organisation as organisations
from storage.people import password as passwords
from storage.people import person as people
from storage.people.person import Person
from storage.people.staffing import Span
from storage.questions import leaving
from tests.actions.conftest import PLACE, Office

SINCE = date(2026, 1, 1)


def _do(office: Office, act: Callable[[Work], Any]) -> Any:
    with unit_of_work(office.engine, office.clock) as work:
        return act(work)


def _holder(office: Office, role: Role, place: str) -> Actor:
    """Somebody new in a role at the emergency bureau of a place."""
    where = office.city.at("department", place)

    def enter(work: Work) -> Actor:
        name = f"示例{role.label}{place}"
        person = people.add(work, name, f"{role.value}.{place}@example.com")
        people.appoint(work, person, role, where, SINCE)
        return Actor(person, role, where, None, name)

    return _do(office, enter)


def _known(work: Work, actor: Actor) -> Person:
    return staffing.person_named(work, str(actor.person_id), inactive=True)


def _entries(office: Office) -> list[Any]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        theirs = event.TABLE.c.case_id.is_(None), event.TABLE.c.noun != Register.provision
        found = work.execute(sa.select(event.TABLE).where(*theirs).order_by(event.TABLE.c.id))
        return [r for r in found.mappings()]


def test_who_founds_need_not_be_known_and_is_recorded_as_that(office: Office) -> None:
    def enter(work: Work) -> int:
        by = by_whom(work, "")
        return staffing.add_person(work, by, "示例新人", "new@example.com", "证1").id

    person = _do(office, enter)
    (entry,) = _entries(office)
    leaf = json.loads(entry["leaf"])
    assert (entry["noun"], entry["row_id"], entry["move"]) == ("person", person, "enter")
    assert (entry["person_id"], leaf["notes"]) == (None, {"founding": True})
    assert set(leaf["facts"]["email"]) == {"sha256"}
    assert "new@example.com" not in entry["leaf"]
    _holder(office, Role.system_admin, "341500")
    with pytest.raises(BadInput, match="--as EMAIL"):
        _do(office, lambda work: by_whom(work, ""))
    with pytest.raises(NotAllowed, match="不担任系统管理员"):
        _do(office, lambda work: by_whom(work, str(office.who(Role.inspector).person_id)))


def test_an_administrator_keeps_the_people_of_their_own_places_only(office: Office) -> None:
    county = _holder(office, Role.system_admin, PLACE)
    chair = office.city.who(Role.commission_chair, office.city.at("commission", "341500"))
    inspector = office.who(Role.inspector)

    def reset(work: Work, whom: Actor) -> None:
        account.give_password(work, by_actor(work, county), _known(work, whom), hashed("x"))

    _do(office, lambda work: reset(work, inspector))
    with pytest.raises(NotAllowed, match="不在您管理的地区内"):
        _do(office, lambda work: reset(work, chair))
    with pytest.raises(NotAllowed, match="不在您管理的地区内"):
        _do(office, lambda work: _appoint(work, by_actor(work, county), inspector, "341500"))
    (entry,) = _entries(office)
    assert (entry["person_id"], entry["row_id"]) == (county.person_id, inspector.person_id)


def _appoint(work: Work, by: By, whom: Actor, place: str, role: Role = Role.division_chief) -> None:
    where = next(o for o in organisations.every(work, place) if o.kind == "department")
    staffing.give_post(work, by, _known(work, whom), role, where, Span(SINCE, None))


def test_nobody_alone_rules_over_who_rules_or_watches(office: Office) -> None:
    top = _holder(office, Role.system_admin, "341500")
    auditor = _holder(office, Role.audit_admin, PLACE)
    inspector = office.who(Role.inspector)
    acts: list[Callable[[Work, By], object]] = [
        lambda work, by: account.give_password(work, by, _known(work, auditor), hashed("x")),
        lambda work, by: account.change_person(work, by, _known(work, auditor), name="别名"),
        lambda work, by: account.disable(work, by, _known(work, auditor)),
        lambda work, by: account.leave(work, by, _known(work, auditor), date(2026, 12, 31)),
        lambda work, by: _appoint(work, by, inspector, PLACE, Role.auditor),
        lambda work, by: _appoint(work, by, top, "341500"),
    ]
    for act in acts:
        with pytest.raises(NotAllowed, match="共同办理"):
            _do(office, lambda work: act(work, by_actor(work, top)))  # noqa: B023
    with pytest.raises(NotAllowed, match="第二人不能是"):
        _do(office, lambda work: by_whom(work, str(top.person_id), second=str(top.person_id)))
    with pytest.raises(NotAllowed, match="共同办理"):  # the one concerned is no second
        _do(office, lambda work: acts[0](work, _two(work, top, auditor)))
    other = _holder(office, Role.security_admin, "341500")
    _do(office, lambda work: acts[0](work, _two(work, top, other)))
    (entry,) = _entries(office)
    assert json.loads(entry["leaf"])["notes"] == {"second": other.person_id}


def _two(work: Work, one: Actor, other: Actor) -> By:
    return by_whom(work, str(one.person_id), second=str(other.person_id), reason="换岗")


def test_where_nobody_else_could_be_the_second_one_is_enough(office: Office) -> None:
    only = _holder(office, Role.system_admin, "341500")
    inspector = office.who(Role.inspector)
    _do(office, lambda w: _appoint(w, by_actor(w, only), inspector, "341502", Role.auditor))
    assert len(_entries(office)) == 1


def test_who_is_concerned_is_told_at_the_old_and_the_new_address(
    office: Office, tmp_path: Path
) -> None:
    top, inspector = _holder(office, Role.system_admin, "341500"), office.who(Role.inspector)

    def change(work: Work) -> None:
        by = by_whom(work, str(top.person_id), reason="换号")
        account.change_person(work, by, _known(work, inspector), email="moved@example.com")
        account.give_password(work, by, _known(work, inspector), hashed("x"))

    _do(office, change)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        told = [(x.recipient, x.text) for x in letters.every(work) if x.kind == "account"]
        now = people.get(work, inspector.person_id or 0)
    assert now is not None and now.email == "moved@example.com"
    assert [r for r, _ in told][0::2] == ["moved@example.com"] * 2
    assert told[1][0].startswith("inspector.")
    assert all(f"办理人：{top.name}" in text and "理由：换号" in text for _, text in told)
    verified = verify(office.engine, office.clock, tmp_path / "files")
    assert verified.faults == []
    assert verified.events >= 2


def test_a_changed_administrative_entry_is_seen(office: Office, owner: Any, tmp_path: Path) -> None:
    top, inspector = _holder(office, Role.system_admin, "341500"), office.who(Role.inspector)
    _do(office, lambda w: account.sign_out(w, by_actor(w, top), _known(w, inspector)))
    (entry,) = _entries(office)
    sqlite = owner.dialect.name == "sqlite"
    with owner.connect() as connection, connection.begin():
        off = (
            ["DROP TRIGGER events_no_update"]
            if sqlite
            else ["ALTER TABLE events DISABLE TRIGGER ALL"]
        )
        for statement in (*off, f"UPDATE events SET person_id = 1 WHERE id = {entry['id']}"):
            connection.exec_driver_sql(statement)
    faults = verify(office.engine, office.clock, tmp_path / "files").faults
    assert [f.found for f in faults if f.what == "leaf"] == [
        f"person_id: {top.person_id} in the leaf, 1 beside"
    ]


def test_who_is_disabled_is_out_and_who_leaves_holds_nothing(office: Office) -> None:
    top, chief = _holder(office, Role.system_admin, "341500"), office.who(Role.division_chief)
    office.grading()
    last = office.clock().date() + timedelta(days=3)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (left,) = leaving.duties_left(work, chief.person_id or 0, last)
    assert (left.kind, left.claimed) == ("grade", False)
    _do(office, lambda w: account.disable(w, by_actor(w, top), _known(w, chief)))
    with pytest.raises(Conflict, match="not active"):
        _do(office, lambda w: staffing.person_named(w, str(chief.person_id)))
    _do(office, lambda w: account.enable(w, by_actor(w, top), _known(w, chief)))
    ended = _do(office, lambda w: account.leave(w, by_actor(w, top), _known(w, chief), last))
    assert ended == 1
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert staffing.staffing.posts_within(work, chief.person_id or 0, Span(last, None))
        after = Span(last + timedelta(days=1), None)
        assert not staffing.staffing.posts_within(work, chief.person_id or 0, after)
        assert passwords.of_person(work, chief.person_id or 0) is None
    assert [e["move"] for e in _entries(office)] == ["disable", "enable", "end"]


@pytest.mark.parametrize("role", [Role.inspector, Role.commission_office, Role.township])
def test_nobody_sits_on_both_sides_of_the_supervision(office: Office, role: Role) -> None:
    top = _holder(office, Role.system_admin, "341500")
    kind = {Role.inspector: "department", Role.commission_office: "commission"}.get(role)
    where = office.city.at(kind or "township", PLACE if kind else f"{PLACE}100")
    head, officer = office.who(Role.enterprise_head), office.city.who(role, where)

    def post(work: Work, whom: Actor, at: int, as_: Role) -> None:
        there = organisations.get(work, at)
        assert there is not None
        staffing.give_post(
            work, by_actor(work, top), _known(work, whom), as_, there, Span(SINCE, None)
        )

    with pytest.raises(Conflict, match="at once"):
        _do(office, lambda work: post(work, head, where, role))
    with pytest.raises(Conflict, match="at once"):
        _do(office, lambda work: post(work, officer, office.unit, Role.safety_officer))
    with pytest.raises(Conflict, match="at once"):
        _do(
            office,
            lambda work: staffing.stand_in(
                work,
                by_actor(work, top),
                _known(work, officer),
                _known(work, head),
                Span(date(2026, 3, 2), date(2026, 3, 9)),
                "休假",
            ),
        )
    with pytest.raises(BadInput, match="is a post at"):
        _do(office, lambda work: post(work, head, office.unit, Role.expert))
