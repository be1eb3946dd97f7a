"""Guessing at the door: how often it may be tried, and that it locks nobody out."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from actions.people import password
from actions.people.entrance import fingerprint, sign_in
from actions.people.password import SPAN, TooManyTries
from guapai.errors import NotAllowed
from storage.database.work import unit_of_work
from storage.people import session as sessions
from tests.portal.door import SECRET, QuickHasher, Somebody, come_in, somebody, wait
from tests.portal.land import Land

pytestmark = pytest.mark.usefixtures("hasher", "later")
FITS = password.fits


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


def test_a_thousand_guesses_cost_twenty_checks_and_lock_nobody_out(
    land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = somebody(land)
    device = _known(land, who, "10.0.0.1")
    checks: Counter[str] = Counter()

    def counting(kept: str | None, secret: str) -> bool:
        checks["guess" if secret.startswith("guess") else "owner"] += 1
        return FITS(kept, secret)

    monkeypatch.setattr(password, "fits", counting)
    answers = Counter(
        _sign_in(land, who, f"guess {n}", f"device {n}" if n % 2 else "", f"10.9.{n % 100}.1")
        for n in range(1000)
    )
    assert set(answers) == {"no", "wait"}
    assert 0 < checks["guess"] <= 20
    _known(land, who, "10.0.0.1", device)
    assert _sign_in(land, who, SECRET, "", "10.0.0.1") == "wait"
    assert checks["owner"] == 1
    wait(land, SPAN + timedelta(seconds=1))
    _known(land, who, "10.0.0.1")


def test_guesses_at_once_are_counted_one_by_one(land: Land, hasher: QuickHasher) -> None:
    who = somebody(land)
    before = hasher.verified
    with ThreadPoolExecutor(8) as pool:
        tries = [
            pool.submit(_sign_in, land, who, f"guess {n}", "", f"10.8.{n}.1") for n in range(40)
        ]
        answers = Counter(t.result() for t in tries)
    assert answers == {"no": 10, "wait": 30}
    assert hasher.verified - before == 10


def test_a_known_device_guesses_no_more_than_others(land: Land, hasher: QuickHasher) -> None:
    who = somebody(land)
    device = _known(land, who, "10.7.0.1")
    before = hasher.verified
    for n in range(60):
        _sign_in(land, who, f"guess {n}", device, f"10.7.1.{n}")
    assert hasher.verified - before <= 20


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


def test_ones_own_sign_in_forgets_no_guesses_at_another(land: Land, hasher: QuickHasher) -> None:
    victim, thief = somebody(land), somebody(land)
    theirs = _known(land, victim, "10.5.0.1")
    shared = _known(land, thief, "10.5.0.1", theirs)
    before, answers = hasher.verified, Counter[str]()
    for n in range(60):
        if n % 9 == 0:
            shared = _known(land, thief, "10.5.0.1", shared)
        for device in (theirs, shared):
            answers[_sign_in(land, victim, f"guess {n}", device, "10.5.0.1")] += 1
    assert answers["no"] <= 20
    assert hasher.verified - before <= 20 + 7


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


def test_a_new_password_forgets_every_device(land: Land) -> None:
    who, office = somebody(land), land.town.office
    device = _known(land, who, "10.3.0.1")
    password.change(office.engine, office.clock, who.id, SECRET, SECRET + "-2", "")
    with unit_of_work(office.engine, office.clock) as work:
        assert not sessions.knows(work, fingerprint(device), who.id)


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
