"""Freezes a city: 60 days of the sample city as a database of this release, for all later ones.

`python -m tests.evolution.freeze` writes it anew. Once a release is out its city stays as it is,
and the next one gets a city of its own.
"""

import lzma
import tempfile
from datetime import date
from pathlib import Path

from demo.living import Span, live
from guapai.clock import SimulatedClock
from guapai.settings import Settings
from storage.database.engine import open_engine
from storage.schema.schema import migrate
from tests.conftest import START

CITY = Path(__file__).with_name("city_0_1.db.xz")
SPAN = Span(days=60, until=date(2026, 11, 23), seed=7)


def freeze() -> None:
    """Let the city live, and keep its database."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "city.db"
        url = f"sqlite:///{path}"
        owner = open_engine(url, role=None)
        migrate(owner, SimulatedClock(START))
        owner.dispose()
        settings = Settings(database_url=url, files=Path(folder) / "files")
        live(settings, SPAN, fresh=False, tell=lambda done, of: None)
        owner = open_engine(url, role=None)
        with owner.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.execute("VACUUM")
        owner.dispose()
        CITY.write_bytes(lzma.compress(path.read_bytes(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    freeze()
