"""What the children of the nursery do until they are killed."""

import json
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from actions.act.perform import perform
from actions.hand.facts import Subject
from flows.running import run_due
from flows.timetable import Ground
from guapai.clock import Clock
from guapai.errors import Unready
from guapai.people import Actor, Role
from notifications.post.offices import SmtpOffice
from notifications.post.sealing import Sender
from notifications.post.smtp import Channel, Tls
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from tests.flows.jobs import JOBS

_AWAY = (sa.exc.DBAPIError, psycopg.Error, Unready)
"""What a database that is stopped or starting makes of an act."""

SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")


def hastened(origin: str, started: float, factor: float) -> Clock:
    """A clock that goes ``factor`` times as fast as the wall's, the same in every process."""
    began = datetime.fromisoformat(origin)
    return lambda: began + timedelta(seconds=(time.time() - started) * factor)


def send(
    *,
    url: str,
    files: str,
    port: int,
    origin: str,
    started: float,
    factor: float,
    job: str = "post",
) -> None:
    """Run a job of the timetable again and again, as a clock does every minute."""
    engine = open_engine(url)
    office = SmtpOffice(Channel(host="127.0.0.1", port=port, tls=Tls.none), SENDER)
    ground = Ground(engine, hastened(origin, started, factor), office, Path(files))
    while True:
        run_due(ground, JOBS[job])
        time.sleep(60 / factor)


def decide(
    *,
    url: str,
    origin: str,
    started: float,
    actor: dict[str, Any],
    facts: dict[str, Any],
    diary: str,
) -> None:
    """Register leads, one after the other; each is written down once it was acknowledged.

    A lead whose acknowledgement was lost is sent again with the same key, as a browser does.
    """
    clock = hastened(origin, started, 1)
    person = Actor(**{**actor, "role": Role(actor["role"])})
    engine = open_engine(url)
    nth = 0
    with Path(diary).open("a", buffering=1) as written:
        while True:
            key = f"{os.getpid()}:{nth}"
            try:
                with unit_of_work(engine, clock) as work:
                    subject = Subject(noun="hazard", row_id=None)
                    done = perform(work, subject, "report_lead", facts, person, key=key)
            except _AWAY:  # the user presses the button again
                time.sleep(0.02)
                continue
            written.write(json.dumps({"key": key, "case": done.case_id}) + "\n")
            nth += 1


ROLES: dict[str, Callable[..., None]] = {"send": send, "decide": decide}
