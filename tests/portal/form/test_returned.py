"""What was returned is mended and not typed anew; who comes too late hears who was first."""

import html
import re

import httpx

from guapai.people import Role
from portal.desk import many_of
from tests.portal.stages import Stages
from tests.portal.town import Town


def _said(page: httpx.Response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.text))


def test_a_returned_plan_is_there_to_be_mended(town: Town) -> None:
    case = Stages(town.office).planned()
    town.office.act(Role.division_chief, "return_plan", {"reason": "缺少应急预案"}, case)
    with town.visitor(town.who(Role.enterprise_head)) as client:
        page = client.get(f"/cases/{case}/hazard/{case}/file_plan")
    for said in ("示例设备改造", "2026-07-01", "安全科长", "20,000.00"):
        assert re.search(rf'<input[^>]*name="tasks-[^>]*value="{said}"', page.text), said
    goals = re.search(r'<textarea[^>]*name="goals"[^>]*>([^<]+)</textarea>', page.text)
    assert goals is not None
    with town.visitor(town.who(Role.division_chief)) as client:
        again = {**town.office.plan(case), **_plan(page)}
        town.office.act(Role.enterprise_head, "file_plan", again, case)
        decision = client.get(f"/cases/{case}/hazard/{case}/return_plan")
    assert "缺少应急预案" not in decision.text


def _plan(page: httpx.Response) -> dict[str, str]:
    found = re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', page.text)
    return {name: html.unescape(text) for name, text in found}


def test_who_goes_back_to_a_step_that_is_done_hears_who_did_it(town: Town) -> None:
    case = town.office.lead(title="示例先后")
    actor = town.who(Role.inspector)
    address = f"/cases/{case}/hazard/{case}/verify"
    with town.visitor(actor) as client:
        assert client.get(address).status_code == 200
        officers = {"finding": "属实", "officers": town.office.officers}
        town.office.act(Role.inspector, "verify", officers, case)
        late = client.get(address)
    assert late.status_code == 409
    assert f"{actor.name}已于" in _said(late)
    assert "办理“核实属实”" in _said(late)
    assert f'href="/cases/{case}"' in late.text
    with town.visitor(town.elsewhere(Role.inspector)) as client:
        assert client.get(address).status_code == 404


def test_decisions_at_once_are_those_a_text_is_enough_for() -> None:
    offered = {m.move.name for m in many_of("verify_lead", Role.inspector)}
    assert "verify" not in offered  # two officers, or evidence
    assert "grade_general" in {m.move.name for m in many_of("grade", Role.division_chief)}


def test_a_rule_about_one_field_speaks_beside_it(town: Town) -> None:
    case, actor = town.cases["rectifying"], town.who(Role.enterprise_head)
    form = {"period": "2025-01", "percent": "60", "done": "拆除", "protection": "围挡"}
    with town.visitor(actor) as client:
        path = f"/cases/{case}/hazard/{case}/report_progress"
        got = client.post(path, data={**form, "token": town.token(actor), "key": "early"})
    assert got.status_code == 409
    beside = re.search(r'id="period-error"[^>]*>(.*?)</p>', got.text, re.S)
    assert beside is not None
    assert "早于发现隐患的月份" in beside[1]
    assert re.search(r'id="period"[^>]*aria-invalid="true"', got.text)


def test_who_has_signed_is_not_offered_to_sign_again_or_to_decide_otherwise(town: Town) -> None:
    case, actor = town.cases["requested"], town.who(Role.department_head)
    failed = town.office.failed(case, "2026-08-01")
    town.office.act(Role.department_head, "fail_acceptance", failed, case)
    with town.visitor(actor) as client:
        row = re.search(
            rf'<li class="task[^>]*>(?:(?!</li>).)*/cases/{case}"(?:(?!</li>).)*</li>',
            client.get("/desk").text,
            re.S,
        )
        page = client.get(f"/cases/{case}")
    assert row is not None
    assert "您已签署，等待他人签署" in row[0]
    assert "btn-primary" not in row[0]
    assert not re.search(r'class="btn btn-primary"[^>]*/pass_acceptance"', page.text)


def test_a_first_password_is_given_once_however_often_the_page_is_sent(town: Town) -> None:
    admin, other = town.who(Role.system_admin), town.who(Role.inspector)
    address = f"/people/{other.person_id}/password"
    with town.visitor(admin) as client:
        form = {"token": town.token(admin), "seen": ""}
        first = client.post(address, data=form)
        assert first.status_code == 200
        again = client.post(address, data=form)
        assert again.status_code == 409
        assert "没有再次发放" in _said(again)
        own = client.post(f"/people/{admin.person_id}/password", data=form)
        assert own.status_code == 403
