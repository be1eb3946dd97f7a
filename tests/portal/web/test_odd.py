"""Odd questions and odd forms: whatever is sent, the answer is a sentence and never a fault."""

import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.portal.land import Land

VALUES = (
    *("", " ", "x", "-1", "0", "1.5", "1e9", "٣", "²", "\0", "a\0b", "'", '"', "%", "_", "~", "\\"),
    *("9" * 18, "9" * 19, "9" * 25, "9" * 5000, "字" * 3000, "示例\u202e\u2066", "<b>", "{{7*7}}"),
    *("//evil.example", "/\\evil.example", "/字", "/\x01", "javascript:1", "=1+1", "﹪", "０１２"),
    *("x~5", "~5", "2026-03-01~5", "2026-13-45~5", "0001-01-01T00:00:00+14:00~1"),
    *("2026-03-01T00:00:00~99999999999999999999", "9999-12-31T23:59:59-14:00~1", "341502-"),
)
TYPED = (
    *("", "x", "-1", "1.5", "٣", "\0", "a\0b", "9" * 18, "9" * 19, "9" * 25, "9" * 5000),
    *("字" * 3000, "示例\u202e", "{{7*7}}", "//evil.example", "/\\evil.example", "/字", "/\x01"),
    *("2026-13-45", "0001-01-01", "9999-12-31T23:59", "1e9", "1.2.3"),
)
RAW = ("%ff", "%c3%28", "%ed%a0%80", "%00", "a=b=c", "%", "%zz", "+")
"""What no browser sends: bytes that are no text, signs that are not coded."""

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "/desk": ("kind", "narrow", "after"),
    "/ledger": ("text", "after", "place", "sector", "stage", "state", "grade", "level", "sort"),
    "/ledger.xlsx": ("text", "sector", "place"),
    "/cases/{case}": ("before", "files", "done", "missing"),
    "/cases/{case}/notices": ("before",),
    "/letters": ("before",),
    "/entries": ("before",),
    "/report": ("x",),
    "/sign-in": ("next",),
    "/setup": ("code",),
}
PATHS = (
    *("/cases/" + "9" * n for n in (18, 19, 25, 5000)),
    *("/cases/-1", "/cases/1.5", "/cases/٣", "/cases/%00", "/cases/0/x/0/%00", "/cases/%ff"),
    *(
        "/uploads/%00",
        "/evidence/0/nothing",
        "/static/../portal/web/app.py",
        "/static/%2e%2e/web/app.py",
    ),
    *("/static/%00", "/static//etc/passwd", "/static/css", "/%2f%2fevil.example", "//evil.example"),
)


