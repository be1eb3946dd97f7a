"""What runs in the later house on the frozen city: it is migrated, proved, goes on, and is proved again.

Called with the path of an unpacked city; says nothing when all is well.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from actions.act.perform import perform
from actions.hand.facts import Subject
from actions.history.verification import verify
from guapai.clock import SimulatedClock
from guapai.people import Actor, Role
from storage import case, duty
from storage.database.engine import Engine, open_engine
from storage.database.work import unit_of_work
from storage.history import event
from storage.people.person import Post
from storage.schema.schema import migrate
from storage.upkeep import pack

CLOCK = SimulatedClock(datetime(2026, 11, 24, 2, tzinfo=UTC))


def hold(engine: Engine) -> int:
    """Prove the history; how many events. The files of the city are not kept, its post is late."""
    found = verify(engine, CLOCK, Path("no files"))
    odd = [f for f in found.faults if f.what not in ("file", "late")]
    assert not odd, odd[:3]
    return found.events


def go_on(engine: Engine) -> None:
    """A case takes a step, which opens the new kind of duty; and one into the new state."""
    with unit_of_work(engine, CLOCK, write=False) as work:
        waiting = sa.select(case.TABLE).where(case.TABLE.c.state == "plan_review")
        row = work.execute(waiting).mappings().first()
        assert row is not None
        post = Post.__table__  # type: ignore[attr-defined]
        ours = post.c.organisation_id == row["department_id"]
        posts = {p["role"]: p for p in work.execute(sa.select(post).where(ours)).mappings()}
    subject = Subject(noun="hazard", row_id=row["id"])

    def act(role: Role, name: str, facts: dict[str, str]) -> int:
        who = Actor(posts[role]["person_id"], role, row["department_id"])
        with unit_of_work(engine, CLOCK) as work:
            return perform(work, subject, name, facts, who).event_id

    accepted = act(Role.division_chief, "accept_plan", {"opinion": "可行"})
    with unit_of_work(engine, CLOCK, write=False) as work:
        leaf = next(e.leaf for e in event.of_case(work, row["id"]) if e.id == accepted)
        opened = [d for d in duty.of_case(work, row["id"]) if d.kind == "plan_pause"]
    assert [d.term for d in opened] == ["9wd"]
    assert json.loads(leaf)["notes"]["fallback"]["plan_pause"].startswith("national@")
    act(Role.inspector, "pause", {"reason": "等待设备"})
    act(Role.inspector, "go_on", {"reason": "设备已到"})


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
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
