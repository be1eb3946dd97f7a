"""A clock that cannot be right moves nothing: it is held until it is right again or a person confirms."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from actions.act.administration import By
from actions.post.hold import hold_sweep
from actions.upkeep import timekeeping
from actions.upkeep.timekeeping import MOST_SILENCE, TOLERANCE, ClockHeld, judge
from flows.running import JobHeld, run_due, run_job
from flows.timetable import TIMETABLE, Ground, Job
from guapai.clock import SimulatedClock
from guapai.errors import BadInput
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage import duty, letter
from storage.database.engine import Engine, open_engine
from storage.database.work import unit_of_work
from storage.history.act import TABLE as ACTS
from storage.history.event import TABLE as EVENTS
from storage.upkeep import heartbeat, watermark
from storage.upkeep.hold import HoldReason
from storage.upkeep.watermark import Mark, Server
from tests.actions.conftest import Office
from tests.conftest import Databases
from tests.flows.jobs import JOBS
from tests.flows.machines import FakeMachine

BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")
FOUNDER = By(None, reason="已与标准时间核对", founding=True)
TIMELY = [job for job in TIMETABLE if job.needs is None]


@pytest.fixture
def machine(clock: SimulatedClock) -> FakeMachine:
    return FakeMachine(clock)


@pytest.fixture
def ground(engine: Engine, clock: SimulatedClock, tmp_path: Path, machine: FakeMachine) -> Ground:
    return Ground(engine, clock, MemoryOffice(SENDER), tmp_path / "files", machine.heart())


def _tick(ground: Ground, jobs: list[Job] = TIMELY) -> int:
    """Ask for every job once, as an engine does; how many were held."""
    held = 0
    for job in jobs:
        try:
            run_due(ground, job)
        except ClockHeld:
            held += 1
    return held


def _rows(ground: Ground, table: sa.Table, *columns: str) -> list[Any]:
    with unit_of_work(ground.engine, ground.clock, write=False) as work:
        asked = sa.select(*(table.c[c] for c in columns)) if columns else sa.select(table)
        return sorted(tuple(map(str, r)) for r in work.execute(asked))


def _outcome(ground: Ground) -> dict[str, list[Any]]:
    """What the city has told, moved and remembered, without ids."""
    return {
        "rungs": _rows(ground, duty.RUNGS, "duty_id", "rung", "at"),
        "letters": _rows(
            ground, letter.TABLE, "kind", "subject", "recipient", "created_at", "state"
        ),
        "moves": _rows(ground, EVENTS, "move", "case_id", "at"),
        "keys": _rows(ground, ACTS, "move", "at"),
    }


def _city(engine: Engine, clock: SimulatedClock, files: Path) -> None:
    office = Office(engine, clock, files)
    for _ in range(2):
        office.reported()
        office.rectifying()


def _live(ground: Ground, machine: FakeMachine, days: int) -> None:
    for _ in range(days // 3):
        machine.live(3 * DAY)
        assert _tick(ground) == 0


@pytest.mark.parametrize(
    ("kind", "days"),
    [("sqlite", 45), ("postgresql", 12), pytest.param("postgresql", 45, marks=pytest.mark.long)],
)
def test_forty_days_ahead_for_a_minute_change_nothing(
    kind: str, days: int, databases: Callable[[str], Databases], tmp_path: Path
) -> None:
    """The city whose clock jumped ends exactly as the one whose clock did not."""
    ends = []
    for nth in range(2):
        url = databases(kind).copy(f"twin{nth}")
        engine, clock = open_engine(url), SimulatedClock(BEGIN)
        _city(engine, clock, tmp_path / str(nth))
        machine = FakeMachine(clock)
        office = MemoryOffice(SENDER)
        ground = Ground(engine, clock, office, tmp_path / str(nth), machine.heart())
        _live(ground, machine, 3)
        if nth:
            before = _outcome(ground)
            machine.live(MINUTE)
            clock.advance(40 * DAY)
            assert _tick(ground) == len(TIMELY)
            with unit_of_work(engine, clock, write=False) as work:
                assert "40 days ahead of" in timekeeping.held(work)[0].why
            clock.advance(-40 * DAY - MINUTE)
            machine.uptime -= MINUTE.total_seconds()
            assert _outcome(ground) == before
        _live(ground, machine, days)
        ends.append((_outcome(ground), sorted(k.recipient for k in office.kept)))
        engine.dispose()
        databases(kind).drop(url)
    quiet, jumped = ends
    assert min(len(quiet[0]["rungs"]), len(quiet[1])) >= days // 3
    assert jumped == quiet


def test_a_jump_in_the_middle_of_a_run_does_not_move_its_clock(
    ground: Ground, machine: FakeMachine, clock: SimulatedClock
) -> None:
    begun, seen = clock(), []

    def jump(given: Ground) -> str:
        clock.advance(40 * DAY)
        machine.uptime += 2
        seen.append(given.clock())
        return "done"

    job = replace(TIMETABLE[0], run=jump)
    run_due(ground, job)
    assert seen == [begun + timedelta(seconds=2)]
    with unit_of_work(ground.engine, clock, write=False) as work:
        assert heartbeat.every(work)[0].ok_at == begun + timedelta(seconds=2)


@pytest.mark.parametrize("step", [40 * DAY, -DAY, TOLERANCE + MINUTE, -TOLERANCE - MINUTE])
def test_a_step_that_cannot_be_holds_and_ends_by_itself(
    ground: Ground, machine: FakeMachine, clock: SimulatedClock, step: timedelta
) -> None:
    assert _tick(ground) == 0
    machine.live(MINUTE)
    clock.advance(step)
    assert _tick(ground) == len(TIMELY)
    with pytest.raises(ClockHeld, match="not believed"):
        run_job(ground, "sweep")
    clock.advance(-step)
    machine.live(MINUTE)
    assert _tick(ground) == 0


def test_a_person_confirms_and_every_period_may_run_again(
    ground: Ground, machine: FakeMachine, clock: SimulatedClock
) -> None:
    _tick(ground)
    machine.live(MINUTE)
    clock.advance(-DAY)
    assert _tick(ground) == len(TIMELY)
    with unit_of_work(ground.engine, clock) as work:
        (mark,) = timekeeping.confirm(work, FOUNDER)
    assert "behind" in mark.why
    with unit_of_work(ground.engine, clock, write=False) as work:
        (mark,) = watermark.every(work)
    assert (mark.confirmed_at, mark.at, mark.why) == (clock(), clock(), "")
    assert _tick(ground) == 0
    with unit_of_work(ground.engine, clock, write=False) as work:
        assert {b.begun_at for b in heartbeat.every(work) if b.job == "sweep"} == {clock()}
    with (
        unit_of_work(ground.engine, clock) as work,
        pytest.raises(BadInput, match="无需确认"),
    ):
        timekeeping.confirm(work, FOUNDER)


def test_ten_days_without_a_process_are_caught_up_without_hands(
    ground: Ground, machine: FakeMachine
) -> None:
    _tick(ground)
    machine.live(10 * DAY)
    assert _tick(ground) == 0


@pytest.mark.parametrize(
    ("off", "synchronised", "held"),
    [
        (MOST_SILENCE - MINUTE, False, False),
        (10 * DAY, False, True),
        (10 * DAY, True, False),
        (-DAY, True, True),
    ],
)
def test_after_a_restart_a_long_step_wants_a_witness(
    ground: Ground, machine: FakeMachine, off: timedelta, synchronised: bool, held: bool
) -> None:
    _tick(ground)
    machine.reboot(off)
    machine.synchronised = synchronised
    assert bool(_tick(ground)) == held


def test_another_machine_is_judged_by_its_own_uptime(
    ground: Ground, machine: FakeMachine, clock: SimulatedClock
) -> None:
    other = FakeMachine(SimulatedClock(clock()), "there")
    there = replace(ground, clock=other.clock, heart=other.heart())
    assert _tick(ground) == _tick(there) == 0
    machine.live(MINUTE)
    other.live(MINUTE)
    other.clock.advance(2 * DAY)
    assert _tick(there) == len(TIMELY), "a step of two days within a boot, whoever else ticks"
    assert _tick(ground) == 0, "the machine that is right goes on"


def _mark(**given: Any) -> Mark:
    values = {"boot": "b", "host": "here", "uptime": 0, "seen_uptime": 0, "why": "", **given}
    return Mark(seen_at=values["at"], **values)


def test_the_databases_clock_is_asked(clock: SimulatedClock) -> None:
    now, machine = clock(), FakeMachine(clock)
    ago = now - 10 * DAY
    assert "database's clock" in judge([], now, machine(), Server(now - 40 * DAY, ago))
    assert judge([], now, machine(), Server(now + MINUTE, ago)) == ""
    marks = [_mark(boot="older", at=ago)]
    assert "no time server" in judge(marks, now, machine(), None)
    assert judge(marks, now, machine(), Server(now, ago - DAY)) == "", "it was up all the while"
    assert judge(marks, now, machine(), Server(now, ago + DAY)), "it restarted as well"
    elsewhere = [_mark(boot="older", at=ago, host="there")]
    assert judge(elsewhere, now, machine(), Server(now, ago - DAY)), "it may share our clock"


def test_marks_are_few(ground: Ground, machine: FakeMachine, clock: SimulatedClock) -> None:
    for nth in range(watermark.MOST_MARKS + 5):
        machine.host, machine.boot = f"host-{nth}", f"boot-{nth}"
        _tick(ground, TIMELY[:1])
        machine.reboot(MINUTE)
        _tick(ground, TIMELY[:1])
    with unit_of_work(ground.engine, clock, write=False) as work:
        assert len(watermark.every(work)) <= watermark.MOST_MARKS + 1


def test_what_people_hold_does_not_run_and_the_others_do(
    ground: Ground, machine: FakeMachine
) -> None:
    with unit_of_work(ground.engine, ground.clock) as work:
        hold_sweep(work, HoldReason.person)
    with pytest.raises(JobHeld, match=r"sweep is held since .*person"):
        run_due(ground, JOBS["sweep"])
    assert run_due(ground, JOBS["papers"]) == ["0 papers sealed"]
    with pytest.raises(JobHeld, match="sweep is held"):
        run_job(ground, "sweep")
