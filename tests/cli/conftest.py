"""Commands, and the sample city in a SQLite file for them to work on."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from guapai.clock import SimulatedClock
from storage.database.engine import open_engine
from tests.actions.conftest import Office, office
from tests.cli.commands import Commands
from tests.conftest import START, Databases

__all__ = ["office"]


@pytest.fixture
def guapai(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Commands:
    """Runs commands away from the settings of this machine, in a folder for what they leave behind."""
    monkeypatch.chdir(tmp_path)
    for name in [n for n in os.environ if n.startswith("GUAPAI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GUAPAI_FILES", str(tmp_path / "files"))
    return Commands(monkeypatch, capsys)


@pytest.fixture
def town(databases: Callable[[str], Databases], tmp_path: Path) -> Iterator[Office]:
    """The sample city in a SQLite file, at `START`, with its files where the commands look."""
    found = databases("sqlite")
    url = found.copy("town")
    engine = open_engine(url)
    yield Office(engine, SimulatedClock(START), tmp_path / "files")
    engine.dispose()
    found.drop(url)


@pytest.fixture
def db(town: Office) -> tuple[str, str]:
    """The option that names the town's database."""
    return ("--db", f"sqlite:///{town.engine.url.database}")
