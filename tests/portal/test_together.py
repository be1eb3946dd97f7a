"""An administrator asks on the page of people, another one answers on their own page."""

import re

import pytest

from guapai.people import Role
from storage.database.work import unit_of_work
from storage.people import password as passwords
from tests.portal.land import Land


def test_a_password_of_an_administrator_is_given_by_two(land: Land) -> None:
    town = land.town
    one, other, whom = (land.seats[n] for n in ("system_admin", "security_admin", "audit_admin"))
    assert one and other and whom
    mine, theirs = town.token(one), town.token(other)
    with town.visitor(one) as asks, town.visitor(other) as answers:
        alone = asks.post(f"/people/{whom.person_id}/password", data={"token": mine, "seen": ""})
        assert alone.status_code == 303
        address = alone.headers["location"]
        assert address == f"/people/{whom.person_id}/ask/password"
        page = asks.get(address)
        assert page.status_code == 200 and "发放初始密码" in page.text
        empty = asks.post(address, data={"token": mine, "reason": " "})
        assert (empty.status_code, "请填写理由" in empty.text) == (422, True)
        sent = asks.post(address, data={"token": mine, "reason": "本人遗忘<b>"})
        assert sent.headers["location"] == "/together"
        own = asks.get("/together").text
        assert "等待共同办理" in own and "没有等您答复的提请" in own
        assert "本人遗忘&lt;b&gt;" in own
        assert "有1件账号事项等您共同办理" in answers.get("/desk").text
        assert "等您共同办理" not in asks.get("/desk").text
        waiting = answers.get("/together").text
        (asked,) = set(re.findall(r'action="(/together/\d+)"', waiting))
        for who in (one, whom):  # neither who asks nor whom it is about
            with town.visitor(who) as client:
                form = {"token": town.token(who), "what": "agree"}
                assert client.post(asked, data=form).status_code == 403
        assert answers.post(asked, data={"token": theirs, "what": "agree"}).status_code == 303
        assert answers.post(asked, data={"token": theirs, "what": "agree"}).status_code == 409
        own = asks.get("/together").text
        assert "已同意，待办理" in own
        given = asks.post(f"/people/{whom.person_id}/password", data={"token": mine, "seen": ""})
        assert given.status_code == 200 and '<p class="given">' in given.text
        assert "已共同办理" in asks.get("/together").text
        again = asks.post(f"/people/{whom.person_id}/password", data={"token": mine, "seen": ""})
        assert again.status_code == 409  # seen has changed, and the answer was for one
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        kept = passwords.of_person(work, whom.person_id or 0)
    assert kept is not None and kept.first


def test_an_account_is_shut_by_two_and_a_question_is_taken_back(land: Land) -> None:
    town = land.town
    one, whom = land.seats["system_admin"], land.seats["discipline_supervisor"]
    assert one and whom
    mine = town.token(one)
    with town.visitor(one) as asks:
        form = {"token": mine, "what": "disable", "reason": "调离"}
        alone = asks.post(f"/people/{whom.person_id}/account", data=form)
        assert alone.headers["location"] == f"/people/{whom.person_id}/ask/disable"
        address = alone.headers["location"]
        assert asks.post(address, data=form).status_code == 303
        (asked,) = set(re.findall(r'action="(/together/\d+)"', asks.get("/together").text))
        back = {"token": mine, "what": "withdraw"}
        assert asks.post(asked, data=back).status_code == 303
        assert "提请已撤回" in asks.get("/together").text
        for what in ("leave", "x" * 300):
            odd = asks.post(f"/people/{whom.person_id}/ask/{what}", data=form)
            assert odd.status_code == 404


def test_in_english(land: Land) -> None:
    auditor = land.seats["auditor"]
    assert auditor
    with land.town.visitor(auditor) as client:
        page = client.get("/together", headers={"accept-language": "en"}).text
    assert "Decide together" in page and "Nothing waits for your answer." in page


@pytest.mark.parametrize("role", [Role.inspector, Role.enterprise_head])
def test_for_others_there_is_no_such_page(land: Land, role: Role) -> None:
    with land.town.visitor(land.town.who(role)) as client:
        assert client.get("/together").status_code == 404
        assert "/together" not in client.get("/desk").text
