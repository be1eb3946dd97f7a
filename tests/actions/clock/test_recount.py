"""A holiday notice confirms its year: provisional dates are recounted, with history and a preview."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from actions.clock.recount import import_notice
from guapai.people import Role
from storage import duty
from storage.database.work import unit_of_work
from storage.history import event
from storage.questions import fold
from storage.upkeep import pack
from tests.actions.conftest import Office

NOTICE = "date,kind,note\n2027-01-01,off,元旦\n2027-01-04,off,元旦\n2027-01-05,off,元旦\n2027-01-02,work,调休\n"


def test_a_notice_moves_provisional_dates(office: Office, tmp_path: Path) -> None:
    office.clock.at = datetime(2026, 12, 28, 2, tzinfo=UTC)
    case = office.lead(found_on="2026-12-20")
    office.act(Role.inspector, "verify", {"finding": "属实", "officers": ["甲", "乙"]}, case)
    file = tmp_path / "notice.csv"
    file.write_text(NOTICE, encoding="utf-8")

    def grade() -> duty.Duty:
        with unit_of_work(office.engine, office.clock, write=False) as work:
            return next(d for d in duty.of_case(work, case) if d.kind == "grade")

    before = grade()
    assert (before.due_on, before.provisional) == (date(2026, 12, 31), False)
    office.clock.at = datetime(2026, 12, 30, 2, tzinfo=UTC)
    office.act(
        Role.division_chief, "transfer_out", {"reason": "非本部门", "receiver": "示例局"}, case
    )

    def transfer() -> duty.Duty:
        with unit_of_work(office.engine, office.clock, write=False) as work:
            return next(d for d in duty.of_case(work, case) if d.kind == "confirm_transfer")

    old = transfer()
    assert old.provisional
    preview = import_notice(office.engine, file, office.clock, dry_run=True)
    assert transfer().due_on == old.due_on
    done = import_notice(office.engine, file, office.clock)
    assert done == preview
    assert done.years == (2027,)
    (change,) = done.changes
    new = transfer()
    assert (change.old, change.new) == (old.due_on, new.due_on)
    assert new.due_on == date(2027, 1, 15)
    assert not new.provisional
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert 2027 in pack.calendar(work).confirmed
        recount = [e for e in event.of_case(work, case) if e.move == "recount"]
        assert fold.fold(work, case) == fold.rows_of(work, case)
    assert json.loads(recount[0].leaf)["facts"]["why"] == "日历已按放假通知确认"
