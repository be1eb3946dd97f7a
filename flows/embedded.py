"""The embedded engine: APScheduler reads the timetable; it keeps no jobs of its own."""

import logging
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from flows.running import run_due
from flows.timetable import TIMETABLE, Cadence, Ground, Job
from guapai.clock import LOCAL

LOG = logging.getLogger(__name__)


def build_scheduler(ground: Ground) -> BackgroundScheduler:
    """A scheduler with every entry of the timetable; start it, and shut it down at the end."""
    scheduler = BackgroundScheduler(
        timezone=LOCAL,
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    for job in TIMETABLE:
        scheduler.add_job(_run, _trigger(job), args=[ground, job], id=job.name, name=job.title)
    return scheduler


def _trigger(job: Job) -> Any:
    if job.cadence is Cadence.day:
        return CronTrigger(hour=3, minute=20, timezone=LOCAL)
    return CronTrigger(minute="*", timezone=LOCAL)


def _run(ground: Ground, job: Job) -> None:
    try:
        for said in run_due(ground, job):
            LOG.info("%s: %s", job.name, said)
    except Exception:
        LOG.exception("%s failed; it runs again with its next period", job.name)
