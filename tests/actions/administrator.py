"""Somebody who operates the system: given a post, and at work on incidents."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from actions.act.perform import Done, perform
from actions.hand.facts import Subject
from actions.upkeep.incidents import Tended, tend
from guapai.people import Actor, Role
from storage import case, incident
from storage.database.work import unit_of_work
from storage.incident import IncidentItem
from storage.people import person as people
from tests.actions.conftest import Office

HOME = "341500"


class Administrator:
    """A system administrator at the emergency bureau of the city, and what they come upon."""

    def __init__(self, office: Office, *, email: str = "system.admin@example.com") -> None:
        self.office = office
        where = office.city.at("department", HOME)
        with unit_of_work(office.engine, office.clock) as work:
            person_id = people.add(work, "示例管理员", email)
            people.appoint(work, person_id, Role.system_admin, where, date(2020, 1, 1))
        self.actor = Actor(person_id, Role.system_admin, where, None, "示例管理员")

    def tend(self) -> Tended:
        """What the sweep does about operation."""
        tended = tend(self.office.engine, self.office.clock)
        assert tended.failed == set()
        return tended

    def act(self, case_id: int, move: str, **facts: Any) -> Done:
        """Make a move of an incident."""
        subject = Subject(noun="incident", row_id=case_id)
        with unit_of_work(self.office.engine, self.office.clock) as work:
            return perform(work, subject, move, facts, self.actor)


def incidents_of(office: Office) -> list[Mapping[str, Any]]:
    """Every incident there is, oldest first."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        asked = case.root_of(incident.TABLE).order_by(case.TABLE.c.id)
        return [
            dict(row) for row in work.execute(asked.add_columns(case.TABLE.c.id)).mappings().all()
        ]


def items_of(office: Office, case_id: int) -> list[IncidentItem]:
    """What an incident is about, oldest first."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        asked = sa.select(incident.ITEMS).where(incident.ITEMS.c.case_id == case_id)
        rows = work.execute(asked.order_by(incident.ITEMS.c.id)).mappings()
        return [IncidentItem(**row) for row in rows]
