"""The distributed engine: the same functions as Prefect flows; only workers import this module."""

from prefect import flow

from flows.ground import build_ground
from flows.running import run_due
from flows.timetable import JOBS
from guapai.settings import Settings


def _run(name: str, settings: dict[str, str]) -> list[str]:
    """Settings not named come from the worker's environment."""
    ground = build_ground(Settings.model_validate(settings))
    try:
        return run_due(ground, JOBS[name])
    finally:
        ground.engine.dispose()


@flow(name="sweep")
def sweep_flow(settings: dict[str, str]) -> list[str]:
    """Fire the rungs that are due."""
    return _run("sweep", settings)


@flow(name="papers")
def papers_flow(settings: dict[str, str]) -> list[str]:
    """Print the papers that wait."""
    return _run("papers", settings)


@flow(name="post")
def post_flow(settings: dict[str, str]) -> list[str]:
    """Send the letters that are due."""
    return _run("post", settings)


@flow(name="incidents")
def incidents_flow(settings: dict[str, str]) -> list[str]:
    """Take up what the others could not do."""
    return _run("incidents", settings)


@flow(name="housekeeping")
def housekeeping_flow(settings: dict[str, str]) -> list[str]:
    """Tidy up, once a day."""
    return _run("housekeeping", settings)


FLOWS = {f.name: f for f in (sweep_flow, papers_flow, post_flow, incidents_flow, housekeeping_flow)}
"""Every job of the timetable as a flow."""
