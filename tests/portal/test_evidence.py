"""Files over HTTP: they arrive in pieces, go into a case, are seen without place, and looks are noted."""

import base64
import io

import httpx
import pytest
from PIL import Image

from guapai.people import Actor, Role
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.files.store import FileStore
from storage.history import reading
from tests.portal.town import Town

GPS_IFD, LATITUDE = 0x8825, 2


def photo() -> bytes:
    """A JPEG with a place in it."""
    image = Image.new("RGB", (640, 480), (180, 60, 40))
    exif = Image.Exif()
    exif.get_ifd(GPS_IFD)[LATITUDE] = (31.0, 44.0, 7.5)
    exif[0x010F] = "SECRETPHONE"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def send(http: httpx.Client, actor: Actor, data: bytes, name: str = "现场.jpg") -> httpx.Response:
    """A file in pieces of 4,000 bytes, as tus sends it; the last answer."""
    token = {"X-Guapai-Token": Town.token(actor), "Tus-Resumable": "1.0.0"}
    said = base64.b64encode(name.encode()).decode()
    begun = http.post(
        "/uploads",
        headers={
            **token,
            "Upload-Length": str(len(data)),
            "Upload-Metadata": f"filename {said}",
        },
    )
    if begun.status_code != 201:
        return begun
    place, answer = begun.headers["location"], begun
    for at in range(0, len(data), 4000):
        there = http.head(place, headers=token)
        assert there.headers["upload-offset"] == str(at)
        answer = http.patch(
            place,
            content=data[at : at + 4000],
            headers={
                **token,
                "Content-Type": "application/offset+octet-stream",
                "Upload-Offset": str(at),
            },
        )
        if answer.status_code != 204:
            return answer
    return answer


def looks(town: Town) -> list[tuple[str, int]]:
    """What was looked at, by whom."""
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        rows = work.execute(reading.TABLE.select().order_by(reading.TABLE.c.id)).mappings()
        return [(r["what"], r["person_id"]) for r in rows]


def test_from_upload_to_view(town: Town) -> None:
    actor, data = town.who(Role.inspector), photo()
    case = town.cases["lead"]
    with town.visitor(actor) as http:
        sha256 = send(http, actor, data).headers["x-guapai-sha256"]
        assert FileStore(town.office.files).read(sha256) == data
        form = {
            "token": Town.token(actor),
            "key": "k1",
            "version": "1",
            "finding": "属实",
            "evidence-file": sha256,
            "evidence-kind": "before",
            "evidence-point": "坝肩",
        }
        done = http.post(f"/cases/{case}/hazard/{case}/verify", data=form)
        assert done.status_code == 303, done.text
        page = http.get(f"/cases/{case}").text
        assert "坝肩" in page
        with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
            kept = evidence.of_case(work, case)[0]
        for size, most in (("thumb", 320), ("view", 1600)):
            shown = http.get(f"/evidence/{kept.id}/{size}")
            assert shown.status_code == 200
            assert b"SECRETPHONE" not in shown.content
            image = Image.open(io.BytesIO(shown.content))
            assert max(image.size) <= most
            assert dict(image.getexif()) == {}
        assert http.get(f"/evidence/{kept.id}/original").status_code == 404
    auditor = town.who(Role.auditor)
    with town.visitor(auditor) as http:
        original = http.get(f"/evidence/{kept.id}/original")
        assert original.content == data
        assert original.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in original.headers["content-security-policy"]
    assert looks(town) == [
        ("evidence", actor.person_id),
        ("original", auditor.person_id),
    ]


