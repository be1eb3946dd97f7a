"""What runs in the later house on the frozen city: it is migrated, proved, goes on, and is proved again.

Called with the path of an unpacked city; says nothing when all is well.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import sqlalchemy as sa

from actions.act.perform import perform
from actions.clock.ladder import sweep
from actions.hand.facts import Subject
from actions.history.verification import verify
from actions.post.digest import gather
from guapai.clock import SimulatedClock
from guapai.people import Actor, Role
from guapai.settings import Settings
from portal.web.app import build_app
from storage import case, duty, letter
from storage.database.engine import Engine, open_engine
from storage.database.work import unit_of_work
from storage.history import event
from storage.people.person import Post
from storage.schema.schema import migrate
from storage.upkeep import pack
from tests.portal.door import ask
from tests.portal.town import Town

CLOCK = SimulatedClock(datetime(2026, 11, 24, 2, tzinfo=UTC))


def hold(engine: Engine) -> int:
    """Prove the history; how many events. The files of the city are not kept, its post is late."""
    found = verify(engine, CLOCK, Path("no files"))
    odd = [f for f in found.faults if f.what not in ("file", "late")]
    assert not odd, odd[:3]
    return found.events


class Reviewed:
    """A case whose plan is under review, and the people who may go on with it."""

    def __init__(self, engine: Engine, nth: int) -> None:
        self.engine = engine
        with unit_of_work(engine, CLOCK, write=False) as work:
            waiting = sa.select(case.TABLE).where(case.TABLE.c.state == "plan_review")
            row = work.execute(waiting.order_by(case.TABLE.c.id)).mappings().all()[nth]
            post = Post.__table__  # type: ignore[attr-defined]
            ours = post.c.organisation_id.in_([row["department_id"], row["commission_id"]])
            posts = work.execute(sa.select(post).where(ours)).mappings().all()
        self.id = int(row["id"])
        self.people = {
            p["role"]: Actor(p["person_id"], p["role"], p["organisation_id"]) for p in posts
        }

    def act(self, role: Role, name: str, facts: dict[str, str]) -> int:
        """The event of a move."""
        with unit_of_work(self.engine, CLOCK) as work:
            subject = Subject(noun="hazard", row_id=self.id)
            return perform(work, subject, name, facts, self.people[role]).event_id

    def duties(self, kind: str) -> list[duty.Duty]:
        """Its duties of a kind."""
        with unit_of_work(self.engine, CLOCK, write=False) as work:
            return [d for d in duty.of_case(work, self.id) if d.kind == kind]


def go_on(engine: Engine) -> None:
    """A case takes a step, which opens the new kind of duty; and one into the new state."""
    reviewed = Reviewed(engine, 0)
    accepted = reviewed.act(Role.division_chief, "accept_plan", {"opinion": "可行"})
    with unit_of_work(engine, CLOCK, write=False) as work:
        leaf = next(e.leaf for e in event.of_case(work, reviewed.id) if e.id == accepted)
    assert [d.term for d in reviewed.duties("plan_pause")] == ["9wd"]
    assert json.loads(leaf)["notes"]["fallback"]["plan_pause"].startswith("national@")
    assert [d.state for d in reviewed.duties("review_plan")] == ["met"]
    reviewed.act(Role.inspector, "pause", {"reason": "等待设备"})
    reviewed.act(Role.inspector, "go_on", {"reason": "设备已到"})


def see_retired(engine: Engine, path: str) -> None:
    """A duty of a retired kind is on the desk and on the page, climbs, is told of, ends with its row."""
    reviewed = Reviewed(engine, 1)
    (owed,) = reviewed.duties("review_plan")
    assert owed.state == "open"
    with TemporaryDirectory() as files:
        settings = Settings(database_url=f"sqlite:///{path}", files=Path(files))
        _look(engine, settings, reviewed)
    CLOCK.advance(timedelta(days=25))
    swept = sweep(engine, CLOCK)
    assert swept.failed == []
    with unit_of_work(engine, CLOCK, write=False) as work:
        climbed = {r.rung for r in duty.rungs_of(work, owed.id)}
        assert climbed >= {"soon", "late", "d15"}, "in a pack older than the climb, too"
        fired = sa.select(event.TABLE.c.leaf).where(event.TABLE.c.move == "rung")
        leaves = [leaf for leaf in work.execute(fired).scalars() if '"rung":"half"' in leaf]
        assert any("现行程序已没有任务“visit”" in leaf for leaf in leaves)
        visits = sa.select(duty.TABLE.c.state).where(duty.TABLE.c.kind == "visit")
        assert set(work.execute(visits).scalars()) <= {"met", "cancelled"}  # those of before
    gather(engine, CLOCK)
    with unit_of_work(engine, CLOCK, write=False) as work:
        digests = [x.text for x in letter.every(work) if x.kind == "digest"]
    assert any("审查治理方案" in text and "已逾期" in text for text in digests)
    reviewed.act(Role.commission_chair, "void", {"reason": "情况不实", "ground": "untrue"})
    assert [d.state for d in reviewed.duties("review_plan")] == ["cancelled"]


def _look(engine: Engine, settings: Settings, reviewed: Reviewed) -> None:
    """The desk of who owes it, and the page of the case."""
    app = build_app(settings, CLOCK)
    town = Town(SimpleNamespace(engine=engine, clock=CLOCK), "")  # type: ignore[arg-type]
    cookies = town.cookie(reviewed.people[Role.division_chief])
    desk = ask(app, "GET", "/desk?kind=review_plan", cookies=cookies)
    assert desk.status_code == 200
    assert f'"/cases/{reviewed.id}"' in desk.text
    assert f"/cases/{reviewed.id}/hazard/{reviewed.id}/accept_plan" in desk.text
    page = ask(app, "GET", f"/cases/{reviewed.id}", cookies=cookies)
    assert (page.status_code, "审查治理方案" in page.text) == (200, True)
    app.state.house.engine.dispose()


def read_packs(engine: Engine) -> None:
    """Every pack ever published can be read; what it lacks is said."""
    with unit_of_work(engine, CLOCK, write=False) as work:
        rows = pack.published(work)
        filled = [pack.get(work, row.id).filled for row in rows]
    assert len(rows) == 4
    lacking = [f for f in filled if "parameters.pause.longest" in f]
    assert len(lacking) == 2


def main(path: str) -> None:
    """All of it."""
    owner = open_engine(f"sqlite:///{path}", role=None)
    migrate(owner, CLOCK)
    owner.dispose()
    engine = open_engine(f"sqlite:///{path}")
    before = hold(engine)
    read_packs(engine)
    go_on(engine)
    assert hold(engine) == before + 3
    see_retired(engine, path)
    hold(engine)
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
