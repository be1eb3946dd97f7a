"""Logs: one line per thing, with numbers and paths, and without what people typed."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from guapai import logs
from guapai.logs import MOST_ALIKE, MOST_FRAMES, job_run, set_up
from guapai.settings import Settings

SECRET = "王某某 wang@example.com 密码 Kuangshan-7312"


@pytest.fixture
def written() -> Iterator[Any]:
    """The lines that were written, read as JSON."""
    out, root = io.StringIO(), logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    set_up(Settings(log_format="json"), level="info", out=out)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.setLevel(level)
    root.handlers[:] = handlers


def _deep(n: int) -> None:
    if n:
        _deep(n - 1)
    else:
        raise ValueError(SECRET)


def test_an_exception_says_where_it_came_from_and_not_what_was_typed(written: Any) -> None:
    try:
        _deep(60)
    except ValueError as error:
        try:
            raise RuntimeError(SECRET) from error
        except RuntimeError:
            logging.getLogger("guapai.portal").exception("request failed", extra={"path": "/desk"})
    (line,) = written()
    assert (line["event"], line["level"], line["path"]) == ("request failed", "error", "/desk")
    assert (line["error"], line["causes"]) == ("RuntimeError", ["ValueError"])
    assert line["trace"][-1].startswith("tests/guapai/test_logs.py:")
    assert len(line["trace"]) <= MOST_FRAMES
    assert not any(part in json.dumps(line, ensure_ascii=False) for part in SECRET.split())


def test_the_last_steps_of_a_long_way_are_kept(written: Any) -> None:
    with pytest.raises(ValueError, match="wang") as caught:
        _deep(60)
    found = logs.steps(caught.value)
    assert len(found) == MOST_FRAMES
    assert found[-1].endswith("_deep")


def test_a_line_that_is_repeated_is_written_so_often_and_then_counted(
    written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = logging.getLogger("guapai.portal")
    for _ in range(MOST_ALIKE + 500):
        log.warning("the visitor left")
    log.warning("something else")
    assert len(written()) == MOST_ALIKE + 1
    record = logging.LogRecord("guapai.portal", 30, "", 0, "the visitor left", None, None)
    record.created += 61
    logging.getLogger().handle(record)
    assert written()[-1]["more"] == 500


def test_a_job_is_one_line(written: Any) -> None:
    with job_run("sweep") as run:
        run.said = "3 rungs"
    with pytest.raises(ValueError, match="x"), job_run("post"):
        raise ValueError("x")
    done, broken = written()
    assert (done["event"], done["job"], done["said"], done["level"]) == (
        *("job", "sweep", "3 rungs"),
        "info",
    )
    assert (broken["event"], broken["job"], broken["error"]) == ("job failed", "post", "ValueError")
    assert done["seconds"] >= 0


def test_libraries_that_tell_every_step_are_quiet(written: Any) -> None:
    for name in ("apscheduler.scheduler", "uvicorn.error", "alembic.runtime"):
        logging.getLogger(name).info("step")
    assert written() == []


def test_it_is_set_up_once_however_often(written: Any) -> None:
    before = len(logging.getLogger().handlers)
    set_up(Settings())
    set_up(Settings())
    assert len(logging.getLogger().handlers) == before


def test_on_a_terminal_it_is_plain() -> None:
    out, root = io.StringIO(), logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    set_up(Settings(log_format="console"), level="info", out=out)
    logging.getLogger("guapai.x").info("one", extra={"job": "post"})
    root.setLevel(level)
    root.handlers[:] = handlers
    assert "one" in out.getvalue() and "job" in out.getvalue()
    assert not out.getvalue().startswith("{")
