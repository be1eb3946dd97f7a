"""Who has taken on a provision is asked of the commissions of the place alone, along an index."""

from collections.abc import Iterator

import pytest

from actions.act.administration import By, note
from actions.ground import doubtful
from guapai.people import Actor, Role
from law.place import LEVELS, head_of, levels_of
from statemachines.noted import Administered
from storage.database.work import Work, unit_of_work
from storage.people import organisation as organisations
from storage.people.organisation import OrganisationKind
from storage.taken import TAKEN, by_anybody, taken_on
from storage.upkeep import provision
from tests.actions.conftest import PLACE, Office

_ABROAD = ("341503", "340100", "320000")


@pytest.fixture
def work(office: Office) -> Iterator[Work]:
    with unit_of_work(office.engine, office.clock) as found:
        yield found


def take(work: Work, place: str, wording: str, person: int) -> None:
    """A commission at a place, and one of it who answers for a wording."""
    home = organisations.at_place(work, OrganisationKind.commission, place)
    at = home.id if home else organisations.add(work, **_commission(place))
    by = By(Actor(person, Role.commission_chair, at, name=""), head_of(place))
    facts = {"key": "", "sha256": wording, "head": by.head}
    note(work, by, "provision", provision.ids(work)[wording], Administered.take_on, facts)


def _commission(place: str) -> dict[str, str]:
    return {"kind": OrganisationKind.commission, "name": f"安委会{place}", "place_code": place}


def test_only_what_holds_for_a_place_is_read(office: Office, work: Work) -> None:
    chair = office.who(Role.commission_chair)
    person = chair.person_id or 0
    new = sorted(provision.ids(work).keys() - taken_on(work, PLACE).keys())
    own, city, province, country, *abroad = new[:7]
    before = len(work.records(TAKEN, **_asked(PLACE)))
    for place, wording in zip(("341502", "341500", "340000", "000000"), new, strict=False):
        take(work, place, wording, person)
    for place, wording in zip(_ABROAD, abroad, strict=True):
        take(work, place, wording, person)
    assert (
        taken_on(work, PLACE).items()
        >= dict.fromkeys((own, city, province, country), chair.name).items()
    )
    assert not taken_on(work, PLACE).keys() & set(abroad)
    assert len(work.records(TAKEN, **_asked(PLACE))) == before + 4
    assert by_anybody(work) >= set(new[:7])
    assert by_anybody(work).isdisjoint(new[7:])
    wordings = provision.known(work)
    assert {r.fingerprint for r in doubtful(work, [wordings[w] for w in new], PLACE)} >= {
        w for w in abroad if wordings[w].status == "unverified"
    }


def _asked(place: str) -> dict[str, str]:
    return dict(zip(LEVELS, levels_of(place), strict=True))


def test_it_is_asked_along_an_index(office: Office, work: Work) -> None:
    if work.is_postgresql:
        return  # its planner reads small tables whole
    asked = TAKEN.prepared(work.connection.dialect)
    plan = work.connection.exec_driver_sql(
        f"EXPLAIN QUERY PLAN {asked.sql}", asked.parameters(_asked(PLACE))
    ).all()
    used = [row[3] for row in plan if " e" in row[3] or "events" in row[3]]
    assert any("ix_events_taken_on" in step for step in used), plan
    assert not any(row[3].startswith("SCAN") for row in plan), plan
