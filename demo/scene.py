"""A person at a desk: one duty of one case, today, and the ways to act on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Protocol

from actions.act.perform import Done, perform
from actions.hand.facts import Subject
from demo.city import City
from demo.findings import Finding
from demo.personas import Persona
from demo.picture import Photos
from flows.timetable import Ground
from guapai.clock import SimulatedClock
from guapai.people import Actor, Role
from law.calendar import Calendar
from statemachines.facts import Level
from statemachines.level import level_of
from statemachines.listing.row import ListingState
from statemachines.side import SIDE
from storage import deferral, listing
from storage import paper as papers
from storage.database.work import unit_of_work
from storage.questions.owing import OpenDuty

_STEP = timedelta(seconds=40)
"""How long an act takes; the acts of a day begin at 09:00."""


class Life(Protocol):
    """What a scene needs of the life it is part of: the city, its clock, and what was found there."""

    ground: Ground
    clock: SimulatedClock
    city: City
    calendar: Calendar
    photos: Photos
    findings: dict[str, Finding]
    applied: set[str]

    def persona(self, organisation_id: int, *, firm: bool) -> Persona:
        """What the people of an organisation are like."""

    def in_charge(self, actor: Actor, day: date) -> Actor:
        """Who acts for a head that is away. Raises Refused when nobody stands in."""


@dataclass
class Scene:
    """One open duty, the persona of who owes it, and chance of its own."""

    year: Life
    duty: OpenDuty
    persona: Persona
    day: date
    luck: Random

    def act(
        self,
        role: Role,
        move: str,
        facts: Mapping[str, Any] | None = None,
        *,
        side: str = "",
        noun: str = "hazard",
        row: int | None = None,
        nth: int = 0,
    ) -> Done:
        """Make a move of the case, or of another row of it. Raises what `perform` raises."""
        self.year.clock.advance(_STEP)
        subject = Subject(noun=noun, row_id=row, case_id=self.duty.case_id)
        if noun == "hazard":
            subject = Subject(noun=noun, row_id=self.duty.case_id)
        actor = self.who(role, side or SIDE[role], nth)
        with unit_of_work(self.year.ground.engine, self.year.clock) as work:
            return perform(work, subject, move, facts, actor)

    def sign(self, move: str, facts: Mapping[str, Any], *signers: tuple[Role, int]) -> Done:
        """Let several sign the same decision; the first says what it is."""
        (first, nth), *others = signers
        done = self.act(first, move, facts, nth=nth)
        for role, which in others:
            done = self.act(role, move, nth=which)
        return done

    def who(self, role: Role, side: str, nth: int = 0) -> Actor:
        """The person in a role on a side of the case; an expert sits with the department."""
        organisation_id = self.organisation("department" if side == "any" else side)
        return self.year.in_charge(self.year.city.who(role, organisation_id, nth), self.day)

    def organisation(self, side: str) -> int:
        """The organisation on a side of the case."""
        found = getattr(self.duty, f"{side}_id")
        assert found is not None, (side, self.duty.kind)
        return int(found)

    def chance(self, share: float) -> bool:
        """True in such a share of the cases."""
        return self.luck.random() < share

    def later(self, days: int) -> str:
        """A date so many days from today, a working day."""
        return self.year.calendar.next_workday(self.day + timedelta(days=days)).isoformat()

    def deferrals(self) -> list[deferral.Deferral]:
        """The deferrals of the case."""
        with unit_of_work(self.year.ground.engine, self.year.clock, write=False) as work:
            return deferral.of_case(work, self.duty.case_id)

    def notice_no(self) -> str:
        """The number of the notice of the listing; of an order there is none."""
        with unit_of_work(self.year.ground.engine, self.year.clock, write=False) as work:
            return papers.number_of(work, self.duty.case_id, "listing_notice")

    def listed(self) -> listing.Listing | None:
        """The listing that is on, if there is one."""
        with unit_of_work(self.year.ground.engine, self.year.clock, write=False) as work:
            rows = listing.of_case(work, self.duty.case_id)
        return next((r for r in rows if r.state == ListingState.listed), None)

    def proposed(self) -> listing.Listing | None:
        """The listing that was proposed last."""
        with unit_of_work(self.year.ground.engine, self.year.clock, write=False) as work:
            return next(reversed(listing.of_case(work, self.duty.case_id)), None)

    def on_listing(
        self, role: Role, move: str, facts: Mapping[str, Any] | None = None, side: str = ""
    ) -> Done:
        """Make a move of the listing that was proposed last."""
        row = self.proposed()
        assert row is not None, self.duty.number
        return self.act(role, move, facts or {}, side=side, noun="listing", row=row.id)

    def level(self) -> Level:
        """The level of the commission of the case."""
        return level_of(self.year.city.place_of(self.organisation("commission")))