@pytest.mark.parametrize("role", [Role.inspector, Role.enterprise_head])
def test_others_get_nothing(town: Town, role: Role) -> None:
    actor = town.who(Role.inspector)
    with town.visitor(actor) as http:
        sha256 = send(http, actor, photo()).headers["x-guapai-sha256"]
    stranger = town.elsewhere(role)
    with town.visitor(stranger) as http:
        form = {
            "token": Town.token(stranger),
            "title": "借来的照片",
            "description": "d",
            "place_code": "341503100",
            "sector": "工贸",
            "source": "inspection",
            "found_on": "2026-03-01",
            "evidence-file": sha256,
            "evidence-kind": "before",
        }
        answer = http.post("/report", data=form)
        assert answer.status_code == 422
        assert "不是您上传的" in answer.text
        assert "借来的照片" in answer.text


def test_what_is_not_what_it_says(town: Town) -> None:
    actor = town.who(Role.inspector)
    with town.visitor(actor) as http:
        for name, data, said in (
            ("病毒.exe", b"MZ" + bytes(5000), "不支持"),
            ("病毒.jpg", b"MZ" + bytes(5000), "文件"),
            (" ", photo(), "文件名"),
        ):
            answer = send(http, actor, data, name)
            assert answer.status_code == 422, name
            assert said in answer.text
        wrong = http.post("/uploads", headers={"Upload-Length": "10"})
        assert wrong.status_code == 403


def test_a_better_photo_supersedes(town: Town) -> None:
    actor, case = town.who(Role.safety_officer), town.cases["general"]
    with town.visitor(actor) as http:
        first = send(http, actor, photo()).headers["x-guapai-sha256"]
        base = {"token": Town.token(actor), "done": "已整改", "evidence-kind": "after"}
        address = f"/cases/{case}/hazard/{case}/report_fixed"
        assert http.post(address, data={**base, "evidence-file": first}).status_code == 303
    inspector = town.who(Role.inspector)
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        old = evidence.of_case(work, case)[-1].id
    town.office.act(Role.inspector, "fail_recheck", {"opinion": "不清楚"}, case)
    with town.visitor(actor) as http:
        page = http.get(address).text
        assert f'value="{old}"' in page
        second = send(http, actor, photo() + b"\0").headers["x-guapai-sha256"]
        row = {**base, "evidence-file": second, "evidence-supersedes": str(old)}
        assert http.post(address, data=row).status_code == 303
        page = http.get(f"/cases/{case}").text
        assert "已被替代的（1）" in page
        assert f"/evidence/{old}/thumb" in page
    foreign = {**base, "evidence-file": second, "evidence-supersedes": "64"}
    town.office.act(Role.inspector, "fail_recheck", {"opinion": "再来"}, case)
    with town.visitor(actor) as http:
        answer = http.post(address, data=foreign)
        assert answer.status_code == 422
        assert "不在本案中" in answer.text
    assert inspector.person_id


def test_of_what_came_with_a_lead_the_unit_sees_the_photos_and_nothing_else(town: Town) -> None:
    office = town.office
    files = {}
    for kind, content in (("photo", photo()), ("note", b"%PDF-1.4\n%%EOF\n")):
        kept = FileStore(office.files).put([content])
        with unit_of_work(office.engine, office.clock) as work:
            evidence.remember(work, kept)
        files[kind] = {"file": kept.sha256, "caption": kind}
    case = office.lead(title="坝肩裂缝", evidence=list(files.values()))
    found = {
        "finding": "属实",
        "evidence": [{"file": files["note"]["file"], "caption": "核查记录"}],
    }
    office.act(Role.inspector, "verify", found, case)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        shown, told, report = [e.id for e in evidence.of_case(work, case)]
    expected = {
        Role.inspector: {shown: "view", told: "original", report: "original"},
        Role.safety_officer: {shown: "view", report: "original"},
    }
    for role, seen in expected.items():
        with town.visitor(town.who(role)) as http:
            page = http.get(f"/cases/{case}").text
            for one in (shown, told, report):
                assert (f"/evidence/{one}/" in page) is (one in seen), (role, one)
                answer = http.get(f"/evidence/{one}/{seen.get(one, 'original')}")
                assert (answer.status_code == 200) is (one in seen), (role, one)
