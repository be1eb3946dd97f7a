"""Shards by place: together the whole, no row in two; one that breaks or lingers stops no other."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from actions.clock.ladder import sweep
from flows.places import MOST, WHOLE, Shard, shards_of, split
from flows.running import open_round, run_due, run_job
from flows.sharing import Broken, Round
from flows.timetable import TIMETABLE, Alarm, Cadence, Ground, Job, beats_of
from guapai.clock import SimulatedClock
from law.place import EVERYWHERE, PROVINCES, Span
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from statemachines.nouns import DUTIES
from storage import case, climb, duty, paper
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.people import organisation
from storage.people.organisation import OrganisationKind
from storage.upkeep import heartbeat
from storage.upkeep.heartbeat import Heartbeat
from tests.actions.conftest import Office
from tests.flows.machines import FakeMachine

MINUTE = timedelta(minutes=1)
ODD = ("", "0", "341599", "341502999", "999999", "abc", "省直")
"""What stands where a place code should: nothing, places nobody has named, and no code at all."""


def _holds(span: Span, code: str) -> bool:
    return span.low <= code and (not span.high or code < span.high)


@pytest.mark.parametrize("seed", range(20))
def test_every_code_lies_in_exactly_one_shard(seed: int) -> None:
    chance = Random(seed)
    heads = chance.sample(sorted(PROVINCES), chance.randint(1, len(PROVINCES)))
    seats = {f"{chance.choice(heads)}{chance.randint(0, 9999):04d}": "" for _ in range(30 * seed)}
    shards = split(seats)
    assert 0 < len(shards) <= MOST
    assert len({s.code for s in shards}) == len(shards)
    for code in (*seats, *ODD, *(f"{c}001" for c in seats)):
        assert sum(_holds(s.span, code) for s in shards) == 1, (seed, code)


def test_a_city_is_split_by_county_and_a_country_by_province() -> None:
    counties = {f"3415{n:02d}": f"县{n}" for n in range(10)}
    assert [str(s) for s in split(counties)][:2] == ["341500 县0", "341501 县1"]
    country = {f"{p}{c}{n:02d}": "" for p in PROVINCES for c in ("01", "02") for n in range(9)}
    assert {s.code for s in split(country)} == PROVINCES
    assert split({"341502": "金安区"}) == split({}) == [WHOLE]


@pytest.fixture
def office(engine: Engine, clock: SimulatedClock, tmp_path: Path) -> Office:
    return Office(engine, clock, tmp_path / "files")


def _scatter(office: Office) -> None:
    """Cases with duties, reports owed and papers to be printed: at each place, at odd ones, at none."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        codes = [s.code for s in shards_of(work)]
    made = [office.rectifying(title="除尘"), office.rectifying(title="防爆")]
    made += [office.listed(title="粉仓"), office.listed(title="风管")]
    office.clock.advance(timedelta(days=28))
    sweep(office.engine, office.clock)  # the first rungs of their reports; others will have come
    made += [office.grading(title=f"隐患{nth}") for nth in range(len(codes) + len(ODD) - len(made))]
    with unit_of_work(office.engine, office.clock) as work:
        for of, code in zip(made, (*codes, *ODD), strict=True):
            work.update(case.TABLE, {"id": of}, {"place_code": code})
    office.clock.advance(timedelta(days=90))


ASKED: dict[str, Callable[[Work, Span], Iterable[Any]]] = {
    "ripe": lambda work, span: [d.id for d in climb.ripe(work, 1000, span)],
    "climbed": lambda work, span: [(k, *sorted(v)) for k, v in climb.climbed(work, span).items()],
    "periods": lambda work, span: [
        (kind.name, *row)
        for kind in DUTIES.values()
        if kind.every is not None
        for row in duty.without_period(work, kind.name, "2026-06", 0, span)
    ],
    "papers": lambda work, span: [p.id for p in paper.issued(work, 0, span)],
}
"""What jobs that are done by place ask for."""


def test_the_shards_are_the_whole_and_no_row_is_in_two(office: Office) -> None:
    _scatter(office)
    with unit_of_work(office.engine, office.clock) as work:
        shards = shards_of(work)
        for name, ask in ASKED.items():
            whole = Counter(ask(work, EVERYWHERE))
            parts = [Counter(ask(work, shard.span)) for shard in shards]
            assert whole, f"{name}: nothing to share"
            assert sum(parts, Counter()) == whole, name
            assert sum(map(bool, parts)) > 1, f"{name}: nothing was shared"


@pytest.fixture
def machine(clock: SimulatedClock) -> FakeMachine:
    return FakeMachine(clock)


@pytest.fixture
def ground(office: Office, machine: FakeMachine) -> Ground:
    sender = Sender("guapai@example.com", "挂牌督办系统", "example.com")
    post = MemoryOffice(sender)
    return Ground(office.engine, office.clock, post, office.files, machine.heart())


class Walk:
    """A job that writes down where it was, and may be told to do something at a place."""

    def __init__(self) -> None:
        self.been: list[str] = []
        self.at: dict[str, Callable[[], object]] = {}
        self.job = Job(
            name="walk",
            title="巡查",
            cadence=Cadence.minute,
            run=self._run,
            by_place=True,
            then=self._then,
        )

    def _run(self, ground: Ground) -> str:
        here = ground.span.high or ground.span.low
        for place, do in self.at.items():
            if _holds(ground.span, place):
                do()
        self.been.append(here or "everywhere")
        return f"been {here or 'everywhere'}"

    def _then(self, ground: Ground) -> str:
        assert ground.span == EVERYWHERE
        self.been.append("home")
        return "home"


