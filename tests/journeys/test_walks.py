"""Random lives of a case: whatever people and clocks do, the promises I1–I5 and those of the law hold at every step."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from guapai.clock import SimulatedClock
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.people import organisation as organisations
from tests.actions.conftest import Office
from tests.conftest import START, Databases
from tests.journeys.walk import Walk
from tests.journeys.walked import Ground, Walked

STEPS = 40
FEW, FEWER, MANY = (25, 30), (8, 15), (1000, 42)
"""Walks, and how many kinds of moves they make at the least: in CI on SQLite and on PostgreSQL, and in
`make test-long` on both."""

STARTS = (
    *("lead", "grading", "general", "reported", "listed"),
    *("rectifying", "rectifying", "requested", "accepted", "closed"),
)
"""How far a case has come when its walk begins; methods of `Office`."""


@pytest.fixture
def ground(
    request: pytest.FixtureRequest, databases: Callable[[str], Databases], tmp_path: Path
) -> Ground:
    found = databases(request.param)
    clock = SimulatedClock(START)
    engine = open_engine(found.copy("walks"))
    office = Office(engine, clock, tmp_path / "files")
    with unit_of_work(engine, clock, write=False) as work:
        places = {o.id: o.place_code for o in organisations.every(work)}
    made = Ground(found, office.city, office.photo, tmp_path / "files", places)
    engine.dispose()
    return made


@pytest.mark.parametrize(
    ("ground", "walks", "kinds"),
    [
        ("sqlite", *FEW),
        ("postgresql", *FEWER),
        *(pytest.param(kind, *MANY, marks=pytest.mark.long) for kind in ("sqlite", "postgresql")),
    ],
    indirect=["ground"],
)
def test_random_lives_keep_every_promise(ground: Ground, walks: int, kinds: int) -> None:
    walked = Walked()

    @settings(
        max_examples=walks,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(start=st.sampled_from(STARTS), seed=st.integers(0, 2**63))
    def live(start: str, seed: int) -> None:
        walk, luck = Walk(ground, start), Random(seed)
        try:
            for _ in range(STEPS):
                walk.step(luck)
            walk.end(walked)
        finally:
            walk.clear()

    live()
    assert walked.refused >= walks
    assert walked.made.total() >= 8 * walks
    assert len(walked.made) >= kinds, walked.made
    if walks >= MANY[0]:
        assert set(walked.ended) == {"withdraw", "refuse"}, walked.ended
