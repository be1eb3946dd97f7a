"""Jobs are killed with SIGKILL at every kind of moment; the next run leaves nothing lost or doubled."""

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from guapai.clock import SimulatedClock
from guapai.people import Role
from notifications.post.catcher import Catcher
from storage import climb, hazard, letter, notice, paper
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.duty import RUNGS
from storage.duty import TABLE as DUTIES
from storage.files.store import FileStore
from storage.history import event
from storage.history.act import TABLE as ACTS
from storage.history.event import TABLE as EVENTS
from storage.paper import TABLE as PAPERS
from storage.questions import fold
from storage.upkeep.lease import TABLE as RUNS
from tests.actions.conftest import Office
from tests.actions.post.backlog import letters_of, queue_letters
from tests.flows.killing import SEED, Killing

KILLS = {"sweep": 4, "papers": 3, "post": 3, "housekeeping": 3}
LONG = 40
"""How many times as many kills the long run makes on each of the two databases."""


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    with Catcher() as found:
        yield found


@contextmanager
def _zygote() -> Iterator[Any]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.flows.victim"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def killing(
    engine: Engine, url: str, clock: SimulatedClock, tmp_path: Path, catcher: Catcher
) -> Iterator[Callable[[str], Killing]]:
    office = Office(engine, clock, tmp_path / "files")
    with _zygote() as victim:
        yield lambda job: Killing(office, url, job, catcher, victim)


def _times(job: str, factor: int) -> int:
    return KILLS[job] * factor


either = pytest.mark.parametrize("factor", [1, pytest.param(LONG, marks=pytest.mark.long)])


def _folds(office: Office) -> None:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        cases = hazard.every(work)
        assert cases
        for case in cases:
            assert fold.fold(work, case.id) == fold.rows_of(work, case.id)


def _rows(office: Office, table: sa.Table, *where: Any) -> list[Any]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return list(work.execute(sa.select(table).where(*where)).mappings())


@either
def test_no_letter_is_lost_and_none_doubled(killing: Callable[[str], Killing], factor: int) -> None:
    post = killing("post")
    office = post.office

    def supply() -> None:
        for _ in range(2):
            case = office.grading()
            office.act(Role.inspector, "grade_general", {"reason": "一般"}, case)

    post.kill(supply, _times("post", factor))
    office.clock.advance(timedelta(hours=1))
    post.finish()
    with unit_of_work(office.engine, office.clock, write=False) as work:
        rows = letter.every(work)
    copies = Counter(c.mime for c in post.catcher.letters)
    assert len(rows) >= 4 * _times("post", factor)
    for row in rows:
        assert row.statutory
        assert row.state == "sent", f"letter {row.id} is {row.state}"
        arrived = copies.pop(bytes(row.mime or b""), 0)
        assert 1 <= arrived <= (2 if row.maybe_twice else 1), f"letter {row.id}: {arrived} copies"
    assert not copies, "mail arrived that is no letter of ours"
    _folds(office)


@pytest.mark.parametrize(
    ("times", "life"),
    [(5, 60), *(pytest.param(*p, marks=pytest.mark.long) for p in ((200, 60), (200, 4)))],
)
def test_letters_that_see_many_senders_die_all_arrive(
    killing: Callable[[str], Killing], times: int, life: int
) -> None:
    post = killing("post")
    office = post.office
    post.kill_over(lambda count: queue_letters(office, count), times, life)
    for _ in range(60):
        post.finish()
        rows = letters_of(office)
        if {r.state for r in rows.values()} <= {"sent", "failed"}:
            break
        office.clock.advance(timedelta(minutes=30))
    copies = Counter(c.mime for c in post.catcher.letters)
    for row in rows.values():
        # twice without an answer is rare, and left to a person
        assert row.state == "sent" or (row.state == "uncertain" and row.maybe_twice), (
            f"seed {SEED}: letter {row.id} is {row.state}, cause {row.cause}"
        )
        arrived = copies.pop(bytes(row.mime or b""), 0)
        assert arrived <= (2 if row.maybe_twice else 1), f"letter {row.id}: {arrived} copies"
        assert arrived >= 1 or row.state == "uncertain"
    assert not copies, "mail arrived that is no letter of ours"


