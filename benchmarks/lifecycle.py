"""Acts per second, beside the bare driver sending the very same statements one by one."""

import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from actions.act.perform import perform
from actions.hand.facts import Subject
from benchmarks.ground import START, Listed, lay_ground
from benchmarks.measuring import (
    RUNS,
    Database,
    Figure,
    alternate,
    databases,
    figure,
    show,
    wants_json,
)
from demo.tasks import plan
from guapai.clock import SimulatedClock, local_date
from storage.case import STANDINGS
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.questions import situation as asked

ACTS = 200
"""Acts of one run: a plan is filed and returned, again and again, on one listed case."""

ROUNDS = 200
OLD_CASES = 4
"""Cases that live through 200 rounds, so that one hiccup does not decide."""
ASKED = 2_000
_ROWS = 28
"""Rows below each case of which the kinds are counted."""

Statement = tuple[str, Any]
Unit = list[Statement]


class Tap:
    """Passes statements on to a driver connection, or a cursor of it, and writes them down."""

    def __init__(self, inner: Any, unit: Unit) -> None:
        self._inner = inner
        self._unit = unit

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        """Write down, but for the frame of the transaction, and pass on."""
        if sql not in ("BEGIN", "COMMIT"):
            self._unit.append((sql, parameters))
        return self._inner.execute(sql, parameters)

    def cursor(self) -> "Tap":
        """A cursor that writes down too."""
        return Tap(self._inner.cursor(), self._unit)

    def pipeline(self) -> Any:
        """The driver's own pipeline."""
        return self._inner.pipeline()


