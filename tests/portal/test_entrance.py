"""The door: who gets in, for how long, how often it may be tried, and what is kept of it."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta

import httpx
import pytest
import sqlalchemy as sa
from argon2 import Type

from actions import password, staffing
from actions.entrance import IDLE, LONGEST, issue_code, sign_in
from actions.password import SPAN, TooManyTries
from actions.staffing import Span
from guapai.clock import SimulatedClock
from guapai.errors import BadInput, NotAllowed
from guapai.people import Role
from guapai.settings import Settings
from portal.app import build_app
from storage import organisation as organisations
from storage import person as people
from storage.engine import Engine, open_engine
from storage.tables import METADATA
from storage.work import unit_of_work
from tests.portal.browser import serving
from tests.portal.door import (
    SECRET,
    QuickHasher,
    Somebody,
    another_worker,
    ask,
    come_in,
    fields_of,
    inside,
    somebody,
    token_of,
)
from tests.portal.land import Land

HASHER, FITS = password._HASHER, password.fits


@pytest.fixture(autouse=True)
def hasher(monkeypatch: pytest.MonkeyPatch) -> QuickHasher:
    """Hashing that costs next to nothing."""
    quick = QuickHasher()
    monkeypatch.setattr(password, "_HASHER", quick)
    monkeypatch.setattr(password, "_NOBODY", quick.hash("nobody"))
    return quick


@pytest.fixture(autouse=True)
def later(request: pytest.FixtureRequest) -> None:
    """Each test begins with throttles that have run out."""
    if "land" in request.fixturenames:
        request.getfixturevalue("land").town.office.clock.advance(SPAN + timedelta(minutes=1))


def _wait(land: Land, span: timedelta) -> None:
    land.town.office.clock.advance(span)


def _sign_in(land: Land, who: Somebody | str, secret: str, device: str, address: str) -> str:
    """Signing in without HTTP: ``in``, ``no`` or ``wait``."""
    office, email = land.town.office, who if isinstance(who, str) else who.email
    try:
        sign_in(office.engine, office.clock, email, secret, device=device, address=address)
    except TooManyTries:
        return "wait"
    except NotAllowed:
        return "no"
    return "in"


def test_passwords_are_hashed_with_argon2id_and_64_mib() -> None:
    assert HASHER.type is Type.ID
    assert HASHER.memory_cost >= 64 * 1024
    assert HASHER.time_cost >= 3


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


def test_a_thousand_guesses_cost_twenty_checks_and_lock_nobody_out(
    land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, device = somebody(land), "a device of long standing"
    assert _sign_in(land, who, SECRET, device, "10.0.0.1") == "in"
    checks: Counter[str] = Counter()

    def counting(kept: str | None, secret: str) -> bool:
        checks["guess" if secret.startswith("guess") else "owner"] += 1
        return FITS(kept, secret)

    monkeypatch.setattr(password, "fits", counting)
    answers = Counter(
        _sign_in(land, who, f"guess {n}", f"device {n}" if n % 2 else "", f"10.9.{n % 100}.1")
        for n in range(1000)
    )
    assert set(answers) == {"no", "wait"}
    assert 0 < checks["guess"] <= 20
    assert _sign_in(land, who, SECRET, device, "10.0.0.1") == "in"
    assert _sign_in(land, who, SECRET, "", "10.0.0.1") == "wait"
    assert checks["owner"] == 1
    _wait(land, SPAN + timedelta(seconds=1))
    assert _sign_in(land, who, SECRET, "", "10.0.0.1") == "in"


def test_guesses_at_once_are_counted_one_by_one(land: Land, hasher: QuickHasher) -> None:
    who = somebody(land)
    before = hasher.verified
    with ThreadPoolExecutor(8) as pool:
        tries = [
            pool.submit(_sign_in, land, who, f"guess {n}", "", f"10.8.{n}.1") for n in range(40)
        ]
        answers = Counter(t.result() for t in tries)
    assert answers == {"no": 10, "wait": 30}
    assert hasher.verified - before == 10


def test_a_known_device_guesses_no_more_than_others(land: Land, hasher: QuickHasher) -> None:
    who, device = somebody(land), "a stolen device"
    assert _sign_in(land, who, SECRET, device, "10.7.0.1") == "in"
    before = hasher.verified
    for n in range(60):
        _sign_in(land, who, f"guess {n}", device, f"10.7.1.{n}")
    assert hasher.verified - before <= 20


def test_one_address_that_tries_many_names_is_told_to_wait(land: Land, hasher: QuickHasher) -> None:
    who, device = somebody(land), "the device of a colleague behind the same wall"
    assert _sign_in(land, who, SECRET, device, "10.6.0.1") == "in"
    before = hasher.verified
    answers = Counter(
        _sign_in(land, f"name{n}@example.com", "guess", "", "10.6.0.1") for n in range(150)
    )
    assert answers["no"] == hasher.verified - before <= 100
    assert answers["wait"] >= 50
    assert _sign_in(land, who, SECRET, device, "10.6.0.1") == "in"


def test_who_waits_is_told_so(land: Land) -> None:
    who = somebody(land)
    with land.town.visitor() as client:
        statuses = [come_in(client, who, f"guess {n}").status_code for n in range(12)]
        assert statuses == [403] * 10 + [429] * 2
        got = come_in(client, who)
        assert (got.status_code, "15分钟" in got.text) == (429, True)
        unknown = [come_in(client, "no.one@example.com", "x").status_code for _ in range(12)]
        assert unknown == statuses


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


def test_an_idle_session_ends(land: Land) -> None:
    with inside(land, somebody(land)) as client:
        for _ in range(3):
            _wait(land, IDLE - timedelta(minutes=1))
            assert client.get("/desk").status_code == 200
        _wait(land, IDLE + timedelta(minutes=1))
        assert client.get("/desk").status_code == 303
    assert timedelta(minutes=30) == IDLE


def test_a_session_ends_after_twelve_hours_at_the_latest(land: Land) -> None:
    step, hours = timedelta(minutes=20), 0
    with inside(land, somebody(land)) as client:
        while client.get("/desk").status_code == 200:
            _wait(land, step)
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
        assert here.post("/password", data={**form, "again": new}).status_code == 303
        assert here.get("/desk").status_code == 200
        assert there.get("/desk").status_code == 303
    with land.town.visitor() as client:
        assert come_in(client, who).status_code == 403
        assert come_in(client, who, new).status_code == 303


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
        staffing.end_post(work, person, who.actor.role, organisation, yesterday)


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
        assert (moved.status_code, moved.headers["location"]) == (303, "/post")
        assert "没有担任任何岗位" in client.get("/post").text
        seat = f"{who.actor.role}.{who.actor.organisation_id}.0"
        assert client.post("/post", data={"token": token, "seat": seat}).status_code == 404


def test_who_stands_in_chooses_the_seat_and_it_is_said_on_every_page(land: Land) -> None:
    absent, who = somebody(land, Role.enterprise_head), somebody(land, Role.safety_officer)
    engine, clock = land.town.office.engine, land.town.office.clock
    with unit_of_work(engine, clock) as work:
        one, other = (staffing.person_named(work, x.email) for x in (absent, who))
        today = clock().date()
        staffing.stand_in(work, one, other, Span(today, today + timedelta(days=7)), "出差")
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
        _wait(land, timedelta(days=9))
    with inside(land, who) as client:
        got = client.post("/post", data={"token": token_of(client.get("/desk")), "seat": seat})
        assert got.status_code == 404


def test_a_first_password_lets_nobody_do_anything_but_change_it(land: Land) -> None:
    who, case = somebody(land, secret=None), land.sides["own"].case
    with land.town.visitor(land.town.who(Role.system_admin)) as admin:
        form = {"token": land.town.token(land.town.who(Role.system_admin))}
        page = admin.post(f"/people/{who.id}/password", data=form)
    given = re.search(r'<p class="given"><code>(.+)</code>', page.text)
    assert page.status_code == 200 and given is not None
    assert page.headers["cache-control"] == "no-store"
    with inside(land, who, given[1]) as client:
        for path in ("/desk", f"/cases/{case}", "/ledger", "/ledger.xlsx", "/letters"):
            got = client.get(path)
            assert (got.status_code, got.headers["location"]) == (303, "/password")
        page = client.get("/password")
        assert "初始密码" in page.text
        token, new = token_of(page), "Not-Guessed-So-Soon-41"
        claim = client.post("/duties/1/claim", data={"token": token})
        assert claim.headers["location"] == "/password"
        form = {"token": token, "old": given[1], "new": given[1], "again": given[1]}
        assert client.post("/password", data=form).status_code == 422
        form |= {"new": new, "again": new}
        assert client.post("/password", data=form).headers["location"] == "/desk"
        assert client.get("/desk").status_code == 200
        _wait(land, timedelta(days=91))
    with inside(land, who, new) as client:
        assert client.get("/desk").headers["location"] == "/password"


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("Ab1!efgh9", "10"),
        ("Ab1!" + "x7Qp" * 16, "64"),
        ("abcdefghijkl", "三种"),
        ("abcdefgh1234", "三种"),
        ("ABCDEFGH1234", "三种"),
        ("Password123!", "猜到"),
        ("P@ssw0rd2026", "猜到"),
        ("Admin@123456", "猜到"),
        ("Huawei@123456", "猜到"),
        ("Woaini1314!", "猜到"),
        ("Qwerty12345!", "猜到"),
        ("1qaz@WSX3edc", "猜到"),
        ("Qwertyuiop1!", "猜到"),
        ("Asdf1234!@#$", "猜到"),
        ("Aa1!Aa1!Aa1!", "猜到"),
        ("20260302Abc!", "猜到"),
        ("Zhao赵示例一#72kQ", "姓名"),
        ("王强#72kQvx81Lm", "姓名"),
        ("Inspector#72kQvx", "姓名"),
        ("六安市应急管理局#72kQ", "姓名"),
    ],
)
def test_passwords_that_are_no_good(secret: str, why: str) -> None:
    about = ("赵示例一", "王强", "inspector.5@example.com", "六安市应急管理局")
    with pytest.raises(BadInput, match=why):
        password.check(secret, about)


@pytest.mark.parametrize(
    "secret", [SECRET, "Kx7#tQ9vLm", "correct Horse battery 9", "雨后山路滑Kx7#tQ9v"]
)
def test_passwords_that_are_good(secret: str) -> None:
    password.check(secret, ("赵示例一", "inspector.5@example.com", "六安市应急管理局"))


def test_first_passwords_are_good_themselves() -> None:
    made = {password.made_up() for _ in range(200)}
    assert len(made) == 200
    for secret in made:
        password.check(secret)


def test_a_poor_password_is_refused_with_the_reason(land: Land) -> None:
    who = somebody(land)
    with inside(land, who) as client:
        form = {"token": token_of(client.get("/password")), "old": SECRET}
        for new, why in (("Ab1!", "10至64个字符"), (f"{who.actor.name}Kx7#tQ9v", "姓名")):
            got = client.post("/password", data={**form, "new": new, "again": new})
            assert (got.status_code, why in got.text) == (422, True)
            assert new not in got.text
            assert SECRET not in got.text


def test_nothing_that_opens_the_door_lies_in_the_database(land: Land) -> None:
    who = somebody(land)
    with inside(land, who) as client:
        secrets = [SECRET, client.cookies["guapai"], client.cookies["guapai-device"]]
        everything = _everything(land.town.office.engine)
        assert who.email in everything
        assert not [s for s in secrets if s in everything]


def _everything(engine: Engine) -> str:
    owner = open_engine(engine.url.render_as_string(hide_password=False), role=None)
    out = []
    with owner.connect() as connection:
        for table in METADATA.sorted_tables:
            if connection.dialect.name == "sqlite" or table.name != "sequences":
                out += [repr(tuple(row)) for row in connection.execute(sa.select(table))]
    owner.dispose()
    return "\n".join(out)


@pytest.mark.parametrize("posts", [1, 2])
def test_what_was_about_to_be_sent_is_sent_after_signing_in(land: Land, posts: int) -> None:
    who, lead = somebody(land), land.town.office.lead(title="配电箱门缺失")
    if posts == 2:
        _also_expert(land, who)
    path, before = f"/cases/{lead}/hazard/{lead}/verify", _events(land, lead)
    typed = {"finding": "属实，<b>已拍照</b>\n第二行", "officers": "甲\n乙", "key": "carried-key"}
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
            onward = client.post("/post", data=_form([*kept, ("seat", seat)]))
        form = dict(_unescaped(fields_of(onward, path)))
        assert {n: form[n].replace("\r\n", "\n") for n in typed} == typed
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
    form = _form([*fields, ("email", who.email), ("password", secret)])
    return client.post("/sign-in", data=form)


def _form(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    form: dict[str, list[str]] = {}
    for name, value in fields:
        form.setdefault(name, []).append(value)
    return form


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


FOUNDING = {
    "authority": "六安市应急管理局",
    "kind": "department",
    "place_code": "341500",
    "name": "李示例",
    "email": "li@example.com",
    "password": SECRET,
    "again": SECRET,
}


@pytest.fixture
def empty(url: str, engine: Engine, clock: SimulatedClock) -> Iterator[httpx.Client]:
    """A portal over an empty database."""
    with (
        serving(build_app(Settings(database_url=url), clock)) as home,
        httpx.Client(base_url=home, trust_env=False) as client,
    ):
        yield client


def test_the_first_administrator_needs_the_code_and_there_is_one_only(
    empty: httpx.Client, engine: Engine, clock: SimulatedClock
) -> None:
    assert empty.get("/").headers["location"] == "/setup"
    code = issue_code(engine, clock)
    assert code is not None
    assert code in empty.get(f"/setup?code={code}").text
    assert empty.post("/setup", data={**FOUNDING, "code": "x"}).status_code == 403
    assert empty.post("/setup", data=FOUNDING).status_code == 403
    for wrong in (
        {"kind": "enterprise"},
        {"kind": ""},
        {"place_code": "34150"},
        {"place_code": "３４１５００"},
        {"authority": " "},
        {"name": ""},
        {"email": "nobody"},
        {"password": "Ab1!", "again": "Ab1!"},
        {"again": "x"},
    ):
        got = empty.post("/setup", data={**FOUNDING, "code": code, **wrong})
        assert got.status_code in (400, 422), wrong
        assert SECRET not in got.text
    assert code not in _everything(engine)
    got = empty.post("/setup", data={**FOUNDING, "code": code})
    assert (got.status_code, got.headers["location"]) == (303, "/people")
    assert empty.get("/people").status_code == 200
    assert empty.get("/setup").status_code == 404
    assert empty.post("/setup", data={**FOUNDING, "code": code}).status_code == 403
    assert issue_code(engine, clock) is None


def test_a_code_lives_a_day_and_the_newest_counts(
    empty: httpx.Client, engine: Engine, clock: SimulatedClock
) -> None:
    old, code = issue_code(engine, clock), issue_code(engine, clock)
    assert empty.post("/setup", data={**FOUNDING, "code": old}).status_code == 403
    clock.advance(timedelta(hours=24, seconds=1))
    assert empty.post("/setup", data={**FOUNDING, "code": code}).status_code == 403
    code = issue_code(engine, clock)
    assert empty.post("/setup", data={**FOUNDING, "code": code}).status_code == 303


def test_of_two_first_administrators_at_once_one_wins(
    empty: httpx.Client, engine: Engine, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, meeting = issue_code(engine, clock), threading.Barrier(2)
    hashed: Callable[[str], str] = password.hashed

    def together(secret: str) -> str:
        with suppress(threading.BrokenBarrierError):
            meeting.wait(0.7)  # both have asked, neither has answered
        return hashed(secret)

    monkeypatch.setattr(password, "hashed", together)
    forms = [{**FOUNDING, "code": code, "email": f"{n}@example.com"} for n in ("one", "two")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda form: empty.post("/setup", data=form).status_code, forms))
    assert sorted(answers) == [303, 403]
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count(people.Person.id))).scalar_one() == 1
