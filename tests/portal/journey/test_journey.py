"""A hazard's whole way, by the pages alone: from the photo of a firm to the auditor's reading."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from actions.history.verification import verify
from actions.post.posting import post
from guapai.clock import SimulatedClock
from guapai.settings import Settings
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from portal.web.app import build_app
from storage.database.engine import Engine
from tests.actions.conftest import Office
from tests.conftest import Databases
from tests.portal.browser import Chromium, serving
from tests.portal.conftest import OpenPage
from tests.portal.hands import DESKTOP, PHONE, Hands
from tests.portal.journey.steps_to_closure import StepsToClosure
from tests.portal.journey.steps_to_listing import StepsToListing
from tests.portal.town import Town, readers

SENDER = Sender("post@example.com", "示例挂牌督办", "example.com")


@pytest.fixture(
    params=[
        pytest.param(("sqlite", DESKTOP), id="desktop", marks=pytest.mark.long),
        pytest.param(("sqlite", PHONE), id="phone"),
        pytest.param(("postgresql", DESKTOP), id="postgresql"),
    ]
)
def kind(request: pytest.FixtureRequest) -> tuple[str, tuple[int, int]]:
    """The database, and how wide and high the window is."""
    found: tuple[str, tuple[int, int]] = request.param
    return found


@pytest.fixture
def url(kind: tuple[str, tuple[int, int]], databases: Callable[[str], Databases]) -> Iterator[str]:
    """The address of a fresh database."""
    found = databases(kind[0])
    address = found.copy("journey")
    yield address
    found.drop(address)


@contextmanager
def quiet_town(url: str, engine: Engine, clock: SimulatedClock, files: Path) -> Iterator[Town]:
    """The people of the city and nothing to do for them yet."""
    office = Office(engine, clock, files)
    found = readers(office)
    with serving(build_app(Settings(database_url=url, files=files), clock)) as home:
        yield Town(office, home, {}, found)


class Journey(StepsToListing, StepsToClosure):
    """All the steps."""


def test_a_hazard_goes_its_whole_way(
    kind: tuple[str, tuple[int, int]],
    url: str,
    engine: Engine,
    clock: SimulatedClock,
    tmp_path: Path,
    open_page: OpenPage,
    chromium: Chromium,
) -> None:
    files, office = tmp_path / "files", MemoryOffice(SENDER)
    with quiet_town(url, engine, clock, files) as town:
        watched = open_page(town.home, *kind[1])
        journey = Journey(Hands(watched, town), narrow=kind[1] == PHONE)
        for step in (
            *(journey.report, journey.verify, journey.grade, journey.list, journey.serve),
            *(journey.plan, journey.progress, journey.defer, journey.accept, journey.close),
        ):
            step()
            watched.assert_clean()
            with chromium.put_aside():
                posted = asyncio.run(post(engine, office, clock))
            assert posted.failed == posted.uncertain == 0
        journey.audit()
        watched.assert_clean()
    proved = verify(engine, clock, files)
    assert proved.faults == []
    assert (proved.cases, proved.files) == (1, 7)
    assert proved.letters == len(office.kept) > 10
