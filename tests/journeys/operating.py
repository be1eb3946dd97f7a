"""Somebody operates the system of the story: takes over what waits, and does all that can be done."""

from datetime import timedelta

from statemachines.incident import Cause
from storage import letter
from storage.database.work import unit_of_work
from storage.upkeep import lease
from tests.actions.administrator import Administrator, incidents_of, items_of
from tests.actions.conftest import Office
from tests.journeys.living import Story


def begin(story: Story) -> Administrator:
    """The first administrator comes; what waits is theirs from now on."""
    ground = story.ground
    return Administrator(Office(ground.engine, story.clock, ground.files, story.city))


def operate(story: Story, admin: Administrator) -> None:
    """A period that failed is run again; of the letters one is told, one goes elsewhere, the rest not."""
    office, period = admin.office, ("housekeeping", "2026-02-01")
    for _ in range(lease.MOST_ATTEMPTS):
        with unit_of_work(office.engine, office.clock) as work:
            assert lease.take(work, *period, "t", timedelta(minutes=30))
        story.clock.advance(timedelta(minutes=31))
    story.run_jobs()
    unreached, failed = (_of(admin, cause) for cause in (Cause.refused, Cause.period))
    admin.act(failed, "retry", reason="磁盘已清理")
    one, two, three = _suppressed(admin, unreached)[:3]
    told = {"whom": "示例负责人", "told_at": office.clock(), "said": "已告知整改期限"}
    admin.act(unreached, "tell", letter=one, **told)
    story.run_jobs()
    admin.act(unreached, "readdress", letter=two, reason="已核实", email="again@example.com")
    story.run_jobs()
    admin.act(unreached, "resend", letter=three, reason="邮箱已恢复")
    story.run_jobs()
    story.clock.advance(timedelta(minutes=1))
    with unit_of_work(office.engine, office.clock) as work:
        assert lease.take(work, *period, "u", timedelta(minutes=30))
        assert lease.finish(work, *period, "u")
    story.run_jobs()
    admin.act(unreached, "dismiss", reason="企业已注销，无需再发")
    story.run_jobs()
    assert {r["state"] for r in incidents_of(office)} == {"settled", "dismissed"}


def _of(admin: Administrator, cause: Cause) -> int:
    rows = incidents_of(admin.office)
    return next(int(r["id"]) for r in rows if r["cause"] == cause and r["state"] == "open")


def _suppressed(admin: Administrator, case_id: int) -> list[int]:
    office, out = admin.office, []
    with unit_of_work(office.engine, office.clock, write=False) as work:
        for item in items_of(office, case_id):
            found = letter.get(work, item.row_id or 0)
            if found is not None and found.state == "suppressed":
                out.append(found.id)
    return out
