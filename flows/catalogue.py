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


@flow(name="housekeeping")
def housekeeping_flow(settings: dict[str, str]) -> list[str]:
    """Tidy up, once a day."""
    return _run("housekeeping", settings)


@flow(name="mark")
def mark_flow(settings: dict[str, str]) -> list[str]:
    """Write down how far the database is."""
    return _run("mark", settings)


@flow(name="backup")
def backup_flow(settings: dict[str, str]) -> list[str]:
    """Make the pack of the day."""
    return _run("backup", settings)


@flow(name="verify")
def verify_flow(settings: dict[str, str]) -> list[str]:
    """Read every file, prove the history."""
    return _run("verify", settings)


_FLOWS = (
    *(sweep_flow, papers_flow, post_flow, housekeeping_flow),
    *(mark_flow, backup_flow, verify_flow),
)
FLOWS = {f.name: f for f in _FLOWS}
"""Every job of the timetable as a flow."""
