"""A holiday notice confirms its year: provisional dates are recounted, with history and a preview."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.clock.ladder import sweep
from actions.clock.recount import Import, import_notice
from guapai.errors import BadInput
from guapai.people import Role
from law.calendar import shipped_calendar
from storage import duty
from storage.database.work import unit_of_work
from storage.history import event
from storage.questions import fold
from storage.upkeep import pack
from tests.actions.conftest import Office

SURE: dict[str, Any] = {"sure": True, "reason": "试行"}
NOTICE = "date,kind,note\n2027-01-01,off,元旦\n2027-01-04,off,元旦\n2027-01-05,off,元旦\n2027-01-02,work,调休\n"


def test_a_notice_moves_provisional_dates(office: Office, tmp_path: Path) -> None:
    office.clock.at = datetime(2026, 12, 28, 2, tzinfo=UTC)
    case = office.lead(found_on="2026-12-20")
    office.act(Role.inspector, "verify", {"finding": "属实", "officers": office.officers}, case)
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
    with pytest.raises(BadInput, match="春节"):
        import_notice(office.engine, file, office.clock)
    with pytest.raises(BadInput, match="--reason"):
        import_notice(office.engine, file, office.clock, sure=True)
    preview = import_notice(office.engine, file, office.clock, dry_run=True)
    assert transfer().due_on == old.due_on
    done = import_notice(office.engine, file, office.clock, **SURE)
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


def _whole(year: int, but: dict[str, str] | None = None, more: str = "") -> str:
    """A year of the shape of 2026, some of its days left out, told otherwise or added."""
    calendar = shipped_calendar()
    lines = {day.isoformat(): kind for day, kind in calendar.days_of(year)}
    for day, kind in (but or {}).items():
        lines.pop(day, None)
        if kind:
            lines[day] = kind
    return "date,kind\n" + "".join(f"{d},{k}\n" for d, k in sorted(lines.items())) + more


def _take(office: Office, tmp_path: Path, text: str, **more: Any) -> Import:
    file = tmp_path / "notice.csv"
    file.write_text(text, encoding="utf-8")
    return import_notice(office.engine, file, office.clock, **more)


def test_a_confirmed_year_is_not_changed_in_silence_and_everything_is_recounted(
    office: Office, tmp_path: Path
) -> None:
    office.clock.at = datetime(2026, 4, 27, 2, tzinfo=UTC)
    case = office.grading(found_on="2026-04-20")

    def grade() -> duty.Duty:
        with unit_of_work(office.engine, office.clock, write=False) as work:
            return next(d for d in duty.of_case(work, case) if d.kind == "grade")

    before = grade()
    assert not before.provisional
    assert not _take(office, tmp_path, _whole(2026)).doubts  # what is known already
    changed = _whole(2026, {"2026-04-30": "off", "2026-05-09": ""})
    with pytest.raises(BadInput, match="原已确认的1天不在其中：2026-05-09上班"):
        _take(office, tmp_path, changed)
    preview = _take(office, tmp_path, changed, dry_run=True)
    assert len(preview.doubts) == 2
    assert grade() == before
    done = _take(office, tmp_path, changed, **SURE)
    assert done.changes == preview.changes != []
    after = grade()
    assert after.due_on > before.due_on
    assert after.next_rung_at is not None and before.next_rung_at is not None
    assert after.next_rung_at > before.next_rung_at
    assert _take(office, tmp_path, changed).recounted == 0
    with pytest.raises(BadInput, match="原已确认"):
        _take(office, tmp_path, _whole(2026))
    _take(office, tmp_path, _whole(2026), **SURE)  # and back: what counted before counts again
    assert (grade().due_on, grade().next_rung_at) == (before.due_on, before.next_rung_at)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert pack.calendar(work) == shipped_calendar()
        assert fold.fold(work, case) == fold.rows_of(work, case)


def test_what_a_broken_run_left_is_recounted_by_the_next(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.clock.at = datetime(2026, 4, 27, 2, tzinfo=UTC)
    one = [office.grading(found_on="2026-04-20", title=f"示例{n}") for n in range(3)]
    changed = _whole(2026, {"2026-04-30": "off"})

    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("actions.clock.recount._recount", stop)
        with pytest.raises(KeyboardInterrupt):
            _take(office, tmp_path, changed, **SURE)
    assert _take(office, tmp_path, changed).recounted == len(one)


def test_december_of_this_year_in_the_notice_of_the_next_is_added(
    office: Office, tmp_path: Path
) -> None:
    next_year = _whole(2026).replace("2026-", "2027-")
    good = [x for x in next_year.splitlines()[1:] if _fits(x)]
    text = "date,kind\n2026-12-31,off\n2026-12-27,work\n" + "\n".join(good) + "\n"
    would = _take(office, tmp_path, text, dry_run=True)
    assert (would.years, would.added) == ((2027,), (2026,))
    _take(office, tmp_path, text, **SURE)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        calendar = pack.calendar(work)
    assert not calendar.is_workday(date(2026, 12, 31))
    assert calendar.is_workday(date(2026, 12, 27))
    assert not calendar.is_workday(date(2026, 10, 1))
    assert shipped_calendar().days_of(2026) < calendar.days_of(2026)


def _fits(line: str) -> bool:
    day, kind = line.split(",")
    return (date.fromisoformat(day).weekday() < 5) == (kind == "off")


def test_a_rung_of_a_date_written_in_a_paper_moves_with_the_days(
    office: Office, tmp_path: Path
) -> None:
    case = office.rectifying()
    office.clock.at = datetime(2026, 6, 1, 2, tzinfo=UTC)
    sweep(office.engine, office.clock)

    def rectify() -> duty.Duty:
        with unit_of_work(office.engine, office.clock, write=False) as work:
            return next(d for d in duty.of_case(work, case) if d.kind == "rectify")

    before = rectify()
    done = _take(office, tmp_path, _whole(2026, {"2026-06-30": "off"}), **SURE)
    after = rectify()
    assert (after.due_at, done.rungs >= 1) == (before.due_at, True)
    assert before.next_rung_at is not None and after.next_rung_at is not None
    assert before.next_rung_at - after.next_rung_at == timedelta(days=1)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert fold.fold(work, case) == fold.rows_of(work, case)
