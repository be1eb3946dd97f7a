"""The distributed engine: every job of the timetable as a Prefect flow; only workers import this module.

A flow takes no parameters: database, mail server and passwords come from the worker's environment,
and Prefect's own database holds none of them.
"""

from functools import cache
from typing import Any

from prefect import Flow, flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from actions.upkeep.timekeeping import ClockHeld
from flows.ground import build_ground
from flows.running import JobHeld, run_due
from flows.timetable import TIMETABLE, Alarm, Ground, Job
from guapai.settings import Settings

ELSEWHERE = "nothing to do: this period is done, or another engine is doing it"


@cache
def ground() -> Ground:
    """What this worker's jobs stand on, for as long as it lives."""
    return build_ground(Settings(), engine="prefect")


def _flow_of(job: Job) -> Flow[[], Any]:
    def run() -> State[Any]:
        log = get_run_logger()
        try:
            said = run_due(ground(), job)
        except Alarm as alarm:
            log.error(str(alarm))
            _tell(job, f"{alarm.said}\n\n**ALARM**: {alarm.why}")
            return Failed(message=str(alarm))
        except (ClockHeld, JobHeld) as held:
            log.error(str(held))
            return Failed(message=str(held))
        for sentence in said:
            log.info(sentence)
        if said:
            _tell(job, "\n\n".join(said))
        return Completed(message="; ".join(said) or ELSEWHERE)

    declare = flow(
        name=job.name,
        description=job.title,
        timeout_seconds=job.timeout.total_seconds(),
        validate_parameters=False,
    )
    return declare(run)


def _tell(job: Job, text: str) -> None:
    create_markdown_artifact(text, key=job.name.replace("_", "-"), description=job.title)


FLOWS: dict[str, Flow[[], Any]] = {job.name: _flow_of(job) for job in TIMETABLE}
"""Every job of the timetable as a flow."""
