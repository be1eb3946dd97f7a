"""The proof of history: a lived city holds, and every kind of planted fault is found."""

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.history.verification import verify
from guapai.clock import SimulatedClock
from guapai.errors import Missing
from storage import case, letter, paper
from storage.database.engine import open_engine
from storage.files import evidence
from storage.files.store import FileStore
from storage.history import act, event
from storage.history.event import SECRETS, SUBJECTS
from storage.schema.schema import migrate
from tests.actions.conftest import Office
from tests.actions.lived import Lived, live
from tests.conftest import START, Databases

E, H, L = event.TABLE, case.TABLE, letter.TABLE


@pytest.fixture(scope="module")
def cities(
    databases: Callable[[str], Databases], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[Path, datetime, str]]:
    """One lived city of each kind of database, made once."""
    known: dict[str, tuple[Path, datetime, str]] = {}

    def of_kind(kind: str) -> tuple[Path, datetime, str]:
        if kind not in known:
            engine = open_engine(databases(kind).copy("lived"))
            folder = tmp_path_factory.mktemp("lived")
            known[kind] = (folder, *live(engine, folder / "files"))
            engine.dispose()
        return known[kind]

    return of_kind


@pytest.fixture(params=["sqlite", "postgresql"])
def lived(
    request: pytest.FixtureRequest,
    databases: Callable[[str], Databases],
    cities: Callable[[str], tuple[Path, datetime, str]],
    tmp_path: Path,
) -> Iterator[Lived]:
    """A copy of the lived city."""
    folder, now, number = cities(request.param)
    found = databases(request.param)
    url = found.copy("verified", of="lived")
    shutil.copytree(folder / "files", tmp_path / "files")
    yield Lived(url, tmp_path / "files", now, number)
    found.drop(url)


def test_a_lived_city_holds(lived: Lived) -> None:
    told: list[tuple[int, int]] = []
    found = lived.verified(tell=lambda done, total: told.append((done, total)))
    assert found.faults == []
    assert (found.cases, found.files) == (2, 3)
    assert found.events > 40
    assert found.letters > 20
    assert told[-1][0] == told[-1][1] == found.cases + found.letters


def test_one_case_or_a_sample_is_read(lived: Lived) -> None:
    whole, one, some = lived.verified(), lived.verified(case=lived.number), lived.verified(sample=2)
    assert (one.cases, some.cases) == (1, 1)
    assert 0 < one.letters < whole.letters
    assert 0 < some.letters < whole.letters
    assert one.faults == some.faults == []
    with pytest.raises(Missing, match="no case"):
        lived.verified(case="341502-2026-99999")


Plant = Callable[[sa.Connection, Lived], None]


def _all_of(statement: sa.Executable) -> Plant:
    def plant(connection: sa.Connection, _lived: Lived) -> None:
        connection.execute(statement)

    return plant


def _first(
    connection: sa.Connection, column: sa.Column[int], *where: sa.ColumnElement[bool]
) -> int:
    found = connection.scalar(sa.select(sa.func.min(column)).where(*where))
    assert found is not None
    return int(found)


def _change(table: sa.Table, *where: sa.ColumnElement[bool], **values: object) -> Plant:
    def plant(connection: sa.Connection, _lived: Lived) -> None:
        row_id = _first(connection, table.c.id, *where)
        connection.execute(sa.update(table).where(table.c.id == row_id).values(values))

    return plant


def _leaf(move: str, old: str, new: str, **columns: object) -> Plant:
    """Other words in the leaf of a move, as somebody would write them who knows its form."""

    def plant(connection: sa.Connection, _lived: Lived) -> None:
        row_id = _first(connection, E.c.id, E.c.move == move)
        leaf = connection.scalar(sa.select(E.c.leaf).where(E.c.id == row_id))
        assert leaf is not None and old in leaf
        changed = (
            sa.update(E).where(E.c.id == row_id).values(leaf=leaf.replace(old, new), **columns)
        )
        connection.execute(changed)

    return plant