class Loop:
    """File the plan, return the plan: each act meets a duty, opens one and writes a letter."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = SimulatedClock(START + timedelta(days=6))

    def act(self, case: Listed, nth: int, unit: Unit | None = None) -> None:
        """The nth act on a case: all of an act, with permission, guards, key and history."""
        self.clock.advance(timedelta(seconds=1))
        filing = nth % 2 == 0
        facts = (
            plan(START.date() + timedelta(days=30))
            if filing
            else {"reason": "安全措施不具体，请补充后重新报送"}
        )
        with unit_of_work(self.engine, self.clock) as work:
            if unit is not None:
                work._raw = Tap(work._raw, unit)
            perform(
                work,
                Subject(noun="hazard", row_id=case.case_id),
                "file_plan" if filing else "return_plan",
                facts,
                case.head if filing else case.chief,
                key=f"{case.case_id}:{nth}",
            )

    def run(self, case: Listed) -> float:
        """Seconds for `ACTS` acts."""
        start = time.perf_counter()
        for nth in range(ACTS):
            self.act(case, nth)
        return time.perf_counter() - start

    def tap(self, case: Listed) -> list[Unit]:
        """The same acts, written down."""
        units: list[Unit] = [[] for _ in range(ACTS)]
        for nth, unit in enumerate(units):
            self.act(case, nth, unit)
        return units


def replay(database: Database, connection: Any, units: list[Unit]) -> float:
    """Seconds for the same statements, one by one, each waited for, a commit after each act."""
    start = time.perf_counter()
    for unit in units:
        database.begin(connection)
        for sql, parameters in unit:
            cursor = connection.execute(sql, parameters)
            if cursor.description is not None:
                cursor.fetchall()
        connection.execute("COMMIT")
    return time.perf_counter() - start


def measure_acts(database: Database, cases: list[Listed]) -> Figure:
    """Ours against the replay. The three databases end with the same history, or it is no measure."""
    names = ("tapped", "ours", "floor")
    tapped, ours, _ = (database.create(name, "ground") for name in names)
    loop, taps = Loop(ours), Loop(tapped)
    warm, *units = [taps.tap(case) for case in (cases[RUNS], *cases[:RUNS])]
    with database.closing("floor") as connection:
        loop.run(cases[RUNS])
        replay(database, connection, warm)
        result = alternate(
            lambda run: loop.run(cases[run]),
            lambda run: replay(database, connection, units[run]),
        )
    histories = [_history(database, name) for name in names]
    if len(histories[0]) < ACTS * RUNS or histories.count(histories[0]) != len(histories):
        raise SystemExit("the floor did not do the work we do")
    for engine in (tapped, ours):
        engine.dispose()
    target = "≥ 0.50" if database.kind == "postgresql" else "≥ 0.25"
    return figure("act", database.kind, target, ACTS, *result)


def _history(database: Database, name: str) -> list[Any]:
    with database.closing(name) as connection:
        events = connection.execute("SELECT id, leaf FROM events ORDER BY id").fetchall()
        letters = connection.execute("SELECT id, text FROM letters ORDER BY id").fetchall()
    return [*map(tuple, events), *map(tuple, letters)]


def measure_age(database: Database, cases: list[Listed]) -> Figure:
    """Rounds 191–200 of a case ("ours") beside its rounds 1–10 ("floor"); ratio is time by time.

    Medians over the rounds of several cases, which take turns. Here less is better.
    """
    engine = database.create("aged", "ground")
    loop = Loop(engine)
    loop.run(cases[-1])
    took: dict[int, list[float]] = {}
    for number in range(1, ROUNDS + 1):
        for case in cases[:-1]:
            start = time.perf_counter()
            loop.act(case, 2 * number)
            loop.act(case, 2 * number + 1)
            took.setdefault(number, []).append(time.perf_counter() - start)
    engine.dispose()
    first = statistics.median(t for n in range(1, 11) for t in took[n])
    last = statistics.median(t for n in range(ROUNDS - 9, ROUNDS + 1) for t in took[n])
    return Figure(
        name="act_round_200_vs_1",
        database=database.kind,
        ours_per_s=2 / last,
        floor_per_s=2 / first,
        ratio=last / first,
        target="≤ 1.20",
    )


def measure_kinds(database: Database, few: Listed, many: Listed) -> Figure:
    """What guards may ask of a case with rows of 14 nouns ("ours") beside one with rows of 2.

    Both have as many rows; ratio is time by time, medians of questions asked in turns.
    """
    engine = database.create("counted", "ground")
    took: dict[int, list[float]] = {2: [], 14: []}
    with unit_of_work(engine, SimulatedClock(START)) as work:
        for kinds, case in ((2, few), (14, many)):
            work.insert_many(STANDINGS, [_standing(work, case, n % kinds) for n in range(_ROWS)])
    with unit_of_work(engine, SimulatedClock(START), write=False) as work:
        for nth in range(ASKED + 100):
            for kinds, case in ((2, few), (14, many))[:: 1 if nth % 2 else -1]:
                question, given = asked.seen_by_guards("hazard", _given(work, case))
                start = time.perf_counter()
                work.records(question, **given)
                if nth >= 100:
                    took[kinds].append(time.perf_counter() - start)
    engine.dispose()
    first, last = (statistics.median(took[kinds]) for kinds in (2, 14))
    return Figure(
        name="situation_14_nouns_vs_2",
        database=database.kind,
        ours_per_s=1 / last,
        floor_per_s=1 / first,
        ratio=last / first,
        target="≤ 1.10",
    )


def _standing(work: Work, case: Listed, nth: int) -> dict[str, Any]:
    place = {"row_id": work.take_id(), "case_id": case.case_id, "noun": f"noun_{nth}"}
    return {**place, "state": "open", "version": 1}


def _given(work: Work, case: Listed) -> dict[str, Any]:
    return asked.parameters(
        case_id=case.case_id,
        row_id=case.case_id,
        person_id=case.head.person_id,
        behalf_of=None,
        role=case.head.role,
        organisation_id=case.head.organisation_id,
        day=local_date(work.now),
    )


def measure(database: Database) -> list[Figure]:
    """All figures of one database."""
    with tempfile.TemporaryDirectory() as files:
        cases = lay_ground(database, "ground", RUNS + 1 + OLD_CASES + 1, Path(files))
    return [
        measure_acts(database, cases[: RUNS + 1]),
        measure_age(database, cases[RUNS + 1 :]),
        measure_kinds(database, *cases[:2]),
    ]


def main() -> None:
    """Measure both databases."""
    as_json = wants_json(__doc__ or "")
    with databases() as kinds:
        figures = [f for database in kinds for f in measure(database)]
    show("acts", figures, as_json=as_json)


if __name__ == "__main__":
    main()
