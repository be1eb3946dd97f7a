"""A damaged file is not handed out: its own sentence, a line of log, and a row for those who mend it."""

import logging
from pathlib import Path

import pytest

from actions.papers.printing import print_papers
from actions.upkeep.nightly import check_files, verify_by_night
from guapai.people import Role
from storage import paper
from storage.database.work import unit_of_work
from storage.files import damage, evidence
from storage.files.evidence import FileStore
from tests.portal.test_evidence import photo, send
from tests.portal.town import Town

SAID = "这个文件已损坏或丢失，暂时不能提供"


def _standing(town: Town) -> dict[str, str]:
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        return {row.sha256: row.reason for row in damage.standing(work)}


def _kept(town: Town) -> evidence.EvidenceFile:
    """A photo in a case, looked at once, so that its views are made."""
    actor, case = town.who(Role.inspector), town.cases["lead"]
    with town.visitor(actor) as http:
        sent = send(http, actor, photo()).headers["x-guapai-sha256"]
        form = {"token": Town.token(actor), "key": "k1", "version": "1", "finding": "属实"}
        form |= {"evidence-file": sent, "evidence-kind": "before", "evidence-point": "坝肩"}
        assert http.post(f"/cases/{case}/hazard/{case}/verify", data=form).status_code == 303
        with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
            kept = evidence.of_case(work, case)[0]
        for size in ("thumb", "view"):
            assert http.get(f"/evidence/{kept.id}/{size}").status_code == 200
    return kept


@pytest.mark.parametrize("how", [damage.CHANGED, damage.LOST])
def test_evidence_is_not_handed_out_and_all_is_well_once_it_is_back(
    town: Town, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept = _kept(town)
    store = FileStore(town.office.files)
    path = store.path(kept.file)
    whole = path.read_bytes()
    if how == damage.LOST:
        path.unlink()
    else:
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    for role, what in (
        (Role.inspector, "thumb"),
        (Role.inspector, "view"),
        (Role.auditor, "original"),
    ):
        with caplog.at_level(logging.ERROR), town.visitor(town.who(role)) as http:
            answer = http.get(f"/evidence/{kept.id}/{what}")
        assert (answer.status_code, SAID in answer.text) == (410, True), what
        assert kept.file in caplog.text
    assert _standing(town) == {kept.file: how}
    _, why = verify_by_night(town.office.engine, town.office.clock, town.office.files)
    assert why.startswith("file ")
    path.write_bytes(whole)
    found = check_files(town.office.engine, town.office.clock, store)
    assert (found.damaged, found.mended) == ({}, 1)
    assert _standing(town) == {}
    with town.visitor(town.who(Role.auditor)) as http:
        assert http.get(f"/evidence/{kept.id}/original").content == whole


def test_a_damaged_paper_is_not_handed_out(town: Town) -> None:
    case = town.cases["listed"]
    print_papers(town.office.engine, town.office.files, town.office.clock)
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        found = next(p for p in paper.of_case(work, case) if p.pdf)
    assert found.pdf is not None
    path: Path = FileStore(town.office.files).path(found.pdf)
    with town.visitor(town.who(Role.inspector)) as http:
        good = http.get(f"/cases/{case}/papers/{found.id}.pdf")
        assert good.content == path.read_bytes()
        assert good.headers["content-disposition"] == f'inline; filename="paper-{found.id}.pdf"'
        path.write_bytes(good.content[:-1])
        bad = http.get(f"/cases/{case}/papers/{found.id}.pdf")
    assert (bad.status_code, SAID in bad.text) == (410, True)
    assert _standing(town) == {found.pdf: damage.CHANGED}
