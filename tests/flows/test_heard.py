"""Every run is heard of: begin, end, sentence, error; a minute is run once whoever asks; lists stay short."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.running import LEASE, run_due, run_job
from flows.timetable import Alarm, Cadence, Ground, Job
from guapai.clock import SimulatedClock
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.upkeep import heartbeat
from storage.upkeep.heartbeat import KEPT, Heartbeat, PastRun, RunOutcome
from tests.flows.jobs import JOBS
from tests.flows.machines import FakeMachine

MINUTE = timedelta(minutes=1)


@pytest.fixture
def machine(clock: SimulatedClock) -> FakeMachine:
    return FakeMachine(clock)


@pytest.fixture
def ground(engine: Engine, clock: SimulatedClock, tmp_path: Path, machine: FakeMachine) -> Ground:
    sender = Sender("guapai@example.com", "挂牌督办系统", "example.com")
    return Ground(engine, clock, MemoryOffice(sender), tmp_path, machine.heart())


def _job(run: Callable[[Ground], str], cadence: Cadence = Cadence.minute) -> Job:
    return Job(name="tidy", title="整理", cadence=cadence, run=run, leased=cadence is Cadence.day)


def _beat(ground: Ground) -> tuple[Heartbeat, list[PastRun]]:
    with unit_of_work(ground.engine, ground.clock, write=False) as work:
        return heartbeat.every(work)[0], heartbeat.latest(work, "tidy")


def _fail(_: Ground) -> str:
    raise OSError("the disk is full")


def _alarm(_: Ground) -> str:
    raise Alarm("3 sent", "535 wrong password")


@pytest.mark.parametrize("cadence", list(Cadence))
def test_a_run_leaves_its_begin_its_end_and_its_sentence(
    ground: Ground, machine: FakeMachine, clock: SimulatedClock, cadence: Cadence
) -> None:
    def run(_: Ground) -> str:
        machine.live(timedelta(seconds=7))
        return "3 tidied"

    begun = clock()
    run_due(ground, _job(run, cadence))
    beat, (past,) = _beat(ground)
    assert (past.begun_at, past.ended_at) == (begun, begun + timedelta(seconds=7))
    assert (past.outcome, past.said, past.engine, past.host) == (
        RunOutcome.ok,
        "3 tidied",
        "embedded",
        "here",
    )
    assert (beat.ok_at, beat.failures, beat.said) == (past.ended_at, 0, "3 tidied")


@pytest.mark.parametrize("cadence", list(Cadence))
@pytest.mark.parametrize(
    ("run", "outcome", "said", "error"),
    [
        (_fail, RunOutcome.failed, "", "OSError: the disk is full"),
        (_alarm, RunOutcome.alarm, "3 sent", "535 wrong password"),
    ],
)
def test_a_failure_and_an_alarm_are_no_success(
    ground: Ground,
    machine: FakeMachine,
    cadence: Cadence,
    run: Callable[[Ground], str],
    outcome: RunOutcome,
    said: str,
    error: str,
) -> None:
    for nth in (1, 2):
        with pytest.raises((OSError, Alarm)):
            run_due(ground, _job(run, cadence))
        beat, (past, *_) = _beat(ground)
        assert (past.outcome, past.said, past.error) == (outcome, said, error)
        assert (beat.ok_at, beat.failures, beat.error) == (None, nth, error)
        machine.live(max(LEASE, timedelta(days=1)) + MINUTE)
    run_due(ground, _job(lambda _: "well", cadence))
    beat, _ = _beat(ground)
    assert (beat.failures, beat.error, beat.said) == (0, "", "well")


def test_a_run_that_died_stays_begun_and_the_next_minute_goes_on(
    ground: Ground, machine: FakeMachine
) -> None:
    ran = []

    def die(_: Ground) -> str:
        with unit_of_work(ground.engine, ground.clock, write=False) as work:
            ran.append(heartbeat.latest(work, "tidy")[0])
        return "seen from within"

    run_due(ground, _job(die))
    assert (ran[0].outcome, ran[0].ended_at) == (RunOutcome.running, None)
    machine.live(MINUTE)
    assert run_due(ground, _job(lambda _: "well")) == ["well"]


def test_two_engines_run_every_minute_once(ground: Ground, machine: FakeMachine) -> None:
    ran = []

    def run(given: Ground) -> str:
        assert given.heart is not None
        ran.append(given.heart.engine)
        return "ran"

    other = replace(ground, heart=machine.heart("prefect"))
    for nth in range(20):
        first, second = (ground, other) if nth % 2 else (other, ground)
        assert run_due(first, _job(run)) == ["ran"]
        assert run_due(second, _job(run)) == []
        machine.live(MINUTE)
    assert ran == ["prefect", "embedded"] * 10


def test_silence_is_remembered(ground: Ground, machine: FakeMachine, clock: SimulatedClock) -> None:
    run_due(ground, _job(lambda _: "well"))
    since = clock()
    machine.live(timedelta(days=10))
    run_due(ground, _job(lambda _: "well"))
    back = clock()
    machine.live(MINUTE)
    run_due(ground, _job(lambda _: "well"))
    beat, _ = _beat(ground)
    assert (beat.silent_from, beat.silent_until) == (since, back)


def test_past_runs_are_few_and_failures_outlive_what_went_well(
    ground: Ground, machine: FakeMachine
) -> None:
    with pytest.raises(OSError, match="disk"):
        run_due(ground, _job(_fail))
    for _ in range(KEPT + 5):
        machine.live(MINUTE)
        run_due(ground, _job(lambda _: "well"))
    with unit_of_work(ground.engine, ground.clock, write=False) as work:
        runs = heartbeat.latest(work, "tidy", 1000)
    assert len(runs) == KEPT + 1
    assert runs[-1].outcome is RunOutcome.failed or runs[-1].outcome == "failed"


def test_jobs_that_left_the_timetable_are_forgotten(ground: Ground) -> None:
    run_due(ground, _job(lambda _: "well"))
    with unit_of_work(ground.engine, ground.clock) as work:
        heartbeat.enrol(work, [Heartbeat(job="sweep", title="清扫", patience=300)])
    with unit_of_work(ground.engine, ground.clock) as work:
        (beat,) = heartbeat.every(work)
        assert (beat.job, beat.begun_at, beat.known_at) == ("sweep", None, None)
        heartbeat.enrol(work, [Heartbeat(job="sweep", title="到期清扫", patience=60)])
    with unit_of_work(ground.engine, ground.clock, write=False) as work:
        assert heartbeat.every(work)[0].patience == 60


def test_a_run_by_hand_is_heard_as_well(ground: Ground) -> None:
    assert run_job(ground, "sweep")
    with unit_of_work(ground.engine, ground.clock, write=False) as work:
        (beat,) = heartbeat.every(work)
    assert (beat.job, beat.title, beat.ok_at) == ("sweep", JOBS["sweep"].title, ground.clock())