def _without(move: str) -> Plant:
    """A move that never was."""

    def plant(connection: sa.Connection, _lived: Lived) -> None:
        row_id = _first(connection, E.c.id, E.c.move == move)
        connection.execute(sa.delete(SUBJECTS).where(SUBJECTS.c.event_id == row_id))
        connection.execute(sa.delete(E).where(E.c.id == row_id))

    return plant


def _without_letter(connection: sa.Connection, _lived: Lived) -> None:
    row_id = _first(connection, L.c.id, L.c.event_id.is_not(None))
    connection.execute(sa.delete(L).where(L.c.id == row_id))


def _twice_told(connection: sa.Connection, _lived: Lived) -> None:
    carried = letter.LETTER_LINES
    line, reader, at = connection.execute(
        sa.select(carried.c.line_id, L.c.person_id, L.c.id).join(L, L.c.id == carried.c.letter_id)
    ).first() or (0, 0, 0)
    other = _first(connection, L.c.id, L.c.person_id == reader, L.c.id != at)
    connection.execute(sa.insert(carried).values(letter_id=other, line_id=line))


def _other_bytes(connection: sa.Connection, lived: Lived) -> None:
    digest = connection.scalar(sa.select(evidence.TABLE.c.file))
    assert digest is not None
    FileStore(lived.files).path(digest).write_bytes(b"other")


def _no_paper(connection: sa.Connection, lived: Lived) -> None:
    digest = connection.scalar(sa.select(paper.TABLE.c.pdf))
    assert digest is not None
    FileStore(lived.files).path(digest).unlink()


def _no_entry(connection: sa.Connection, _lived: Lived) -> None:
    connection.execute(sa.delete(evidence.FILES))


def _no_word(connection: sa.Connection, _lived: Lived) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ALTER TABLE letters DROP CONSTRAINT ck_letters_letterstate"))
    connection.execute(sa.text("UPDATE letters SET state = 'flown'"))


