"""The ground of the benchmarks: the sample city and some listed cases, made by real acts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from actions.papers.printing import print_papers
from benchmarks.measuring import Database
from demo.city import PLACES
from flows.timetable import Ground
from guapai.clock import SimulatedClock
from guapai.people import Actor, Role
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage.schema.schema import migrate
from tests.journeys.living import Story, begin
from tests.journeys.story import Tale, found, graded, listed, reported

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")


_STEPS = (
    *found(
        0, "除尘器泄爆口朝向人员通道", "一号除尘系统泄爆口正对人员通道，作业场所积尘较厚。", "工贸"
    ),
    *graded(1, "LA-工贸-01"),
    *reported(1),
    *listed(3, 122),
)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A listed case under treatment, and who acts on it."""

    case_id: int
    head: Actor
    chief: Actor


def lay_ground(database: Database, name: str, cases: int, files: Path) -> list[Listed]:
    """A new database with so many listed cases, their notices served, plans still due."""
    clock = SimulatedClock(START)
    owner = database.create(name)
    migrate(owner, clock)
    owner.dispose()
    engine = database.open(name)
    ground = Ground(engine, clock, MemoryOffice(SENDER), files)
    story = begin(ground, clock)
    tales = [
        Tale(f"bench-{nth}", place, nth // len(PLACES), _STEPS)
        for nth, place in zip(range(cases), cycle(sorted(PLACES)), strict=False)
    ]
    for day in range(_STEPS[-1].day + 1):
        clock.at = START + timedelta(days=day)
        for planned in (s for s in _STEPS if s.day == day):
            for tale in tales:
                clock.advance(timedelta(minutes=1))
                story.act(tale, planned)
        print_papers(engine, files, clock)
    engine.dispose()
    return [_listed(story, tale) for tale in tales]


def _listed(story: Story, tale: Tale) -> Listed:
    city = story.city
    assert tale.unit is not None
    return Listed(
        case_id=story.cases[tale.name],
        head=city.who(Role.enterprise_head, city.units[tale.place][tale.unit]),
        chief=city.who(Role.division_chief, city.at("department", tale.place)),
    )
