"""A browser for every test of the pages; a page that complains of anything fails its test."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser

from actions.people import password
from actions.people.password import SPAN
from guapai.clock import SimulatedClock
from guapai.people import Role
from storage.database.engine import Engine
from tests.conftest import Databases
from tests.portal.browser import Chromium, Scheme, Watched
from tests.portal.door import QuickHasher
from tests.portal.filled import Filled
from tests.portal.hands import Hands
from tests.portal.land import Land, land_on
from tests.portal.town import Town, opened

Settle = Callable[..., Hands]

pytest.register_assert_rewrite(  # they assert as a test does
    "tests.portal.journey.steps",
    "tests.portal.journey.steps_to_listing",
    "tests.portal.journey.steps_to_closure",
)


class OpenPage(Protocol):
    """Opens a page in a fresh profile: no cookies, no memory."""

    def __call__(
        self,
        home: str,
        width: int = 1280,
        height: int = 800,
        *,
        locale: str = "zh-CN",
        java_script_enabled: bool = True,
        color_scheme: Scheme = "light",
    ) -> Watched:
        """A watched page that looks at the server of that address, and has not gone there yet."""
        ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Debian's Chromium, started once per process."""
    started = Chromium()
    yield started
    started.close()


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[Browser]:
    """The browser in hand for one test."""
    with chromium.in_hand() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages; at the end of the test nothing may have been found on any of them."""
    opened: list[Watched] = []

    def open_one(
        home: str,
        width: int = 1280,
        height: int = 800,
        *,
        locale: str = "zh-CN",
        java_script_enabled: bool = True,
        color_scheme: Scheme = "light",
    ) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale=locale,
            timezone_id="Asia/Shanghai",
            java_script_enabled=java_script_enabled,
            color_scheme=color_scheme,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        watched = Watched(context.new_page(), home, scripted=java_script_enabled)
        opened.append(watched)
        return watched

    yield open_one
    try:
        for watched in opened:
            watched.assert_clean()
    finally:
        for watched in opened:
            watched.page.context.close()


@pytest.fixture
def town(url: str, engine: Engine, clock: SimulatedClock, tmp_path: Path) -> Iterator[Town]:
    """The town on both databases."""
    with opened(url, engine, clock, tmp_path / "files") as found:
        yield found


@pytest.fixture(scope="session")
def filled(
    databases: Callable[[str], Databases], tmp_path_factory: pytest.TempPathFactory
) -> Filled:
    """The town on SQLite, filled once per process."""
    return Filled(databases("sqlite"), tmp_path_factory.mktemp("filled") / "files")


@pytest.fixture
def copied_town(filled: Filled, tmp_path: Path) -> Iterator[Town]:
    """A copy of it, quick to get; a module whose tests look at pages makes it its `town`."""
    with filled.copied(tmp_path / "files") as found:
        yield found


@pytest.fixture
def settle(town: Town, open_page: OpenPage) -> Settle:
    """Somebody sits down at a browser of their own."""

    def sit(
        role: Role, path: str = "/desk", nth: int = 0, *, width: int = 1280, scripts: bool = True
    ) -> Hands:
        watched = open_page(town.home, width, 900, java_script_enabled=scripts)
        hands = Hands(watched, town)
        hands.sit(town.who(role, nth), path)
        return hands

    return sit


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def land(
    request: pytest.FixtureRequest,
    databases: Callable[[str], Databases],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Land]:
    """The land on both databases, one for all tests of a module."""
    with land_on(databases(request.param), tmp_path_factory.mktemp("land")) as found:
        yield found


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> QuickHasher:
    """Hashing that costs next to nothing."""
    quick = QuickHasher()
    monkeypatch.setattr(password, "_HASHER", quick)
    monkeypatch.setattr(password, "_NOBODY", quick.hash("nobody"))
    return quick


@pytest.fixture
def later(request: pytest.FixtureRequest) -> None:
    """The test begins with throttles that have run out."""
    if "land" in request.fixturenames:
        request.getfixturevalue("land").town.office.clock.advance(SPAN + timedelta(minutes=1))
