"""What was decided wrongly is put right: graded down, voided, found to be there already (law.md BM, B30, B1)."""

from typing import Any

import pytest

from guapai.errors import BadInput, Refused
from guapai.people import Role
from statemachines.hazard import HAZARD
from statemachines.hazard.states import GENERAL, TREATED, HazardState
from storage import duty as duties
from storage import hazard as hazards
from storage import listing as listings
from storage.database.work import unit_of_work
from storage.people.organisation import OrganisationKind
from storage.questions import casefile, fold
from storage.questions.scope import ALL, scope_of
from tests.actions.conftest import PLACE, Office

MAJOR = {HazardState.major_confirmed, HazardState.reported, *TREATED}


def _row(office: Office, case: int) -> hazards.Hazard:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = hazards.get(work, case)
        assert fold.fold(work, case) == fold.rows_of(work, case)
    assert found is not None
    return found


def _open(office: Office, case: int) -> set[str]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return {d.kind for d in duties.of_case(work, case) if d.state == "open"}


def _published(office: Office, case: int, move: str = "publish_listing") -> None:
    today = office.clock().date().isoformat()
    office.act(Role.publisher, move, {"medium": "网站", "published_on": today}, case)


def _downgraded(office: Office, case: int, *signers: Role) -> None:
    facts: dict[str, Any] | None = {
        "reason": "不符合重大隐患判定标准",
        "clauses": ["LA-工贸-01"],
        "evidence": office.photos(),
    }
    for role in signers:
        office.act(role, "downgrade", facts, case)
        facts = None


def _fixed(office: Office, case: int) -> None:
    office.act(Role.safety_officer, "report_fixed", {"done": "已整改"}, case)
    office.act(Role.inspector, "pass_recheck", {"opinion": "合格"}, case)
    office.act(Role.inspector, "pass_recheck", None, case, nth=1)


@pytest.mark.parametrize("public", [True, False])
def test_a_listed_hazard_that_is_a_general_one_is_fixed_as_one(
    office: Office, public: bool
) -> None:
    case = office.rectifying()
    if public:
        _published(office, case)
    asked = {
        "reason": "设备未到",
        "progress": "过半",
        "interim_measures": "围挡",
        "asked_deadline": "2026-08-01",
    }
    office.act(Role.enterprise_head, "apply", asked, noun="deferral", case=case)
    _downgraded(office, case, Role.division_chief)
    assert _row(office, case).state == "rectifying"
    _downgraded_by_chair = office.act(Role.commission_chair, "downgrade", None, case)
    assert _downgraded_by_chair.state == "general_fixing"
    row = _row(office, case)
    assert (row.grade, row.level, row.listed_at, row.served_at) == ("general", None, None, None)
    assert row.deadline is not None
    assert (row.first_deadline, row.clauses) == (row.deadline, "LA-工贸-01")
    assert _open(office, case) == {"fix", *(["publish_correction"] if public else [])}
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert {x.state for x in listings.of_case(work, case)} == {"lifted"}
    _fixed(office, case)
    assert _row(office, case).state == "closed"
    if public:
        _published(office, case, "publish_correction")
    assert _open(office, case) == set()
    with pytest.raises(Refused, match="没有应当公开更正"):
        _published(office, case, "publish_correction")


def test_a_major_hazard_that_is_not_listed_yet_is_graded_down_by_the_department(
    office: Office,
) -> None:
    case = office.grading()
    facts = {"clauses": ["LA-工贸-01"], "causes": "缺失", "harm": "较大"}
    office.act(Role.division_chief, "grade_major", facts, case)
    office.act(Role.expert, "grade_major", None, case)
    _downgraded(office, case, Role.division_chief, Role.expert)
    assert (_row(office, case).state, _open(office, case)) == ("general_fixing", {"fix"})
    _fixed(office, case)


