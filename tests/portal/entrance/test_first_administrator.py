"""The first administrator of an empty portal: by a code, and once only."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from actions.people import password
from actions.people.entrance import issue_code
from guapai.clock import SimulatedClock
from guapai.settings import Settings
from portal.web.app import build_app
from storage.database.engine import Engine
from storage.people import person as people
from tests.portal.browser import serving
from tests.portal.door import SECRET, contents

pytestmark = pytest.mark.usefixtures("hasher", "later")
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
        {"place_code": "999999"},
        {"place_code": "３４１５O０"},
        {"authority": " "},
        {"name": ""},
        {"email": "nobody"},
        {"password": "Ab1!", "again": "Ab1!"},
        {"again": "x"},
    ):
        got = empty.post("/setup", data={**FOUNDING, "code": code, **wrong})
        assert got.status_code in (400, 422), wrong
        assert SECRET not in got.text
    assert code not in contents(engine)
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
