"""A browser for every test of the pages; a page that complains of anything fails its test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser

from guapai.clock import SimulatedClock
from storage.engine import Engine, open_engine
from tests.conftest import START, Databases
from tests.portal.browser import Chromium, Scheme, Watched
from tests.portal.land import Land, land_over
from tests.portal.town import Town, opened


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


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def land(
    request: pytest.FixtureRequest,
    databases: Callable[[str], Databases],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Land]:
    """The land on both databases, one for all tests of a module."""
    kind = databases(request.param)
    url, folder = kind.copy("land"), tmp_path_factory.mktemp("land")
    engine = open_engine(url)
    with land_over(url, engine, SimulatedClock(START), folder / "files") as found:
        yield found
    engine.dispose()
    kind.drop(url)
