"""A hidden root is in nothing that anybody but its handlers may ask."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.parley.parley import Parley

from actions.act.perform import perform
from actions.act.prospect import prospects
from actions.clock.ladder import sweep
from actions.hand.facts import Subject
from actions.history.verification import verify
from actions.post.digest import gather
from guapai.errors import NotAllowed
from guapai.people import Actor, Role
from statemachines.nouns import NOUNS
from storage import case as cases
from storage import letter
from storage.database.work import Work, unit_of_work
from storage.history import event
from storage.people.organisation import OrganisationKind as K
from storage.people.person import Post
from storage.questions import casefile, desk, export, fold, ledger
from storage.questions.desk import Narrow
from storage.questions.scope import Scope, scope_of
from storage.questions.wanted import Wanted
from tests.actions.conftest import PLACE, Office, office

__all__ = ["office"]

EVERYBODY = [(role, kind) for role in Role for kind in K if role is not Role.clock]


def others(office: Office, parley: Parley) -> list[tuple[Role, int, Scope]]:
    """Every role at every organisation that is no handler of the parley, with what it may see."""
    handlers = {Role.division_chief, Role.department_head, Role.inspector}
    organisations = {
        K.enterprise: parley.units[2],
        K.department: office.city.at("department", "341503"),
        K.commission: office.city.at("commission", PLACE),
        K.government: office.city.at("government", PLACE),
    }
    found = [
        (role, organisation, scope_of(role, organisation, kind, PLACE))
        for role, kind in EVERYBODY
        if (organisation := organisations.get(kind)) is not None
    ]
    ours = office.city.at("department", PLACE)
    rest = [r for r in Role if r not in handlers]
    return found + [(role, ours, scope_of(role, ours, K.department, PLACE)) for role in rest]


def traces(work: Work, office: Office, parley: Parley, who: tuple[Role, int, Scope]) -> list[str]:
    """Where somebody comes upon the parley, by whatever they can ask."""
    role, organisation, scope = who
    found = []
    if casefile.find(work, scope, parley.id) or casefile.read(work, scope, parley.id):
        found.append("page")
    for wanted in (Wanted(), Wanted(noun="parley"), Wanted(noun="parley", text="粉尘会商")):
        if parley.id in [r.id for r in ledger.page(work, scope, wanted)]:
            found.append("ledger")
    actor = Actor(1, role, organisation)
    narrow = Narrow(kind="", filter="", after=(datetime(1, 1, 1, tzinfo=UTC), 0))
    seen = desk.read(work, scope, actor, narrow, office.clock() + timedelta(days=400))
    if parley.id in [t.case_id for t in [*seen.tasks, *seen.unsigned]]:
        found.append("desk")
    if any(c["kind"] in ("keep_promise", "report_parley") for c in seen.counts):
        found.append("count")
    for hazard in parley.about:
        read = casefile.read(work, scope, hazard)
        if read is not None and (read.linked or read.elsewhere):
            found.append("hazard")
    return found


def test_nobody_else_comes_upon_it(office: Office) -> None:
    parley = Parley(office)
    parley.hold()
    with unit_of_work(office.engine, office.clock, write=False) as work:
        for who in others(office, parley):
            assert traces(work, office, parley, who) == [], who
        for role, at, kind in (
            (Role.division_chief, office.city.at("department", PLACE), K.department),
            (Role.enterprise_head, parley.units[0], K.enterprise),
        ):
            theirs = (role, at, scope_of(role, at, kind, PLACE))
            assert "page" in traces(work, office, parley, theirs)


def test_nobody_else_can_act_on_it(office: Office) -> None:
    parley = Parley(office)
    for role, organisation, _ in others(office, parley):
        for move in NOUNS["parley"].procedure.moves:
            subject = Subject(noun="parley", row_id=parley.id)
            if not move.source:
                continue
            with (
                pytest.raises(NotAllowed),
                unit_of_work(office.engine, office.clock) as work,
            ):
                perform(work, subject, move.name, None, Actor(1, role, organisation))


def test_no_letter_no_export_and_no_number_tells_of_it(office: Office) -> None:
    parley = Parley(office)
    parley.hold()
    for _ in range(6):
        office.clock.advance(timedelta(days=40))
        sweep(office.engine, office.clock)
        gather(office.engine, office.clock)
    ours = {office.city.at("department", PLACE), *parley.units[:2]}
    with unit_of_work(office.engine, office.clock, write=False) as work:
        posts: dict[int, set[int]] = {}
        for post in work.execute(sa.select(Post.__table__)).mappings():
            posts.setdefault(post["person_id"], set()).add(post["organisation_id"])
        told: list[Any] = []
        for row in work.execute(sa.select(letter.TABLE)).mappings():
            if "粉尘会商" in row["text"] + row["subject"] or "HS-" in row["text"]:
                told.append(row["person_id"])
        assert told
        assert all(posts[p] & ours for p in told)
        since = datetime(2000, 1, 1, tzinfo=UTC)
        for table in export.TABLES:
            rows = export.page(work, table, after=0, place="", state="", since=since)
            assert not [r for r in rows if "HS-" in str(r.get("number"))]
        leaves = [e.leaf for h in parley.about for e in event.of_case(work, h)]
        assert not [x for x in leaves if "HS-" in x or f'"parley",{parley.id}' in x]
    faults = verify(office.engine, office.clock, office.files).faults
    assert {f.what for f in faults} <= {"late"}


def test_the_clock_still_sees_to_it(office: Office) -> None:
    parley = Parley(office)
    parley.hold()
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert prospects(work, parley.head(0), parley.id)
        assert fold.fold(work, parley.id) == fold.rows_of(work, parley.id)
        found = cases.get(work, parley.id)
        assert found is not None
        assert found.secrecy == "hidden"
