"""The past survives the future: the frozen city of each release under today's house and a later one."""

import lzma
from pathlib import Path

import pytest

from actions.history.verification import verify
from guapai.clock import SimulatedClock
from storage.database.engine import open_engine
from storage.schema.schema import differences, migrate, newest_revision
from tests.evolution import later
from tests.evolution.freeze import CITY
from tests.sample.house import House, copy

CITIES = sorted(CITY.parent.glob("city_*.db.xz"))


def unpacked(city: Path, folder: Path) -> Path:
    """The database of a frozen city."""
    path = folder / "city.db"
    path.write_bytes(lzma.decompress(city.read_bytes()))
    return path


@pytest.mark.parametrize("city", CITIES, ids=lambda city: city.name.partition(".")[0])
def test_a_frozen_city_holds_today(city: Path, tmp_path: Path, clock: SimulatedClock) -> None:
    owner = open_engine(f"sqlite:///{unpacked(city, tmp_path)}", role=None)
    migrate(owner, clock)
    with owner.connect() as connection:
        assert differences(connection) == []
    found = verify(owner, clock, tmp_path)
    owner.dispose()
    assert {f.what for f in found.faults} <= {"file"}  # its files are not kept
    assert found.events > 500


@pytest.mark.parametrize("city", CITIES, ids=lambda city: city.name.partition(".")[0])
def test_a_frozen_city_goes_on_in_a_later_house(city: Path, tmp_path: Path) -> None:
    house: House = copy(tmp_path / "house")
    later.grow(house, newest_revision() or "")
    done = house.run("-m", "tests.evolution.on_later", str(unpacked(city, tmp_path)))
    assert done.returncode == 0, done.stderr[-4000:]
