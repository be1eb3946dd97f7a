"""Tables handed out: whole, in Chinese, without contacts, and nothing in them is executed."""

import csv
import io
import json
import tracemalloc
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from actions.act.parked import end_parked
from actions.exports import export
from actions.exports.file import harmless, write_csv, write_xlsx
from actions.hand.facts import Subject
from guapai.people import Role
from statemachines.noted import Parked
from storage import letter
from storage.database.columns import defaults
from storage.database.work import unit_of_work
from storage.history import access, reading
from storage.questions import export as asked
from tests.actions.conftest import Office
from tests.cli.commands import Commands

FORMULA = '=HYPERLINK("http://example.com","点我")'


def _rows(ran_out: str) -> list[dict[str, str]]:
    assert ran_out.startswith("\ufeff")
    assert "\r\n" in ran_out
    return list(csv.DictReader(io.StringIO(ran_out[1:], newline="")))


def test_hazards_are_written_for_people(
    guapai: Commands, town: Office, db: tuple[str, str], tmp_path: Path
) -> None:
    town.lead(title=FORMULA, contact="示例联系人 0564-0000000")
    town.closed()
    file = tmp_path / "h.xlsx"
    done = guapai("export", "hazards", *db, "--out", file)
    assert (done.code, done.err) == (0, f"2 hazards in {file}\n")
    sheet = openpyxl.load_workbook(file).active
    titles = [c.value for c in sheet[1]]
    first = dict(zip(titles, sheet[2], strict=True))
    assert (first["隐患名称"].value, first["隐患名称"].data_type) == (FORMULA, "s")
    assert first["状态"].value == "线索待核实"
    assert first["发现日期"].value == datetime(2026, 3, 1)  # noqa: DTZ001 (a sheet has local days)
    assert first["登记时间"].value == datetime(2026, 3, 2, 9, 1)  # noqa: DTZ001
    assert "联系人及电话" not in titles
    assert sheet.max_row == 3
    assert not list(tmp_path.glob(".h*"))


def test_a_csv_is_harmless_and_a_jsonl_exact(
    guapai: Commands, town: Office, db: tuple[str, str]
) -> None:
    town.lead(title=FORMULA, contact="示例联系人 0564-0000000", address='多\n行,"引号"')
    (row,) = _rows(_csv(guapai, "hazards", *db))
    assert row["隐患名称"] == "'" + FORMULA
    assert row["地址"] == '多\n行,"引号"'
    assert (row["登记时间"], "联系人及电话" in row) == ("2026-03-02 09:01:00", False)
    refused = guapai("export", "hazards", *db, "--with-contact")
    assert (refused.code, "--as EMAIL" in refused.flat) == (2, True)
    chief = town.who(Role.division_chief).person_id
    taken = ("--with-contact", "--as", chief, "--place", "341502")
    (more,) = _rows(_csv(guapai, "hazards", *db, *taken))
    elsewhere = guapai("export", "hazards", *db, *taken[:-1], "341503")
    assert (elsewhere.code, "不在您管理的地区内" in elsewhere.flat) == (2, True)
    with unit_of_work(town.engine, town.clock, write=False) as work:
        (look,) = work.execute(sa.select(reading.TABLE)).mappings()
    assert (look["person_id"], look["detail"]) == (
        chief,
        "hazards --with-contact --place 341502",
    )
    assert more["联系人及电话"] == "示例联系人 0564-0000000"
    value = json.loads(_csv(guapai, "hazards", *db, "--format", "jsonl"))
    assert (value["title"], value["state"], value["state_title"]) == (FORMULA, "lead", "线索待核实")
    assert value["created_at"] == "2026-03-02T01:01:00+00:00"


def _csv(guapai: Commands, *words: object) -> str:
    """What a command writes on a standard output that takes bytes."""
    out = io.BytesIO()
    with guapai.monkeypatch.context() as patch:
        patch.setattr("sys.stdout", io.TextIOWrapper(out, encoding="utf-8", write_through=True))
        ran = guapai("export", *words)
        assert ran.code == 0, ran.err
        return out.getvalue().decode()


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "+86"),
        ("+1*cmd", "'+1*cmd"),
        ("-5", "-5"),
        ("-5.25", "-5.25"),
        ("-5+2", "'-5+2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－甲", "'－甲"),
        ("＠甲", "'＠甲"),
        ("甲=1", "甲=1"),
        ("", ""),
    ],
)
def test_a_cell_that_begins_like_a_formula_is_marked(text: str, safe: str) -> None:
    assert harmless(text) == safe


