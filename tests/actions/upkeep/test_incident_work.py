"""Work of the system that failed too often, or that nobody did, is an incident."""

from datetime import timedelta
from typing import Any

import pytest

from actions.papers.printing import print_papers
from storage import paper
from storage.database.work import unit_of_work
from storage.upkeep import lease
from tests.actions.administrator import Administrator, incidents_of
from tests.actions.conftest import Office
from tests.actions.upkeep.refusal import whole


def test_a_period_that_failed_too_often_is_tried_anew(office: Office, admin: Administrator) -> None:
    def take() -> bool:
        with unit_of_work(office.engine, office.clock) as work:
            done = lease.take(work, "housekeeping", "2026-03-02", "t", timedelta(minutes=30))
        office.clock.advance(timedelta(minutes=31))
        return done

    assert [take() for _ in range(4)] == [True, True, True, False]
    with unit_of_work(office.engine, office.clock) as work:
        assert lease.give_up(work, "housekeeping") == ["2026-03-02"]
    assert admin.tend().opened == 1
    (found,) = incidents_of(office)
    assert (found["cause"], found["ground"]) == ("period", "job:housekeeping")
    admin.act(found["id"], "retry", reason="磁盘已清理")
    assert admin.tend().cleared == 0
    office.clock.advance(timedelta(minutes=1))
    with unit_of_work(office.engine, office.clock) as work:
        assert lease.take(work, "housekeeping", "2026-03-02", "u", timedelta(minutes=30))
        assert lease.finish(work, "housekeeping", "2026-03-02", "u")
    assert admin.tend().cleared == 1


def test_a_paper_that_cannot_be_printed_says_why(
    office: Office, admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.listed()

    def broken(*_: Any) -> None:
        raise ValueError("no such font")

    with monkeypatch.context() as patched:
        patched.setattr("actions.papers.printing.print_paper", broken)
        assert print_papers(office.engine, office.files, office.clock) == 0
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (stuck,) = paper.issued(work, 0)
    assert stuck.fault == "ValueError: no such font"
    assert admin.tend().opened == 1
    (found,) = incidents_of(office)
    assert found["title"].endswith(stuck.number)
    admin.act(found["id"], "retry", reason="字体已装")
    admin.tend()
    assert print_papers(office.engine, office.files, office.clock) == 1
    assert admin.tend().cleared == 1
    whole(office)


def test_a_paper_that_nobody_prints_is_found_after_a_while(
    office: Office, admin: Administrator
) -> None:
    office.listed()
    assert admin.tend().opened == 0
    office.clock.advance(timedelta(minutes=31))
    assert admin.tend().opened == 1
