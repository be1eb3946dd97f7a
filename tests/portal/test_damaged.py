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
from storage.files.store import CHANGED, LOST, FileStore
from tests.portal.test_evidence import photo, send
from tests.portal.town import Town

SAID = "这个文件已损坏或丢失，暂时不能提供"


def _standing(town: Town) -> dict[str, str]:
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        return {row.sha256: row.reason for row in damage.standing(work)}


def _handed_in(town: Town) -> evidence.EvidenceFile:
    """A photo in a case; nobody has looked at it."""
    actor, case = town.who(Role.inspector), town.cases["lead"]
    with town.visitor(actor) as http:
        sent = send(http, actor, photo()).headers["x-guapai-sha256"]
        form = {"token": Town.token(actor), "key": "k1", "version": "1", "finding": "属实"}
        form |= {"evidence-file": sent, "evidence-kind": "before", "evidence-point": "坝肩"}
        assert http.post(f"/cases/{case}/hazard/{case}/verify", data=form).status_code == 303
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        return evidence.of_case(work, case)[0]


def _harm(path: Path, how: str) -> bytes:
    """Damage a file; what it was."""
    whole = path.read_bytes()
    if how == LOST:
        path.unlink()
    else:
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    return whole


def _asked(town: Town, kept: evidence.EvidenceFile, what: str) -> tuple[int, bool]:
    """How the portal answers who asks for a view, or an auditor for the original."""
    with town.visitor(town.who(Role.auditor)) as http:
        answer = http.get(f"/evidence/{kept.id}/{what}")
    return answer.status_code, SAID in answer.text


SHOWN, REFUSED = (200, False), (410, True)


@pytest.mark.parametrize("how", [CHANGED, LOST])
def test_evidence_known_to_be_damaged_is_not_shown_until_it_is_whole(
    town: Town, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept = _handed_in(town)
    for size in ("thumb", "view"):
        assert _asked(town, kept, size) == SHOWN
    path = FileStore(town.office.files).path(kept.file)
    whole = _harm(path, how)
    assert _asked(town, kept, "thumb") == SHOWN, "a view that is made reads nothing of the original"
    assert _standing(town) == {}
    with caplog.at_level(logging.ERROR):
        assert _asked(town, kept, "original") == REFUSED
    assert kept.file in caplog.text
    assert _standing(town) == {kept.file: how}
    for size in ("thumb", "view"):
        assert _asked(town, kept, size) == REFUSED, size
    path.write_bytes(whole)
    assert _asked(town, kept, "thumb") == SHOWN, "what is known to be damaged is looked at anew"
    assert _standing(town) == {}
    assert _asked(town, kept, "original") == SHOWN


@pytest.mark.parametrize("how", [CHANGED, LOST])
def test_the_nightly_check_lets_views_be_refused_and_shown_again(town: Town, how: str) -> None:
    kept, store = _handed_in(town), FileStore(town.office.files)
    assert _asked(town, kept, "thumb") == SHOWN
    whole = _harm(store.path(kept.file), how)
    _, why = verify_by_night(town.office.engine, town.office.clock, town.office.files)
    assert "file " in why
    assert _standing(town) == {kept.file: how}
    assert _asked(town, kept, "thumb") == REFUSED
    store.path(kept.file).write_bytes(whole)
    found = check_files(town.office.engine, town.office.clock, store)
    assert (found.damaged, found.mended) == ({}, 1)
    assert _standing(town) == {}
    assert _asked(town, kept, "thumb") == SHOWN


@pytest.mark.parametrize("how", [CHANGED, LOST])
def test_a_view_that_has_to_be_made_finds_the_damage(town: Town, how: str) -> None:
    kept = _handed_in(town)
    _harm(FileStore(town.office.files).path(kept.file), how)
    assert _asked(town, kept, "thumb") == REFUSED
    assert _standing(town) == {kept.file: how}


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
    assert _standing(town) == {found.pdf: CHANGED}
