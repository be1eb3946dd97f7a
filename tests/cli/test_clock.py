"""The clock that is held, and the one that runs ahead: who may say what time it is."""

from datetime import timedelta

import pytest

from actions.upkeep.timekeeping import held, tick
from guapai.clock import utc_now
from guapai.machine import Witness
from storage.database.work import unit_of_work
from storage.history.event import TABLE as EVENTS
from storage.upkeep import heartbeat, lease
from tests.actions.conftest import Office
from tests.cli.commands import Commands

ADMIN = "admin@example.com"
WHY = ("--reason", "主机周末停机，时间已核对")
LATER = (utc_now() + timedelta(days=40)).isoformat()


@pytest.fixture
def jumped(town: Office, guapai: Commands, db: tuple[str, str]) -> Office:
    """A town whose clock stepped ahead by a day."""
    guapai("user", "add", "示例管理员", "--email", ADMIN, *db)
    guapai("user", "post", ADMIN, "system_admin", "金安区应急管理局", "--from", "2026-01-01", *db)
    for uptime, step in ((100, timedelta(0)), (160, timedelta(days=1))):
        town.clock.advance(step)
        with unit_of_work(town.engine, town.clock) as work:
            tick(work, Witness("boot", uptime, "here", False), None)
    return town


def test_an_administrator_confirms_a_held_clock(
    jumped: Office, guapai: Commands, db: tuple[str, str]
) -> None:
    done = guapai("clock", "confirm", "--as", ADMIN, *WHY, *db)
    assert (done.code, "confirms the clock of here" in done.out) == (0, True), done.flat
    with unit_of_work(jumped.engine, jumped.clock, write=False) as work:
        assert held(work) == []
        (said,) = work.execute(EVENTS.select().where(EVENTS.c.noun == "clock")).mappings()
    assert ("主机周末停机" in said["leaf"], said["person_id"] is None) == (True, False)
    again = guapai("clock", "confirm", "--as", ADMIN, *WHY, *db)
    assert (again.code, "无需确认" in again.err) == (2, True)


def test_nobody_else_confirms_it(jumped: Office, guapai: Commands, db: tuple[str, str]) -> None:
    by = ("--as", ADMIN, "--reason", "新来的同事")
    guapai("user", "add", "示例他人", "--email", "other@example.com", *by, *db)
    refused = guapai("clock", "confirm", "--as", "other@example.com", *WHY, *db)
    assert (refused.code, "不在可以确认系统时钟的岗位" in refused.flat) == (2, True)
    with unit_of_work(jumped.engine, jumped.clock, write=False) as work:
        assert len(held(work)) == 1


def test_a_time_to_come_is_for_sample_cities_only(
    town: Office, guapai: Commands, db: tuple[str, str]
) -> None:
    refused = guapai("run", "sweep", "--at", LATER, *db)
    assert (refused.code, "only a sample city" in refused.flat) == (2, True)
    with unit_of_work(town.engine, town.clock) as work:
        lease.take(work, lease.SAMPLE, "days", "token", timedelta(0))
    assert guapai("run", "sweep", "--at", LATER, *db).code == 0
    assert guapai("run", "sweep", "--at", "2026-03-05T08:30+08:00", *db).code == 0


def test_a_run_by_hand_is_heard_and_one_at_another_time_is_not(
    town: Office, guapai: Commands, db: tuple[str, str]
) -> None:
    def beats() -> list[tuple[str, str]]:
        with unit_of_work(town.engine, town.clock, write=False) as work:
            return [(b.job, b.engine) for b in heartbeat.every(work)]

    guapai("run", "sweep", "--at", "2026-03-05T08:30+08:00", *db)
    assert beats() == []
    guapai("run", "sweep", *db)
    assert set(beats()) == {("sweep", "command")}
