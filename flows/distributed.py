"""Prefect's side of the timetable: what is registered with its server, and the worker that serves it.

The worker runs flows in threads of its own process: a minute's work starts no process.
"""

import logging
import os
import socket
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import (
    ConcurrencyLimitStrategy,
    ConcurrencyOptions,
    FlowRun,
    StateType,
)
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.exceptions import ObjectAlreadyExists
from prefect.flow_engine import run_flow
from prefect.states import Crashed
from prefect.workers.base import BaseJobConfiguration, BaseWorker, BaseWorkerResult

from flows.catalogue import FLOWS, ground
from flows.running import LEASE
from flows.timetable import TIMETABLE, Cadence, Job, jobs_on
from guapai.clock import LOCAL, utc_now
from guapai.errors import Unready

LOG = logging.getLogger(__name__)
POOL = "guapai"
NAME = "timetable"
"""The work pool, and what every job's deployment is called."""
DEAD_AFTER = timedelta(minutes=5)
"""So long after its time-out a run that nobody ended is called crashed (own)."""
AGAIN = LEASE + timedelta(minutes=5)
"""A day's work that failed is tried again when its lease is sure to have lapsed."""
BURY_EVERY = 60.0
AT_ONCE = 3
"""So many runs of a job that is done by place: one place that takes long holds up no minute (own)."""


class Configuration(BaseJobConfiguration):
    """Nothing is to be configured: the worker's environment says all."""


class Worker(BaseWorker[Configuration, Any, BaseWorkerResult]):
    """A worker that runs the flows of the timetable in threads."""

    type = "guapai"
    job_configuration = Configuration
    _description = "Runs the timetable of Guapai in one process."

    async def run(
        self,
        flow_run: FlowRun,
        configuration: Configuration,
        task_status: anyio.abc.TaskStatus[Any] | None = None,
    ) -> BaseWorkerResult:
        """Run a flow to its end. It reports its states itself; what breaks it is reported here."""
        if task_status is not None:
            task_status.started(_place())
        job = (flow_run.labels or {}).get("prefect.flow.name") or await self._name_of(flow_run)
        await anyio.to_thread.run_sync(_run, str(job), flow_run)
        return BaseWorkerResult(identifier=_place(), status_code=0)

    async def _name_of(self, flow_run: FlowRun) -> str:
        return (await self.client.read_flow(flow_run.flow_id)).name


def _run(name: str, flow_run: FlowRun) -> None:
    run_flow(FLOWS[name], flow_run=flow_run, return_type="state")


def _place() -> str:
    """Where a run is: the machine and the process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def require_server() -> str:
    """The address of Prefect's server. Raises Unready when the environment names none."""
    address = os.environ.get("PREFECT_API_URL", "")
    if not address:
        raise Unready(
            "PREFECT_API_URL is not set; name the server, such as http://127.0.0.1:4200/api"
        )
    return address


async def deploy(every: timedelta | None = None) -> list[str]:
    """Register the timetable; a line on each job. Safe to do again, and after an upgrade needed.

    ``every`` is for trials: all jobs at that interval instead of their own times.
    """
    said = []
    async with get_client() as client:
        pool = WorkPoolCreate(
            name=POOL, type=Worker.type, base_job_template=Worker.get_default_base_job_template()
        )
        with suppress(ObjectAlreadyExists):
            await client.create_work_pool(pool)
        jobs = jobs_on(ground())
        for job in jobs:
            schedules = [IntervalSchedule(interval=every)] if every else list(schedules_of(job))
            await _register(client, job, schedules)
            times = ", ".join(
                s.cron if isinstance(s, CronSchedule) else str(every) for s in schedules
            )
            said.append(f"{job.name} ({job.title}): {times}")
        await _forget_others(client, {job.name for job in jobs})
    return said


def schedules_of(job: Job) -> Iterable[CronSchedule]:
    """When a job is to run, local time. A day's work that failed is tried again the same night."""
    if job.cadence is Cadence.minute:
        yield CronSchedule(cron="* * * * *", timezone=LOCAL.key)
        return
    first = job.at.hour * 60 + job.at.minute
    for nth in range(1 + job.retries):
        hour, minute = divmod(first + nth * int(AGAIN.total_seconds() // 60), 60)
        yield CronSchedule(cron=f"{minute} {hour % 24} * * *", timezone=LOCAL.key)


async def _register(
    client: PrefectClient, job: Job, schedules: list[CronSchedule] | list[IntervalSchedule]
) -> None:
    flow_id = await client.create_flow_from_name(job.name)
    await client.create_deployment(
        flow_id,
        NAME,
        schedules=[DeploymentScheduleCreate(schedule=s, active=True) for s in schedules],
        concurrency_limit=AT_ONCE if job.by_place else 1,
        concurrency_options=ConcurrencyOptions(
            collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
        ),
        description=job.title,
        work_pool_name=POOL,
        tags=["guapai", job.cadence, *job.tags],
        entrypoint=f"flows/catalogue.py:{job.name}",
        parameters={},
    )


async def _forget_others(client: PrefectClient, names: set[str]) -> None:
    """Deployments of jobs that are not in the timetable any more."""
    for found in await client.read_deployments():
        flow = await client.read_flow(found.flow_id)
        if found.name == NAME and found.work_pool_name == POOL and flow.name not in names:
            await client.delete_deployment(found.id)


async def work(name: str = "") -> None:
    """Serve the timetable until cancelled; what runs then is run to its end."""
    worker = Worker(work_pool_name=POOL, name=name or f"guapai {_place()}")
    async with anyio.create_task_group() as beside:
        beside.start_soon(_bury_the_dead)
        await worker.start()
        beside.cancel_scope.cancel()


async def _bury_the_dead() -> None:
    """Call crashed what no living process runs any more, so that the server's states are true."""
    while True:
        try:
            async with get_client() as client:
                for run in filter(_is_dead, await _under_way(client)):
                    message = f"The worker that ran it ({run.infrastructure_pid}) is gone."
                    await client.set_flow_run_state(run.id, Crashed(message=message), force=True)
        except Exception as error:  # the server may be away; the worker's own loops wait for it too
            LOG.warning("runs of dead workers are not looked for: %s", error)
        await anyio.sleep(BURY_EVERY)


async def _under_way(client: PrefectClient) -> list[FlowRun]:
    under_way = {"state": {"type": {"any_": [StateType.RUNNING, StateType.PENDING]}}}
    return await client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate(under_way), limit=200
    )


def _is_dead(run: FlowRun) -> bool:
    """Whether a run of ours has no process any more; elsewhere only time tells."""
    if run.work_pool_name != POOL:
        return False
    host, _, pid = (run.infrastructure_pid or "").rpartition(":")
    if host == socket.gethostname() and pid.isdigit():
        return not Path(f"/proc/{pid}").exists()
    begun = run.start_time or run.expected_start_time
    return begun is not None and utc_now() - begun > _LONGEST + DEAD_AFTER


_LONGEST = max(job.timeout for job in TIMETABLE)
