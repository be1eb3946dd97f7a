"""Running cases move to a new version of their pack: as previewed, in the history, once."""

import json
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from actions.clock.ladder import sweep
from actions.history.verification import LATE, verify
from actions.post.digest import gather
from actions.upkeep.repack import Moved, repack
from guapai.errors import BadInput, Missing, NotAllowed
from guapai.people import Role
from law.pack import read_packs, shipped_texts
from statemachines.vocabulary import VOCABULARY
from storage import duty, hazard, letter
from storage.database.work import unit_of_work
from storage.history import event
from storage.questions import fold
from storage.upkeep import pack
from tests.actions.conftest import Office

NEW_RUNGS = """
[duties.grade]
within = {{ value = "{grade}", basis = "qingdao_3x", kind = "reference" }}
rungs = [
  {{ id = "early", at = "-30d", effect = "send", to = ["owner"], say = "新的提前提醒", basis = "own_ladder", kind = "own" }},
  {{ id = "soon", at = "-1d", effect = "send", to = ["owner"], say = "明日到期（新版）", basis = "own_ladder", kind = "own" }},
  {{ id = "visit", at = "-40d", effect = "open", opens = "visit", basis = "own_ladder", kind = "own" }},
]
"""


MIDDLE = """  { id = "middle", at = "-2d", effect = "flag", basis = "own_ladder", kind = "own" },
"""


def _publish(office: Office, grade: str = "8wd", *, without: str = "", more: str = "") -> int:
    """A new version of the city's pack, with another term and ladder for grading; its id."""
    texts = dict(shipped_texts())
    rungs = [
        x for x in NEW_RUNGS.format(grade=grade).splitlines() if not without or without not in x
    ]
    texts["luan"] += "\n".join(rungs[:-1]) + f"\n{more}{rungs[-1]}\n"
    new = read_packs(texts, VOCABULARY)["luan"]
    with unit_of_work(office.engine, office.clock) as work:
        published = pack.publish(work, new)
    assert published is not None
    return published


def _move(office: Office, *, preview: bool = False, place: str = "") -> list[Moved]:
    actor = office.who(Role.commission_office)
    done = repack(office.engine, "luan", actor, office.clock, place=place, preview=preview)
    assert done.name == "luan"
    return done.cases


