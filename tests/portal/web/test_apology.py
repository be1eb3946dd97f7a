"""A machine that ails: a sentence, when to come again, and what was typed comes back."""

import errno
import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy import event

from actions.people.entrance import IDLE
from guapai.people import Actor, Role
from portal.web import apology, body
from storage.database.ailment import Ailment, ailment_of, code_of
from storage.database.engine import Engine, open_engine, pool_of
from tests.portal.door import another_worker, ask
from tests.portal.town import Town

TYPED = "尾矿库排洪沟堵塞，雨水漫过"
AWAY = "数据库暂时无法访问"


@pytest.fixture
def town(copied_town: Town) -> Town:
    """A copy of the town."""
    return copied_town


@pytest.fixture
def app(town: Town) -> Iterator[FastAPI]:
    """The portal once more over it."""
    office = town.office
    with another_worker(office.engine, clock=office.clock, files=office.files) as found:
        yield found


def _report(app: FastAPI, town: Town, cookies: dict[str, str], actor: Actor) -> Any:
    form = {"token": town.token(actor), "key": "k1", "title": "堵塞", "description": TYPED}
    form |= {"place_code": "341502100", "sector": "工贸", "source": "inspection"}
    form |= {"found_on": "2026-03-01"}
    return ask(app, "POST", "/report", cookies=cookies, data=form)


def _kept(got: Any, actor: Actor) -> bool:
    form = re.search(r'<form method="post" action="/report">.*?</form>', got.text, re.S)
    assert form is not None, got.text
    return TYPED in form[0] and f"token-{actor.person_id}" in form[0] and 'value="k1"' in form[0]


