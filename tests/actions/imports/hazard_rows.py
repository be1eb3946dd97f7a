"""Ledgers of hazards, as workbooks and as text."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell

from actions.imports.file import LedgerRow, open_ledger
from actions.imports.landing import Report, import_ledger
from actions.imports.words import HAZARDS
from guapai.people import Role
from storage import hazard
from storage.database.work import unit_of_work
from storage.hazard import Hazard
from tests.actions.conftest import Office

HEADER = ("隐患名称", "所在地", "行业领域", "责任单位", "发现日期")


GOOD = ("除尘器无泄爆口", "金安区", "工贸", "金安区示例木业有限公司", "2026-02-24")


def _load(office: Office, path: Path, nth: int = 0) -> Report:
    actor = office.city.who(Role.inspector, office.city.at("department", "341500"), nth)
    return import_ledger(office.engine, path, actor, office.clock)


def read_ledger(path: Path) -> list[LedgerRow]:
    """The entries of a ledger of hazards."""
    with open_ledger(path, HAZARDS) as ledger:
        return list(ledger.entries())


def _hazards(office: Office) -> list[Hazard]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        return hazard.every(work)


def _csv(folder: Path, *rows: Sequence[str], header: Sequence[str] = HEADER) -> Path:
    path = folder / "台账.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def _xlsx(folder: Path, *rows: tuple[Any, ...]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    path = folder / "台账.xlsx"
    book.save(path)
    book.close()
    return path


def _show_as(path: Path, shown_as: str) -> None:
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    cell = book.active["E2"]
    assert isinstance(cell, Cell)
    cell.number_format = shown_as
    book.save(path)
    book.close()


def _with_day(folder: Path, day: str) -> Path:
    return _csv(folder, (*GOOD[:4], day))
