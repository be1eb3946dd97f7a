"""What is heard of a run: who began it and when, and how it ended."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flows.timetable import Alarm, Ground, Heart, Job, period_of
from storage.database.work import unit_of_work
from storage.upkeep import heartbeat
from storage.upkeep.heartbeat import PastRun, RunOutcome


def run_of(ground: Ground, heart: Heart, job: Job, period: str = "", shard: str = "") -> PastRun:
    """A run of a job that begins now."""
    now = ground.clock()
    return PastRun(
        token=secrets.token_hex(16),
        job=job.name,
        shard=shard,
        period=period or period_of(job, now),
        outcome=RunOutcome.running,
        begun_at=now,
        engine=heart.engine,
        host=heart.machine().host,
    )


@contextmanager
def heard(ground: Ground, run: PastRun | None, shards: Sequence[str] = ()) -> Iterator[None]:
    """Write down how the run ended, whatever it raises; for several shards, if it ran in several."""
    if run is None:
        yield
        return
    outcome, error = RunOutcome.ok, ""
    try:
        yield
    except Alarm as alarm:
        outcome, error = RunOutcome.alarm, alarm.why
        run.said = alarm.said
        raise
    except BaseException as failure:
        outcome, error = RunOutcome.failed, f"{type(failure).__name__}: {failure}"
        raise
    finally:
        with unit_of_work(ground.engine, ground.clock) as work:
            heartbeat.end(work, run, outcome, run.said, error, shards)
