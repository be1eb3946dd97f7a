"""Incidents over HTTP: the administrator settles them; for everybody else they are not there."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from actions.post.contact import ask_to_mend
from actions.post.hold import hold_post, release
from actions.post.posting import post
from actions.upkeep.incidents import tend
from actions.upkeep.timekeeping import tick
from flows.running import run_due
from flows.timetable import Ground, jobs_on
from guapai.machine import Witness
from guapai.people import Actor, Role
from notifications.post.answers import Answer, Outcome, Stage
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage import letter
from storage.database.work import unit_of_work
from storage.history.event import TABLE as EVENTS
from storage.letter import Letter
from storage.people import person as people
from storage.upkeep import lease
from storage.upkeep.hold import Held, HoldReason
from tests.actions.administrator import incidents_of
from tests.conftest import START
from tests.flows.machines import FakeMachine
from tests.portal.town import Town

SENDER = Sender("guapai@example.com", "挂牌督办", "example.com")
REFUSED = Answer(Outcome.refused, 550, "no such user", Stage.recipient)


def send(town: Town, away: str = "") -> None:
    """The post runs; one address does not exist."""
    office = MemoryOffice(SENDER, {away: REFUSED})
    asyncio.run(post(town.office.engine, office, town.office.clock))


def letter_of(town: Town, state: str) -> Letter:
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        return next(r for r in letter.every(work) if r.state == state)


@pytest.fixture
def troubled(town: Town) -> dict[str, Any]:
    """The town with an incident about the letters of one reader; it, and the first of the letters."""
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        head = people.get(work, town.who(Role.enterprise_head).person_id or 0)
    assert head is not None and head.email
    send(town, head.email)
    ask_to_mend(town.office.engine, town.office.clock)
    tend(town.office.engine, town.office.clock)
    (found,) = incidents_of(town.office)
    return {"id": found["id"], "number": found["number"], "email": head.email}


def made(client: httpx.Client, actor: Actor, address: str, **typed: Any) -> httpx.Response:
    """A form, filled in and sent."""
    assert client.get(address).status_code == 200
    return client.post(address, data={"key": "k", **typed, "token": Town.token(actor)})


def test_the_administrator_mends_it_from_the_page(town: Town, troubled: dict[str, Any]) -> None:
    admin, incident = town.who(Role.system_admin), troubled["id"]
    with town.visitor(admin) as visitor:
        page = visitor.get("/operation").text
        assert troubled["number"] in page
        assert 'href="/operation"' in visitor.get("/desk").text
        assert f'href="/cases/{incident}"' in visitor.get("/desk").text
        shown = visitor.get(f"/cases/{incident}").text
        assert "no such user" in shown
        assert "燃气调压柜泄漏" not in shown, "an administrator reads nothing of the cases"
        address = f"/cases/{incident}/incident/{incident}/readdress"
        assert address in page
        wrong = made(visitor, admin, address, reason="更正", email="a@")
        assert (wrong.status_code, "不是能收信的邮箱地址" in wrong.text) == (422, True)
        again = {"reason": "本人来电更正", "email": "right@example.com", "key": "other"}
        visitor.post(address, data={**again, "token": Town.token(admin)})
        tend(town.office.engine, town.office.clock)
        assert letter_of(town, "readdressed").recipient == troubled["email"]
        send(town)
        tend(town.office.engine, town.office.clock)
        assert "没有待处理的运行事件" in visitor.get("/operation").text
        assert "已恢复" in visitor.get(f"/cases/{incident}").text


def test_after_a_restore_two_let_the_post_go_on_from_the_page(town: Town) -> None:
    one, other = town.who(Role.system_admin), town.who(Role.commission_chair)
    with unit_of_work(town.office.engine, town.office.clock) as work:
        hold_post(work, HoldReason.restore, "pack of yesterday")
    with town.visitor(one) as visitor:
        assert "确认恢复" in visitor.get("/operation").text
        form = {"what": "post", "token": Town.token(one)}
        assert visitor.post("/operation/release", data=form).status_code == 303
        page = visitor.get("/operation").text
        assert "还需1人确认" in page
        assert "确认恢复" not in page, "nobody is two persons"
        assert visitor.post("/operation/release", data=form).status_code == 422
        with unit_of_work(town.office.engine, town.office.clock) as work:
            assert release(work, Held.post, other.person_id or 0) == 0
        assert "pack of yesterday" not in visitor.get("/operation").text


def test_who_audits_reads_it_and_does_nothing(town: Town, troubled: dict[str, Any]) -> None:
    auditor, incident = town.who(Role.auditor), troubled["id"]
    with town.visitor(auditor) as visitor:
        assert visitor.get(f"/cases/{incident}").status_code == 200
        assert visitor.get(f"/cases/{incident}/incident/{incident}/dismiss").status_code == 404
        assert visitor.get("/operation").status_code == 404
        assert troubled["number"] not in visitor.get("/ledger").text


@pytest.mark.parametrize(
    "role",
    [
        *(Role.inspector, Role.department_head, Role.division_chief, Role.enterprise_head),
        *(Role.commission_chair, Role.commission_office, Role.government),
    ],
)
def test_for_everybody_else_it_is_not_there(
    town: Town, troubled: dict[str, Any], role: Role
) -> None:
    city = town.office.city
    home = city.at("department", "341500")
    above = {Role.department_head, Role.inspector, Role.division_chief}
    actors = [town.who(role)]
    actors += [city.who(role, home)] if role in above else []
    incident = troubled["id"]
    for actor in actors:
        with town.visitor(actor) as visitor:
            for address in (
                *("/cases/{0}", "/cases/{0}/notices", "/cases/{0}/incident/{0}/dismiss"),
                "/cases/{0}/incident/{0}/resend",
            ):
                there = visitor.get(address.format(incident))
                gone = visitor.get(address.format(10**9))
                assert (there.status_code, there.text) == (404, gone.text), (role, address)
            for address in ("/ledger", "/ledger?noun=incident", "/ledger?text=信件", "/desk"):
                text = visitor.get(address).text
                assert troubled["number"] not in text, (role, address)
                assert "信件无法送达" not in text
            assert visitor.get("/operation").status_code == 404
            assert 'href="/operation"' not in visitor.get("/desk").text


def test_the_inspector_mends_a_contact_from_the_page_of_the_case(
    town: Town, troubled: dict[str, Any]
) -> None:
    inspector, failed = town.who(Role.inspector), letter_of(town, "failed")
    form = f"/cases/{failed.case_id}/letter/{failed.id}/readdress"
    with town.visitor(inspector) as visitor:
        assert form in visitor.get(f"/cases/{failed.case_id}").text
        assert form in visitor.get("/desk?kind=mend_contact").text
        assert form in visitor.get(f"/cases/{failed.case_id}/letters/{failed.id}").text
        wrong = made(visitor, inspector, form, reason="更正", email="nowhere")
        assert wrong.status_code == 422
        assert "不是能收信的邮箱地址" in wrong.text
        done = made(visitor, inspector, form, reason="更正", email="right@example.com", key="2")
        assert done.status_code == 303
        assert form not in visitor.get(f"/cases/{failed.case_id}").text
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        sent_on = [r for r in letter.every(work) if r.recipient == "right@example.com"]
    assert [r.case_id for r in sent_on] == [failed.case_id]


def test_what_was_told_stands_in_the_proof(town: Town, troubled: dict[str, Any]) -> None:
    inspector, failed = town.who(Role.inspector), letter_of(town, "failed")
    form = f"/cases/{failed.case_id}/letter/{failed.id}/tell"
    told = {"whom": "示例值班员", "said": "已告知整改期限"}
    with town.visitor(inspector) as visitor:
        later = (START + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
        wrong = made(visitor, inspector, form, told_at=later, **told)
        assert (wrong.status_code, "不能在将来" in wrong.text) == (409, True)
        now = (START + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
        done = made(visitor, inspector, form, told_at=now, **told, key="2")
        assert done.status_code == 303
        page = visitor.get(f"/cases/{failed.case_id}/letters/{failed.id}").text
        assert "电话告知示例值班员：已告知整改期限" in page
        assert "已电话告知" in page


def test_jobs_stand_in_one_table_each_in_the_readers_language(town: Town) -> None:
    machine, engine = FakeMachine(town.office.clock), town.office.engine
    ground = Ground(engine, machine.clock, MemoryOffice(SENDER), town.office.files, machine.heart())
    for job in jobs_on(ground):
        run_due(ground, job)
    with unit_of_work(engine, town.office.clock) as work:
        lease.take(work, "housekeeping", "2026-02-01", "t", timedelta(0))
        work.update(lease.TABLE, {"period": "2026-02-01"}, {"state": "failed", "attempts": 3})
    admin = town.who(Role.system_admin)
    with town.visitor(admin) as visitor:
        page = visitor.get("/operation").text
        assert page.count("<tbody>") == 1, "no letter waits, and the jobs have one table"
        assert "汇总信件：1" in page or "没有需要办理的事项" in page
        assert ("2026-02-01" in page, "第3次" in page) == (True, True)
        assert "数据备份" not in page, "nothing is kept here"
        for text in ("0 rungs", "papers sealed", "nothing"):
            assert text not in page
        visitor.cookies.set("guapai-language", "en")
        page = visitor.get("/operation").text
    assert ("Nothing to do" in page, "attempt 3" in page) == (True, True)
    table = page[page.index('id="runs-title"') :]
    assert not re.search(r"[\u4e00-\u9fff]", table[: table.index("</section>")])


def test_a_clock_that_is_held_is_confirmed_from_the_page_with_a_reason(town: Town) -> None:
    admin, office = town.who(Role.system_admin), town.office
    for uptime, step in ((100, timedelta(0)), (160, timedelta(minutes=40))):
        office.clock.advance(step)
        with unit_of_work(office.engine, office.clock) as work:
            tick(work, Witness("boot", uptime, "示例主机", False), None)
    with town.visitor(admin) as visitor:
        page = visitor.get("/operation").text
        assert ("示例主机" in page, "确认时钟正确" in page) == (True, True)
        form = {"reason": " ", "token": Town.token(admin)}
        refused = visitor.post("/operation/clock", data=form)
        assert (refused.status_code, "请填写理由" in refused.text) == (422, True)
        form["reason"] = "主机停机四十分钟，时间已核对"
        assert visitor.post("/operation/clock", data=form).status_code == 303
        assert "确认时钟正确" not in visitor.get("/operation").text
        assert visitor.post("/operation/clock", data=form).status_code == 422
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (said,) = work.execute(EVENTS.select().where(EVENTS.c.noun == "clock")).mappings()
    assert (said["person_id"], said["move"]) == (admin.person_id, "believe")
    with town.visitor(town.who(Role.inspector)) as visitor:
        form["token"] = Town.token(town.who(Role.inspector))
        assert visitor.post("/operation/clock", data=form).status_code == 404
