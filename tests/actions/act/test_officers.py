"""Officers are natural persons with a valid certificate, of the department that acts."""

import json
from datetime import date
from typing import Any

import pytest

from actions.act.administration import By
from actions.people.account import change_person
from guapai.clock import local_date
from guapai.errors import BadInput, Refused
from guapai.people import Role
from storage.database.work import unit_of_work
from storage.history import event as events
from storage.people import person as people
from tests.actions.conftest import FOUNDER, Office


def _verify(office: Office, case: int, officers: list[Any]) -> None:
    facts = {"finding": "属实", "officers": officers}
    office.act(Role.inspector, "verify", facts, case)


def _certify(office: Office, person_id: int, by: By = FOUNDER, **certificate: Any) -> None:
    with unit_of_work(office.engine, office.clock) as work:
        person = people.get(work, person_id)
        assert person is not None
        change_person(work, by, person, **certificate)


def test_two_officers_are_two_persons_of_the_department_with_valid_certificates(
    office: Office,
) -> None:
    case, (one, other) = office.lead(), office.officers
    elsewhere = office.city.officers(office.city.at("department", "341503"))[0]
    enterprise = office.who(Role.safety_officer).person_id
    for wrong in ([one], [one, one], [one, elsewhere], [one, enterprise], [one, 10**15]):
        with pytest.raises(Refused):
            _verify(office, case, wrong)
    with pytest.raises(BadInput):
        _verify(office, case, ["甲", "乙"])
    _certify(office, other, certificate_until=date(2020, 1, 1))
    with pytest.raises(Refused, match="有效期内"):
        _verify(office, case, [one, other])
    _certify(office, other, certificate_until=local_date(office.clock()))
    _verify(office, case, [one, other])
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (done,) = [e for e in events.of_case(work, case) if e.move == "verify"]
    assert json.loads(done.leaf)["facts"]["officers"] == [one, other]


def test_another_certificate_has_an_end_of_its_own(office: Office) -> None:
    one = office.officers[0]
    _certify(office, one, certificate_until=date(2027, 1, 1))
    _certify(office, one, certificate="示例证99999")
    with unit_of_work(office.engine, office.clock, write=False) as work:
        person = people.get(work, one)
    assert person is not None
    assert (person.certificate_no, person.certificate_until) == ("示例证99999", None)