@either
def test_every_rung_is_fired_once_and_every_reminder_reaches_one_letter(
    killing: Callable[[str], Killing], factor: int
) -> None:
    sweep = killing("sweep")
    office = sweep.office

    def supply() -> None:
        for _ in range(2):
            office.reported()
        waiting = _rows(office, DUTIES, DUTIES.c.next_rung_at.is_not(None))
        nearest = min(row["next_rung_at"] for row in waiting)
        office.clock.at = max(office.clock.at, nearest) + timedelta(hours=1)

    sweep.kill(supply, _times("sweep", factor))
    with unit_of_work(office.engine, office.clock) as work:
        assert climb.ripe(work, 10) == []
        assert notice.waiting_lines(work, 10) == []
    fired = _rows(office, RUNGS, RUNGS.c.outcome == "fired")
    told = Counter(
        (e["row_id"], json.loads(e["leaf"])["facts"]["rung"])
        for e in _rows(office, EVENTS, EVENTS.c.move == "rung")
    )
    assert len(fired) > _times("sweep", factor)
    assert told == {(r["duty_id"], r["rung"]): 1 for r in fired}
    _lines_reach_letters(office)
    _folds(office)


def _lines_reach_letters(office: Office) -> None:
    lines = _rows(office, letter.LINES)
    spoken = Counter((ln["duty_id"], ln["rung"], ln["organisation_id"], ln["role"]) for ln in lines)
    assert lines
    assert set(spoken.values()) == {1}
    carried = Counter(c["line_id"] for c in _rows(office, letter.LETTER_LINES))
    digests = {r["id"]: r for r in _rows(office, letter.TABLE, letter.TABLE.c.kind == "digest")}
    for line in lines:
        assert line["settled_at"] is not None
        assert (carried[line["id"]] == 0) == line["dropped"]
    readers = Counter(
        (c["line_id"], digests[c["letter_id"]]["person_id"])
        for c in _rows(office, letter.LETTER_LINES)
    )
    assert set(readers.values()) == {1}


@either
def test_every_paper_is_sealed_once_under_its_number(
    killing: Callable[[str], Killing], factor: int
) -> None:
    papers = killing("papers")
    office = papers.office

    def supply() -> None:
        office.listed()

    papers.kill(supply, _times("papers", factor))
    rows = _rows(office, PAPERS)
    store = FileStore(office.files)
    for row in rows:
        assert row["state"] == paper.PaperState.sealed
        assert hashlib.sha256(store.read(row["pdf"])).hexdigest() == row["pdf"]
    numbers = sorted(int(re.findall(r"(\d+)号", row["number"])[0]) for row in rows)
    assert numbers == list(range(1, len(rows) + 1))
    seals = Counter(e["row_id"] for e in _rows(office, EVENTS, EVENTS.c.move == "seal"))
    assert seals == {row["id"]: 1 for row in rows}
    _folds(office)


@either
def test_every_day_is_tidied_once(killing: Callable[[str], Killing], factor: int) -> None:
    tidying = killing("housekeeping")
    office = tidying.office
    case = office.lead()

    def supply() -> None:
        office.clock.advance(timedelta(days=2))

    tidying.kill(supply, _times("housekeeping", factor))
    runs = _rows(office, RUNS)
    days = sorted(r["period"] for r in runs)
    assert len(days) == len(set(days)) > _times("housekeeping", factor)
    assert {r["state"] for r in runs} == {"done"}
    assert max(r["attempts"] for r in runs) == 2
    old = office.clock() - timedelta(days=31)
    assert _rows(office, ACTS, ACTS.c.at < old) == []
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert event.of_case(work, case)