def _duties(office: Office, case: int) -> dict[str, duty.Duty]:
    """The latest duty of each kind."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return {d.kind: d for d in duty.of_case(work, case)}


def _rungs(office: Office, duty_id: int) -> Mapping[str, str]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return {r.rung: r.outcome for r in duty.rungs_of(work, duty_id)}


def _events(office: Office, case: int) -> list[event.Event]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return event.of_case(work, case)


def _assert_holds(office: Office) -> None:
    found = verify(office.engine, office.clock, office.files).faults
    assert [f for f in found if f.what != LATE] == []


def test_cases_move_as_previewed_once_and_with_their_history(office: Office) -> None:
    waits, runs, over = office.grading(), office.rectifying(), office.closed()
    old, before = _duties(office, waits)["grade"], len(_events(office, waits))
    published = _publish(office)
    preview = _move(office, preview=True)
    assert len(_events(office, waits)) == before
    assert _duties(office, waits)["grade"] == old
    moved = _move(office)
    assert moved == preview
    assert [m.case_id for m in moved] == [waits, runs], "what is closed stays as it was"
    assert _move(office) == []
    (change,) = moved[0].duties
    new = _duties(office, waits)["grade"]
    assert (old.due_on, new.due_on) == (date(2026, 3, 5), date(2026, 3, 12))
    assert (change.old, change.new, change.spared) == (old.due_at, new.due_at, False)
    assert (new.id, new.term, new.basis) == (old.id, "8wd", "qingdao_3x")
    last = _events(office, waits)[-1]
    leaf = json.loads(last.leaf)
    assert (last.noun, last.move, last.basis, last.pack_id) == (
        *("hazard", "repack", "own_repack"),
        published,
    )
    assert last.person_id == office.who(Role.commission_office).person_id
    assert leaf["facts"]["to"] == published
    (noted,) = leaf["notes"]["redated"]
    assert noted["duty_id"] == old.id
    assert noted["old"] == old.due_at.isoformat()
    assert noted["new"] == new.due_at.isoformat()
    assert len([e for e in _events(office, runs) if e.move == "repack"]) == 1
    assert [e for e in _events(office, over) if e.move == "repack"] == []
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert fold.fold(work, waits) == fold.rows_of(work, waits)
        row = hazard.get(work, waits)
        assert row is not None
        assert row.pack_id == published
    _assert_holds(office)


def test_what_was_said_stays_said_and_only_deeds_are_made_up_for(office: Office) -> None:
    case = office.grading()
    office.clock.advance(timedelta(days=2))
    sweep(office.engine, office.clock)
    grade = _duties(office, case)["grade"]
    assert _rungs(office, grade.id) == {"soon": "fired"}
    _publish(office, more=MIDDLE)
    _move(office)
    assert _rungs(office, grade.id) == {"soon": "fired", "early": "passed"}
    assert "visit" not in _duties(office, case)
    sweep(office.engine, office.clock)
    assert _rungs(office, grade.id) == {"soon": "fired", "early": "passed", "visit": "fired"}
    assert "visit" in _duties(office, case)
    for _ in range(14):
        office.clock.advance(timedelta(days=1))
        sweep(office.engine, office.clock)
    known = {"soon": "fired", "early": "passed", "visit": "fired", "middle": "fired"}
    climbed = {"late": "fired", "wd3": "fired"}
    assert _rungs(office, grade.id) == known | climbed
    assert _duties(office, case)["grade"].next_rung_at is not None
    with office.engine.connect() as connection:
        lines = connection.scalar(
            sa.select(sa.func.count()).where(
                letter.LINES.c.duty_id == grade.id, letter.LINES.c.rung.in_(list(known))
            )
        )
    assert lines == 1, "the owner's reminder of the day before the old date, and no other"
    assert "recount" not in {e.move for e in _events(office, case)}, "nothing is waited for twice"
    _assert_holds(office)


def test_a_reminder_that_waits_says_what_it_said_when_it_fired(office: Office) -> None:
    case = office.grading()
    office.clock.advance(timedelta(days=4))
    sweep(office.engine, office.clock)  # fires "soon" and "late"; the new ladder has no "late"
    _publish(office, grade="3wd")
    _move(office)
    gather(office.engine, office.clock)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        texts = [r.text for r in letter.every(work) if r.kind == "digest"]
    assert any("已逾期，请立即办理并说明原因" in t for t in texts)
    assert all("（新版）" not in t for t in texts)
    assert _duties(office, case)["grade"].state == "open"


def test_no_duty_becomes_late_by_a_new_version(office: Office) -> None:
    case = office.grading()
    office.clock.advance(timedelta(days=2))
    old = _duties(office, case)["grade"]
    _publish(office, grade="1wd")
    preview = _move(office, preview=True)
    assert _move(office) == preview
    (change,) = preview[0].duties
    assert change.spared
    assert change.new < office.clock() < change.old
    new = _duties(office, case)["grade"]
    assert (new.due_at, new.term, new.basis) == (old.due_at, old.term, old.basis)
    _assert_holds(office)


def test_a_suspended_duty_goes_on_with_its_new_term(office: Office) -> None:
    case = office.grading()
    facts = {"reason": "判定存疑", "document_no": "委1号"}
    office.act(Role.department_head, "ask_experts", facts, case)
    office.clock.advance(timedelta(days=14))
    _publish(office, grade="1wd")
    preview = _move(office, preview=True)
    assert _move(office) == preview
    assert not preview[0].duties[0].spared, "its time stands still"
    grade = _duties(office, case)["grade"]
    assert (grade.state, grade.term, grade.next_rung_at) == ("suspended", "1wd", None)
    office.act(Role.division_chief, "receive_opinion", {"opinion": "属重大隐患"}, case)
    grade = _duties(office, case)["grade"]
    assert (grade.state, grade.due_on) == ("open", date(2026, 3, 17))
    _assert_holds(office)


def test_a_reminder_sent_before_a_suspension_is_not_waited_for_again(office: Office) -> None:
    case = office.grading()
    office.clock.advance(timedelta(days=2))
    sweep(office.engine, office.clock)
    facts = {"reason": "判定存疑", "document_no": "委1号"}
    office.act(Role.department_head, "ask_experts", facts, case)
    office.clock.advance(timedelta(days=16))
    office.act(Role.division_chief, "receive_opinion", {"opinion": "属重大隐患"}, case)
    assert _duties(office, case)["grade"].due_on == date(2026, 3, 23)
    office.clock.advance(timedelta(days=2))  # the day before, as once already
    sweep(office.engine, office.clock)
    assert "recount" not in {e.move for e in _events(office, case)}
    _assert_holds(office)


def test_a_reminder_that_is_behind_is_still_sent(office: Office) -> None:
    case = office.grading()
    office.clock.advance(timedelta(days=3))  # "soon" has come, and no sweep yet
    _publish(office, grade="3wd")
    assert [m.duties for m in _move(office)] == [()], "the term is as long as before"
    grade = _duties(office, case)["grade"]
    assert _rungs(office, grade.id) == {"early": "passed"}
    sweep(office.engine, office.clock)
    assert _rungs(office, grade.id) == {"early": "passed", "soon": "fired", "visit": "fired"}
    _assert_holds(office)


def test_a_rung_that_goes_and_comes_back_is_done_with(office: Office) -> None:
    case = office.grading()
    for more in ({}, {"without": "early"}, {"grade": "9wd"}):
        _publish(office, **more)
        assert [m.case_id for m in _move(office)] == [case]
    grade = _duties(office, case)["grade"]
    assert _rungs(office, grade.id) == {"early": "passed"}
    assert (grade.term, grade.due_on) == ("9wd", date(2026, 3, 13))
    _assert_holds(office)


def test_a_date_in_a_paper_and_a_term_in_a_notice_stay(office: Office) -> None:
    case = office.rectifying()
    old = _duties(office, case)
    _publish(office)
    assert [m.duties for m in _move(office)] == [()]
    new = _duties(office, case)
    assert {k: d.due_at for k, d in new.items()} == {k: d.due_at for k, d in old.items()}


def test_only_a_commission_moves_cases_and_only_its_own(office: Office) -> None:
    case = office.grading()
    _publish(office)
    with pytest.raises(NotAllowed, match="cases are moved by"):
        repack(office.engine, "luan", office.who(Role.inspector), office.clock)
    with pytest.raises(NotAllowed, match="not of 341503"):
        _move(office, place="341503")
    with pytest.raises(BadInput, match="no place code"):
        _move(office, place="六安")
    with pytest.raises(Missing, match="no pack 'x'"):
        repack(office.engine, "x", office.who(Role.commission_office), office.clock)
    city = office.city.who(Role.commission_office, office.city.at("commission", "341500"))
    for place, found in (("341503", []), ("341502101", []), ("341500", [case]), ("", [case])):
        done = repack(office.engine, "luan", city, office.clock, place=place, preview=True)
        assert [m.case_id for m in done.cases] == found, place
