"""Guessing at the door: how often it may be tried, and that it locks nobody out."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from actions.people import password
from actions.people.entrance import sign_in
from actions.people.password import SPAN, TooManyTries
from guapai.errors import NotAllowed
from tests.portal.door import SECRET, QuickHasher, Somebody, come_in, somebody, wait
from tests.portal.land import Land

pytestmark = pytest.mark.usefixtures("hasher", "later")
FITS = password.fits


def _sign_in(land: Land, who: Somebody | str, secret: str, device: str, address: str) -> str:
    """Signing in without HTTP: ``in``, ``no`` or ``wait``."""
    office, email = land.town.office, who if isinstance(who, str) else who.email
    try:
        sign_in(office.engine, office.clock, email, secret, device=device, address=address)
    except TooManyTries:
        return "wait"
    except NotAllowed:
        return "no"
    return "in"


def test_a_thousand_guesses_cost_twenty_checks_and_lock_nobody_out(
    land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, device = somebody(land), "a device of long standing"
    assert _sign_in(land, who, SECRET, device, "10.0.0.1") == "in"
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
    assert _sign_in(land, who, SECRET, device, "10.0.0.1") == "in"
    assert _sign_in(land, who, SECRET, "", "10.0.0.1") == "wait"
    assert checks["owner"] == 1
    wait(land, SPAN + timedelta(seconds=1))
    assert _sign_in(land, who, SECRET, "", "10.0.0.1") == "in"


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
    who, device = somebody(land), "a stolen device"
    assert _sign_in(land, who, SECRET, device, "10.7.0.1") == "in"
    before = hasher.verified
    for n in range(60):
        _sign_in(land, who, f"guess {n}", device, f"10.7.1.{n}")
    assert hasher.verified - before <= 20


def test_one_address_that_tries_many_names_is_told_to_wait(land: Land, hasher: QuickHasher) -> None:
    who, device = somebody(land), "the device of a colleague behind the same wall"
    assert _sign_in(land, who, SECRET, device, "10.6.0.1") == "in"
    before = hasher.verified
    answers = Counter(
        _sign_in(land, f"name{n}@example.com", "guess", "", "10.6.0.1") for n in range(150)
    )
    assert answers["no"] == hasher.verified - before <= 100
    assert answers["wait"] >= 50
    assert _sign_in(land, who, SECRET, device, "10.6.0.1") == "in"


def test_who_waits_is_told_so(land: Land) -> None:
    who = somebody(land)
    with land.town.visitor() as client:
        statuses = [come_in(client, who, f"guess {n}").status_code for n in range(12)]
        assert statuses == [403] * 10 + [429] * 2
        got = come_in(client, who)
        assert (got.status_code, "15分钟" in got.text) == (429, True)
        unknown = [come_in(client, "no.one@example.com", "x").status_code for _ in range(12)]
        assert unknown == statuses
