"""A unit is not told of a lead until it is verified on site; what it reported itself it sees."""

import pytest

from actions.hand.recipients import readers
from guapai.errors import Refused
from guapai.people import Role
from law.rung import Rung
from statemachines.secrecy import Secrecy
from storage import duty, letter
from storage.database.work import unit_of_work
from storage.people.organisation import OrganisationKind
from storage.questions import casefile
from storage.questions.scope import ALL, scope_of
from tests.actions.conftest import PLACE, Office


def seen(office: Office, case: int) -> dict[str, bool]:
    """Whether the unit, the department, the office above and an auditor see a case."""
    seats = {
        "unit": (Role.safety_officer, office.unit, OrganisationKind.enterprise),
        "department": (
            Role.inspector,
            office.city.at("department", PLACE),
            OrganisationKind.department,
        ),
        "commission": (
            Role.commission_office,
            office.city.at("commission", PLACE),
            OrganisationKind.commission,
        ),
    }
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = {
            name: casefile.find(work, scope_of(*seat, PLACE), case) is not None
            for name, seat in seats.items()
        }
        return {**found, "auditor": casefile.find(work, ALL, case) is not None}


ALL_BUT_THE_UNIT = {"unit": False, "department": True, "commission": True, "auditor": True}
EVERYBODY = dict.fromkeys(ALL_BUT_THE_UNIT, True)


def test_a_lead_of_an_inspector_is_shown_to_the_unit_once_it_is_verified(office: Office) -> None:
    case = office.lead()
    assert seen(office, case) == ALL_BUT_THE_UNIT
    office.act(Role.inspector, "verify", {"finding": "属实", "officers": office.officers}, case)
    assert seen(office, case) == EVERYBODY


def test_a_unit_whose_production_is_stopped_is_told_though_nothing_is_verified(
    office: Office,
) -> None:
    case = office.lead()
    office.stop(case, "part")
    assert seen(office, case) == EVERYBODY
    with unit_of_work(office.engine, office.clock, write=False) as work:
        told = {n.kind for n in letter.of_case(work, case) if n.organisation_id == office.unit}
    assert told == {"production_stopped"}


def test_a_lead_that_was_nothing_is_never_shown_to_the_unit(office: Office) -> None:
    case = office.lead()
    office.act(Role.division_chief, "dismiss", {"reason": "现场未见隐患"}, case)
    assert seen(office, case) == ALL_BUT_THE_UNIT
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert [n for n in letter.of_case(work, case) if n.organisation_id == office.unit] == []


def test_a_unit_sees_what_it_reported_itself(office: Office) -> None:
    case = office.lead(actor=office.who(Role.safety_officer), source="self_report")
    assert seen(office, case) == EVERYBODY


def test_a_ladder_does_not_speak_to_a_unit_that_was_not_told(office: Office) -> None:
    case = office.lead()
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (open_duty,) = duty.of_case(work, case)
    rung = Rung.model_construct(to=("unit.enterprise_head", "owner"))
    told = {**vars(open_duty), "unit_id": office.unit, "department_id": 1}
    for secrecy, unit_too in ((Secrecy.unannounced, False), (Secrecy.open, True)):
        there = type("Told", (), {**told, "secrecy": secrecy})
        found = readers(there, rung)
        assert ((Role.enterprise_head, office.unit) in found) is unit_too
        assert Role(open_duty.owner_role) in {role for role, _ in found}


def test_nobody_can_enter_a_tip_off_where_everybody_reads_it(office: Office) -> None:
    for role in (Role.inspector, Role.division_chief):
        with pytest.raises(Refused, match="举报不在此登记"):
            office.lead(actor=office.who(role), source="tip_off")
