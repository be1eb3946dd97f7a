"""The sample noun is lived through the one act, the sweep, the desk, the page and the proof."""

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.act.perform import perform
from actions.act.prospect import prospects
from actions.clock.ladder import sweep
from actions.hand.facts import Subject
from actions.history.verification import verify
from actions.post.digest import gather
from guapai.clock import SimulatedClock
from guapai.errors import BadInput, GuapaiError, NotAllowed, Refused
from guapai.people import CLOCK, Actor, Role
from storage import case as cases
from storage import duty, letter
from storage.database.columns import names_of
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.files import evidence
from storage.history import event
from storage.people.organisation import OrganisationKind
from storage.questions import casefile, desk, fold, ledger
from storage.questions.scope import Scope, scope_of
from storage.questions.wanted import Wanted
from tests.actions.conftest import PLACE, Office, office
from tests.portal.town import opened

__all__ = ["office"]


def scope(role: Role, organisation_id: int, kind: OrganisationKind) -> Scope:
    return scope_of(role, organisation_id, kind, PLACE)


class Parley:
    """Three hazards of two units, and a parley about them."""

    def __init__(self, office: Office, hazards: int = 3) -> None:
        self.office = office
        self.units = office.city.units[PLACE][:3]
        self.about = [
            office.listed(unit_id=self.units[nth % 2], found_on=f"2026-02-{nth + 1:02d}")
            if nth % 2 == 0
            else self._other(nth)
            for nth in range(hazards)
        ]
        facts = {"title": "粉尘会商", "place_code": f"{PLACE}100", "about": self.about}
        self.id = office.act(Role.division_chief, "call", facts, noun="parley").case_id

    def _other(self, nth: int) -> int:
        """A listed hazard of the second unit."""
        kept, self.office.unit = self.office.unit, self.units[1]
        found = self.office.listed(unit_id=self.units[1], found_on=f"2026-02-{nth + 1:02d}")
        self.office.unit = kept
        return found

    def head(self, nth: int) -> Actor:
        return self.office.city.who(Role.enterprise_head, self.units[nth])

    def hold(self, minutes: str = "已会商") -> None:
        promises = [
            {"key": f"p{nth}", "organisation_id": u, "text": f"承诺{nth}", "due_on": "2026-05-20"}
            for nth, u in enumerate(self.units[:2])
        ]
        facts = {"minutes": minutes, "promises": promises}
        self.office.act(Role.division_chief, "hold", facts, self.id, noun="parley")

    def keep(self, who: Actor, promise: str) -> None:
        facts = {"promise": promise, "done": "已完成"}
        self.office.act(who.role, "keep", facts, self.id, noun="parley", actor=who)

    def keep_with_photo(self, nth: int) -> int:
        """A photo that a unit hands in; its id."""
        facts = {"promise": f"p{nth}", "done": "已完成", "evidence": self.office.photos()}
        who = self.head(nth)
        self.office.act(who.role, "keep", facts, self.id, noun="parley", actor=who)
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            return evidence.of_case(work, self.id)[-1].id


@pytest.fixture
def parley(office: Office) -> Parley:
    return Parley(office)


def test_it_lives_from_call_to_close_and_the_proof_holds(office: Office, parley: Parley) -> None:
    parley.hold()
    with pytest.raises(Refused, match="没有本单位"):
        parley.keep(parley.head(0), "p1")
    with pytest.raises(NotAllowed):
        parley.keep(office.city.who(Role.enterprise_head, parley.units[2]), "p0")
    parley.keep(parley.head(0), "p0")
    with pytest.raises(Refused, match="未兑现"):
        office.act(Role.department_head, "close", {}, parley.id, noun="parley")
    parley.keep(parley.head(1), "p1")
    office.act(Role.department_head, "close", {}, parley.id, noun="parley")
    with unit_of_work(office.engine, office.clock, write=False) as work:
        for case in (parley.id, *parley.about):
            assert fold.fold(work, case) == fold.rows_of(work, case)
        ended = {(d.kind, d.state.value) for d in duty.of_case(work, parley.id)}
        assert ended == {("keep_promise", "met"), ("report_parley", "cancelled")}
        assert cases.about(work, parley.id) == sorted(parley.about)
    assert verify(office.engine, office.clock, office.files).faults == []