def _beats(ground: Ground) -> dict[str, Heartbeat]:
    with unit_of_work(ground.engine, ground.clock, write=False) as work:
        return {b.shard: b for b in heartbeat.every(work)}


def _round(ground: Ground, job: Job) -> Round:
    found = open_round(ground, job)
    assert found is not None
    return found


def test_who_is_alone_does_all_places_in_one_run(ground: Ground) -> None:
    walk = Walk()
    assert run_due(ground, walk.job) == ["been everywhere, home"]
    assert run_due(ground, walk.job) == []
    beats = _beats(ground)
    assert all(b.ok_at for b in beats.values())
    with unit_of_work(ground.engine, ground.clock, write=False) as work:
        assert set(beats) == {b.shard for b in beats_of(walk.job, shards_of(work))}
        assert len(heartbeat.latest(work, "walk")) == 1


def test_by_hand_all_places_are_done_and_heard(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "contacts" in run_job(ground, "sweep")
    beats = _beats(ground)
    assert len(beats) > 5
    assert all(b.ok_at for b in beats.values())


def test_engines_share_the_places_and_who_ends_last_goes_home(
    ground: Ground, machine: FakeMachine
) -> None:
    walk = Walk()
    other = _round(replace(ground, heart=machine.heart("prefect")), walk.job)
    first, second, *_ = other.shards

    def meanwhile() -> None:
        assert run_due(ground, walk.job) == [
            ", ".join(f"been {_name(s)}" for s in other.shards[1:])
        ]
        assert second not in other.free()

    walk.at[first.code] = meanwhile
    assert other.at(first) == f"been {_name(first)}"
    assert other.close() == "home", "the clock was through while a place was still walked"
    assert Counter(walk.been) == Counter([*map(_name, other.shards), "home"])
    assert [other.at(s) for s in other.shards] == [None] * len(other.shards)
    assert other.close() is None
    assert {b.engine for b in _beats(ground).values()} == {"embedded", "prefect"}


def _name(shard: Shard) -> str:
    return shard.span.high or shard.span.low


def test_a_place_that_breaks_stops_no_other_and_is_named(
    ground: Ground, machine: FakeMachine
) -> None:
    walk = Walk()
    shards = _round(ground, walk.job).shards
    bad, odd = shards[2], shards[4]

    def break_() -> None:
        raise OSError("its rules cannot be read")

    def alarm() -> None:
        raise Alarm("looked", "odd")

    walk.at = {bad.code: break_, odd.code: alarm}
    with pytest.raises(Broken) as told:
        run_due(ground, walk.job)
    assert f"{bad.code} {bad.name}: OSError: its rules cannot be read" in str(told.value)
    assert f"{odd.code} {odd.name}: odd" in str(told.value)
    assert Counter(walk.been) == Counter(
        ["home", *(_name(s) for s in shards if s not in (bad, odd))]
    )
    beats = _beats(ground)
    assert {code for code, b in beats.items() if not b.ok_at} == {bad.code, odd.code}
    walk.at = {}
    machine.live(MINUTE)
    assert run_due(ground, walk.job) == ["been everywhere, home"]
    assert all(b.ok_at == ground.clock() and not b.failures for b in _beats(ground).values())


def test_a_place_that_takes_long_holds_up_no_other(ground: Ground, machine: FakeMachine) -> None:
    walk = Walk()
    slow, *others = _round(ground, walk.job).shards
    there, go = threading.Event(), threading.Event()

    def linger() -> None:
        there.set()
        assert go.wait(60)

    walk.at[slow.code] = linger
    lingering = threading.Thread(target=_round(ground, walk.job).at, args=[slow])
    lingering.start()
    assert there.wait(60)
    for _ in range(3):
        machine.live(MINUTE)
        minute = _round(ground, walk.job)
        assert minute.at(slow) is None, "this process is at it"
        assert all(minute.at(s) for s in others)
        assert minute.close() == "home"
    go.set()
    lingering.join()
    assert walk.been.count(_name(slow)) == 1


def test_a_place_that_is_named_later_has_its_own_shard(ground: Ground) -> None:
    walk = Walk()
    run_due(ground, walk.job)
    with unit_of_work(ground.engine, ground.clock) as work:
        organisation.add(
            work, kind=OrganisationKind.commission, name="示例新区安委会", place_code="341570"
        )
    fresh = _round(ground, walk.job)
    assert [str(s) for s in fresh.free()] == ["341570 示例新区安委会"]
    assert fresh.at(fresh.free()[0])


def test_only_the_work_of_a_minute_is_split() -> None:
    """A period with a lease is taken whole; what comes after the places is of jobs that have them."""
    assert any(job.by_place for job in TIMETABLE)
    assert not [job.name for job in TIMETABLE if job.by_place and job.cadence is not Cadence.minute]
    assert not [job.name for job in TIMETABLE if job.then and not job.by_place]


def test_jobs_by_place_ask_by_place(office: Office, machine: FakeMachine) -> None:
    """A job that says so and does not look at the span would do everything at every place."""
    _scatter(office)
    sender = Sender("guapai@example.com", "挂牌督办系统", "example.com")
    ground = Ground(
        office.engine, office.clock, MemoryOffice(sender), office.files, machine.heart()
    )
    for job in (j for j in TIMETABLE if j.by_place):
        said = [_round(ground, job).at(shard) for shard in _round(ground, job).shards]
        assert sum(s is not None and not s.startswith("0") for s in said) > 1, job.name
        machine.live(MINUTE)
