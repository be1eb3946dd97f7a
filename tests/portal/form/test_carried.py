"""What somebody typed goes with them when they must do something else first."""

from datetime import date, timedelta

import httpx
from sqlmodel import select

from guapai.people import Role
from portal.web.visit import ROTATION
from storage.database.work import unit_of_work
from storage.history.event import Event
from storage.people import person as people
from tests.portal.door import SECRET, as_form, fields_of, inside, somebody, token_of
from tests.portal.land import Land

FRESH = "Not-Guessed-So-Soon-41"
TYPED = {"finding": "坝体右岸渗漏点已用沙袋压住𠮷", "percent": "40", "key": "carried"}


def _path(land: Land) -> str:
    case = land.sides["own"].case
    return f"/cases/{case}/hazard/{case}/record_visit"


def _carried(page: httpx.Response, action: str) -> dict[str, str]:
    found = fields_of(page, action)
    names = [v for n, v in found if n == "carried-name"]
    return dict(zip(names, [v for n, v in found if n == "carried-value"], strict=True))


def _form(page: httpx.Response, action: str, **typed: str) -> dict[str, list[str]]:
    return as_form([*typed.items(), *fields_of(page, action)])


def _goes_on(land: Land, client: httpx.Client, onward: httpx.Response) -> None:
    form = _form(onward, _path(land))
    assert {n: form[n] for n in TYPED} == {n: [v] for n, v in TYPED.items()}
    assert client.post(_path(land), data=form).status_code == 303
    with unit_of_work(land.town.office.engine, write=False) as work:
        last = work.execute(select(Event.move).order_by(Event.id.desc())).scalars().first()  # type: ignore[union-attr]
    assert last == "record_visit"


def test_a_form_sent_after_the_password_ran_out_is_kept_through_its_change(land: Land) -> None:
    who, clock = somebody(land), land.town.office.clock
    clock.advance(ROTATION - timedelta(minutes=10))
    with inside(land, who) as client:
        token = token_of(client.get("/desk"))
        clock.advance(timedelta(minutes=15))
        asked = client.post(_path(land), data={**TYPED, "token": token})
        assert asked.status_code == 409
        assert "保存新密码后即可继续提交" in asked.text
        assert _carried(asked, "/password") == TYPED
        new = {"old": SECRET, "new": FRESH}
        wrong = client.post("/password", data=_form(asked, "/password", **new, again="other"))
        assert "不一致" in wrong.text
        assert _carried(wrong, "/password") == TYPED
        onward = client.post("/password", data=_form(wrong, "/password", **new, again=FRESH))
        assert "密码已修改" in onward.text
        _goes_on(land, client, onward)


def test_a_form_sent_without_a_post_is_kept_through_the_choice_of_one(land: Land) -> None:
    who, office = somebody(land), land.town.office
    assert who.actor.organisation_id is not None
    with unit_of_work(office.engine, office.clock) as work:
        chief = (Role.division_chief, who.actor.organisation_id)
        people.appoint(work, who.id, *chief, date(2020, 1, 1))
    with inside(land, who) as client:
        token = token_of(client.get("/post"))
        asked = client.post(_path(land), data={**TYPED, "token": token})
        assert asked.status_code == 409
        assert "选择岗位后即可继续提交" in asked.text
        seat = f"inspector.{who.actor.organisation_id}.0"
        onward = client.post("/post", data=_form(asked, "/post", seat=seat))
        assert "已选择岗位" in onward.text
        _goes_on(land, client, onward)


def test_an_upload_is_told_what_to_do_first(land: Land) -> None:
    who = somebody(land, first=True)
    with inside(land, who) as client:
        got = client.post("/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "9"})
        assert (got.status_code, got.text) == (409, "请先设置新密码，再上传")
