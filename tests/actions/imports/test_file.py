"""Ledgers of every shape are read for what they say; what is no ledger is refused in a sentence."""

import zipfile
from pathlib import Path

import pytest

from actions.imports import xml as ledger_xml
from actions.imports.file import open_ledger
from actions.imports.landing import import_ledger
from actions.imports.words import HAZARDS, is_no_entry
from guapai.errors import BadInput
from guapai.people import Role
from statemachines.facts import Source
from statemachines.hazard.states import HazardState
from storage import hazard
from storage.database.work import unit_of_work
from storage.people import organisation
from tests.actions.conftest import Office
from tests.actions.imports.ledgers import HEADER, ONE, TWO, Lead, Shape, book, inline, raw
from tests.actions.imports.shapes import SHAPES


def _leads(office: Office) -> list[Lead]:
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found: list[Lead] = []
        for h in hazard.every(work):
            assert (h.state, h.source) == (HazardState.lead, Source.ledger)
            unit = organisation.get(work, h.unit_id) if h.unit_id else None
            name = unit.name if unit is not None else None
            found.append((h.title, h.place_code, name, h.found_on.isoformat()))
    return found


def test_there_are_shapes() -> None:
    assert len(SHAPES) > 20


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: s.name)
def test_each_shape_gives_its_leads_once(office: Office, tmp_path: Path, shape: Shape) -> None:
    path = shape.write(tmp_path)
    actor = office.city.who(Role.inspector, office.city.at("department", "341500"))
    for again in (False, True):
        report = import_ledger(office.engine, path, actor, office.clock)
        assert report.read == len(shape.leads) + len(shape.rejected)
        landed = (0, len(shape.leads)) if again else (len(shape.leads), 0)
        assert (report.imported, report.unchanged) == landed, report.rejected
        assert [(r.row, r.column) for r in report.rejected] == [r[:2] for r in shape.rejected]
        for rejection, (_, _, said) in zip(report.rejected, shape.rejected, strict=True):
            assert said in rejection.message
    assert sorted(_leads(office), key=str) == sorted(shape.leads, key=str)


@pytest.mark.parametrize(
    "write",
    [
        raw(inline(HEADER), doctype='<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'),
        raw(inline(HEADER) + "<row>"),
        raw(inline(HEADER), strings="<si><t>&nbsp;</t></si>"),
    ],
)
def test_workbooks_that_are_attacks_or_broken(tmp_path: Path, write: object) -> None:
    assert callable(write)
    path = write(tmp_path)
    with pytest.raises(BadInput, match="不是可读的"), open_ledger(path, HAZARDS):
        pass


def test_a_part_that_unpacks_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = raw(inline(HEADER) + inline(ONE))(tmp_path)
    monkeypatch.setattr(ledger_xml, "LARGEST", 100)
    with pytest.raises(BadInput, match="不是可读的"), open_ledger(path, HAZARDS):
        pass


def test_a_file_cut_short(tmp_path: Path) -> None:
    path = book(HEADER, ONE, TWO)(tmp_path)
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(BadInput, match="不是可读的"), open_ledger(path, HAZARDS):
        pass


def test_a_changed_byte_is_seen_before_anything_lands(office: Office, tmp_path: Path) -> None:
    path = raw(inline(HEADER) + inline(ONE) * 3000)(tmp_path)
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    data = bytearray(path.read_bytes())
    at = part.header_offset + 30 + len(part.filename) + part.compress_size - 3
    data[at] ^= 0xFF
    path.write_bytes(data)
    actor = office.city.who(Role.inspector, office.city.at("department", "341500"))
    with pytest.raises(BadInput, match="不是可读的"):
        import_ledger(office.engine, path, actor, office.clock)
    assert _leads(office) == []


@pytest.mark.parametrize(
    ("cells", "nothing"),
    [
        (["", "  "], True),
        (["合计"], True),
        (["总 计", "12", "3.5万元"], True),
        (["共计：12项"], True),
        (["合计", "隐患12项需要整改"], False),
        (["填表人：示例甲", "审核人：示例乙"], True),
        (["填报人", "示例甲", "填报日期", "2026-03-01"], True),
        (["审核人签字："], True),
        (["负责人：未持证", "金安区"], False),
        (["日期"], False),
        (["备注：略"], True),
        (["备注：略", "金安区"], False),
        (["三、非煤矿山"], True),
        (["一、二号车间除尘器未接地", "金安区", "工贸"], False),
        (["隐患名称", "所在地"], True),
        (["隐患名称", "金安区"], False),
    ],
)
def test_what_is_no_entry(cells: list[str], *, nothing: bool) -> None:
    assert is_no_entry(cells, HEADER) is nothing
