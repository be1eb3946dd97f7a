"""The place of a SQLite file: connections take the file that lies there, and make none.

A file that is moved away or removed stays open in a process that has opened it, so what is written
then is lost with the process; and SQLite makes an empty one for whoever connects next, which takes
the log of the old one for its own and removes it.
"""

import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, PoolProxiedConnection, event

from guapai.errors import Gone


class Place:
    """Where the file lies, and which one it is once a connection has opened it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._taken: tuple[int, int] | None = None

    @property
    def pool(self) -> type[sa.QueuePool]:
        """A pool that gives out no connection while another file lies there, or none.

        It keeps them: they are good again when the file is back, and the last one that closes
        removes the log that lies there, whoever's it is.
        """
        place = self

        class Pool(sa.QueuePool):
            def connect(self) -> PoolProxiedConnection:
                given = super().connect()
                try:
                    place.look()
                except Gone:
                    given.close()
                    raise
                return given

        return Pool

    def keep(self, engine: Engine) -> None:
        """Let the connections of an engine open the file that lies there, and no new one."""

        @event.listens_for(engine, "do_connect")
        def _open(_dialect: Any, _record: Any, given: Any, named: Any) -> None:
            self.look()
            given[0], named["uri"] = f"{self.path.as_uri()}?mode=rw", True

        @event.listens_for(engine, "connect")
        def _take(_connection: Any, _record: Any) -> None:
            self._taken = self._taken or self._lying()

    def look(self) -> None:
        """Raise Gone unless the file that was opened lies there."""
        lying = self._lying()
        if self._taken is not None and lying != self._taken:
            raise Gone(
                self.path,
                f"another file lies at {self.path} than the database that is open; start anew",
            )

    def _lying(self) -> tuple[int, int]:
        try:
            found = os.stat(self.path)
        except (FileNotFoundError, NotADirectoryError):
            raise Gone(
                self.path,
                f"the database {self.path} is gone, and none is made in its place; put it back, or "
                "restore the newest pack",
            ) from None
        return found.st_dev, found.st_ino