def _two_keys(connection: sa.Connection, _lived: Lived) -> None:
    """A second index entry that a broken index would let in."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ALTER TABLE acts DROP CONSTRAINT uq_acts_person_id_move_key"))
    else:
        connection.execute(sa.text("CREATE TABLE more AS SELECT * FROM acts"))
        connection.execute(sa.text("DROP TABLE acts"))
        connection.execute(sa.text("ALTER TABLE more RENAME TO acts"))
    first = connection.execute(sa.select(act.TABLE).limit(1)).mappings().one()
    connection.execute(sa.insert(act.TABLE).values({**first, "id": 10**9}))


AGO = START - timedelta(days=1)
FAULTS: dict[str, tuple[str, str, Plant]] = {
    "a changed row": ("fold", "title: events say", _change(H, title="别的隐患")),
    "a row no event made": ("fold", "no event made", _change(paper.TABLE, id=77)),
    "a missing move": ("version", "version 1 is followed by 3", _without("verify")),
    "a missing rung": ("rung", "no event says so", _without("rung")),
    "changed facts": ("facts", "not those the act", _leaf("verify", "属实", "失实")),
    "changed signed facts": ("facts", "not those the act", _leaf("grade_major", "缺失", "完好")),
    "a leaf of other bytes": ("leaf", "canonical", _leaf("verify", '{"act_id"', '{ "act_id"')),
    "an actor changed": ("leaf", "person_id", _change(E, E.c.move == "verify", person_id=1)),
    "a step of no table": (
        "step",
        "no such step: lead → closed",
        _leaf("verify", '"dest":"grading"', '"dest":"closed"', dest="closed"),
    ),
    "a leaf that is no JSON": ("unreadable", "JSON", _leaf("verify", "{", "")),
    "a secret changed": (
        "leaf",
        "contact: the personal",
        _all_of(sa.update(SECRETS).values(value="别人")),
    ),
    "a subject lost": ("leaf", "subjects", _all_of(sa.delete(SUBJECTS))),
    "a letter lost": ("reference", "made it", _without_letter),
    "a letter of other bytes": ("letter", "not those that were sealed", _change(L, mime=b"x")),
    "a letter half sealed": ("letter", "half sealed", _change(L, message_id=None)),
    "a letter without an answer": ("letter", "no server's answer", _change(L, answer_code=None)),
    "a letter in no known state": ("letter", "nobody knows", _no_word),
    "a letter that waits for ever": ("late", "still queued", _change(L, state="queued")),
    "a lease that lapsed": ("late", "lapsed", _change(L, state="claimed", lease_until=AGO)),
    "a line told twice": ("line", "two letters", _twice_told),
    "a line in no letter": ("line", "in no letter", _all_of(sa.delete(letter.LETTER_LINES))),
    "a file of other bytes": ("file", "other bytes", _other_bytes),
    "a file lost": ("file", "cannot be read", _no_paper),
    "a file not entered": ("file", "not entered", _no_entry),
    "a gap in the numbers": (
        "number",
        "not there: 1",
        _change(paper.TABLE, number="金安安督字〔2026〕9号"),
    ),
    "a number beyond": ("number", "beyond", _change(paper.TABLE, number="金安安督字〔2026〕9号")),
    "a number of no form": ("number", "no number of ours", _change(H, number="甲乙丙")),
    "a key taken twice": ("double", "2 times", _two_keys),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(lived: Lived, name: str) -> None:
    what, said, plant = FAULTS[name]
    with lived.planting() as connection:
        plant(connection, lived)
    assert any(f.what == what and said in f.found for f in lived.verified().faults)


def test_a_trigger_that_is_gone_is_found(lived: Lived) -> None:
    with lived.planting(triggers=False) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("ALTER TABLE letters DISABLE TRIGGER letters_frozen"))
    found = [f for f in lived.verified().faults if f.what == "trigger"]
    assert found
    assert all("guapai migrate" in f.found for f in found)


_NOTHING = {
    "sqlite": (
        "DROP TRIGGER events_no_update",
        "CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT 1; END",
        "CREATE TRIGGER more AFTER INSERT ON events BEGIN DELETE FROM sessions; END",
    ),
    "postgresql": (
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE OR REPLACE TRIGGER events_frozen BEFORE DELETE OR UPDATE ON events FOR EACH ROW "
        "EXECUTE FUNCTION nothing()",
        "CREATE TRIGGER more AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION nothing()",
    ),
}


def test_a_trigger_that_does_nothing_and_one_of_somebody_else_are_found(lived: Lived) -> None:
    owner = open_engine(lived.url, role=None)
    with owner.connect() as connection, connection.begin():
        for statement in _NOTHING[owner.dialect.name]:
            connection.execute(sa.text(statement))
    found = {f.where: f.found for f in lived.verified().faults if f.what == "trigger"}
    guard = "events_no_update" if owner.dialect.name == "sqlite" else "events_frozen"
    assert found.pop(guard).startswith("does something else")
    assert found.pop("more").startswith("is none of ours")
    assert set(found) == ({"nothing"} if owner.dialect.name == "postgresql" else set())
    migrate(owner, SimulatedClock(lived.now))
    owner.dispose()
    assert lived.verified().faults == []


def test_a_refusal_that_refuses_nothing_is_found(lived: Lived) -> None:
    owner = open_engine(lived.url, role=None)
    if owner.dialect.name == "postgresql":
        with owner.connect() as connection, connection.begin():
            connection.execute(
                sa.text(
                    "CREATE OR REPLACE FUNCTION guapai_refuse() RETURNS trigger LANGUAGE plpgsql "
                    "AS $$ BEGIN RETURN NEW; END $$"
                )
            )
        found = [(f.what, f.where, f.found[:19]) for f in lived.verified().faults]
        assert found == [("trigger", "guapai_refuse", "does something else")]
    owner.dispose()


def test_people_at_work_are_no_fault(office: Office) -> None:
    stop, errors = threading.Event(), []

    def work() -> None:
        try:
            while not stop.is_set():
                office.closed()
        except Exception as error:
            errors.append(error)

    busy = threading.Thread(target=work)
    busy.start()
    try:
        while (found := verify(office.engine, office.clock, office.files)).cases < 3:
            assert found.faults == []
    finally:
        stop.set()
        busy.join()
    assert not errors
    assert found.faults == []
