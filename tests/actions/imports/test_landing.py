"""Many rows land together where all goes well, one by one where not; memory stays flat."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from actions.imports import landing as ledger
from actions.imports.landing import Report, import_ledger
from flows.running import run_job
from flows.timetable import Ground
from guapai.people import Actor, Role
from guapai.personal import ERASED
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage import hazard, letter
from storage.database.work import unit_of_work
from storage.hazard import Hazard
from storage.history import act
from storage.people import organisation
from storage.questions import fold
from tests.actions.conftest import Office
from tests.actions.imports.ledgers import HEADER, ONE, TWO, UNIT, Shape, text
from tests.actions.imports.shapes import SHAPES

SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")
WIDE = (
    "隐患名称",
    "隐患描述",
    "部位",
    "所在地",
    "地址",
    "行业领域",
    "责任单位",
    "发现日期",
    "联系人",
)
ENTRY = (
    "无泄爆口",
    "除尘器无泄爆口",
    "一车间",
    "金安区",
    "示例路1号",
    "工贸",
    UNIT,
    "2026-02-24",
    "示例甲",
)


def _actor(office: Office, nth: int = 0) -> Actor:
    return office.city.who(Role.inspector, office.city.at("department", "341500"), nth)


def _load(office: Office, path: Path, actor: Actor | None = None, **more: Any) -> Report:
    return import_ledger(office.engine, path, actor or _actor(office), office.clock, **more)


def _hazards(office: Office) -> list[Hazard]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return hazard.every(work)


def _many(path: Path, count: int) -> Path:
    """A ledger of many entries, a tenth of them faulty, with new enterprises.

    A small one has shared strings; writing a large one must not itself take memory.
    """
    book = xlsxwriter.Workbook(str(path), {"constant_memory": count > 10_000})
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, ("示例市重大事故隐患台账",))
    sheet.write_row(1, 0, WIDE)
    for nth in range(count):
        day = "年底前" if nth % 10 == 9 else "2026/2/24"
        firm = f"金安区示例第{nth % 50}有限公司"
        words = (
            f"无泄爆口{nth}",
            f"第{nth}号除尘器无泄爆口，" * 5,
            "一车间",
            "金安区",
            f"示例路{nth}号",
        )
        sheet.write_row(nth + 2, 0, (*words, "工贸", firm, day, f"示例{nth}"))
    book.close()
    return path


def _resident() -> int:
    """How many bytes of memory this process has."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def _land_many(office: Office, folder: Path, count: int) -> int:
    """Load many entries; how much the memory grew after a tenth of them."""
    seen: list[int] = []
    path = _many(folder / "many.xlsx", count)
    report = _load(office, path, tell=lambda rows, _: seen.append(_resident()))
    assert (report.read, report.imported, len(report.rejected)) == (
        count,
        count * 9 // 10,
        count // 10,
    )
    assert len(seen) >= count // ledger.CHUNK
    return max(seen) - seen[len(seen) // 10]


def test_two_thousand_rows(office: Office, tmp_path: Path) -> None:
    assert _land_many(office, tmp_path, 2000) < 24 << 20
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = [organisation.called(work, f"金安区示例第{n}有限公司", "", "") for n in range(50)]
    assert [len(firms) for firms in found] == [0 if n % 10 == 9 else 1 for n in range(50)]


@pytest.mark.long
def test_a_hundred_thousand_rows(office: Office, tmp_path: Path) -> None:
    assert _land_many(office, tmp_path, 100_000) < 48 << 20


def test_a_transaction_that_has_held_the_lock_long_enough_takes_no_more(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "HOLD", -1.0)
    rows = [(f"{ONE[0]}{n}", *ONE[1:]) for n in range(30)]
    assert _load(office, text(HEADER, *rows)(tmp_path)).imported == 30
    assert len(_hazards(office)) == 30


def test_entries_that_fail_in_the_act_stop_no_others(office: Office, tmp_path: Path) -> None:
    head = office.who(Role.enterprise_head)
    rows = [(f"{ONE[0]}{n}", *ONE[1:]) for n in range(4)]
    rows[1] = (*TWO,)
    rows[2] = (*TWO[:3], "示例新建有限公司", TWO[4])
    report = _load(office, text(HEADER, *rows)(tmp_path), head)
    assert (report.imported, [r.row for r in report.rejected]) == (2, [3, 4])
    assert {r.message for r in report.rejected} == {"没有这个案件，或不归您的单位办理"}
    numbers = [int(h.number[-5:]) for h in _hazards(office)]
    assert numbers == [1, 2]
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert organisation.called(work, "示例新建有限公司", "", "") == []


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: s.name)
def test_a_dry_run_reports_the_same_and_leaves_nothing(
    office: Office, tmp_path: Path, shape: Shape
) -> None:
    path = shape.write(tmp_path)
    rehearsed = _load(office, path, dry_run=True)
    assert _hazards(office) == []
    real = _load(office, path)
    assert rehearsed == real


