"""A town that is filled once; each test gets a copy of it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.city import City
from guapai.clock import SimulatedClock
from guapai.people import Actor, Role
from guapai.settings import Settings
from portal.web.app import build_app
from storage.database.engine import open_engine
from tests.actions.conftest import Office
from tests.conftest import START, Databases
from tests.portal.browser import serving
from tests.portal.hands import give_camera
from tests.portal.town import Town, fill, readers


class Filled:
    """The town, filled; nobody is in it, it is only copied."""

    def __init__(self, databases: Databases, files: Path) -> None:
        self.databases, self.files = databases, files
        engine = open_engine(databases.copy("filled"))
        office = Office(engine, SimulatedClock(START), files)
        give_camera(office)
        self.cases = fill(office)
        self.readers: dict[Role, Actor] = readers(office)
        self.city: City = office.city
        self.now = office.clock()
        engine.dispose()

    @contextmanager
    def copied(self, files: Path) -> Iterator[Town]:
        """A copy of the town behind a portal of its own, until the block ends."""
        url = self.databases.copy("form", of="filled")
        shutil.copytree(self.files, files)
        engine, clock = open_engine(url), SimulatedClock(self.now)
        office = Office(engine, clock, files, self.city)
        with serving(build_app(Settings(database_url=url, files=files), clock)) as home:
            yield Town(office, home, dict(self.cases), self.readers)
        engine.dispose()
        self.databases.drop(url)