def test_what_nobody_can_do_any_more_ends_when_a_hazard_is_graded_down() -> None:
    """Every duty of the major track that no move of the general one meets."""
    moves = HAZARD.procedure.moves
    for move in (m for m in moves if m.name == "downgrade"):
        for kind in (k for k in HAZARD.duties if not k.outlives):
            each = {m.name: [e.kind for e in m.opens_each] for m in moves}
            opened = [m for m in moves if kind.name in (*m.opens, *m.may_open, *each[m.name])]
            here = {s for m in opened for s in ([m.dest] if m.dest else m.source)} & set(
                move.source
            )
            meeting = {s for m in moves if kind.name in m.meets for s in m.source}
            if here and not meeting & set(GENERAL):
                assert kind.name in move.cancels, (move.title, kind.name)


def test_worse_than_thought_is_graded_without_the_old_term(office: Office) -> None:
    case = office.general()
    with pytest.raises(BadInput):
        office.act(Role.inspector, "regrade", {"opinion": "另有两处"}, case)
    worse = {"opinion": "另有两处", "evidence": office.photos()}
    office.act(Role.inspector, "regrade", worse, case)
    row = _row(office, case)
    assert (row.deadline, row.first_deadline, row.term_started_on) == (None, None, None)
    assert (row.grade, _open(office, case)) == ("none", {"grade"})


def test_a_published_listing_that_is_voided_owes_its_correction(office: Office) -> None:
    case = office.listed()
    _published(office, case)
    wrong = {"reason": "判定有误", "ground": "wrong_grading"}
    office.act(Role.commission_chair, "void", wrong, case)
    assert (_row(office, case).state, _open(office, case)) == ("voided", {"publish_correction"})
    _published(office, case, "publish_correction")
    assert _open(office, case) == set()


def test_a_duplicate_names_a_hazard_that_stands_and_both_show_it(office: Office) -> None:
    first, second, third = office.grading(), office.grading(), office.grading()
    facts = {"reason": "同一处", "ground": "duplicate", "duplicate_of": 999_999}
    with pytest.raises(Refused, match="没有这一隐患"):
        office.act(Role.department_head, "void", facts, second)
    facts["duplicate_of"] = first
    office.act(Role.department_head, "void", facts, second)
    with pytest.raises(Refused, match="本身已经撤销"):
        office.act(Role.department_head, "void", {**facts, "duplicate_of": second}, third)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        files = {c: casefile.read(work, ALL, c) for c in (first, second)}
    seen = {c: (x.linked[0]["id"], x.linked[0]["kind"]) for c, x in files.items() if x}
    assert seen == {first: (second, "duplicate"), second: (first, "duplicate")}
    assert [e.move for e in (files[first] and files[first].elsewhere) or []] == ["void"]


def test_nobody_learns_of_a_case_by_naming_it_as_a_double(office: Office) -> None:
    theirs = office.city.who(Role.inspector, office.city.at("department", "341503"))
    hidden = office.lead(
        actor=theirs, place_code="341503100", unit_id=office.city.units["341503"][0]
    )
    case = office.grading()
    facts = {"reason": "同一处", "ground": "duplicate", "duplicate_of": hidden}
    with pytest.raises(Refused, match="没有这一隐患，或您无权查看"):
        office.act(Role.department_head, "void", facts, case)


def test_the_same_lead_is_registered_once_unless_something_is_different(office: Office) -> None:
    same = {"another_because": ""}
    case = office.lead(**same)
    number = _row(office, case).number
    with pytest.raises(Refused, match=number):
        office.lead(**same)
    officer = office.who(Role.safety_officer)
    own = office.lead(
        actor=officer, **same, source="self_report"
    )  # not told of what it may not know
    assert own != case
    assert office.lead(another_because="另一台除尘器") not in (case, own)
    scope = scope_of(Role.safety_officer, office.unit, OrganisationKind.enterprise, PLACE)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert casefile.find(work, scope, case) is None
