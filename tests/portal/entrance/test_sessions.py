"""Sessions: how long they last, what ends them, and what was about to be sent when they ended."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from actions.people import staffing
from actions.people.entrance import IDLE, LONGEST
from actions.people.staffing import Span
from guapai.people import Role
from storage.database.work import unit_of_work
from storage.people import organisation as organisations
from storage.people import person as people
from storage.schema.tables import METADATA
from tests.actions.conftest import FOUNDER
from tests.portal.door import (
    SECRET,
    Somebody,
    another_worker,
    as_form,
    ask,
    come_in,
    fields_of,
    inside,
    somebody,
    token_of,
    wait,
)
from tests.portal.land import Land

pytestmark = pytest.mark.usefixtures("hasher", "later")


def test_an_idle_session_ends(land: Land) -> None:
    with inside(land, somebody(land)) as client:
        for _ in range(3):
            wait(land, IDLE - timedelta(minutes=1))
            assert client.get("/desk").status_code == 200
        wait(land, IDLE + timedelta(minutes=1))
        assert client.get("/desk").status_code == 303
    assert timedelta(minutes=30) == IDLE


def test_a_session_ends_after_twelve_hours_at_the_latest(land: Land) -> None:
    step, hours = timedelta(minutes=20), 0
    with inside(land, somebody(land)) as client:
        while client.get("/desk").status_code == 200:
            wait(land, step)
            hours += 1
            assert hours < 40
    assert hours * step == LONGEST + step == timedelta(hours=12, minutes=20)


def test_signing_out_is_known_to_every_worker(land: Land) -> None:
    who = somebody(land)
    clock = land.town.office.clock
    with (
        inside(land, who) as client,
        another_worker(land.town.office.engine, clock=clock) as other,
    ):
        cookies = dict(client.cookies)
        assert ask(other, "GET", "/desk", cookies=cookies).status_code == 200
        token = token_of(client.get("/desk"))
        got = client.post("/sign-out", data={"token": token})
        assert (got.status_code, got.headers["location"]) == (303, "/sign-in")
        assert '"cache"' in got.headers["clear-site-data"]
        assert ask(other, "GET", "/desk", cookies=cookies).status_code == 303
        posted = ask(other, "POST", "/desk/many", cookies=cookies, data={"token": token})
        assert posted.status_code == 401


def test_another_password_ends_the_other_sessions(land: Land) -> None:
    who, new = somebody(land), "Another-Good-One-88?"
    with inside(land, who) as here, inside(land, who) as there:
        form = {"token": token_of(here.get("/desk")), "old": SECRET, "new": new}
        assert here.post("/password", data={**form, "again": "x"}).status_code == 400
        assert here.post("/password", data={**form, "old": "x", "again": new}).status_code == 422
        assert there.get("/desk").status_code == 200
        copied, device = dict(here.cookies), here.cookies["guapai-device"]
        assert here.post("/password", data={**form, "again": new}).status_code == 303
        assert here.get("/desk").status_code == 200
        assert there.get("/desk").status_code == 303
        assert here.cookies["guapai-device"] != device
        old, stale = {"guapai": copied["guapai"]}, form["token"]
        fresh = token_of(here.get("/desk"))
        with land.town.visitor() as thief:
            thief.cookies.update(old)
            assert thief.get("/desk").status_code == 303, "a copied reference is void"
        assert stale != fresh
        assert here.post("/sign-out", data={"token": stale}).status_code == 403
        assert here.post("/sign-out", data={"token": fresh}).status_code == 303
    with land.town.visitor() as client:
        assert come_in(client, who).status_code == 403
        assert come_in(client, who, new).status_code == 303


def test_signing_in_again_ends_the_session_before(land: Land) -> None:
    who, other = somebody(land), somebody(land)
    with inside(land, who) as client:
        before = client.cookies["guapai"]
        assert come_in(client, other, "Wrong-Password-1").status_code == 403
        assert client.get("/desk").status_code == 200, "a wrong guess ends nothing"
        assert come_in(client, other).status_code == 303
        with land.town.visitor() as old:
            old.cookies.set("guapai", before)
            assert old.get("/desk").status_code == 303


def test_what_was_carried_to_a_new_password_goes_on_in_the_renewed_session(land: Land) -> None:
    who, new = somebody(land, first=True), "Another-Good-One-88?"
    lead = land.town.office.lead(title="防护罩缺失")
    path = f"/cases/{lead}/hazard/{lead}/verify"
    with inside(land, who) as client:
        token = token_of(client.get("/password"))
        form = {
            "finding": "属实",
            "officers": land.town.office.officers,
            "key": "carried-2",
            "token": token,
        }
        asked = client.post(path, data=form)
        assert asked.status_code == 409
        kept = as_form([*_unescaped(fields_of(asked, "/password")), ("old", SECRET)])
        onward = client.post("/password", data={**kept, "new": new, "again": new})
        assert onward.status_code == 200, onward.text
        done = client.post(path, data=as_form(_unescaped(fields_of(onward, path))))
        assert done.headers["location"] == f"/cases/{lead}?done=hazard.verify"


def test_who_is_not_active_any_more_is_out_at_once(land: Land) -> None:
    who = somebody(land)
    with inside(land, who) as client:
        with unit_of_work(land.town.office.engine, land.town.office.clock) as work:
            work.update(people.Person.__table__, {"id": who.id}, {"active": False})
        assert client.get("/desk").status_code == 303


def _end_post(land: Land, who: Somebody) -> None:
    engine, clock = land.town.office.engine, land.town.office.clock
    with unit_of_work(engine, clock) as work:
        person = staffing.person_named(work, who.email)
        organisation = organisations.get(work, who.actor.organisation_id or 0)
        assert organisation is not None
        yesterday = clock().date() - timedelta(days=1)
        staffing.end_post(work, FOUNDER, person, who.actor.role, organisation, yesterday)


def test_a_post_that_ends_is_over_with_the_next_request(land: Land) -> None:
    who, case = somebody(land), land.sides["own"].case
    with inside(land, who) as client:
        token = token_of(client.get(f"/cases/{case}"))
        _end_post(land, who)
        for path in ("/desk", f"/cases/{case}", "/ledger.xlsx", "/report"):
            got = client.get(path)
            assert (got.status_code, got.headers["location"]) == (303, "/post")
        moved = client.post(
            f"/cases/{case}/hazard/{case}/record_visit", data={"token": token, "finding": "x"}
        )
        assert moved.status_code == 409
        assert "没有担任任何岗位" in moved.text
        assert "没有担任任何岗位" in client.get("/post").text
        seat = f"{who.actor.role}.{who.actor.organisation_id}.0"
        assert client.post("/post", data={"token": token, "seat": seat}).status_code == 404


def test_who_stands_in_chooses_the_seat_and_it_is_said_on_every_page(land: Land) -> None:
    absent, who = somebody(land, Role.enterprise_head), somebody(land, Role.safety_officer)
    engine, clock = land.town.office.engine, land.town.office.clock
    with unit_of_work(engine, clock) as work:
        one, other = (staffing.person_named(work, x.email) for x in (absent, who))
        today = clock().date()
        staffing.stand_in(work, FOUNDER, one, other, Span(today, today + timedelta(days=7)), "出差")
    case = land.sides["own"].case
    with land.town.visitor() as client:
        assert come_in(client, who).headers["location"] == "/post"
        assert client.get("/desk").headers["location"] == "/post"
        page = client.get("/post")
        assert f"代理{absent.actor.name}" in page.text
        seat = f"enterprise_head.{absent.actor.organisation_id}.{absent.id}"
        form = {"token": token_of(page), "seat": seat}
        assert client.post("/post", data=form).headers["location"] == "/desk"
        for path in ("/desk", f"/cases/{case}", "/letters"):
            assert f"您正在代理{absent.actor.name}的岗位" in client.get(path).text
        progress = f"/cases/{case}/hazard/{case}/report_progress"
        assert client.get(progress).status_code == 200
        wait(land, timedelta(days=9))
    with inside(land, who) as client:
        got = client.post("/post", data={"token": token_of(client.get("/desk")), "seat": seat})
        assert got.status_code == 404


@pytest.mark.parametrize("posts", [1, 2])
def test_what_was_about_to_be_sent_is_sent_after_signing_in(land: Land, posts: int) -> None:
    who, lead = somebody(land), land.town.office.lead(title="配电箱门缺失")
    if posts == 2:
        _also_expert(land, who)
    path, before = f"/cases/{lead}/hazard/{lead}/verify", _events(land, lead)
    typed: dict[str, Any] = {"finding": "属实，<b>已拍照</b>\n第二行", "key": "carried-key"}
    typed["officers"] = [str(i) for i in land.town.office.officers]
    with land.town.visitor() as client:
        door = client.post(path, data={**typed, "version": "", "token": "of an old session"})
        assert door.status_code == 401
        assert "登录已过期" in door.text
        assert "of an old session" not in door.text
        carried = _unescaped(fields_of(door, "/sign-in"))
        again = come_in_with(client, who, "Wrong-Password-1", carried)
        assert again.status_code == 403
        assert _unescaped(fields_of(again, "/sign-in")) == carried
        onward = come_in_with(client, who, SECRET, carried)
        assert onward.status_code == 200
        if posts == 2:
            seat = f"{who.actor.role}.{who.actor.organisation_id}.0"
            kept = _unescaped(fields_of(onward, "/post"))
            onward = client.post("/post", data=as_form([*kept, ("seat", seat)]))
        form = as_form(_unescaped(fields_of(onward, path)))
        for name, value in typed.items():
            sent = value if isinstance(value, list) else [value]
            assert [v.replace("\r\n", "\n") for v in form[name]] == sent
        assert _events(land, lead) == before
        for _ in range(2):  # a double click
            done = client.post(path, data=form)
            assert done.headers["location"] == f"/cases/{lead}?done=hazard.verify"
        assert _events(land, lead) == before + 1
        assert "已拍照" in client.get(f"/cases/{lead}").text


@pytest.mark.parametrize("path", ["/password", "/post", "/sign-out"])
def test_nothing_of_an_account_is_carried_over_the_door(land: Land, path: str) -> None:
    with land.town.visitor() as client:
        got = client.post(path, data={"old": SECRET, "new": SECRET, "seat": "x", "token": "y"})
        assert (got.status_code, got.headers["location"]) == (303, "/sign-in")
        assert SECRET not in got.text


def come_in_with(
    client: httpx.Client, who: Somebody, secret: str, fields: list[tuple[str, str]]
) -> httpx.Response:
    """The form of the door with what it carries."""
    form = as_form([*fields, ("email", who.email), ("password", secret)])
    return client.post("/sign-in", data=form)


def _also_expert(land: Land, who: Somebody) -> None:
    with unit_of_work(land.town.office.engine, land.town.office.clock) as work:
        bureau = who.actor.organisation_id or 0
        people.appoint(work, who.id, Role.expert, bureau, date(2020, 1, 1))


def _unescaped(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    signs = {"&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'", "&amp;": "&"}
    out = []
    for name, value in fields:
        for sign, plain in signs.items():
            value = value.replace(sign, plain)
        out.append((name, value))
    return out


def _events(land: Land, case: int) -> int:
    table = METADATA.tables["events"]
    with land.town.office.engine.connect() as connection:
        count = sa.select(sa.func.count()).where(table.c.case_id == case)
        return int(connection.execute(count).scalar_one())
