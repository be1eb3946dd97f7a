"""History: frozen bytes, secrets apart from them, and what stays true when a secret is erased."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from actions.hand.case import open_case
from actions.hand.record import begin
from guapai.people import Role
from guapai.personal import ERASED
from storage import pending
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.hazard import TABLE as HAZARDS
from storage.history import event
from storage.history.event import SECRETS, TABLE
from storage.questions import fold
from tests.actions.conftest import Office

CONTACT = "示例联系人𠮷 0564-0000000"


def hashed(secret: Any) -> dict[str, str]:
    return {"sha256": hashlib.sha256((secret["salt"] + CONTACT).encode()).hexdigest()}


@pytest.fixture
def case(office: Office) -> int:
    return office.grading(contact=CONTACT)


def test_a_personal_value_is_only_hashed_in_the_leaf(office: Office, case: int) -> None:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        first = event.of_case(work, case)[0]
        secrets = {s["field"]: s for s in work.execute(sa.select(SECRETS)).mappings()}
        assert fold.rows_of(work, case) == fold.fold(work, case)
        assert fold.fold(work, case)[("hazards", case)]["contact"] == CONTACT
    assert CONTACT not in first.leaf
    leaf = json.loads(first.leaf)
    assert leaf["facts"]["contact"] == hashed(secrets.pop("contact"))
    changed = {(table, row): columns for table, row, columns in leaf["changes"]}
    column = changed[("hazards", case)]["contact"]
    assert column == hashed(secrets.pop(f"hazards/{case}/contact"))
    assert not secrets


def test_erasing_takes_the_value_and_leaves_the_history(
    office: Office, owner: Engine, case: int
) -> None:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        leaves = [e.leaf for e in event.of_case(work, case)]
    with unit_of_work(owner, office.clock) as work:
        work.execute(sa.delete(SECRETS))
        work.execute(sa.update(HAZARDS).where(HAZARDS.c.id == case).values(contact=ERASED))
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert [e.leaf for e in event.of_case(work, case)] == leaves
        folded = fold.fold(work, case)
        assert folded[("hazards", case)]["contact"] == ERASED
        assert folded == fold.rows_of(work, case)


def test_the_past_can_be_asked_for(office: Office, case: int) -> None:
    then = office.clock()
    with unit_of_work(office.engine, office.clock, write=False) as work:
        before = fold.rows_of(work, case)
    office.clock.advance(timedelta(days=1))
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, case)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert fold.fold(work, case, until=then) == before
        assert fold.fold(work, case) != before


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(TABLE).values(leaf="{}"),
        sa.delete(TABLE),
        sa.text("DELETE FROM event_subjects"),
        sa.text("UPDATE letters SET kind = 'x'"),
        sa.text("DELETE FROM letters"),
    ],
)
def test_not_even_the_owner_changes_what_happened(
    office: Office, owner: Engine, statement: sa.Executable
) -> None:
    office.listed()
    with (
        pytest.raises(sa.exc.DBAPIError, match=r"append-only|never change"),
        unit_of_work(owner, office.clock) as work,
    ):
        work.execute(statement)


def test_the_bytes_of_a_leaf_are_canonical(office: Office, case: int) -> None:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        for found in event.of_case(work, case):
            assert event.canonical(json.loads(found.leaf)) == found.leaf
            assert json.loads(found.leaf)["format"] == 1


def test_two_personal_values_of_one_name_in_one_event_are_kept_apart(
    office: Office, case: int
) -> None:
    """A parked decision that holds something personal is hashed too; each by its own salt."""
    with unit_of_work(office.engine, office.clock) as work:
        _, held = open_case(work, office.who(Role.inspector), case)
        record = begin(held, "duty", case, "claim", "own_post")
        rows = {work.take_id(): text for text in ("张三 13800000000", "李四 13900000000")}
        for row_id, text in rows.items():
            values = {"id": row_id, "case_id": case, "noun": "hazard", "row_id": case, "version": 9}
            values |= {"move": "x", "facts": text, "facts_hash": "0" * 64, "state": "dropped"}
            values |= {"opened_at": work.now}
            record.insert(pending.TABLE, values, personal=frozenset({"facts"}))
        record.write({})
    with unit_of_work(office.engine, office.clock, write=False) as work:
        leaf = event.of_case(work, case)[-1].leaf
        folded = fold.fold(work, case)
        assert folded == fold.rows_of(work, case)
    assert {folded[("pending", i)]["facts"] for i in rows} == set(rows.values())
    assert not any(text in leaf for text in rows.values())
