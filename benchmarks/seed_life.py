"""Template cases of the seed: a busy city lives through some weeks by real acts, and is read out."""

import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from actions.act.claim import claim
from actions.act.perform import perform
from actions.hand.facts import Subject
from demo.city import PLACES, sector_of
from demo.findings import find
from demo.living import settle
from demo.year import Year, first_day
from flows.timetable import Ground
from guapai.clock import LOCAL, SimulatedClock
from guapai.people import Role
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage import hazard as hazards
from storage.database.engine import open_engine
from storage.database.work import unit_of_work
from storage.questions import owing
from storage.questions.fold import keys
from storage.questions.owing import OpenDuty
from storage.schema.schema import migrate
from storage.upkeep import pack as packs

SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")
UNTIL = date(2026, 11, 23)
FIRST_ID, FIRST_ACT = 7_000_000_000_000, 8_000_000_000_000
"""Ids of the life begin so high that they are found in any text."""

_RUSH, _MORE = 60, 2
"""In so many last days, so many more hazards are found each working day."""
_SLACK, _IDLE = 14, 0.5
"""In so many last days, people leave this share of the cases alone."""
_CALLS_EVERY = 8
"""Working days between one call and the next."""
_SEED = 13

Row = dict[str, Any]
"""A row as SQLite stores it."""
Rows = dict[str, list[Row]]
"""Rows by table."""


@dataclass(frozen=True)
class Life:
    """What is left of a life: its cases in the order in which they began, and all around them."""

    now: datetime
    cases: list[Rows]
    organisations: list[Row]
    persons: list[Row]
    posts: list[Row]
    files: list[Row]
    contents: dict[str, bytes]
    packs: dict[int, str]
    calendar: str


class _Busy(Year):
    """A year that ends in a rush: more is found than is seen to."""

    def _work(self, day: date) -> None:
        super()._work(day)
        if (UNTIL - day).days < _RUSH:
            luck = self.luck("rush", day)
            for _ in range(_MORE):
                self._report(day, luck)
        if self.working_days % _CALLS_EVERY == 0:
            self._answer_call(day, self.luck("call", day))

    def _answer_call(self, day: date, luck: Random) -> None:
        """Somebody calls and says where they can be reached."""
        place = luck.choice(sorted(PLACES))
        nth = luck.randrange(len(self.city.units[place]))
        self.found += 1
        finding = find(sector_of(nth), self.found, luck)
        facts = {
            "title": finding.title,
            "description": finding.description,
            "place_code": f"{place}{100 + nth % 2}",
            "sector": finding.sector,
            "source": "inspection",
            "found_on": day.isoformat(),
            "unit_id": self.city.units[place][nth],
            "contact": f"示例联系人{self.found} 0564-0000000",
        }
        actor = self.city.who(Role.inspector, self.city.answers_for(place, finding.sector))
        with unit_of_work(self.ground.engine, self.clock) as work:
            done = perform(work, Subject(noun="hazard"), "report_lead", facts, actor)
            born = hazards.get(work, done.case_id)
        assert born is not None
        self.findings[born.number] = finding

    def _attend(self, duty: OpenDuty, day: date) -> None:
        slack = (UNTIL - day).days < _SLACK
        if not slack or self.luck(duty.number, "idle").random() >= _IDLE:
            super()._attend(duty, day)


@lru_cache(maxsize=2)
def live(days: int) -> Life:
    """Let a city live so many days in a SQLite database of its own; the same every time."""
    with tempfile.TemporaryDirectory(prefix="seed") as place:
        folder = Path(place)
        clock = SimulatedClock(_at(first_day(UNTIL, days)))
        url = f"sqlite:///{folder / 'life.db'}"
        owner = open_engine(url, role=None)
        migrate(owner, clock)
        owner.dispose()
        _number_from_high(folder / "life.db")
        engine = open_engine(url)
        _live_days(Ground(engine, clock, MemoryOffice(SENDER), folder / "files"), clock, days)
        engine.dispose()
        return _read_out(folder, clock())


def _at(day: date) -> datetime:
    return datetime.combine(day, time(0, 0), LOCAL).astimezone(UTC)


