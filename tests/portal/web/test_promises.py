"""What every answer promises, what it says to whom, and in which language."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from guapai.errors import Unready
from guapai.people import Role
from portal.web.endpoint import MOST_FIELDS
from portal.web.gate import HEADERS
from portal.web.page import PAGES
from tests.portal.door import another_worker, ask, token_of
from tests.portal.land import Land
from tests.portal.web.asking import _as


@pytest.fixture(scope="module")
def app(land: Land) -> Iterator[FastAPI]:
    """The portal once more over the same land, asked without a server."""
    office = land.town.office
    with another_worker(office.engine, clock=office.clock, files=office.files) as found:
        yield found


def _answers(land: Land, app: FastAPI) -> Iterator[tuple[int, httpx.Response]]:
    """An answer of every kind, and its status."""
    who = _as(land, Role.inspector)
    cookies, case = who["cookies"], land.sides["own"].case
    move = f"/cases/{case}/hazard/{case}/record_visit"
    script = "/static/js/portal.js"
    yield 200, ask(app, "GET", "/desk", cookies=cookies)
    yield 200, ask(app, "GET", "/healthz")
    yield 200, ask(app, "GET", "/ledger.xlsx", cookies=cookies)
    yield 200, ask(app, "GET", script)
    yield 200, ask(app, "GET", script, headers={"accept-encoding": "gzip"})
    yield 206, ask(app, "GET", script, headers={"range": "bytes=0-9"})
    etag = ask(app, "GET", script).headers["etag"]
    yield 304, ask(app, "GET", script, headers={"if-none-match": etag})
    yield 303, ask(app, "GET", "/desk")
    yield 307, ask(app, "GET", "/desk/")
    yield 400, ask(app, "POST", "/language", data={f"a{n}": "1" for n in range(MOST_FIELDS + 1)})
    yield 401, ask(app, "POST", move, data={"finding": "x"})
    yield 401, ask(app, "POST", "/uploads")
    yield 403, ask(app, "POST", "/sign-out", cookies=cookies)
    yield 403, ask(app, "POST", "/sign-out", headers={"sec-fetch-site": "cross-site"})
    yield 404, ask(app, "GET", "/nothing")
    yield 404, ask(app, "GET", "/cases/1", cookies=cookies)
    yield 404, ask(app, "GET", "/static/nothing.js")
    yield 405, ask(app, "DELETE", "/desk", cookies=cookies)
    yield 405, ask(app, "POST", script)
    yield 405, ask(app, "TRACE", "/desk")
    yield 422, ask(app, "POST", move, cookies=cookies, data=who["data"])


def test_every_answer_makes_the_same_promises(land: Land, app: FastAPI) -> None:
    for status, got in _answers(land, app):
        assert got.status_code == status, (got.request.method, got.request.url)
        for name, value in HEADERS.items():
            assert got.headers.get(name) == value, (status, name)
        kept = "immutable" if got.request.url.path.startswith("/static/") else "no-store"
        if status in (200, 206, 304):
            assert kept in got.headers["cache-control"], got.request.url
        else:
            assert got.headers["cache-control"] == "no-store"
        assert "server" not in got.headers and "x-powered-by" not in got.headers
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy and "*" not in policy
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy


def test_a_fault_is_an_answer_with_the_same_promises_and_says_nothing(
    land: Land, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr("portal.web.endpoint.entry_of", broken)
    for method, path in (("GET", "/desk"), ("POST", "/language"), ("PATCH", "/uploads/x")):
        got = ask(app, method, path, headers={"accept-language": "zh"})
        assert got.status_code == 500
        number = got.headers["x-request-id"]
        said = "请稍后再试，您的内容可能尚未提交。"
        assert got.text == f"系统出错，已记录（编号{number}）；{said}"
        assert {n: got.headers.get(n) for n in HEADERS} == HEADERS
        assert got.headers["cache-control"] == "no-store"


def test_a_head_is_a_page_without_its_body(land: Land) -> None:
    plain: Callable[[str], bool] = lambda path: "{" not in path  # noqa: E731
    paths = [p.path for p in PAGES if p.method == "GET" and plain(p.path)]
    assert len(paths) > 10
    with land.town.visitor(land.town.who(Role.system_admin)) as client:
        for path in paths:
            head, whole = client.head(path), client.get(path)
            assert head.status_code == whole.status_code, path
            assert head.content == b""
        assert token_of(client.get("/people")) == land.town.token(land.town.who(Role.system_admin))


def test_figures_are_not_for_everybody(land: Land, app: FastAPI) -> None:
    got = ask(app, "GET", "/metrics")
    assert got.status_code == 200
    assert "guapai_letters{" in got.text and "guapai_duties_overdue" in got.text
    missing = ask(app, "GET", "/nothing", client=("10.1.2.3", 5))
    for more in (
        {"client": ("10.1.2.3", 5)},
        {"headers": {"x-forwarded-for": "127.0.0.1"}},
        {"client": ("10.1.2.3", 5), "headers": {"x-forwarded-for": "127.0.0.1"}},
        {"client": ("10.1.2.3", 5), "headers": {"authorization": "Bearer "}},
    ):
        got = ask(app, "GET", "/metrics", **more)
        assert (got.status_code, got.text) == (404, missing.text), more


def test_figures_for_who_knows_the_token(land: Land, tmp_path: Path) -> None:
    office, token = land.town.office, SecretStr("figures-for-the-watch")
    with another_worker(
        office.engine, clock=office.clock, files=tmp_path, metrics_token=token
    ) as app:
        right = {"authorization": f"Bearer {token.get_secret_value()}"}
        assert ask(app, "GET", "/metrics", headers=right, client=("10.1.2.3", 5)).status_code == 200
        for wrong in ({}, {"authorization": "Bearer x"}, {"authorization": ""}):
            for client in (("10.1.2.3", 5), ("127.0.0.1", 5)):
                got = ask(app, "GET", "/metrics", headers=wrong, client=client)
                assert got.status_code == 404


def test_health_is_told_to_everybody_and_says_little(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, said in (("/healthz", "ok"), ("/readyz", "ready")):
        got = ask(app, "GET", path, client=("10.1.2.3", 5))
        assert (got.status_code, got.text) == (200, said)

    def old(_: object) -> None:
        raise Unready("the database at postgresql://user:secret@host is old")

    monkeypatch.setattr("portal.web.readiness.require_newest", old)
    got = ask(app, "GET", "/readyz")
    assert (got.status_code, got.text) == (503, "not ready: Unready")
    assert ask(app, "GET", "/healthz").status_code == 200


LANGUAGES: list[tuple[dict[str, str], dict[str, str], str]] = [
    ({}, {}, "zh-CN"),
    ({"accept-language": "en-GB,en;q=0.9"}, {}, "en"),
    ({"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"}, {}, "zh-CN"),
    ({"accept-language": "fr, en;q=0.3, zh;q=0.7"}, {}, "zh-CN"),
    ({"accept-language": "fr"}, {}, "zh-CN"),
    ({"accept-language": "*;q=x,,;;"}, {}, "zh-CN"),
    ({"accept-language": "en"}, {"guapai-language": "zh"}, "zh-CN"),
    ({"accept-language": "zh"}, {"guapai-language": "en"}, "en"),
    ({"accept-language": "en"}, {"guapai-language": "../../etc"}, "en"),
]


@pytest.mark.parametrize(("headers", "cookies", "language"), LANGUAGES)
def test_the_language_is_the_one_chosen_or_preferred(
    app: FastAPI, headers: dict[str, str], cookies: dict[str, str], language: str
) -> None:
    for path in ("/sign-in", "/nothing"):
        got = ask(app, "GET", path, headers=headers, cookies=cookies)
        assert f'<html data-bs-theme="light" lang="{language}">' in got.text
        assert ("登录" in got.text or "首页" in got.text) == (language == "zh-CN")


def test_choosing_a_language_is_remembered(land: Land) -> None:
    with land.town.visitor() as client:
        got = client.post("/language", data={"language": "en", "next": "/sign-in?next=/desk"})
        assert (got.status_code, got.headers["location"]) == (303, "/sign-in?next=/desk")
        assert client.cookies["guapai-language"] == "en"
        assert "Sign in" in client.get("/sign-in").text
        assert client.post("/language", data={"language": "fr"}).status_code == 404
        assert client.post("/language", data={"language": "zh"}).headers["location"] == "/"
        assert "登录" in client.get("/sign-in").text
