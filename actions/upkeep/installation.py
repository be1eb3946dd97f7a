"""What the doctor looks at, and what a look answers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from guapai.clock import Clock
from guapai.errors import Unready
from guapai.settings import Settings
from notifications.post.offices import PostOffice
from storage.database.engine import Engine, open_engine
from storage.schema import health


@dataclass(frozen=True)
class Check:
    """One look: ``state`` is ok, warning or fault; ``mend`` says how, empty when all is well."""

    name: str
    state: str
    found: str
    mend: str = ""
    title: str = ""


@dataclass
class Installation:
    """What is looked at. ``office`` builds the post office from the settings, and may refuse."""

    settings: Settings
    clock: Clock
    office: Callable[[], PostOffice]
    patience: float = 5.0
    unreachable: bool = False

    @property
    def engine(self) -> Engine:
        """The database. Raises Unready without making a file where there is none."""
        if self.unreachable:
            raise Unready("the database cannot be asked; mend that first")
        file = health.sqlite_file(self.settings.database_url)
        if file is not None and not file.exists():
            raise Unready(f"there is no file {file}; run: guapai migrate")
        return self._opened

    def close(self) -> None:
        """Let go of the database."""
        if "_opened" in vars(self):
            self._opened.dispose()

    @cached_property
    def _opened(self) -> Engine:
        return open_engine(health.hurried(self.settings.database_url))


Look = Callable[[Installation], Check]
