"""Incidents by command: listed, looked at, and settled by a named administrator with a reason."""

import json

import pytest

from storage import letter
from storage.database.work import unit_of_work
from storage.letter import Letter
from tests.actions.administrator import Administrator, incidents_of
from tests.actions.conftest import Office
from tests.cli.commands import Commands

ADMIN = "system.admin@example.com"
BY = ("--as", ADMIN, "--reason", "示例理由")


@pytest.fixture
def number(town: Office) -> str:
    """The number of an incident about two letters to one reader."""
    admin = Administrator(town)
    town.general()
    with unit_of_work(town.engine, town.clock) as work:
        first = letter.every(work)[0]
        ended = {"state": "failed", "cause": "bounced", "answer_code": 550, "ended_at": work.now}
        again = {c.name: getattr(first, c.name) for c in letter.TABLE.c}
        work.insert(letter.TABLE, {**again, **ended, "id": work.take_id()})
        work.update(letter.TABLE, {"id": first.id}, ended)
    admin.tend()
    (found,) = incidents_of(town)
    return str(found["number"])


def _letters(town: Office) -> list[Letter]:
    with unit_of_work(town.engine, town.clock, write=False) as work:
        return letter.every(work)


def test_it_is_listed_and_shown(guapai: Commands, db: tuple[str, str], number: str) -> None:
    listed = guapai("incident", "list", *db)
    assert (listed.code, number in listed.out) == (0, True)
    (row,) = json.loads(guapai("incident", "list", "--json", *db).out)
    assert (row["number"], row["count"]) == (number, 2)
    shown = guapai("incident", "show", number, *db)
    assert shown.out.count("failed\t550") == 2


def test_one_letter_is_told_and_the_other_goes_elsewhere(
    guapai: Commands, db: tuple[str, str], town: Office, number: str
) -> None:
    one, *_ = (r for r in _letters(town) if r.state == "failed")
    told = ("--whom", "示例值班员", "--letter", one.id)
    done = guapai("incident", "told", number, *BY, *told, *db)
    assert (done.code, "done to 1 things" in done.out) == (0, True), done.err
    done = guapai("incident", "resend", number, *BY, "--to", "here@example.com", *db)
    assert "done to 1 things" in done.out, done.err
    states = [r.state for r in _letters(town) if r.person_id == one.person_id]
    assert sorted(states) == ["queued", "readdressed", "told"]


@pytest.mark.parametrize(
    ("move", "state"), [("resend", "queued"), ("dismiss", "cancelled"), ("retry", "failed")]
)
def test_what_is_asked_is_done_at_once_or_refused(
    guapai: Commands, db: tuple[str, str], town: Office, number: str, move: str, state: str
) -> None:
    before = [r.id for r in _letters(town) if r.state == "failed"]
    ran = guapai("incident", move, number, *BY, *db)
    assert ran.code == (2 if move == "retry" else 0), ran.flat
    assert {r.state for r in _letters(town) if r.id in before} == {state}


@pytest.mark.parametrize(
    ("number_", "who", "said"),
    [
        ("YX-341500-2026-09999", ADMIN, "there is no incident"),
        (None, "inspector.8@example.com", "is no system administrator"),
        (None, "nobody@example.com", "nobody is known"),
    ],
)
def test_who_and_what_must_be_there(
    guapai: Commands, db: tuple[str, str], number: str, number_: str | None, who: str, said: str
) -> None:
    ran = guapai("incident", "dismiss", number_ or number, "--as", who, "--reason", "无", *db)
    assert ran.code == 2
    assert said in ran.flat
