"""The sample city lives: every day things are found, the clock runs, and people do their duties."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from actions.act.perform import perform
from actions.hand.facts import Subject
from demo.answers import ANSWERS
from demo.city import PLACES, City, sector_of
from demo.findings import RESERVOIRS, Finding, dam, find
from demo.personas import Persona, acts_on, away, persona_of
from demo.picture import Photos
from demo.scene import Scene
from demo.treatment import ask_for_time, wants_time
from demo.turns import turn
from flows.running import run_due
from flows.timetable import Ground, jobs_on
from guapai.clock import LOCAL, SimulatedClock, local_date
from guapai.errors import GuapaiError, Refused
from guapai.people import Actor, Role
from law.calendar import Calendar
from storage import hazard as hazards
from storage.database.work import unit_of_work
from storage.people import person as people
from storage.questions import owing
from storage.questions.owing import OpenDuty

_TICKS = (time(0, 5), time(8, 31), time(17, 0))
"""When the timetable is run each day; people come at 09:00 on working days."""

_FOUND_A_DAY = (0, 1, 1, 1, 2)
"""How many hazards a working day brings, each as likely (own: some 260 in 400 days)."""

_DAMS_EVERY = 9
"""Working days between one reservoir's report and the next."""


POINT = "隐患部位"
"""Where the sample city's pictures are taken."""


@dataclass
class Year:
    """The life of the city under a simulated clock; what happens hangs on the seed and the days."""

    ground: Ground
    clock: SimulatedClock
    city: City
    calendar: Calendar
    seed: int
    photos: Photos
    findings: dict[str, Finding] = field(default_factory=dict)
    applied: set[str] = field(default_factory=set)
    turned: dict[str, str] = field(default_factory=dict)
    found: int = 0
    working_days: int = 0
    _days: dict[int, date] = field(default_factory=dict)
    _asked: set[int] = field(default_factory=set)
    _covered: set[tuple[int, date]] = field(default_factory=set)

    def live(self, day: date) -> None:
        """One day: midnight, the morning's reminders, people at work, the evening."""
        for at in _TICKS:
            if at == _TICKS[2] and self.calendar.is_workday(day):
                self._work(day)
            self._set(day, at)
            for job in jobs_on(self.ground):
                run_due(self.ground, job)

    def _set(self, day: date, at: time) -> None:
        self.clock.at = datetime.combine(day, at, LOCAL).astimezone(UTC)

    def luck(self, *said: object) -> Random:
        """Chance of its own for a matter, the same in every database."""
        return Random(" ".join(map(str, (self.seed, *said))))

    def persona(self, organisation_id: int, *, firm: bool) -> Persona:
        """What the people of an organisation are like."""
        return persona_of(self.seed, self.city.named(organisation_id), firm=firm)

    def _work(self, day: date) -> None:
        self._set(day, time(9, 0))
        self.working_days += 1
        luck = self.luck("day", day)
        for _ in range(luck.choice(_FOUND_A_DAY)):
            self._report(day, luck)
        if self.working_days % _DAMS_EVERY == 2 and self.working_days // _DAMS_EVERY < len(
            RESERVOIRS
        ):
            self._report_dam(day, *RESERVOIRS[self.working_days // _DAMS_EVERY])
        with unit_of_work(self.ground.engine, self.clock, write=False) as work:
            found = owing.open_everywhere(work)
        for duty in found:
            if duty.kind in ANSWERS:
                self._attend(duty, day)

    def _attend(self, duty: OpenDuty, day: date) -> None:
        """Let whoever owes a duty act on it, if its day has come; a refusal waits for tomorrow."""
        luck = self.luck(duty.number, duty.kind, duty.slot[:7], local_date(duty.opened_at))
        persona = Persona.punctual
        if duty.owner_id is not None:
            persona = self.persona(duty.owner_id, firm=duty.side == "unit")
        scene = Scene(self, duty, persona, day, luck)
        if duty.id not in self._days:
            self._days[duty.id] = acts_on(persona, local_date(duty.opened_at), duty.due_on, luck)
        try:
            if duty.kind == "rectify" and duty.id not in self._asked and wants_time(scene):
                self._asked.add(duty.id)
                ask_for_time(scene)
            elif duty.kind == "report_progress" and turn(scene):
                return
            elif day >= self._days[duty.id]:
                ANSWERS[duty.kind](scene)
        except GuapaiError:
            return

    def _report(self, day: date, luck: Random) -> None:
        """Something is found in a firm: by its own people, or by an inspector."""
        place = luck.choice(sorted(PLACES))
        nth = luck.randrange(len(self.city.units[place]))
        unit = self.city.units[place][nth]
        self.found += 1
        finding = find(sector_of(nth), self.found, luck)
        own = luck.random() < 0.3
        if own:
            actor = self.city.who(Role.safety_officer, unit)
        else:
            actor = self.city.who(Role.inspector, self.city.answers_for(place, finding.sector))
        self._lead(finding, f"{place}{100 + nth % 2}", unit, actor, day, own=own)

    def _report_dam(self, day: date, name: str, place: str) -> None:
        """A reservoir in danger, with no unit behind it."""
        actor = self.city.who(Role.inspector, self.city.answers_for(place, "水利"))
        self._lead(dam(name), f"{place}100", None, actor, day)

    def _lead(
        self,
        finding: Finding,
        place: str,
        unit: int | None,
        actor: Actor,
        day: date,
        *,
        own: bool = False,
    ) -> None:
        self.clock.advance(timedelta(seconds=40))
        facts = {
            "title": finding.title,
            "description": finding.description,
            "place_code": place,
            "sector": finding.sector,
            "source": "self_report" if own else "inspection",
            "found_on": day.isoformat(),
            "unit_id": unit,
            "evidence": [
                {
                    "file": self.photos.shown("before", finding.title),
                    "kind": "before",
                    "caption": "现场照片",
                    "point": POINT,
                }
            ],
        }
        with unit_of_work(self.ground.engine, self.clock) as work:
            done = perform(work, Subject(noun="hazard"), "report_lead", facts, actor)
            numbered = hazards.get(work, done.case_id)
            assert numbered is not None
            self.findings[numbered.number] = finding

    def in_charge(self, actor: Actor, day: date) -> Actor:
        """Who acts for a head that is away: the safety officer, if that was arranged.

        Raises Refused when nobody stands in.
        """
        organisation_id = actor.organisation_id
        if actor.role is not Role.enterprise_head or organisation_id is None:
            return actor
        name = self.city.named(organisation_id)
        if persona_of(self.seed, name, firm=True) is not Persona.absent:
            return actor
        leave = away(self.seed, name, day)
        if leave is None:
            return actor
        if self.luck("cover", name, leave[0]).random() < 0.4:
            raise Refused("主要负责人外出，无人代理")
        officer = self.city.who(Role.safety_officer, organisation_id)
        assert actor.person_id is not None
        assert officer.person_id is not None
        if (organisation_id, leave[0]) not in self._covered:
            self._covered.add((organisation_id, leave[0]))
            with unit_of_work(self.ground.engine, self.clock) as work:
                people.substitute(work, actor.person_id, officer.person_id, *leave, "外出")
        return Actor(officer.person_id, actor.role, organisation_id, actor.person_id, officer.name)


def first_day(until: date, days: int) -> date:
    """The first of so many days that end with a day."""
    return until - timedelta(days=days - 1)