@pytest.fixture(autouse=True)
def _open_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody gets in, but everybody may try as often as they like."""
    monkeypatch.setattr("actions.people.password.fits", lambda kept, secret: False)
    monkeypatch.setattr("actions.people.entrance.TRIES", 10**6)
    monkeypatch.setattr("actions.people.entrance.TRIES_OF_ADDRESS", 10**6)


def _asked(case: int) -> Iterator[str]:
    for page, names in QUESTIONS.items():
        path = page.format(case=case)
        for name in names:
            yield from (f"{path}?{name}={quote(v[:4000])}" for v in VALUES)
            yield from (f"{path}?{name}={raw}" for raw in RAW)
        yield f"{path}?" + "&".join(f"a{n}=1" for n in range(1200))
    for value in VALUES:
        yield f"/ledger?sort=deadline&after={quote(value[:4000])}"
        yield f"/ledger?text=示例&after={quote(value[:4000])}"
    yield from PATHS


def test_odd_questions_get_an_answer(land: Land) -> None:
    own, wrong, asked = land.sides["own"].case, [], 0
    with land.town.visitor(land.seats["commission_office"]) as client:
        for address in _asked(own):
            asked += 1
            got = client.get(address)
            if got.status_code >= 500:
                time.sleep(0.05)  # the server closes the line
                wrong.append(f"{address[:120]}: {got.status_code}")
    assert not wrong, "\n".join(wrong[:40])
    assert asked > 800


def _forms(land: Land) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Who sends which form to what: each name with each odd value, the others as they should be."""
    own = land.sides["own"]
    case, lead, duty = own.case, own.lead, own.duty
    visit = {"finding": "属实", "officers": land.town.office.officers, "key": "k", "version": "0"}
    files = {
        f"evidence-{n}": "" for n in ("file", "kind", "point", "caption", "supersedes", "name")
    }
    told = {"title": "栏杆缺失", "description": "缺失", "place_code": "341502100", "sector": "工贸"}
    told |= {"source": "inspection", "found_on": "2026-03-01", "unit_id": "", "department_id": ""}
    told |= {"part": "", "address": "", "contact": "", "key": "", **files}
    applied = {"reason": "缺件", "progress": "一", "interim_measures": "停", "asked_deadline": ""}
    many = {
        "task": f"{duty}.{lead}.{lead}.1",
        "what": "release",
        "kind": "verify_lead",
        "text": "同意",
    }
    for seat, path, form in (
        ("inspector", f"/cases/{lead}/hazard/{lead}/verify", {**visit, **files}),
        ("inspector", "/report", told),
        ("inspector", "/desk/many", {**many, "key": "k", "next": "/desk"}),
        ("inspector", f"/duties/{duty}/release", {"next": "/desk"}),
        ("enterprise_head", f"/cases/{case}/deferral/0/apply", applied),
        ("enterprise_head", "/post", {"seat": "x"}),
        ("enterprise_head", "/password", {"old": "x", "new": "y", "again": "y"}),
        ("enterprise_head", "/language", {"language": "zh", "next": "/"}),
        ("nobody", "/sign-in", {"email": "a@b.c", "password": "x", "next": "", "to": ""}),
        ("nobody", "/setup", {"code": "", "name": "", "email": "", "place_code": "", "kind": ""}),
    ):
        for name, value in itertools.product(form, TYPED):
            yield seat, path, {**form, name: value}


def test_odd_forms_get_an_answer(land: Land) -> None:
    wrong: list[str] = []
    clients: dict[str, httpx.Client] = {}
    with (
        land.town.visitor(land.seats["inspector"]) as clients["inspector"],
        land.town.visitor(land.seats["enterprise_head"]) as clients["enterprise_head"],
        land.town.visitor(None) as clients["nobody"],
    ):
        for seat, path, form in _forms(land):
            actor = land.seats[seat]
            token = {"token": land.town.token(actor)} if actor else {}
            got = clients[seat].post(path, data={**token, **form})
            if got.status_code >= 500:
                time.sleep(0.05)
                said = {n: v[:40] for n, v in form.items()}
                wrong.append(f"{seat} {path} {said}: {got.status_code}")
            if "location" in got.headers:
                assert got.headers["location"].startswith("/")
                assert not got.headers["location"].startswith(("//", "/\\"))
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:40])


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=a", b"--a\r\nnothing"),
        (
            "multipart/form-data; boundary=a",
            b"--a\r\nContent-Disposition: form-data\r\n\r\nx\r\n--a--",
        ),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(500))),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * (2 * 2**20)),
        ("application/x-www-form-urlencoded", b"a=%ff%00&%=&&&"),
        ("application/json", b'{"language": "zh"}'),
        ("text/plain", b"language=zh"),
        ("", b"language=zh"),
    ],
)
def test_what_is_no_form_is_refused(land: Land, kind: str, content: bytes) -> None:
    with land.town.visitor(land.seats["inspector"]) as client:
        for path in ("/language", "/post", "/report", "/sign-in"):
            got = client.post(path, content=content, headers={"content-type": kind})
            assert got.status_code in (400, 403, 404, 413), (path, got.status_code)