@pytest.mark.parametrize("table", asked.TABLES)
def test_every_table_has_its_columns_and_filters(office: Office, table: str) -> None:
    office.closed()
    office.general()
    with unit_of_work(office.engine, office.clock) as work:
        access.note(work, access.Access.sign_in, access.Outcome.ok, person_id=1)
    found = export.table(office.engine, table)
    rows = list(found.rows)
    assert rows
    for row in rows:
        for column in found.columns:
            export.shown(column, row)
    today = office.clock().date()
    later = export.table(office.engine, table, since=today + timedelta(days=2))
    elsewhere = export.table(office.engine, table, place="3417")
    here = export.table(office.engine, table, place="341502")
    assert list(later.rows) == list(elsewhere.rows) == []
    placed = [r for r in rows if r.get("case_id", 1) is not None]  # an administrative act has none
    assert len(list(here.rows)) == (0 if table == "entries" else len(placed))
    assert len(list(export.table(office.engine, table, since=date(2026, 3, 2)).rows)) == len(rows)


@pytest.mark.parametrize(
    ("table", "state", "word"),
    [
        ("hazards", "closed", "closed"),
        ("hazards", "已销号", "closed"),
        ("hazards", "整改中", ""),
        ("duties", "在办", "open"),
        ("letters", "待发送", "queued"),
        ("events", "已销号", "closed"),
    ],
)
def test_a_state_is_named_by_word_or_title(
    office: Office, table: str, state: str, word: str
) -> None:
    office.closed()
    column = "dest" if table == "events" else "state"
    rows = export.table(office.engine, table, state=state).rows
    assert {str(r[column]) for r in rows} == ({word} if word else set())


def test_moves_and_signatures_have_their_titles(office: Office) -> None:
    office.closed()
    case, clauses = office.grading(), {"clauses": ["LA-工贸-01"], "causes": "缺失", "harm": "较大"}
    office.act(Role.division_chief, "grade_major", clauses, case)
    with unit_of_work(office.engine, office.clock) as work:
        asked = (Subject(noun="hazard", row_id=case), "grade_major", Parked.refuse)
        end_parked(work, *asked, {"reason": "条款有误"}, office.who(Role.expert))
    found = export.table(office.engine, "events")
    titles = {c.name: c for c in found.columns}
    said = {export.shown(titles["move"], r) for r in found.rows}
    assert {"登记线索", "签署：验收合格", "退回：判定为重大隐患", "文书成文"} <= said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("party",), "there are: hazards, duties, letters, events"),
        (("hazards", "--state", "x"), "is no state of hazards; there are: lead (线索待核实)"),
        (("hazards", "--place", "六安"), "is no place code"),
        (("hazards", "--since", "today"), "is not a day"),
        (("hazards", "--format", "pdf"), "is not one of: xlsx, csv, jsonl"),
        (("hazards", "--format", "xlsx"), "--out FILE.xlsx"),
        (("hazards", "--out", "/nowhere/h.csv"), "cannot write"),
    ],
)
def test_a_mistake_is_one_sentence(
    guapai: Commands, db: tuple[str, str], words: tuple[str, ...], said: str
) -> None:
    ran = guapai("export", *words, *db)
    assert (ran.code, said in ran.flat) == (2, True)


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Long rows are written and forgotten: their texts alone would take six megabytes."""
    row = {c.name: "长" * 200 for c in export.COLUMNS["letters"]}
    for write in (write_csv, write_xlsx):
        rows = ({name: text + "！" for name, text in row.items()} for _ in range(1000))
        table = export.Table("letters", export.COLUMNS["letters"], rows)
        with (tmp_path / write.__name__).open("wb") as out:
            tracemalloc.start()
            assert write(table, out) == 1000
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peak < 3 * 10**6


def test_pages_join_without_a_gap(office: Office) -> None:
    office.lead()
    count = 2 * asked.PAGE + 100
    with unit_of_work(office.engine, office.clock) as work:
        ids = work.take_ids(count)
        rows = [{**defaults(letter.TABLE), **_letter(work.now), "id": i} for i in ids]
        work.insert_many(letter.TABLE, rows)
    assert [r["id"] for r in export.table(office.engine, "letters").rows] == ids


def _letter(at: datetime) -> dict[str, object]:
    return {
        "kind": "digest",
        "recipient": "a@example.com",
        "recipient_name": "示例",
        "subject": "示例",
        "statutory": False,
        "state": "queued",
        "created_at": at,
        "next_try_at": at,
    }
