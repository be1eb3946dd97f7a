"""One random life of a case, and the promises I1–I5 that hold at each of its steps."""

import asyncio
import json
from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

from actions.act.parked import end_parked
from actions.act.perform import Done, perform
from actions.clock.ladder import sweep
from actions.hand.facts import Subject
from actions.papers.printing import print_papers
from actions.post.digest import gather
from actions.post.posting import post
from guapai.clock import SimulatedClock, local_date
from guapai.errors import GuapaiError
from guapai.people import Actor, Role
from law.calendar import shipped_calendar
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from statemachines.letter import LetterState
from statemachines.noted import Parked
from statemachines.nouns import PROCEDURES
from statemachines.procedure import Move
from statemachines.side import SIDE
from storage import deferral, hazard, letter, listing, paper, pending
from storage.database.engine import Engine, open_engine
from storage.database.work import unit_of_work
from storage.history import event
from storage.questions import fold
from tests.actions.conftest import PLACE, Office
from tests.conftest import START
from tests.journeys.filling import World, fill
from tests.journeys.posts import ENDS, Posts, nobody_can_act, owed_by_nobody
from tests.journeys.promises import broken
from tests.journeys.walked import Ground, Walked, row_of, stands_in_the_table
from tests.statemachines.situations import luan

NOUNS = {"listing": listing, "deferral": deferral}
WAITING = {LetterState.queued, LetterState.claimed, LetterState.sending}


