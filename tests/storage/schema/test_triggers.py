"""Nothing that has happened is changed: every guarded table against every way to change a row."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
import sqlalchemy as sa

from guapai.clock import SimulatedClock
from guapai.people import Actor, Role
from storage import case, incident
from storage.database.engine import Engine, open_engine, pool_of
from storage.database.work import unit_of_work
from storage.history import access, reading
from storage.letter import TABLE as LETTERS
from storage.people import asked
from storage.people import person as people
from storage.questions.verification import trigger_faults
from storage.schema.tables import METADATA, tables_of
from storage.schema.triggers import (
    CHANGING,
    definitions,
    faults,
    guarded_tables,
    keys_of,
)
from storage.upkeep import hold
from storage.upkeep.epoch import renew_epoch
from storage.upkeep.hold import Held, HoldReason
from tests.actions.lived import live
from tests.conftest import START, Databases


@dataclass
class Place:
    """A city that has lived: its database as the product, its owner and a foreign client open it."""

    kind: str
    engines: Mapping[str, Engine]

    def refuses(self, statement: str, who: str) -> bool:
        """Whether a statement is refused for being a change of the past; nothing stays of it."""
        with pool_of(self.engines[who], write=True).connect() as connection:
            transaction = connection.begin()
            try:
                connection.execute(sa.text(statement))
            except sa.exc.DBAPIError as error:
                said = str(error.orig)
                return "append-only" in said or (who == "acting" and "permission denied" in said)
            finally:
                transaction.rollback()
        return False


def _lived(kind: str, url: str, files: Path) -> Place:
    engines = {"acting": open_engine(url), "owner": open_engine(url, role=None)}
    live(engines["acting"], files)
    with unit_of_work(engines["acting"], SimulatedClock(START)) as work:
        reading.note(work, Actor(1, Role.auditor), reading.Looked.paper)
        access.note(work, access.Access.sign_in, access.Outcome.ok, person_id=1)
        one, other = list(work.execute(sa.select(case.TABLE)).mappings())[:2]
        between = {"case_id": one["id"], "since": work.now}
        link = {**between, "id": work.take_id(), "about_id": other["id"], "kind": case.ABOUT}
        work.insert(case.LINKS, link)
        party = {"id": work.take_id(), "organisation_id": one["unit_id"], "side": "unit"}
        work.insert(case.PARTIES, {**between, **party, "until": None})
        item = {"id": work.take_id(), "noun": "run", "key": "housekeeping/2026-03-02/"}
        work.insert(incident.ITEMS, {**between, **item, "row_id": None, "carried_id": None})
        hold.begin(work, Held.post, HoldReason.person)
        person = work.execute(sa.select(people.Person.id)).scalars().first()
        about = {"person_id": person, "what": "password", "reason": "换岗", "asked_by": person}
        seat = {"behalf_of": None, "role": Role.system_admin, "organisation_id": one["unit_id"]}
        asked.ask(work, {**about, **seat})
        renew_epoch(work)
    if kind == "sqlite":  # another program: none of the pragmas the engine sets
        engines["foreign"] = sa.create_engine(url, module=sqlite)
    return Place(kind, engines)


@pytest.fixture(scope="module")
def places(
    databases: Callable[[str], Databases], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Place]]:
    """One lived city of each kind of database, made once; no test leaves anything in it."""
    known: dict[str, Place] = {}

    def of_kind(kind: str) -> Place:
        if kind not in known:
            url = databases(kind).copy("guarded")
            known[kind] = _lived(kind, url, tmp_path_factory.mktemp("guarded"))
        return known[kind]

    yield of_kind
    for place in known.values():
        for engine in place.engines.values():
            engine.dispose()


def _columns(table: str) -> list[str]:
    """The columns that may not change."""
    return [c.name for c in METADATA.tables[table].c if c.name not in CHANGING.get(table, ())]


def _another(table: str, *key: str) -> tuple[str, str]:
    """A row like the first one, with its values in one key and values of its own in every other."""
    of_keys = {c for columns in keys_of(table) for c in columns} - set(key)
    found = METADATA.tables[table].c
    values = [
        c.name
        if c.name not in of_keys
        else f"{c.name} + 4000000000"
        if isinstance(c.type, sa.Integer)
        else "'another'"
        for c in found
    ]
    return ", ".join(c.name for c in found), ", ".join(values)


def _updates(table: str, how: str = "UPDATE") -> Iterator[str]:
    for column in _columns(table):
        yield f"{how} {table} SET {column} = {column}"


def _deletes(table: str) -> Iterator[str]:
    if table not in tables_of("erasable"):
        yield f"DELETE FROM {table}"


def _upserts(table: str) -> Iterator[str]:
    column = _columns(table)[-1]
    for key in keys_of(table):
        names, values = _another(table, *key)
        yield (
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE true LIMIT 1 "
            f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {column} = excluded.{column}"
        )


def _replaces(table: str) -> Iterator[str]:
    for key in keys_of(table):
        names, values = _another(table, *key)
        yield f"INSERT OR REPLACE INTO {table} ({names}) SELECT {values} FROM {table} LIMIT 1"
        yield f"REPLACE INTO {table} ({names}) SELECT {values} FROM {table} LIMIT 1"
    names, values = _another(table)
    for rowid in ("rowid", "oid", "_rowid_"):
        yield (
            f"INSERT OR REPLACE INTO {table} ({rowid}, {names}) "
            f"SELECT {rowid}, {values} FROM {table} LIMIT 1"
        )


def _updates_or_replaces(table: str) -> Iterator[str]:
    yield from _updates(table, "UPDATE OR REPLACE")
    for rowid in ("rowid", "oid", "_rowid_"):
        yield f"UPDATE OR REPLACE {table} SET {rowid} = {rowid} + 1"


def _truncates(table: str) -> Iterator[str]:
    yield f"TRUNCATE {table} CASCADE"


_BOTH = {"UPDATE": _updates, "DELETE": _deletes, "UPSERT": _upserts}
WAYS: Mapping[str, Mapping[str, Callable[[str], Iterator[str]]]] = {
    "sqlite": {**_BOTH, "REPLACE": _replaces, "UPDATE OR REPLACE": _updates_or_replaces},
    "postgresql": {**_BOTH, "TRUNCATE": _truncates},
}


@pytest.mark.parametrize("table", guarded_tables())
@pytest.mark.parametrize(("kind", "way"), [(kind, way) for kind in WAYS for way in WAYS[kind]])
def test_no_row_of_the_past_is_changed(
    places: Callable[[str], Place], kind: str, way: str, table: str
) -> None:
    place = places(kind)
    done = [
        (who, statement)
        for who in place.engines
        for statement in WAYS[kind][way](table)
        if not place.refuses(statement, who)
    ]
    assert done == []


@pytest.mark.parametrize("kind", WAYS)
def test_what_a_server_answered_about_a_sent_letter_stays(
    places: Callable[[str], Place], kind: str
) -> None:
    place = places(kind)
    for who in place.engines:
        for column in LETTERS.c:
            change = f"UPDATE letters SET {column.name} = {column.name}"
            assert place.refuses(f"{change} WHERE state = 'sent'", who)


@pytest.mark.parametrize("kind", WAYS)
def test_erasing_may_take_a_secret(places: Callable[[str], Place], kind: str) -> None:
    place = places(kind)
    assert not any(place.refuses("DELETE FROM event_secrets", who) for who in place.engines)


def test_our_connections_tell_delete_triggers_of_a_replaced_row(
    places: Callable[[str], Place],
) -> None:
    found = {}
    for who, engine in places("sqlite").engines.items():
        with engine.connect() as connection:
            found[who] = connection.scalar(sa.text("PRAGMA recursive_triggers"))
    assert found == {"acting": 1, "owner": 1, "foreign": 0}


def test_every_trigger_is_there_and_is_what_it_should_be(
    engine: Engine, clock: SimulatedClock
) -> None:
    with unit_of_work(engine, clock, write=False) as work:
        assert trigger_faults(work) == []


def test_what_the_triggers_should_be_is_told_from_what_is_there() -> None:
    for kind in WAYS:
        right = definitions(kind)
        name = "events_no_update" if kind == "sqlite" else "events_frozen"
        assert faults(kind, right.items()) == []
        without = {n: sql for n, sql in right.items() if n != name}
        assert faults(kind, without.items()) == [(name, "is not there, or is switched off")]
        other = {**right, name: right[name].replace("UPDATE", "INSERT")}
        assert faults(kind, other.items()) == [(name, "does something else")]
        more = [*right.items(), (name, "CREATE TRIGGER of that name on another table")]
        assert faults(kind, more) == [(name, "is none of ours")]