def test_a_dry_run_sees_what_the_file_says_twice(office: Office, tmp_path: Path) -> None:
    new = (*ONE[:3], "示例新建有限公司", ONE[4])
    rows = (ONE, ONE, (*ONE[:2], "水利", *ONE[3:]), new, new, (*new[:2], "水利", *new[3:]))
    path = text(HEADER, *rows)(tmp_path)
    for dry_run in (True, False):
        report = _load(office, path, dry_run=dry_run)
        assert (report.imported, report.unchanged) == (2, 2)
        assert [r.row for r in report.rejected] == [4, 7]


def test_history_folds_to_what_was_imported_and_no_rung_is_due(
    office: Office, tmp_path: Path
) -> None:
    old = (*ENTRY[:7], "2021-05-01", ENTRY[8])
    assert _load(office, text(WIDE, ENTRY, old)(tmp_path)).imported == 2
    with unit_of_work(office.engine, office.clock, write=False) as work:
        for row in hazard.every(work):
            assert len(row.identity) == 64
            assert fold.fold(work, row.id) == fold.rows_of(work, row.id)
    ground = Ground(office.engine, office.clock, MemoryOffice(SENDER), office.files)
    assert (
        run_job(ground, "sweep") == "0 rungs, 0 periods, 0 digests, 0 contacts, 0 questions lapsed"
    )
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert letter.every(work) == []


@pytest.mark.parametrize(
    ("column", "value", "known"),
    [
        (0, "泄爆口缺失", False),
        (0, "无 泄爆口", True),
        (1, "除尘器 无泄爆口", True),
        (2, "二车间", False),
        (4, "示例路2号", False),
        (5, "水利", False),
        (5, "", True),
        (3, f"{'341502'}101", False),
        (3, "", True),
        (8, "示例乙", False),
        (8, "", False),
    ],
)
def test_the_same_hazard_with_other_values(
    office: Office, tmp_path: Path, column: int, value: str, *, known: bool
) -> None:
    entry = (*ENTRY[:3], "341502100", *ENTRY[4:])
    assert _load(office, text(WIDE, entry)(tmp_path)).imported == 1
    changed = (*entry[:column], value, *entry[column + 1 :])
    report = _load(office, text(WIDE, changed)(tmp_path), _actor(office, 1))
    assert (report.imported, report.unchanged) == (0, int(known))
    assert ["已经登记" in r.message for r in report.rejected] == ([] if known else [True])


def test_another_person_years_later_finds_it_too(office: Office, tmp_path: Path) -> None:
    path = text(WIDE, ENTRY)(tmp_path)
    assert _load(office, path).imported == 1
    office.clock.advance(timedelta(days=700))
    (row,) = _hazards(office)
    with unit_of_work(office.engine, office.clock) as work:
        act.forget(work, office.clock())
        work.update(hazard.TABLE, {"id": row.id}, {"contact": ERASED})
    assert _load(office, path, _actor(office, 1)).unchanged == 1


def test_a_lead_from_a_form_is_the_same_hazard(office: Office, tmp_path: Path) -> None:
    office.lead(description="除尘器，无泄爆口", found_on="2026-02-24")
    entry = (*ENTRY[:1], "除尘器,无 泄爆口", *ENTRY[2:])
    (refused,) = _load(office, text(WIDE, entry)(tmp_path)).rejected
    assert "已经登记" in refused.message


def test_two_imports_at_once(office: Office, tmp_path: Path) -> None:
    rows = [(f"{ONE[0]}{n}", *ONE[1:3], f"示例第{n % 7}有限公司", ONE[4]) for n in range(150)]
    path = text(HEADER, *rows)(tmp_path)
    reports: list[Report] = []
    threads = [
        threading.Thread(target=lambda n=n: reports.append(_load(office, path, _actor(office, n))))
        for n in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(r.imported for r in reports) == 150
    assert sum(r.unchanged for r in reports) == 150
    assert len(_hazards(office)) == 150
