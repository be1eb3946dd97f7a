"""Guessing at the door: how often it may be tried, and that it locks nobody out."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from actions.people import password
from actions.people.entrance import fingerprint, sign_in
from actions.people.password import SPAN, TooManyTries
from actions.people.renewal import renew_password
from guapai.errors import NotAllowed
from storage.database.work import unit_of_work
from storage.people import session as sessions
from tests.portal.door import SECRET, QuickHasher, Somebody, come_in, somebody, token_of, wait
from tests.portal.land import Land

pytestmark = pytest.mark.usefixtures("hasher", "later")


def _sign_in(land: Land, who: Somebody | str, secret: str, device: str, address: str) -> str:
    """Signing in without HTTP: ``no``, ``wait``, or the value of the device that got ``in``."""
    office, email = land.town.office, who if isinstance(who, str) else who.email
    given = {"device": device, "address": address}
    try:
        return sign_in(office.engine, office.clock, email, secret, **given).device
    except TooManyTries:
        return "wait"
    except NotAllowed:
        return "no"


def _known(land: Land, who: Somebody, address: str, device: str = "") -> str:
    """The value of a device on which somebody has signed in."""
    found = _sign_in(land, who, SECRET, device, address)
    assert found not in ("no", "wait")
    return found


def _guesses(land: Land, who: Somebody | str, many: int = 1000) -> Counter[str]:
    """What so many guesses at somebody came to, from many devices and addresses."""
    return Counter(
        _sign_in(land, who, f"guess {n}", f"device {n}" if n % 2 else "", f"10.9.{n % 100}.1")
        for n in range(many)
    )


def test_a_thousand_guesses_are_ten_and_lock_nobody_out(land: Land) -> None:
    who = somebody(land)
    device = _known(land, who, "10.0.0.1")
    assert _guesses(land, who) == {"no": 10, "wait": 990}
    _known(land, who, "10.0.0.1", device)
    assert _sign_in(land, who, SECRET, "", "10.0.0.1") == "wait", "or every guess would count"
    wait(land, SPAN + timedelta(seconds=1))
    _known(land, who, "10.0.0.1")


def test_who_has_a_first_password_comes_in_whatever_others_guess_and_stays_known(
    land: Land, hasher: QuickHasher
) -> None:
    who, office = somebody(land, first=True), land.town.office
    before = hasher.verified
    answers = _guesses(land, who, 40)
    assert answers == {"no": 10, "wait": 30}
    assert hasher.verified - before == 40
    with land.town.visitor() as client:
        assert come_in(client, who).headers["location"] == "/desk"
        new = "Another-Good-One-88?"
        form = {"token": token_of(client.get("/password")), "old": SECRET}
        got = client.post("/password", data={**form, "new": new, "again": new})
        assert got.headers["location"] == "/desk"
        _guesses(land, who, 40)
        client.cookies.delete("guapai")
        assert come_in(client, who, new).status_code == 303, "the browser is known"
    assert _sign_in(land, who, new, "", "10.0.0.1") == "wait"
    with unit_of_work(office.engine, office.clock) as work:
        password.give_first(work, who.id, password.hashed("Given-Anew-4-them"))
    assert _sign_in(land, who, "Given-Anew-4-them", "", "10.0.0.1") not in ("no", "wait")


def test_nobody_can_tell_by_the_answer_or_the_work_who_has_a_first_password(
    land: Land, hasher: QuickHasher
) -> None:
    seen = []
    for whose in (somebody(land), somebody(land, first=True), "nobody@example.com"):
        before = hasher.verified
        answers = _guesses(land, whose, 25)
        seen.append((answers, hasher.verified - before))
    assert seen == [({"no": 10, "wait": 15}, 25)] * 3


def test_guesses_at_once_are_counted_one_by_one(land: Land) -> None:
    who = somebody(land)
    with ThreadPoolExecutor(8) as pool:
        tries = [
            pool.submit(_sign_in, land, who, f"guess {n}", "", f"10.8.{n}.1") for n in range(40)
        ]
        answers = Counter(t.result() for t in tries)
    assert answers == {"no": 10, "wait": 30}


def test_a_known_device_guesses_no_more_than_others(land: Land, hasher: QuickHasher) -> None:
    who = somebody(land)
    device = _known(land, who, "10.7.0.1")
    before = hasher.verified
    for n in range(60):
        _sign_in(land, who, f"guess {n}", device, f"10.7.1.{n}")
    assert hasher.verified - before == 10


def test_one_address_that_tries_many_names_is_told_to_wait(land: Land, hasher: QuickHasher) -> None:
    who = somebody(land)
    device = _known(land, who, "10.6.0.1")
    before = hasher.verified
    answers = Counter(
        _sign_in(land, f"name{n}@example.com", "guess", "", "10.6.0.1") for n in range(150)
    )
    assert answers["no"] == hasher.verified - before <= 100
    assert answers["wait"] >= 50
    _known(land, who, "10.6.0.1", device)


def test_who_waits_is_told_so(land: Land) -> None:
    who = somebody(land)
    with land.town.visitor() as client:
        statuses = [come_in(client, who, f"guess {n}").status_code for n in range(12)]
        assert statuses == [403] * 10 + [429] * 2
        got = come_in(client, who)
        assert (got.status_code, "15分钟" in got.text) == (429, True)
        unknown = [come_in(client, "no.one@example.com", "x").status_code for _ in range(12)]
        assert unknown == statuses


def test_ones_own_sign_in_forgets_no_guesses_at_another(land: Land) -> None:
    victim, thief = somebody(land), somebody(land)
    theirs = _known(land, victim, "10.5.0.1")
    shared = _known(land, thief, "10.5.0.1", theirs)
    answers = Counter[str]()
    for n in range(60):
        if n % 9 == 0:
            shared = _known(land, thief, "10.5.0.1", shared)
        for device in (theirs, shared):
            answers[_sign_in(land, victim, f"guess {n}", device, "10.5.0.1")] += 1
    assert answers["no"] <= 20


def test_a_planted_value_is_not_adopted_and_a_copied_one_is_void_after_the_next_time(
    land: Land,
) -> None:
    who = somebody(land)
    first = _known(land, who, "10.4.0.1", "planted")
    second = _known(land, who, "10.4.0.1", first)
    assert len({first, second, "planted"}) == 3
    with unit_of_work(land.town.office.engine, land.town.office.clock) as work:
        knows = [sessions.knows(work, fingerprint(d), who.id) for d in ("planted", first, second)]
    assert knows == [False, False, True]


def test_a_new_password_forgets_every_device_but_the_one_at_hand(land: Land) -> None:
    who, office = somebody(land), land.town.office
    device = _known(land, who, "10.3.0.1")
    fresh = renew_password(office.engine, office.clock, who.id, SECRET, SECRET + "-2", "").device
    with unit_of_work(office.engine, office.clock) as work:
        knows = [sessions.knows(work, fingerprint(d), who.id) for d in (device, fresh)]
    assert knows == [False, True]


def test_right_ones_are_no_tries(land: Land) -> None:
    who = somebody(land)
    for _ in range(25):
        _known(land, who, "10.2.0.1")


def test_an_office_of_a_hundred_and_twenty_comes_in_by_one_address(land: Land) -> None:
    for who in [somebody(land) for _ in range(120)]:
        _known(land, who, "10.1.0.1")


def test_a_person_has_so_many_devices_and_no_more(land: Land) -> None:
    who, office = somebody(land), land.town.office
    devices = []
    for _ in range(sessions.MOST_DEVICES + 3):
        devices.append(_known(land, who, "10.0.9.1"))
        office.clock.advance(timedelta(seconds=1))
    with unit_of_work(office.engine, office.clock) as work:
        known = [sessions.knows(work, fingerprint(d), who.id) for d in devices]
    assert known == [False] * 3 + [True] * sessions.MOST_DEVICES