def _number_from_high(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE sequences SET next = ?", (FIRST_ID,))
        connection.execute(
            "INSERT INTO acts (id, person_id, move, key, facts_hash, at) "
            "VALUES (?, -1, 'seed', 'seed', '', '9999-01-01 00:00:00.000000')",
            (FIRST_ACT - 1,),
        )
    connection.close()


def _live_days(ground: Ground, clock: SimulatedClock, days: int) -> None:
    city, photo = settle(ground)
    with unit_of_work(ground.engine, clock, write=False) as work:
        calendar = packs.calendar(work)
    year = _Busy(ground, clock, city, calendar, _SEED, photo)
    for nth in range(days):
        year.live(first_day(UNTIL, days) + timedelta(days=nth))
    with unit_of_work(ground.engine, clock, write=False) as work:
        found = owing.open_everywhere(work)
    for duty in found[::6]:
        holders = city.actors.get((duty.owner_id or 0, duty.owner_role), [])
        for actor in holders[:1]:
            with unit_of_work(ground.engine, clock) as work:
                claim(work, actor, duty.id, duty.case_id)


def _read_out(folder: Path, now: datetime) -> Life:
    with sqlite3.connect(folder / "life.db") as connection:
        connection.row_factory = sqlite3.Row
        every = {
            name: [dict(r) for r in connection.execute(f"SELECT * FROM {name} ORDER BY rowid")]
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall()
        }
    connection.close()
    contents = {r["sha256"]: _stored(folder, r["sha256"]) for r in every["files"]}
    return Life(
        now=now,
        cases=_cases(every),
        organisations=every["organisations"],
        persons=every["persons"],
        posts=every["posts"],
        files=every["files"],
        contents=contents,
        packs={r["id"]: r["fingerprint"] for r in every["packs"]},
        calendar=every["calendars"][-1]["version"],
    )


def _stored(folder: Path, sha256: str) -> bytes:
    return (folder / "files" / sha256[:2] / sha256).read_bytes()


OWN = {**keys(), **dict.fromkeys(("events", "standings", "letters", "notice_lines"), "case_id")}
"""Tables whose rows name their case, and in which column: those that can be folded, and more."""

OF = {
    "rungs_fired": ("duty_id", "duties"),
    "event_subjects": ("event_id", "events"),
    "event_secrets": ("event_id", "events"),
    "letter_lines": ("line_id", "notice_lines"),
}
"""Tables whose rows name a row of the case: in which column, of which table."""


def _cases(every: Rows) -> list[Rows]:
    by_case: dict[int, Rows] = {r["id"]: defaultdict(list) for r in every["cases"]}
    homes: dict[tuple[str, int | None], Rows] = {}
    for table, column in OWN.items():
        for row in every[table]:
            if row[column] is not None:
                by_case[row[column]][table].append(row)
                homes[(table, row.get("id"))] = by_case[row[column]]
    for table, (column, parent) in OF.items():
        for row in every[table]:
            homes[(parent, row[column])][table].append(row)
    acts = {r["id"]: r for r in every["acts"]}
    digests = _digests_of_one_case(every, homes)
    for case in by_case.values():
        used = sorted({e["act_id"] for e in case["events"]} & acts.keys())
        case["acts"] = [acts[i] for i in used]
        _add_digests(case, digests)
    return sorted(by_case.values(), key=lambda c: str(c["cases"][0]["created_at"]))


def _digests_of_one_case(every: Rows, homes: dict[tuple[str, int | None], Rows]) -> dict[int, Row]:
    """The letters that gather lines of one case only."""
    letters = {r["id"]: r for r in every["letters"]}
    cases: dict[int, set[int]] = defaultdict(set)
    for carried in every["letter_lines"]:
        home = homes[("notice_lines", carried["line_id"])]
        cases[carried["letter_id"]].add(home["cases"][0]["id"])
    return {i: letters[i] for i, found in cases.items() if len(found) == 1}


def _add_digests(case: Rows, digests: dict[int, Row]) -> None:
    """Put the digests of the case beside its letters; a line in any other digest is left out."""
    mixed = {c["line_id"] for c in case["letter_lines"] if c["letter_id"] not in digests}
    case["letter_lines"] = [c for c in case["letter_lines"] if c["line_id"] not in mixed]
    case["notice_lines"] = [r for r in case["notice_lines"] if r["id"] not in mixed]
    known = {r["id"] for r in case["letters"]}
    ids = sorted({c["letter_id"] for c in case["letter_lines"]} - known)
    case["letters"] += _in_order(digests[i] for i in ids)


def _in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda r: int(r["id"]))
