"""A backlog on either database, with children and a mail server of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database.engine import Engine
from tests.chaos.backlog import Backlog
from tests.chaos.nursery import Nursery
from tests.chaos.sink import Sink


@pytest.fixture
def backlog(
    request: pytest.FixtureRequest, engine: Engine, url: str, tmp_path: Path
) -> Iterator[Backlog]:
    with Sink(request.node.name) as sink, Nursery() as nursery:
        yield Backlog(engine, url, sink, nursery, tmp_path / "files")
