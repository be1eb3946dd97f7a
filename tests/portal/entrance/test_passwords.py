"""Passwords: how they are kept, which are good enough, and that a first one is changed."""

import re
from datetime import timedelta

import pytest
from argon2 import Type

from actions.people import password
from actions.people.entrance import FIRST_LIVES
from guapai.errors import BadInput
from guapai.people import Role
from tests.portal.door import SECRET, come_in, inside, somebody, token_of, wait
from tests.portal.land import Land

pytestmark = pytest.mark.usefixtures("hasher", "later")
HASHER = password._HASHER


def test_passwords_are_hashed_with_argon2id_and_64_mib() -> None:
    assert HASHER.type is Type.ID
    assert HASHER.memory_cost >= 64 * 1024
    assert HASHER.time_cost >= 3


def test_a_first_password_lets_nobody_do_anything_but_change_it(land: Land) -> None:
    who, case = somebody(land, secret=None), land.sides["own"].case
    with land.town.visitor(land.town.who(Role.system_admin)) as admin:
        form = {"token": land.town.token(land.town.who(Role.system_admin))}
        page = admin.post(f"/people/{who.id}/password", data=form)
    given = re.search(r'<p class="given"><code>(.+)</code>', page.text)
    assert page.status_code == 200 and given is not None
    assert page.headers["cache-control"] == "no-store"
    with inside(land, who, given[1]) as client:
        for path in ("/desk", f"/cases/{case}", "/ledger", "/ledger.xlsx", "/letters"):
            got = client.get(path)
            assert (got.status_code, got.headers["location"]) == (303, "/password")
        page = client.get("/password")
        assert "初始密码" in page.text
        token, new = token_of(page), "Not-Guessed-So-Soon-41"
        claim = client.post("/duties/1/claim", data={"token": token})
        assert claim.status_code == 409
        assert "请先设置新密码" in claim.text
        form = {"token": token, "old": given[1], "new": given[1], "again": given[1]}
        assert client.post("/password", data=form).status_code == 422
        form |= {"new": new, "again": new}
        assert client.post("/password", data=form).headers["location"] == "/desk"
        assert client.get("/desk").status_code == 200
        wait(land, timedelta(days=91))
    with inside(land, who, new) as client:
        assert client.get("/desk").headers["location"] == "/password"


def test_a_first_password_ends_after_three_days(land: Land) -> None:
    who, admin = somebody(land, Role.publisher, secret=None), land.town.who(Role.system_admin)
    with land.town.visitor(admin) as client:
        form = {"token": land.town.token(admin)}
        page = client.post(f"/people/{who.id}/password", data=form)
    given = re.search(r'<p class="given"><code>(.+)</code>', page.text)
    assert given is not None
    with inside(land, who, given[1]) as client:
        assert client.get("/desk").headers["location"] == "/password"
        wait(land, FIRST_LIVES + timedelta(minutes=1))
        refused = come_in(client, who, given[1])
        assert (refused.status_code, "已超过72小时" in refused.text) == (403, True)


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("Ab1!efgh9", "10"),
        ("Ab1!" + "x7Qp" * 16, "64"),
        ("abcdefghijkl", "三种"),
        ("abcdefgh1234", "三种"),
        ("ABCDEFGH1234", "三种"),
        ("Password123!", "猜到"),
        ("P@ssw0rd2026", "猜到"),
        ("Admin@123456", "猜到"),
        ("Huawei@123456", "猜到"),
        ("Woaini1314!", "猜到"),
        ("Qwerty12345!", "猜到"),
        ("1qaz@WSX3edc", "猜到"),
        ("Qwertyuiop1!", "猜到"),
        ("Asdf1234!@#$", "猜到"),
        ("Aa1!Aa1!Aa1!", "猜到"),
        ("20260302Abc!", "猜到"),
        ("Zhao赵示例一#72kQ", "姓名"),
        ("王强#72kQvx81Lm", "姓名"),
        ("Inspector#72kQvx", "姓名"),
        ("六安市应急管理局#72kQ", "姓名"),
    ],
)
def test_passwords_that_are_no_good(secret: str, why: str) -> None:
    about = ("赵示例一", "王强", "inspector.5@example.com", "六安市应急管理局")
    with pytest.raises(BadInput, match=why):
        password.check(secret, about)


@pytest.mark.parametrize(
    "secret", [SECRET, "Kx7#tQ9vLm", "correct Horse battery 9", "雨后山路滑Kx7#tQ9v"]
)
def test_passwords_that_are_good(secret: str) -> None:
    password.check(secret, ("赵示例一", "inspector.5@example.com", "六安市应急管理局"))


def test_first_passwords_are_good_themselves() -> None:
    made = {password.made_up() for _ in range(200)}
    assert len(made) == 200
    for secret in made:
        password.check(secret)


def test_a_poor_password_is_refused_with_the_reason(land: Land) -> None:
    who = somebody(land)
    with inside(land, who) as client:
        form = {"token": token_of(client.get("/password")), "old": SECRET}
        for new, why in (("Ab1!", "10至64个字符"), (f"{who.actor.name}Kx7#tQ9v", "姓名")):
            got = client.post("/password", data={**form, "new": new, "again": new})
            assert (got.status_code, why in got.text) == (422, True)
            assert new not in got.text
            assert SECRET not in got.text
