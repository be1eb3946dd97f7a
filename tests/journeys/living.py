"""A story under way: the steps of its tales, made by the right people on a simulated clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from actions.act.perform import Done, perform
from actions.hand.facts import Subject
from demo import tasks
from demo.city import City
from demo.living import settle
from flows.running import run_due
from flows.timetable import Ground, jobs_on
from guapai.clock import LOCAL, SimulatedClock, local_date
from guapai.people import Role
from storage import deferral, listing
from storage import hazard as hazards
from storage import paper as papers
from storage.database.work import Work, unit_of_work
from tests.journeys.story import OFFICERS, PHOTO, Day, Step, Tale
from tests.journeys.tales import TALES

FIRST = date(2026, 3, 2)
DAYS = 120
_TICKS = (time(0, 5), time(8, 31), time(17, 0))
"""When the timetable is run each day; the acts of a day begin at 10:00."""


@dataclass
class Story:
    """The story under way."""

    ground: Ground
    clock: SimulatedClock
    city: City
    photo: str
    cases: dict[str, int]

    def run_jobs(self) -> None:
        """What the timetable would do now."""
        for job in jobs_on(self.ground):
            run_due(self.ground, job)

    def live_day(self, number: int, tales: tuple[Tale, ...] = TALES) -> None:
        """One day: midnight, the morning's reminders, people at work, the evening."""
        day = FIRST + timedelta(days=number)
        self.set(day, _TICKS[0])
        self.run_jobs()
        self.set(day, _TICKS[1])
        self.run_jobs()
        self.set(day, time(10, 0))
        for tale in tales:
            for planned in tale.steps:
                if planned.day == number:
                    self.clock.advance(timedelta(minutes=3))
                    self.act(tale, planned)
        self.set(day, _TICKS[2])
        self.run_jobs()

    def set(self, day: date, at: time) -> None:
        """Move the clock."""
        self.clock.at = datetime.combine(day, at, LOCAL).astimezone(UTC)

    def act(self, tale: Tale, planned: Step) -> Done:
        """Make one step of a tale."""
        with unit_of_work(self.ground.engine, self.clock) as work:
            case_id = self.cases.get(tale.name)
            organisation_id = self._organisation(work, tale, planned, case_id)
            actor = self.city.who(planned.role, organisation_id, planned.nth)
            subject = self._subject(work, planned, case_id)
            facts = self._facts(tale, planned, organisation_id)
            if facts is not None and planned.noun == "hazard" and case_id is not None:
                facts = self._of_tasks(work, planned.move, case_id, facts)
            done = perform(work, subject, planned.move, facts, actor)
        self.cases.setdefault(tale.name, done.case_id)
        return done

    def _organisation(self, work: Work, tale: Tale, planned: Step, case_id: int | None) -> int:
        if case_id is None:
            return self.city.at("department", tale.place)
        hazard = hazards.get(work, case_id)
        assert hazard is not None
        found = getattr(hazard, f"{planned.side}_id")
        assert found is not None, (tale.name, planned)
        return int(found)

    def _subject(self, work: Work, planned: Step, case_id: int | None) -> Subject:
        if planned.noun == "hazard" or case_id is None:
            return Subject(noun="hazard", row_id=case_id)
        home = {"deferral": deferral, "listing": listing}[planned.noun]
        rows = home.of_case(work, case_id)
        born = planned.move == "apply"
        return Subject(noun=planned.noun, case_id=case_id, row_id=None if born else rows[-1].id)

    def _facts(self, tale: Tale, planned: Step, organisation_id: int) -> Mapping[str, Any] | None:
        if planned.facts is None:
            return None
        facts = {k: self._value(tale, v) for k, v in planned.facts.items()}
        if facts.get("officers") == OFFICERS:
            facts["officers"] = self.city.officers(organisation_id)
        if planned.move == "report_lead":
            facts["place_code"] = f"{tale.place}100"
            if tale.unit is not None:
                facts["unit_id"] = self.city.units[tale.place][tale.unit]
        return facts

    def _of_tasks(
        self, work: Work, move: str, case_id: int, facts: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The facts with what they say task by task, as the case stands now."""
        row = hazards.get(work, case_id)
        assert row is not None
        more: dict[str, Any] = {}
        if move == "file_plan":
            more = tasks.plan(row.deadline or local_date(work.now))
        elif move == "order_rectification":
            more = tasks.order(date.fromisoformat(facts["deadline"]))
        elif move == "report_progress":
            more = {"tasks": tasks.percents(row.task_list, facts["percent"])}
        elif move == "request_acceptance":
            more = {"notice_no": papers.number_of(work, case_id, "listing_notice")}
            more["evidence"] = tasks.shown(row.task_list, facts["evidence"][0])
        elif move in ("pass_acceptance", "fail_acceptance"):
            done = move == "pass_acceptance"
            more = {"items_checked": tasks.checked(row.task_list, passed=done)}
            more |= {"arrears": "逾期未报的，已责令说明"} if done else {}
        return {**facts, **more}

    def _value(self, tale: Tale, value: Any) -> Any:
        if isinstance(value, Day):
            return value.on(FIRST)
        if value == "now":
            return self.clock.at
        if isinstance(value, str):
            return self._named(tale, value)
        if isinstance(value, list):
            return [self._value(tale, v) for v in value]
        if isinstance(value, dict):
            return {k: self.photo if v == PHOTO else v for k, v in value.items()}
        return value

    def _named(self, tale: Tale, value: str) -> Any:
        """The organisation or person that a word of a story means; any other text is itself."""
        kind, colon, which = value.partition(":")
        if colon and kind == "unit":
            return self.city.units[tale.place][int(which)]
        if colon and kind == "commission":
            return self.city.at("commission", which)
        department = self.city.at("department", tale.place)
        known = {
            "department": lambda: department,
            "leader": lambda: self.city.who(Role.department_head, department).person_id,
            "township": lambda: self.city.at("township", f"{tale.place}100"),
            "water": lambda: self.city.answers_for(tale.place, "水利"),
        }
        return known[value]() if value in known else value


def begin(ground: Ground, clock: SimulatedClock) -> Story:
    """Found the city and store the photo the story shows."""
    city, photos = settle(ground)
    return Story(ground, clock, city, photos.after[0], {})