def _pragma(app: FastAPI, said: str) -> None:
    """Whatever writes from now on does so under a pragma."""
    writing = pool_of(app.state.house.engine, write=True)
    writing.dispose()

    @event.listens_for(writing, "connect")
    def _set(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA {said}")


def test_a_locked_database_gives_the_form_back(town: Town, app: FastAPI) -> None:
    actor = town.who(Role.inspector)
    cookies = town.cookie(actor)
    _pragma(app, "busy_timeout=50")
    raw: Any = pool_of(town.office.engine, write=True).raw_connection()
    raw.driver_connection.execute("BEGIN IMMEDIATE")
    got = _report(app, town, cookies, actor)
    desk = ask(app, "GET", "/desk", cookies=cookies)
    raw.driver_connection.execute("ROLLBACK")
    raw.close()
    assert (got.status_code, got.headers["retry-after"]) == (503, "5")
    assert "现在使用的人较多" in got.text and _kept(got, actor)
    assert desk.status_code == 200
    assert _report(app, town, cookies, actor).status_code == 303


def test_a_full_disk_is_507_and_gives_the_form_back(town: Town, app: FastAPI) -> None:
    actor = town.who(Role.inspector)
    cookies = town.cookie(actor)
    _pragma(app, "max_page_count=1")
    for n in range(40):  # there may be room in the last pages
        form = {"token": town.token(actor), "key": f"k{n}", "title": "满" * 90}
        form |= {"description": "满" * 900, "place_code": "341502100", "sector": "工贸"}
        form |= {"source": "inspection", "found_on": "2026-03-01"}
        got = ask(app, "POST", "/report", cookies=cookies, data=form)
        if got.status_code != 303:
            break
    assert got.status_code == 507
    assert "磁盘空间不足" in got.text and "满" * 900 in got.text


def test_an_absent_database_is_503_and_one_that_comes_back_is_waited_for(
    town: Town, app: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    actor = town.who(Role.inspector)
    cookies = town.cookie(actor)
    monkeypatch.setattr(apology, "PAUSES", (0.1, 0.1))
    database = Path(str(app.state.house.engine.url.database))
    for write in (True, False):
        pool_of(app.state.house.engine, write=write).dispose()
    aside = database.rename(database.with_suffix(".aside"))
    database.mkdir()  # else SQLite would make one
    for path in ("/desk", "/sign-in", "/"):
        got = ask(app, "GET", path, cookies=cookies)
        assert (got.status_code, got.headers["retry-after"]) == (503, "10"), path
        assert AWAY in got.text
        assert got.headers["x-request-id"] in got.text
    assert ask(app, "GET", "/healthz").status_code == 200
    assert ask(app, "GET", "/static/css/portal.css").status_code == 200
    got = _report(app, town, cookies, actor)
    assert got.status_code == 503 and _kept(got, actor)
    assert ask(app, "GET", "/nothing", cookies=cookies).status_code == 404
    monkeypatch.setattr(apology, "PAUSES", (0.3,) * 20)
    back = threading.Timer(0.5, lambda: (database.rmdir(), aside.rename(database)))
    back.start()
    assert ask(app, "GET", "/desk", cookies=cookies).status_code == 200
    back.join()
    lines = [r for r in caplog.records if r.getMessage() == "the machine ails"]
    assert lines and all(r.exc_info is None for r in lines)


def _cases(town: Town) -> int:
    with town.office.engine.connect() as connection:
        return int(connection.scalar(sa.text("SELECT count(*) FROM cases")) or 0)


GONE = "数据库文件%s不在原处"


@pytest.mark.parametrize("how", ["moved", "moved before anybody connects", "replaced"])
def test_a_database_that_is_gone_is_named_and_none_is_made_in_its_place(
    town: Town, app: FastAPI, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    actor = town.who(Role.inspector)
    cookies = town.cookie(actor)
    monkeypatch.setattr(apology, "PAUSES", ())
    engine = app.state.house.engine
    database = Path(str(engine.url.database))
    assert ask(app, "GET", "/desk", cookies=cookies).status_code == 200
    before = _cases(town)
    if how.endswith("connects"):
        engine.dispose()
    aside = database.rename(database.with_suffix(".aside"))
    if how == "replaced":
        database.touch()
    for path in ("/desk", "/sign-in", "/"):
        got = ask(app, "GET", path, cookies=cookies)
        assert (got.status_code, got.headers["retry-after"]) == (503, "10"), path
        assert GONE % database.name in got.text
    got = _report(app, town, cookies, actor)
    assert got.status_code == 503 and _kept(got, actor)
    assert ask(app, "GET", "/healthz").status_code == 200
    ready = ask(app, "GET", "/readyz")
    said = f"not ready: the database {database.name} is gone"
    assert (ready.status_code, ready.text) == (503, said)
    assert database.exists() is (how == "replaced"), "nothing is made"
    aside.rename(database)
    assert _cases(town) == before, "nothing was written where nobody will find it"
    assert _report(app, town, cookies, actor).status_code == 303
    assert _cases(town) == before + 1


def test_what_the_machine_says_is_told_apart(url: str, engine: Engine, owner: Engine) -> None:
    assert ailment_of(OSError(errno.ENOSPC, "x")) is Ailment.full
    assert ailment_of(OSError(errno.EMFILE, "x")) is Ailment.busy
    assert ailment_of(MemoryError()) is Ailment.busy
    for other in (OSError(errno.ENOENT, "x"), ValueError("x"), TimeoutError("x")):
        assert ailment_of(other) is None
    with pytest.raises(sa.exc.DBAPIError) as wrong, engine.connect() as connection:
        connection.execute(sa.text("SELECT nothing FROM nowhere"))
    assert ailment_of(wrong.value) is None and code_of(wrong.value)
    if not url.startswith("postgresql"):
        return
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    away = open_engine(f"postgresql+psycopg://nobody@127.0.0.1:{port}/nothing")
    with pytest.raises(sa.exc.DBAPIError) as refused:
        away.connect()
    assert ailment_of(refused.value) is Ailment.away
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as slow:
        connection.exec_driver_sql("SET statement_timeout = 10; SELECT pg_sleep(5)")
    assert (ailment_of(slow.value), code_of(slow.value)) == (Ailment.busy, "57014")
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as ended:
        pid = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        with owner.connect() as mighty:
            mighty.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        connection.execute(sa.text("SELECT 1"))
    assert ailment_of(ended.value) is Ailment.away


BIG = "x" * (body.MOST_OPEN + 1000)


@pytest.mark.parametrize("path", ["/language", "/sign-in", "/setup", "/report", "/password"])
def test_strangers_say_little(app: FastAPI, path: str) -> None:
    got = ask(app, "POST", path, data={"language": "zh", "description": BIG})
    assert got.status_code == 413
    small = ask(app, "POST", path, data={"language": "zh", "description": "x" * 50_000})
    assert small.status_code != 413


def test_of_a_stranger_nothing_is_read_before_it_is_known_who_asks(app: FastAPI) -> None:
    read = 0

    async def pieces() -> Any:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b"&" * 10_000

    kind = {"content-type": "application/x-www-form-urlencoded"}
    got = ask(app, "POST", "/report", content=pieces(), headers=kind)
    assert got.status_code == 413
    assert read < 20


def test_who_has_just_been_signed_out_gets_their_long_form_back(town: Town, app: FastAPI) -> None:
    actor = town.who(Role.inspector)
    cookies = town.cookie(actor)
    assert ask(app, "GET", "/desk", cookies=cookies).status_code == 200
    town.office.clock.advance(IDLE * 2)
    files = {"description": (None, BIG), "evidence-upload": ("a.jpg", b"\xff\xd8" + bytes(90_000))}
    got = ask(app, "POST", "/report", cookies=cookies, files=files)
    assert got.status_code == 401
    assert BIG in got.text and 'value="lost"' in got.text


def test_who_leaves_is_one_line(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    actor = town.who(Role.inspector)
    reference = town.cookie(actor)["guapai"]
    caplog.set_level(logging.INFO)
    port = int(town.home.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        head = "POST /report HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
        kind = "Content-Type: application/x-www-form-urlencoded\r\n"
        line.sendall(f"{head}{kind}Cookie: guapai={reference}\r\n\r\ntitle={TYPED}".encode())
        time.sleep(0.3)
    for _ in range(100):
        lines = [r for r in caplog.records if r.getMessage() == "the visitor left"]
        if lines:
            break
        time.sleep(0.05)
    (left,) = lines
    told = vars(left)
    assert (told["path"], told["person"], left.exc_info) == ("/report", actor.person_id, None)
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]


def test_a_fault_is_one_line_with_the_number_of_the_page(
    town: Town, app: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(TYPED)

    actor = town.who(Role.inspector)
    cookies = town.cookie(actor)
    monkeypatch.setattr("portal.web.endpoint._respond", broken)
    got = ask(app, "GET", "/desk?text=secret", cookies=cookies)
    (line,) = [r for r in caplog.records if r.levelno >= logging.ERROR]
    told = vars(line)
    assert got.status_code == 500
    assert told["request"] == got.headers["x-request-id"] and told["request"] in got.text
    assert (told["path"], told["person"]) == ("/desk", actor.person_id)
    assert "secret" not in repr({k: v for k, v in told.items() if k != "exc_info"})