class Walk:
    """One case and all that can happen to it."""

    def __init__(self, ground: Ground, start: str) -> None:
        self.ground = ground
        self.url = ground.databases.copy("walk", of="walks")
        self.engine: Engine = open_engine(self.url)
        self.clock = SimulatedClock(START)
        self.people = Office(self.engine, self.clock, ground.files, ground.city)
        self.people.photo = ground.photo
        self.posts = Posts(ground.city)
        self.office = MemoryOffice(Sender("guapai@example.com", "挂牌督办系统", "example.com"))
        self.past: list[tuple[datetime, fold.Folded]] = []
        self.answered: list[tuple[Subject, str, Any, Actor, str, Done]] = []
        self.seen_events = 0
        self.refused: list[str] = []
        self.ended: Counter[str] = Counter()
        more = {"title": "𠮷龘{{7*7}}", "contact": "示例联系人 0564-0000000"}
        self.case: int = getattr(self.people, start)(**more)
        self.check()

    def step(self, luck: Random) -> None:
        """Something happens, mostly somebody makes a move."""
        kinds = (self.act, self.overreach, self.repeat, self.wait, self.deliver, self.empty)
        luck.choices(kinds, weights=(10, 2, 1, 2, 2, 1.5))[0](luck)
        self.check()

    def empty(self, luck: Random) -> None:
        """A post of the case is held by nobody from today on; still somebody can act."""
        with unit_of_work(self.engine, self.clock) as work:
            self.posts.empty(work, self.case, luck)
        self.check_that_somebody_can_act()

    def check_that_somebody_can_act(self) -> None:
        """No case stands still, whoever has gone."""
        with unit_of_work(self.engine, self.clock, write=False) as work:
            gone = self.posts.emptied
            assert not nobody_can_act(work, self.posts, self.case), gone
            owed = owed_by_nobody(work, self.posts, self.case)
            assert not owed, (owed, gone)

    def act(self, luck: Random) -> None:
        """Somebody who may makes a move that the state allows; guards may still say no."""
        self.clock.advance(timedelta(minutes=luck.choice([1, 7, 60, 60 * 26])))
        choices = self._open_moves(luck)
        if not choices:
            return
        subject, move = luck.choice(choices)
        actor = self._who(luck.choice(sorted(move.by - {Role.clock})), move, luck)
        waits = move.needs is not None and self._waits(subject, move)
        if waits and luck.random() < 0.2:
            how = luck.choice([Parked.withdraw, Parked.refuse])
            self._try(subject, move.name, {"reason": "示例理由"}, actor, how)
            return
        facts = None if waits and luck.random() < 0.8 else fill(move.facts, luck, self._world())
        self._try(subject, move.name, facts, actor)

    def overreach(self, luck: Random) -> None:
        """Anybody tries anything, whatever the state."""
        self.clock.advance(timedelta(minutes=1))
        noun = luck.choice(["hazard", "hazard", "listing", "deferral"])
        move = luck.choice([m for m in PROCEDURES[noun].moves if m.by and m.source])
        rows = [r["id"] for r in self._rows(noun)]
        if rows:
            actor = self._who(luck.choice(sorted(set(Role) - {Role.clock})), move, luck)
            subject = Subject(noun=noun, case_id=self.case, row_id=luck.choice(rows))
            self._try(subject, move.name, fill(move.facts, luck, self._world()), actor)

    def repeat(self, luck: Random) -> None:
        """A form comes again: the first answer, and nothing more (I4)."""
        if not self.answered:
            return
        subject, name, facts, actor, key, first = luck.choice(self.answered)
        before = self._state()
        with unit_of_work(self.engine, self.clock) as work:
            again = perform(work, subject, name, facts, actor, key=key)
        assert again.replayed
        assert (again.act_id, again.event_id) == (first.act_id, first.event_id)
        assert self._state() == before

    def wait(self, luck: Random) -> None:
        """Time passes and the clock does its work, twice: the second time finds nothing (I4)."""
        self.clock.advance(timedelta(hours=luck.choice([1, 20, 24 * 6, 24 * 33])))
        assert sweep(self.engine, self.clock).failed == []
        gather(self.engine, self.clock)
        before = self._state()
        assert sweep(self.engine, self.clock).fired == 0
        assert gather(self.engine, self.clock) == 0
        assert self._state() == before

    def deliver(self, _: Random) -> None:
        """Papers are printed and letters sent; nothing that could go out stays behind (I5)."""
        self.clock.advance(timedelta(minutes=2))
        print_papers(self.engine, self.ground.files, self.clock)
        kept = len(self.office.kept)
        posted = asyncio.run(post(self.engine, self.office, self.clock))
        assert (posted.failed, posted.uncertain, posted.later) == (0, 0, 0)
        assert len(self.office.kept) - kept == posted.sent
        with unit_of_work(self.engine, self.clock, write=False) as work:
            found = letter.every(work)
        assert not [r.id for r in found if r.state in WAITING]
        sent = [r for r in found if r.state == LetterState.sent]
        assert len(sent) == len(self.office.kept)
        assert {(r.recipient, bytes(r.mime or b"")) for r in sent} == {
            (k.recipient, k.mime) for k in self.office.kept
        }

    def check(self) -> None:
        """I2 and I3: the events, folded, are the rows; every step stands in the table; the law holds."""
        folded, rows, events = self._state()
        assert folded == rows
        found = broken(rows, events, luan(), shipped_calendar(), self.ground.places)
        assert not found, found
        self.past.append((self.clock(), rows))
        for found in events[self.seen_events :]:
            stands_in_the_table(found)
        self.seen_events = len(events)

    def end(self, walked: Walked) -> None:
        """What was is still known, and somebody can go on."""
        self._look_back()
        self.check_that_somebody_can_act()
        assert all(self.refused), "a refusal without a sentence"
        walked.refused += len(self.refused)
        walked.made.update(f"{a[0].noun}.{a[1]}" for a in self.answered)
        walked.ended.update(self.ended)

    def clear(self) -> None:
        """Remove the database of the walk."""
        self.engine.dispose()
        self.ground.databases.drop(self.url)

    def _waits(self, subject: Subject, move: Move) -> bool:
        """Whether the move waits for signatures."""
        with unit_of_work(self.engine, self.clock, write=False) as work:
            return any(p.move == move.name for p in pending.open_of(work, subject.row_id or 0))

    def _look_back(self) -> None:
        """The fold of any past instant is what stood there then."""
        with unit_of_work(self.engine, self.clock, write=False) as work:
            for at, rows in self.past[::7]:
                assert fold.fold(work, self.case, until=at) == rows

    def _try(
        self, subject: Subject, name: str, facts: Any, actor: Actor, how: Parked | None = None
    ) -> None:
        before = self._state()
        letters = self._letters()
        try:
            if how is None:
                self._act(subject, name, facts, actor, f"form {len(self.past)}")
                return
            with unit_of_work(self.engine, self.clock) as work:
                done = end_parked(work, subject, name, how, facts, actor)
            self.ended[f"{how}"] += 1
            assert done.state == row_of(self.engine, self.clock, done)["state"]
        except GuapaiError as error:
            self.refused.append(str(error))
            assert self._state() == before, "a refusal left something behind (I1)"
            assert self._letters() == letters

    def _act(self, subject: Subject, name: str, facts: Any, actor: Actor, key: str) -> Done:
        with unit_of_work(self.engine, self.clock) as work:
            done = perform(work, subject, name, facts, actor, key=key)
        self.answered.append((subject, name, facts, actor, key, done))
        with unit_of_work(self.engine, self.clock, write=False) as work:
            written = event.of_act(work, done.act_id)
        ours = next(e for e in written if e.id == done.event_id)
        assert (ours.row_id, ours.dest, ours.person_id) == (
            done.row_id,
            done.state,
            actor.person_id,
        )
        assert ours.at == self.clock()
        assert json.loads(ours.leaf)["id"] == ours.id
        row = row_of(self.engine, self.clock, done)
        assert (row["state"], row["version"]) == (done.state, done.version)
        return done

    def _state(self) -> tuple[fold.Folded, fold.Folded, list[event.Event]]:
        with unit_of_work(self.engine, self.clock, write=False) as work:
            return (
                fold.fold(work, self.case),
                fold.rows_of(work, self.case),
                event.of_case(work, self.case),
            )

    def _letters(self) -> list[tuple[int, str]]:
        with unit_of_work(self.engine, self.clock, write=False) as work:
            return [(r.id, str(r.state)) for r in letter.every(work)]

    def _rows(self, noun: str) -> list[dict[str, Any]]:
        with unit_of_work(self.engine, self.clock, write=False) as work:
            if noun == "hazard":
                found = hazard.get(work, self.case)
                assert found is not None
                return [vars(found)]
            return [vars(r) for r in NOUNS[noun].of_case(work, self.case)]

    def _open_moves(self, luck: Random) -> list[tuple[Subject, Move]]:
        """What the table allows now, for every row of the case; seldom the end of it."""
        found: list[tuple[Subject, Move]] = []
        for noun in ("hazard", "listing", "deferral"):
            for row in self._rows(noun):
                subject = Subject(noun=noun, row_id=row["id"], case_id=self.case)
                moves = [m for m in PROCEDURES[noun].moves if row["state"] in m.source]
                found += [(subject, m) for m in moves if m.by - {Role.clock}]
        treated = self._rows("hazard")[0]["state"] in ("rectifying", "rework")
        if luck.random() < (1 if treated else 0.1):
            births = [m for m in PROCEDURES["deferral"].moves if not m.source and m.by]
            found += [(Subject(noun="deferral", case_id=self.case), m) for m in births]
        onward = [f for f in found if f[1].name not in ENDS]
        if onward and luck.random() < 0.9:
            found = onward
        changing = [f for f in found if f[1].dest is not None]
        return changing if changing and luck.random() < 0.6 else found

    def _who(self, role: Role, move: Move, luck: Random) -> Actor:
        """Somebody in a role where the move asks for one, as far as there is one."""
        row = self._rows("hazard")[0]
        side = luck.choice(str(move.at.get(role) or SIDE.get(role, "any")).split("|"))
        organisation = row.get(f"{side}_id") or row["department_id"]
        with unit_of_work(self.engine, self.clock, write=False) as work:
            holders = self.posts.holders(work, organisation, role)
        return luck.choice(holders or [self.people.who(Role.inspector)])

    def _world(self) -> World:
        now = self.clock()
        row = self.people.hazard(self.case)
        with unit_of_work(self.engine, self.clock, write=False) as work:
            number = paper.number_of(work, self.case, "listing_notice")
        city, leader = self.people.city, self.people.who(Role.department_head)
        assert leader.person_id is not None
        return World(
            now=now,
            today=local_date(now),
            photo=self.ground.photo,
            unit=self.people.unit,
            case=self.case,
            department=city.at("department", PLACE),
            leader=leader.person_id,
            commission=city.at("commission", "341525"),
            officers=self.people.officers,
            task_list=row.task_list,
            until=row.deadline,
            notice_no=number,
        )
