"""The distributed engine: every job of the timetable as a Prefect flow; only workers import this module.

A flow takes no parameters: database, mail server and passwords come from the worker's environment,
and Prefect's own database holds none of them.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from prefect import Flow, flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from actions.upkeep.timekeeping import ClockHeld
from flows.ground import build_ground
from flows.places import Shard
from flows.running import JobHeld, open_round, run_due
from flows.sharing import Broken, Round
from flows.timetable import TIMETABLE, Alarm, Ground, Job
from guapai.settings import Settings

ELSEWHERE = "nothing to do: this period is done, or another engine is doing it"
PLACES_AT_ONCE = 4
"""So many places of one run are worked at together; each has a connection to the database (own)."""


@cache
def ground() -> Ground:
    """What this worker's jobs stand on, for as long as it lives."""
    return build_ground(Settings(), engine="prefect")


def _flow_of(job: Job) -> Flow[[], Any]:
    def run() -> State[Any]:
        return _end_of(job, _by_place if job.by_place else _at_once, tell=True)

    at_once: Any = ThreadPoolTaskRunner(max_workers=PLACES_AT_ONCE)  # its types do not agree
    declare = flow(
        name=job.name,
        description=job.title,
        timeout_seconds=job.timeout.total_seconds(),
        validate_parameters=False,
        task_runner=at_once,
    )
    return declare(run)


def _end_of(job: Job, do: Callable[[Job], list[str]], *, tell: bool = False) -> State[Any]:
    """The state that tells how it went: what was said is a log, and an artifact of the whole run."""
    log = get_run_logger()
    try:
        said = do(job)
    except Alarm as alarm:
        log.error(str(alarm))
        if tell:
            _tell(job, f"{alarm.said}\n\n**ALARM**: {alarm.why}")
        return Failed(message=str(alarm))
    except Broken as broken:
        log.exception(str(broken))
        return Failed(message=str(broken))
    except (ClockHeld, JobHeld) as held:
        log.error(str(held))
        return Failed(message=str(held))
    for sentence in said:
        log.info(sentence)
    if said and tell:
        _tell(job, "\n\n".join(said))
    return Completed(message="; ".join(said) or ELSEWHERE)


def _at_once(job: Job) -> list[str]:
    return run_due(ground(), job)


def _by_place(job: Job) -> list[str]:
    """One task for each place nobody has begun; then what comes after all. Raises Alarm for troubles."""
    share = open_round(ground(), job)
    if share is None or not share.is_split:
        return _at_once(job)
    free = share.free()
    begun = [(shard, _task_of(share, shard).submit()) for shard in free]
    for _, future in begun:
        future.wait()
    said: list[str] = []
    why: list[str] = []
    for shard, future in begun:
        message = future.state.message or ""
        told = message if str(shard) in message else f"{shard}: {message}"
        (said if future.state.is_completed() else why).append(told)
    try:
        last = share.close()
    except Alarm as alarm:
        last = alarm.said
        why.append(alarm.why)
    said += [last] if last is not None else []
    if why:
        raise Alarm("; ".join(said), "; ".join(why))
    return said


def _task_of(share: Round, shard: Shard) -> Any:
    """A task named by its place. It is told nothing: what it needs stays in this process."""

    def at_place() -> State[Any]:
        def do(_: Job) -> list[str]:
            said = share.at(shard)
            return [] if said is None else [said]

        return _end_of(share.job, do)

    declare = task(name=share.job.name, task_run_name=str(shard), cache_policy=NO_CACHE)
    return declare(at_place)


def _tell(job: Job, text: str) -> None:
    create_markdown_artifact(text, key=job.name.replace("_", "-"), description=job.title)


FLOWS: dict[str, Flow[[], Any]] = {job.name: _flow_of(job) for job in TIMETABLE}
"""Every job of the timetable as a flow."""
