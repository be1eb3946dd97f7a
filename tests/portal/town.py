"""A town behind a portal: cases in every stage, people in every post, and a way in for each."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from actions.people.entrance import fingerprint
from guapai.clock import SimulatedClock
from guapai.people import Actor, Role
from guapai.settings import Settings
from portal.web.app import build_app
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.people import organisation as organisations
from storage.people import person as people
from storage.people import session as sessions
from storage.people.session import Session
from tests.actions.conftest import Office
from tests.portal.browser import serving

OTHER = "341503"
"""Another district of the same city."""


@dataclass
class Town:
    """The office of one district with cases in many stages, served over HTTP."""

    office: Office
    home: str
    cases: dict[str, int] = field(default_factory=dict)
    readers: dict[Role, Actor] = field(default_factory=dict)

    def who(self, role: Role, nth: int = 0) -> Actor:
        """The person in a role of this district, or the auditor or administrator of the city."""
        return self.readers.get(role) or self.office.who(role, nth)

    def elsewhere(self, role: Role) -> Actor:
        """The person in the same role in another district, or at another firm of it."""
        city = self.office.city
        side = {
            Role.enterprise_head: city.units[OTHER][0],
            Role.safety_officer: city.units[OTHER][0],
            Role.commission_office: city.at("commission", OTHER),
            Role.commission_chair: city.at("commission", OTHER),
            Role.government: city.at("government", OTHER),
        }
        return city.who(role, side.get(role, city.at("department", OTHER)))

    def neighbour(self, role: Role) -> Actor:
        """The person in the same role at another firm of the same district."""
        city = self.office.city
        return city.who(role, city.units["341502"][1])

    def cookie(self, actor: Actor) -> dict[str, str]:
        """A session for somebody, as the door would have begun it."""
        reference = secrets.token_urlsafe(32)
        with unit_of_work(self.office.engine, self.office.clock) as work:
            sessions.begin(
                work,
                Session(
                    hash=fingerprint(reference),
                    person_id=actor.person_id or 0,
                    token=f"token-{actor.person_id}",
                    role=actor.role,
                    organisation_id=actor.organisation_id,
                    behalf_of=actor.on_behalf_of,
                    began_at=work.now,
                    seen_at=work.now,
                ),
            )
        return {"guapai": reference}

    @contextmanager
    def visitor(self, actor: Actor | None = None) -> Iterator[httpx.Client]:
        """A browser of sorts, signed in as somebody or not at all."""
        cookies = self.cookie(actor) if actor is not None else {}
        with httpx.Client(base_url=self.home, cookies=cookies, trust_env=False) as client:
            yield client

    @staticmethod
    def token(actor: Actor) -> str:
        """The token in the forms of a session that `cookie` began."""
        return f"token-{actor.person_id}"


def fill(office: Office) -> dict[str, int]:
    """Cases in many stages, by what they are called here."""
    return {
        "lead": office.lead(title="水库坝体渗漏"),
        "grading": office.grading(title="粉尘清扫制度未落实"),
        "general": office.general(title="安全出口锁闭"),
        "reported": office.reported(title="危险化学品储罐区未设围堰"),
        "listed": office.listed(title="燃气调压柜泄漏"),
        "rectifying": office.rectifying(title="尾矿库排洪设施损坏"),
        "requested": office.requested(title="老旧建筑存在倒塌危险"),
        "closed": office.closed(title="渡口船舶超载"),
    }


def readers(office: Office) -> dict[Role, Actor]:
    """An auditor and a system administrator at the city's emergency bureau."""
    where = office.city.at("department", "341500")
    out = {}
    with unit_of_work(office.engine, office.clock) as work:
        assert organisations.get(work, where) is not None
        for role in (Role.auditor, Role.system_admin):
            person_id = people.add(work, f"示例{role.value}", f"{role.value}@example.com")
            people.appoint(work, person_id, role, where, date(2020, 1, 1))
            out[role] = Actor(person_id, role, where, None, f"示例{role.value}")
    return out


@contextmanager
def opened(
    url: str, engine: Engine, clock: SimulatedClock, files: Path, **more: Any
) -> Iterator[Town]:
    """The town over a migrated database, its portal served until the block ends."""
    office = Office(engine, clock, files)
    cases = fill(office)
    found = readers(office)
    settings = Settings(database_url=url, files=files)
    with serving(build_app(settings, clock, **more)) as home:
        yield Town(office, home, cases, found)
