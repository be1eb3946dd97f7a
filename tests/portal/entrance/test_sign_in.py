"""The door: who gets in, what is said to the others, and what is kept of it."""

import re

import pytest

from storage.database.work import unit_of_work
from storage.people import person as people
from tests.portal.door import (
    SECRET,
    QuickHasher,
    another_worker,
    ask,
    come_in,
    contents,
    fields_of,
    inside,
    somebody,
    token_of,
)
from tests.portal.land import Land

pytestmark = pytest.mark.usefixtures("hasher", "later")


def test_the_right_password_opens(land: Land) -> None:
    who = somebody(land)
    with land.town.visitor() as client:
        assert client.get("/desk").headers["location"] == "/sign-in?next=/desk"
        got = come_in(client, who, next="/ledger?text=消防")
        assert (got.status_code, got.headers["location"]) == (303, "/desk")
        assert client.get("/desk").status_code == 200
        assert client.get("/sign-in").headers["location"] == "/desk"
    with land.town.visitor() as client:
        first = client.get("/ledger?text=%E6%B6%88%E9%98%B2&sort=deadline")
        door = client.get(first.headers["location"])
        assert door.status_code == 200
        carried = dict(fields_of(door, "/sign-in"))["next"].replace("&amp;", "&")
        got = come_in(client, who, next=carried)
        assert got.headers["location"] == "/ledger?text=%E6%B6%88%E9%98%B2&sort=deadline"
        assert client.get(got.headers["location"]).status_code == 200


def test_every_wrong_way_looks_the_same_and_costs_the_same(land: Land, hasher: QuickHasher) -> None:
    right, without, gone = somebody(land), somebody(land, secret=None), somebody(land)
    with unit_of_work(land.town.office.engine, land.town.office.clock) as work:
        work.update(people.Person.__table__, {"id": gone.id}, {"active": False})
    ways = {
        "wrong": (right.email, "Not-The-Password-1"),
        "unknown": ("nobody.here@example.com", SECRET),
        "without": (without.email, SECRET),
        "gone": (gone.email, SECRET),
        "no address": ("", SECRET),
        "no password": (right.email, ""),
        "odd": ("a\0b\r\n@example.com", "x" * 5000),
    }
    answers, checks = {}, {}
    with land.town.visitor() as client:
        for way, (email, secret) in ways.items():
            before = hasher.verified
            got = come_in(client, email, secret)
            checks[way] = hasher.verified - before
            shown = re.sub(r'name="email" (.*?) value="[^"]*"( autofocus)?', "", got.text)
            answers[way] = (got.status_code, shown.replace(" autofocus", ""))
            assert "set-cookie" not in got.headers
    assert set(checks.values()) == {1}, checks
    assert {status for status, _ in answers.values()} == {403}
    assert len({body for _, body in answers.values()}) == 1


def test_addresses_are_known_however_they_are_written(land: Land) -> None:
    who = somebody(land)
    with land.town.visitor() as client:
        assert come_in(client, f" {who.email.upper()} ").status_code == 303


def test_cookies_are_for_this_host_and_no_script(land: Land) -> None:
    who = somebody(land)
    with land.town.visitor() as client:
        plain = come_in(client, who).headers.get_list("set-cookie")
    assert [c.partition("=")[0] for c in plain] == ["guapai", "guapai-device"]
    assert all("HttpOnly" in c and "SameSite=lax" in c and "Path=/" in c for c in plain)
    assert not any("Domain" in c for c in plain)
    with another_worker(land.town.office.engine, clock=land.town.office.clock) as app:
        data = {"email": who.email, "password": SECRET}
        kept = ask(app, "POST", "/sign-in", scheme="https", data=data).headers.get_list(
            "set-cookie"
        )
        named = [c.partition("=")[0] for c in kept]
        assert named == ["__Host-guapai", "__Host-guapai-device"]
        for said in kept:
            assert "Secure" in said and "HttpOnly" in said and "Domain" not in said
            assert "SameSite=lax" in said and "Path=/" in said
        reference = kept[0].partition("=")[2].partition(";")[0]
        for name, status in (("__Host-guapai", 200), ("guapai", 303)):
            got = ask(app, "GET", "/desk", scheme="https", cookies={name: reference})
            assert got.status_code == status
        page = ask(app, "GET", "/desk", scheme="https", cookies={"__Host-guapai": reference})
        gone = ask(
            app,
            "POST",
            "/sign-out",
            scheme="https",
            data={"token": token_of(page)},
            cookies={"__Host-guapai": reference},
        )
        (taken,) = gone.headers.get_list("set-cookie")
        assert taken.startswith('__Host-guapai="";') and "Max-Age=0" in taken
        assert "Secure" in taken, (
            "a browser takes no __Host- cookie without it, not even to drop it"
        )


def test_references_are_long_and_new_each_time(land: Land) -> None:
    who, seen = somebody(land), set()
    for _ in range(3):
        with inside(land, who) as client:
            seen.add(client.cookies["guapai"])
            assert len(client.cookies["guapai"]) >= 43
            assert come_in(client, who).status_code == 303
            seen.add(client.cookies["guapai"])
    assert len(seen) == 6


def test_nothing_that_opens_the_door_lies_in_the_database(land: Land) -> None:
    who = somebody(land)
    with inside(land, who) as client:
        secrets = [SECRET, client.cookies["guapai"], client.cookies["guapai-device"]]
        everything = contents(land.town.office.engine)
        assert who.email in everything
        assert not [s for s in secrets if s in everything]
