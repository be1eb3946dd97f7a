"""The embedded engine: APScheduler reads the timetable; it keeps no jobs of its own."""

import logging

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from actions.upkeep.timekeeping import ClockHeld
from flows.running import JobHeld, run_due
from flows.timetable import Alarm, Ground, Job, jobs_on
from guapai.clock import LOCAL

LOG = logging.getLogger(__name__)
SECOND = 5
"""When in a minute it asks: Prefect, where it lives, has begun by then, and gone it is made up for
within the minute (own)."""


def build_scheduler(ground: Ground) -> BackgroundScheduler:
    """A scheduler with every job that the ground has a use for; start it, and shut it down at the end.

    It asks for every job each minute, whatever the cadence: what is due and was not done, because
    nobody was there at its time or because it failed, is made up at once.
    """
    scheduler = BackgroundScheduler(
        timezone=LOCAL,
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    for job in jobs_on(ground):
        every_minute = CronTrigger(minute="*", second=SECOND, timezone=LOCAL)
        scheduler.add_job(_run, every_minute, args=[ground, job], id=job.name, name=job.title)
    return scheduler


def _run(ground: Ground, job: Job) -> None:
    try:
        for said in run_due(ground, job):
            LOG.info("job", extra={"job": job.name, "said": said})
    except Alarm as alarm:
        LOG.error("job", extra={"job": job.name, "said": str(alarm)})
    except (ClockHeld, JobHeld) as held:
        LOG.error("%s did not run: %s", job.name, held)
    except Exception:
        LOG.exception("%s failed; it runs again with its next period", job.name)
