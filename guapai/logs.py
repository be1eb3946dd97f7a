"""Logs: one line per thing that happened, as JSON for machines and in plain words on a terminal.

Every command calls `set_up` first. A line names paths, numbers and ids; never what somebody typed, a
name, an address of mail or a secret. So of an exception it says the kind and where it came from, and
not its message: databases and parsers quote values in theirs.
"""

import logging
import sys
import time
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TextIO

import structlog

from guapai.settings import Settings

LOG = logging.getLogger("guapai.jobs")
MOST_FRAMES = 12
"""Steps of a traceback in a line: those nearest to where it broke (own)."""
MOST_CAUSES = 3
MOST_ALIKE = 120
"""Lines of one kind within a minute; how many more there were, the next one says (own)."""
_MINUTE = 60
_NAME = "guapai"
_QUIET = ("apscheduler", "alembic", "httpx", "uvicorn", "asyncio")
"""Libraries that tell every step: only what they warn of is written."""

_Exception = tuple[type[BaseException], BaseException, TracebackType | None]


def set_up(settings: Settings, *, level: str = "warning", out: TextIO | None = None) -> None:
    """Send every log line of this process to the standard error, or ``out``.

    ``level`` is what the command asks for where the settings say nothing.
    """
    out = out or sys.stderr
    plain = settings.log_format == "console" or (settings.log_format == "auto" and out.isatty())
    handler = logging.StreamHandler(out)
    handler.set_name(_NAME)
    handler.addFilter(Seldom())
    handler.setFormatter(_formatter(plain, out.isatty()))
    root = logging.getLogger()
    for old in [h for h in root.handlers if h.get_name() == _NAME]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel((settings.log_level or level).upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(plain: bool, colours: bool) -> logging.Formatter:
    shown: Any = (
        structlog.dev.ConsoleRenderer(colors=colours)
        if plain
        else structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            _broken,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            shown,
        ],
    )


def _broken(_: Any, __: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its kind, the kinds it comes from, and the steps that led there."""
    found: Any = said.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found if isinstance(found, BaseException) else found[1] if found else None
    if error is not None:
        said["error"] = type(error).__name__
        said["causes"] = [type(cause).__name__ for cause in causes(error)]
        said["trace"] = steps(error)
    return said


def causes(error: BaseException) -> Iterator[BaseException]:
    """What an exception comes from, the nearest first."""
    for _ in range(MOST_CAUSES):
        found = error.__cause__ or error.__context__
        if found is None:
            return
        yield (error := found)


def steps(error: BaseException) -> list[str]:
    """Where an exception was raised, the last steps of the way there: file, line, function."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    return [f"{_short(f.filename)}:{f.lineno} {f.name}" for f in frames]


def _short(filename: str) -> str:
    """The last parts of a path: enough to find the file, and nothing of the machine."""
    return "/".join(filename.split("/")[-3:])


class Seldom(logging.Filter):
    """Lets so many lines of a kind pass within a minute: nobody fills the disk by being refused."""

    def __init__(self, most: int = MOST_ALIKE) -> None:
        super().__init__()
        self.most = most
        self._seen: dict[tuple[str, str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is written; ``more`` says how many were not since the last minute."""
        key = (record.name, str(record.msg)[:200], record.levelno)
        began, count = self._seen.get(key, (record.created, 0))
        if record.created - began >= _MINUTE:
            if count > self.most:
                record.more = count - self.most
            began, count = record.created, 0
        if key not in self._seen and len(self._seen) >= 1000:
            self._seen.clear()
        self._seen[key] = began, count + 1
        return count < self.most


@dataclass
class JobRun:
    """One run of a job, while it runs: what it says of itself, and whether somebody has to act."""

    job: str
    said: str = ""
    alarm: bool = False


@contextmanager
def job_run(name: str) -> Iterator[JobRun]:
    """One line when a job ends: how long it took, what it said, or what it broke on."""
    run, began = JobRun(name), time.monotonic()
    try:
        yield run
    except Exception:
        LOG.error("job failed", extra={"job": name, "seconds": _since(began)}, exc_info=True)
        raise
    told = {"job": name, "seconds": _since(began), "said": run.said}
    LOG.log(logging.WARNING if run.alarm else logging.INFO, "job", extra=told)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)
