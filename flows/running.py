"""Run a job: the right to fire lives in our database, so any number of engines may ask."""

import logging
import secrets
from datetime import timedelta

from flows.timetable import JOBS, Ground, Job, periods_missing
from guapai.errors import BadInput
from storage.database.work import unit_of_work
from storage.upkeep import lease

LOG = logging.getLogger(__name__)
LEASE = timedelta(minutes=30)


def run_job(ground: Ground, name: str) -> str:
    """Run a job now, whatever the timetable says; a sentence on what it did."""
    if name not in JOBS:
        raise BadInput(f"there is no job {name!r}; jobs: {', '.join(JOBS)}")
    return JOBS[name].run(ground)


def run_due(ground: Ground, job: Job) -> list[str]:
    """Run a job for the periods nobody has done yet; nothing when others did or do them."""
    if not job.leased:
        return [job.run(ground)]
    with unit_of_work(ground.engine, ground.clock, write=False) as work:
        missing = periods_missing(job, lease.last_done(work, job.name), work.now)
    said: list[str] = []
    for period in missing:
        token = secrets.token_hex(16)
        with unit_of_work(ground.engine, ground.clock) as work:
            ours = lease.take(work, job.name, period, token, LEASE)
        if not ours:
            break
        said.append(job.run(ground))
        with unit_of_work(ground.engine, ground.clock) as work:
            if not lease.finish(work, job.name, period, token):
                LOG.warning("%s %s: the lease was lost before the end", job.name, period)
    return said
