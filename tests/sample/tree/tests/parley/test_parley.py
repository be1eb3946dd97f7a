"""The sample noun is lived through the one act, the sweep, the desk and the proof."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from tests.parley.parley import Parley, scope

from actions.act.perform import perform
from actions.act.prospect import prospects
from actions.clock.ladder import sweep
from actions.hand.facts import Subject
from actions.history.verification import verify
from actions.post.digest import gather
from guapai.errors import GuapaiError, NotAllowed, Refused
from guapai.people import CLOCK, Actor, Role
from storage import case as cases
from storage import duty
from storage.database.work import unit_of_work
from storage.history import event
from storage.people.organisation import OrganisationKind
from storage.questions import desk, fold, ledger
from storage.questions.wanted import Wanted
from tests.actions.conftest import PLACE, Office


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
