"""Who sees a parley, its page, its letters and what the units hand in."""

from pathlib import Path
from typing import Any

import pytest
from tests.parley.parley import Parley, scope

from actions.act.perform import perform
from actions.act.prospect import prospects
from actions.hand.facts import Subject
from guapai.clock import SimulatedClock
from guapai.errors import BadInput
from guapai.people import Role
from storage import letter
from storage.database.columns import names_of
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.people.organisation import OrganisationKind
from storage.questions import casefile
from storage.questions.scope import Scope
from tests.actions.conftest import PLACE, Office
from tests.portal.town import opened


def test_each_unit_sees_the_case_and_its_own_promise(office: Office, parley: Parley) -> None:
    parley.hold()
    kind = OrganisationKind.enterprise
    with unit_of_work(office.engine, office.clock, write=False) as work:
        for nth, unit in enumerate(parley.units[:2]):
            found = casefile.read(work, scope(Role.enterprise_head, unit, kind), parley.id)
            assert found is not None
            promised = [d for d in found.duties if d.kind == "keep_promise"]
            assert [d.slot.partition("/")[0] for d in promised] == [f"p{nth}"]
            other = parley.units[1 - nth]
            assert other not in {p["organisation_id"] for p in found.parties}
            assert {c["id"] for c in found.linked} == set(parley.about[nth::2])
        third = scope(Role.enterprise_head, parley.units[2], kind)
        assert casefile.find(work, third, parley.id) is None
        assert casefile.read(work, third, parley.id) is None


def letters_of(office: Office, case: int, who: Scope) -> list[int | None]:
    """To whom the letters were written that somebody sees on the page of a case."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = casefile.read(work, who, case)
    assert found is not None
    return [x["organisation_id"] for x in found.letters]


def test_its_letters_call_it_what_it_is(office: Office, parley: Parley) -> None:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        first = letter.of_case(work, parley.id)[0]
        listed = next(x for x in letter.of_case(work, parley.about[0]) if x.kind != "digest")
    assert "会商：粉尘会商" in first.text.splitlines()[2]
    assert "<td>会商</td>" in first.html
    assert not any("隐患" in said.partition("本邮件由")[0] for said in (first.text, first.html))
    assert "隐患：除尘器" in listed.text.replace("\u2068", "")


def addressed(office: Office, parley: Parley) -> list[int]:
    """The letters to the two units."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = {x.organisation_id: x.id for x in letter.of_case(work, parley.id)}
    return [found[unit] for unit in parley.units[:2]]


def unaddressed(office: Office, case: int) -> None:
    """A letter as it was written before letters said to which organisation."""
    with unit_of_work(office.engine, office.clock) as work:
        first = letter.of_case(work, case)[0]
        old = {c: getattr(first, c) for c in names_of(letter.TABLE)}
        old |= {"id": work.take_id(), "organisation_id": None, "subject": "旧信"}
        work.insert(letter.TABLE, old)


@pytest.mark.parametrize("hazards", [1, 3])
def test_a_party_sees_the_letters_to_itself_and_no_other(office: Office, hazards: int) -> None:
    parley = Parley(office, hazards)
    unaddressed(office, parley.id)
    kind = OrganisationKind.enterprise
    units = parley.units[: min(hazards, 2)]
    for unit in units:
        seen = scope(Role.enterprise_head, unit, kind)
        assert letters_of(office, parley.id, seen) == [unit]
    department = office.city.at("department", PLACE)
    leads = scope(Role.division_chief, department, OrganisationKind.department)
    assert letters_of(office, parley.id, leads) == [*units, None]
    hazard = parley.about[0]  # whose unit leads its side: it sees all of it, as before
    told = letters_of(office, hazard, scope(Role.enterprise_head, parley.units[0], kind))
    assert told == letters_of(office, hazard, leads) != []


def test_its_page_shows_a_unit_its_own_and_a_third_one_nothing(
    url: str, engine: Engine, clock: SimulatedClock, tmp_path: Path
) -> None:
    with opened(url, engine, clock, tmp_path / "files") as town:
        parley = Parley(town.office)
        parley.hold()
        with town.visitor(parley.head(0)) as visitor:
            page = visitor.get(f"/cases/{parley.id}")
            assert page.status_code == 200
            assert "兑现会商承诺" in page.text
            assert "承诺0" in page.text
            assert "承诺1" not in page.text
            ours, theirs = addressed(town.office, parley)
            assert f"/cases/{parley.id}/letters/{ours}" in page.text
            assert f"/cases/{parley.id}/letters/{theirs}" not in page.text
            assert visitor.get(f"/cases/{parley.id}/letters/{ours}").status_code == 200
            assert visitor.get(f"/cases/{parley.id}/letters/{theirs}").status_code == 404
            assert "粉尘会商" in visitor.get("/ledger?noun=parley").text
            form = visitor.get(f"/cases/{parley.id}/parley/{parley.id}/keep")
            assert form.status_code == 200
            assert "兑现会商承诺" in visitor.get("/desk").text
        photos = [parley.keep_with_photo(nth) for nth in (0, 1)]
        with town.visitor(parley.head(0)) as visitor:
            for kind in ("thumb", "view"):
                got = [visitor.get(f"/evidence/{photo}/{kind}").status_code for photo in photos]
                assert got == [200, 404]
        with town.visitor(town.who(Role.division_chief)) as visitor:
            page = visitor.get(f"/cases/{parley.id}").text
            assert page.count(f"/cases/{parley.id}/letters/") == 2
        third = town.office.city.who(Role.enterprise_head, parley.units[2])
        with town.visitor(third) as visitor:
            for address in ("/cases/{0}", "/cases/{0}/notices", "/cases/{0}/parley/{0}/keep"):
                there = visitor.get(address.format(parley.id))
                gone = visitor.get(address.format(10**9))
                assert (there.status_code, gone.status_code) == (404, 404)
                assert there.text == gone.text


def test_the_page_asks_the_same_number_of_times_whatever_stands_in_the_case(
    office: Office, parley: Parley
) -> None:
    head = parley.head(0)
    seen = scope(Role.enterprise_head, parley.units[0], OrganisationKind.enterprise)

    def trips() -> int:
        with unit_of_work(office.engine, office.clock, write=False) as work:
            asked, count = work._converse, [0]

            def counted(statements: Any) -> Any:
                count[0] += 1
                return asked(statements)

            work._converse = counted  # type: ignore[method-assign]
            assert casefile.read(work, seen, parley.about[0])
            prospects(work, head, parley.about[0])
        return count[0]

    trips()
    before = trips()
    for nth in range(3):
        facts = {"title": f"会商{nth}", "place_code": PLACE, "about": parley.about}
        office.act(Role.division_chief, "call", facts, noun="parley")
    assert trips() == before


def test_nobody_links_a_case_that_they_may_not_see(office: Office) -> None:
    facts = {"place_code": "341503100", "unit_id": office.city.units["341503"][0]}
    with unit_of_work(office.engine, office.clock) as work:
        lead = {
            "title": "外地隐患",
            "description": "现状",
            "sector": "工贸",
            "source": "inspection",
            "found_on": "2026-03-01",
            **facts,
        }
        inspector = office.city.who(Role.inspector, office.city.at("department", "341503"))
        foreign = perform(work, Subject(noun="hazard"), "report_lead", lead, inspector).case_id
    for about in (foreign, 10**9):
        call = {"title": "会商", "place_code": PLACE, "about": [about]}
        with pytest.raises(BadInput, match="没有这个案件"):
            office.act(Role.division_chief, "call", call, noun="parley")
