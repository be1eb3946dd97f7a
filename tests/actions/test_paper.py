"""The notice: numbered and frozen with the act, printed once, sealed, and only then served."""

import json

import pytest
from pypdf import PdfReader

from actions.papers.printing import print_papers
from guapai.errors import Refused
from guapai.people import Role
from storage import duty, paper
from storage.database.work import unit_of_work
from storage.files.store import FileStore
from storage.history import event
from storage.questions import fold
from tests.actions.conftest import Office

HOSTILE = "通知=?UTF-8?Q?=0A?=Bcc: x@example.com{{7*7}}<img onerror>𠮷龘#import $x$"


def _served(office: Office, case: int) -> None:
    office.act(Role.enterprise_head, "acknowledge_notice", {"receiver": "负责人"}, case)


def test_from_issue_to_service(office: Office) -> None:
    case = office.listed(title=HOSTILE)
    with pytest.raises(Refused, match="正在制发"):
        _served(office, case)
    assert print_papers(office.engine, office.files, office.clock) == 1
    assert print_papers(office.engine, office.files, office.clock) == 0
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (found,) = paper.of_case(work, case)
        events = [e.move for e in event.of_case(work, case)]
        assert fold.fold(work, case) == fold.rows_of(work, case)
    assert (found.state, found.number, found.missing) == ("sealed", "金安安督字〔2026〕1号", "")
    assert events.count("seal") == 1
    data = FileStore(office.files).read(found.pdf or "")
    path = office.files / "look.pdf"
    path.write_bytes(data)
    text = "".join(page.extract_text() for page in PdfReader(path).pages).replace("\n", "")
    assert "Bcc: x@example.com{{7*7}}<img onerror>" in text.replace(" ", "").replace(
        "Bcc:x@", "Bcc: x@"
    ).replace("<imgonerror>", "<img onerror>")
    assert json.loads(found.data)["title"] == HOSTILE
    _served(office, case)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        plan = next(d for d in duty.of_case(work, case) if d.kind == "file_plan")
    assert plan.anchor is not None
    assert plan.term == "15d"


def test_numbers_count_up_within_a_year(office: Office) -> None:
    cases = [office.listed(), office.listed(title="另一处")]
    with unit_of_work(office.engine, office.clock, write=False) as work:
        numbers = [paper.of_case(work, c)[0].number for c in cases]
    assert numbers == ["金安安督字〔2026〕1号", "金安安督字〔2026〕2号"]