def test_what_it_touches_moves_in_its_own_case(office: Office, parley: Parley) -> None:
    parley.hold()
    with unit_of_work(office.engine, office.clock, write=False) as work:
        held = event.last(work, "parley", parley.id)
        assert held is not None
        touched = event.of_act(work, held.act_id)
    moved = {(e.noun, e.case_id) for e in touched if e.move == "change_supervision"}
    assert moved == {("hazard", h) for h in parley.about}
    assert json.loads(held.leaf)["subjects"] == [["hazard", h] for h in sorted(parley.about)]


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


def test_the_desk_the_sweep_and_the_ledger_know_it(office: Office, parley: Parley) -> None:
    parley.hold()
    head = parley.head(0)
    seen = scope(Role.enterprise_head, parley.units[0], OrganisationKind.enterprise)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        wanted = desk.Narrow(kind="keep_promise", filter="", after=(office.clock(), 0))
        (task,) = desk.read(work, seen, head, wanted, office.clock()).tasks
        assert (task.noun, task.row_id, task.row_state) == ("parley", parley.id, "held")
        assert [r.id for r in ledger.page(work, seen, Wanted(noun="parley"))] == [parley.id]
        assert parley.id not in [r.id for r in ledger.page(work, seen, Wanted())]
        assert {p.move.name for p in prospects(work, head, parley.id) if p.open} == {"keep"}
    office.clock.advance(timedelta(days=100))
    sweep(office.engine, office.clock)
    assert gather(office.engine, office.clock) > 0
    with unit_of_work(office.engine, office.clock, write=False) as work:
        slots = {d.slot[:7] for d in duty.of_case(work, parley.id) if d.kind == "report_parley"}
        assert slots == {"2026-Q1", "2026-Q2"}
        found = event.of_case(work, parley.id)
    assert {e.move for e in found} >= {"call", "hold", "rung", "period"}
    faults = verify(office.engine, office.clock, office.files).faults
    assert {f.what for f in faults} == {"late"}  # no post runs here


def test_a_quarter_is_born_once_by_the_clock(office: Office) -> None:
    department = office.city.at("department", PLACE)
    facts = {
        "title": "季度会商",
        "place_code": PLACE,
        "organisation_id": department,
        "period": "2026-Q1",
    }
    born = []
    for _ in range(2):
        with unit_of_work(office.engine, office.clock) as work:
            subject = Subject(noun="parley")
            key = f"{department}:2026-Q1"
            born.append(perform(work, subject, "open_quarter", facts, CLOCK, key=key))
    assert born[0].case_id == born[1].case_id
    assert born[1].replayed


class Beside:
    """Acts from several threads; what goes wrong otherwise than by being overtaken is kept."""

    def __init__(self, office: Office, parley: Parley) -> None:
        self.office, self.parley = office, parley
        self.wrong: list[BaseException] = []
        self.held: list[int] = []

    def act(self, subject: Subject, name: str, facts: dict[str, Any], who: Actor) -> int | None:
        """One act in a transaction of its own; its case, or None when it was refused."""
        try:
            with unit_of_work(self.office.engine, self.office.clock) as work:
                return perform(work, subject, name, facts, who).case_id
        except GuapaiError:
            return None
        except BaseException as error:  # a deadlock is what is looked for
            self.wrong.append(error)
            return None

    def hold(self, rounds: int) -> None:
        chief = self.office.who(Role.division_chief)
        for nth in range(rounds):
            facts = {"title": "又一次会商", "place_code": PLACE, "about": self.parley.about}
            born = self.act(Subject(noun="parley"), "call", facts, chief)
            subject = Subject(noun="parley", row_id=born)
            if self.act(subject, "hold", {"minutes": str(nth)}, chief):
                self.held.append(born or 0)

    def visit(self, case: int, rounds: int) -> None:
        inspector = self.office.who(Role.inspector)
        for _ in range(rounds):
            facts = {"finding": "在改", "percent": 10}
            self.act(Subject(noun="hazard", row_id=case), "record_visit", facts, inspector)


def test_seven_cases_at_once_beside_each_of_them(office: Office) -> None:
    """Acts over seven linked hazards beside acts on each: no deadlock, no lost link."""
    beside = Beside(office, Parley(office, hazards=7))
    rounds = 200 if "postgresql" in str(office.engine.url) else 20
    about = beside.parley.about
    threads = [threading.Thread(target=beside.hold, args=(rounds,))]
    threads += [threading.Thread(target=beside.visit, args=(c, rounds // 4)) for c in about]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert beside.wrong == []
    assert len(beside.held) == rounds
    with unit_of_work(office.engine, office.clock, write=False) as work:
        for case in beside.held:
            assert cases.about(work, case) == sorted(about)
        for case in about:
            assert fold.fold(work, case) == fold.rows_of(work, case)


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
