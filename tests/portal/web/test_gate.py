"""The gate: what other sites send, and how much is taken in."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from guapai.people import Role
from portal.web.body import MOST_BYTES
from portal.web.gate import HEADERS
from tests.portal.door import another_worker, ask
from tests.portal.land import Land
from tests.portal.web.asking import HERE, _as

CROSS = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": HERE},
    {"sec-fetch-site": ""},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "https://guapai.example"},
    {"origin": "http://guapai.example.evil.example"},
    {"origin": "http://guapai.example:81"},
    {"origin": ""},
]


OURS = [
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "same-origin", "origin": HERE},
    {"sec-fetch-site": "none"},
    {"origin": HERE},
    {},
]


EVIL = (
    *(
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
    ),
    *("https://evil.example", "http:evil.example", "javascript:alert(1)", "data:text/html,x"),
    *("evil.example", "/\t/evil.example", "/\n/evil.example", " //evil.example", "/\r\nX-Evil: 1"),
    *("/字", "/desk\0", "?next=//evil.example", "", "/desk /evil", "/desk\\..\\..\\evil"),
)


@pytest.fixture(scope="module")
def app(land: Land) -> Iterator[FastAPI]:
    """The portal once more over the same land, asked without a server."""
    office = land.town.office
    with another_worker(office.engine, clock=office.clock, files=office.files) as found:
        yield found


@pytest.mark.parametrize("headers", CROSS, ids=str)
def test_what_other_sites_send_is_refused(
    land: Land, app: FastAPI, headers: dict[str, str]
) -> None:
    who = _as(land, Role.inspector)
    for method in ("POST", "PATCH", "DELETE", "PUT"):
        for path in ("/sign-in", "/sign-out", "/language", "/report", "/uploads", "/nothing"):
            got = ask(app, method, path, headers=headers, **who)
            assert (got.status_code, got.text) == (403, "请求来自其他网站，已拒绝"), (method, path)
            assert "set-cookie" not in got.headers
    assert ask(app, "GET", "/desk", cookies=who["cookies"]).status_code == 200


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_what_our_own_pages_send_needs_the_token(
    land: Land, app: FastAPI, headers: dict[str, str]
) -> None:
    who = _as(land, Role.inspector)
    actor = land.town.who(Role.inspector)
    seat = f"inspector.{actor.organisation_id}.0"
    for token, status in (
        (who["data"]["token"], 303),
        ("", 403),
        ("token-0", 403),
        (land.town.token(land.town.who(Role.expert)), 403),
        ("令牌\udcff".encode("utf-8", "replace").decode(), 403),
    ):
        form = {"token": token, "seat": seat}
        got = ask(app, "POST", "/post", headers=headers, cookies=who["cookies"], data=form)
        assert got.status_code == status, token
    own = {"content-type": "application/x-www-form-urlencoded", **headers}
    sent = {"x-guapai-token": who["data"]["token"], **own}
    content = f"seat={seat}"
    asked = {"cookies": who["cookies"], "content": content}
    assert ask(app, "POST", "/post", headers=sent, **asked).status_code == 303
    assert ask(app, "POST", "/post", headers=own, **asked).status_code == 403
    question = f"/post?token={who['data']['token']}&seat={seat}"
    assert ask(app, "POST", question, headers=own, cookies=who["cookies"]).status_code == 403


def test_on_an_encrypted_way_the_origin_is_the_encrypted_one(app: FastAPI) -> None:
    for origin, status in (("https://guapai.example", 303), (HERE, 403)):
        form = {"language": "zh"}
        got = ask(app, "POST", "/language", scheme="https", headers={"origin": origin}, data=form)
        assert got.status_code == status


@pytest.mark.parametrize("address", EVIL)
def test_nobody_is_sent_to_another_site(land: Land, app: FastAPI, address: str) -> None:
    who, things = _as(land, Role.inspector), land.sides["own"]
    door = ask(app, "GET", "/sign-in", params={"next": address})
    assert door.status_code == 200
    assert 'name="next" value=""' in door.text
    assert not re.search(r'(?:href|action|src)="[^"]*evil', door.text)
    again = ask(app, "POST", "/sign-in", data={"next": address, "to": address, "email": "x"})
    assert 'name="next" value=""' in again.text and 'name="to" value=""' in again.text
    form = {**who["data"], "next": address, "to": address}
    seat = f"inspector.{land.town.who(Role.inspector).organisation_id}.0"
    for path, more in (
        ("/language", {"language": "zh"}),
        ("/post", {"seat": seat}),
        (f"/duties/{things.duty}/release", {}),
    ):
        got = ask(app, "POST", path, cookies=who["cookies"], data={**form, **more})
        assert got.status_code == 303
        assert got.headers["location"] in ("/", "/desk")
    many = {"task": f"{things.duty}.{things.lead}.{things.lead}.1", "what": "release"}
    got = ask(app, "POST", "/desk/many", cookies=who["cookies"], data={**form, **many})
    assert got.status_code == 200
    assert "evil" not in got.text


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "in chunks"])
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
)
def test_what_is_too_large_is_refused(
    land: Land, app: FastAPI, monkeypatch: pytest.MonkeyPatch, kind: str, declared: bool
) -> None:
    monkeypatch.setattr("portal.web.body.MOST_BYTES", 300_000)
    cookies = land.town.cookie(land.town.who(Role.inspector))
    head = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.pdf"\r\n\r\n'
    body = (head if "multipart" in kind else b"a=") + b"x" * 400_000 + b"\r\n--b--\r\n"

    async def pieces() -> Any:
        for at in range(0, len(body), 10_000):
            yield body[at : at + 10_000]

    content = body if declared else pieces()
    got = ask(
        app, "POST", "/report", cookies=cookies, content=content, headers={"content-type": kind}
    )
    assert (got.status_code, got.text) == (413, "内容太大，请减少附件后再提交")
    assert {n: got.headers.get(n) for n in HEADERS} == HEADERS
    small = ask(app, "POST", "/report", cookies=cookies, data={"title": "x" * 1000})
    assert small.status_code == 403


def test_an_upload_in_chunks_is_counted_too(
    land: Land, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = land.town.who(Role.inspector)
    monkeypatch.setattr("portal.web.body.MOST_BYTES", 300_000)
    cookies, token = land.town.cookie(actor), {"x-guapai-token": land.town.token(actor)}
    told = {"upload-length": "900000", "upload-metadata": "filename YS5wZGY="}
    begun = ask(app, "POST", "/uploads", cookies=cookies, headers={**token, **told})
    assert begun.status_code == 201

    async def pieces() -> Any:
        for _ in range(40):
            yield b"x" * 10_000

    kind = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
    place = begun.headers["location"]
    got = ask(app, "PATCH", place, cookies=cookies, headers={**token, **kind}, content=pieces())
    assert got.status_code == 413


def test_the_limit_lets_a_form_with_its_files_pass() -> None:
    assert 50 * 2**20 < MOST_BYTES <= 128 * 2**20
