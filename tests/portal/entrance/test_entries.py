"""The security log: who came in, who was refused, and that nobody fills it by being refused."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from actions.exports.export import table
from actions.upkeep.housekeeping import drop_unneeded
from guapai.people import Role
from portal.web.refusals import MOST_OF_ONE, MOST_OF_STRANGERS
from storage.database.work import unit_of_work
from storage.files.store import FileStore
from storage.history import access
from storage.history.access import KEPT
from tests.portal.door import SECRET, another_worker, ask, come_in, inside, somebody, token_of
from tests.portal.land import Land

pytestmark = pytest.mark.usefixtures("hasher", "later")
Seen = list[tuple[str, str, Any, str]]


@pytest.fixture
def app(land: Land) -> Iterator[FastAPI]:
    """The portal once more over the same land, asked without a server."""
    office = land.town.office
    with another_worker(office.engine, clock=office.clock, files=office.files) as found:
        yield found


@pytest.fixture(autouse=True)
def _empty(land: Land) -> None:
    """What others left in the log does not count."""
    land.town.office.clock.advance(timedelta(minutes=2))
    with unit_of_work(land.town.office.engine, land.town.office.clock) as work:
        work.execute(sa.delete(access.TABLE))


def _entries(land: Land) -> list[dict[str, Any]]:
    with unit_of_work(land.town.office.engine, land.town.office.clock, write=False) as work:
        return list(reversed(access.latest(work, 2**62, 10_000)))


def _seen(land: Land) -> Seen:
    return [(e["what"], e["outcome"], e["person_id"], e["address"]) for e in _entries(land)]


def test_who_comes_in_and_who_does_not_is_entered(land: Land) -> None:
    who, here = somebody(land), "127.0.0.1"
    with land.town.visitor() as client:
        for _ in range(11):
            come_in(client, who, "Wrong-guess-99")
        come_in(client, "nobody@example.com", "Wrong-guess-99")
    wait = [("sign_in", "failed", who.id, here)] * 10 + [("sign_in", "locked", who.id, here)]
    seen = _seen(land)
    assert seen[:10] == wait[:10]
    assert seen[-1] == ("sign_in", "failed", None, here)
    assert "Wrong-guess" not in str(_entries(land)) and "nobody@" not in str(_entries(land))


def test_coming_in_going_out_and_a_new_password_are_entered(land: Land) -> None:
    who = somebody(land)
    with inside(land, who) as client:
        token = token_of(client.get("/desk"))
        new = {"new": SECRET + "-2", "again": SECRET + "-2", "token": token}
        assert client.post("/password", data={**new, "old": "x"}).status_code == 422
        assert client.post("/password", data={**new, "old": SECRET}).status_code == 303
        token = token_of(client.get("/desk"))
        assert client.post("/sign-out", data={"token": token}).status_code == 303
    assert [(w, o) for w, o, person, _ in _seen(land) if person == who.id] == [
        ("sign_in", "ok"),
        ("password", "failed"),
        ("password", "ok"),
        ("sign_out", "ok"),
    ]


def test_what_was_refused_is_entered_alike_whether_it_is_there_or_not(land: Land) -> None:
    who = land.town.who(Role.enterprise_head)
    foreign = land.sides["elsewhere"].case
    with land.town.visitor(who) as client:
        for path in (f"/cases/{foreign}", "/cases/999999999", "/people", "/nothing"):
            assert client.get(path).status_code == 404
        assert client.post(f"/cases/{foreign}/hazard/{foreign}/verify").status_code == 403
        far = {"sec-fetch-site": "cross-site"}
        assert client.post("/sign-out", headers=far).status_code == 403
    entries = [e for e in _entries(land) if e["person_id"] == who.person_id]
    assert [(e["what"], e["outcome"]) for e in entries] == [("page", "refused")] * 4 + [
        ("form", "forged")
    ]
    assert entries[0]["detail"] == f"GET /cases/{foreign}"
    assert [e["outcome"] for e in _entries(land)][-1] == "forged"
    assert all(len(e["request"]) == 12 for e in entries)


def test_one_who_is_refused_all_day_is_counted(land: Land, app: FastAPI) -> None:
    clock = land.town.office.clock
    for _ in range(MOST_OF_ONE + 40):
        ask(app, "GET", "/nothing", client=("10.9.9.9", 5))
    assert len(_entries(land)) == MOST_OF_ONE
    clock.advance(timedelta(minutes=1, seconds=1))
    ask(app, "GET", "/nothing", client=("10.9.9.9", 5))
    entries = _entries(land)
    assert len(entries) == MOST_OF_ONE + 2
    assert entries[-2]["more"] == 39  # and the entry itself


def test_strangers_together_do_not_fill_it_either(land: Land, app: FastAPI) -> None:
    for n in range(200):
        ask(app, "GET", "/nothing", client=(f"10.1.{n}.1", 5))
    assert len(_entries(land)) == MOST_OF_STRANGERS
    who = land.town.who(Role.inspector)
    ask(app, "GET", "/nothing", cookies=land.town.cookie(who), client=("10.2.0.1", 5))
    assert _seen(land)[-1][2] == who.person_id  # whom we know is entered all the same


def test_it_is_read_by_those_who_audit(land: Land) -> None:
    who = somebody(land)
    with inside(land, who) as client:
        assert client.get("/entries").status_code == 404
    for role in (Role.auditor, Role.audit_admin, Role.security_admin):
        seat = land.seats[role]
        with land.town.visitor(seat) as client:
            page = client.get("/entries")
            assert page.status_code == 200
            assert who.actor.name in page.text and "登录" in page.text and "成功" in page.text
            assert 'href="/entries"' in client.get("/desk").text


def test_figures_and_tables_have_it(land: Land, app: FastAPI) -> None:
    with inside(land, somebody(land)):
        pass
    assert 'guapai_entries{outcome="ok",what="sign_in"} 1.0' in ask(app, "GET", "/metrics").text
    found = table(land.town.office.engine, "entries", state="成功", contact=True)
    assert Counter(r["what"] for r in found.rows)["sign_in"] == 1
    assert "address" not in [c.name for c in table(land.town.office.engine, "entries").columns]


def test_an_entry_goes_when_it_has_served_its_time(land: Land) -> None:
    office = land.town.office
    with inside(land, somebody(land)):
        pass
    store = FileStore(office.files)
    assert drop_unneeded(office.engine, office.clock, store)[0] == 0
    assert timedelta(days=184) < KEPT
    later = office.clock() + KEPT + timedelta(days=1)
    assert drop_unneeded(office.engine, lambda: later, store)[0] == 1
    assert _entries(land) == []
