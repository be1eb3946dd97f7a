"""What auditors are shown of a case: what was done late, and the originals of photos."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from guapai.clock import local_date
from guapai.people import Actor, Role
from portal.casefile import punctual
from portal.evidence import ORIGINALS
from storage import duty
from storage.database.work import unit_of_work
from storage.duty import Duty
from storage.files import evidence
from storage.people import person as people
from tests.portal.test_evidence import looks
from tests.portal.town import Town

DUE_ON, DUE_AT = date(2026, 3, 10), datetime(2026, 3, 10, 16, tzinfo=UTC)
"""Due until the end of a day, as the clocks of the country show it."""


def _duty(state: str, **times: datetime) -> Duty:
    """A duty as pages read it."""
    never = {"closed_at": None, "suspended_at": None}
    return cast(
        Duty,
        SimpleNamespace(**{"due_at": DUE_AT, "due_on": DUE_ON, "state": state, **never, **times}),
    )


@pytest.mark.parametrize(
    ("state", "hours", "said"),
    [
        ("met", -1, "按期"),
        ("met", 0, "逾期1日办结"),
        ("met", 23, "逾期1日办结"),
        ("met", 24, "逾期2日办结"),
        ("cancelled", -1, ""),
        ("cancelled", 0, "结束时已逾期1日"),
        ("replaced", 24, "结束时已逾期2日"),
    ],
)
def test_in_time_or_how_many_legal_days_late(state: str, hours: int, said: str) -> None:
    found = punctual(_duty(state, closed_at=DUE_AT + timedelta(hours=hours)))
    assert (found.said if found else "") == said
    assert found is None or found.tone == ("good" if said == "按期" else "bad")


def test_late_by_hours_on_the_same_day() -> None:
    due, ended = DUE_AT - timedelta(hours=9), DUE_AT - timedelta(hours=8)
    assert punctual(_duty("open", due_at=due)) is None
    for state, said in (("met", "逾期办结"), ("cancelled", "结束时已逾期")):
        found = punctual(_duty(state, due_at=due, closed_at=ended))
        assert found is not None
        assert (found.said, found.tone) == (said, "bad")


def test_what_was_suspended_in_time_did_not_become_late() -> None:
    before, after, ended = (DUE_AT + timedelta(days=n) for n in (-1, 2, 9))
    assert punctual(_duty("cancelled", suspended_at=before, closed_at=ended)) is None
    found = punctual(_duty("cancelled", suspended_at=after, closed_at=ended))
    assert found is not None
    assert found.said == "结束时已逾期3日"


def _ended(page: str) -> str:
    found = re.search(r"最近结束的事项.*?</details>", page, re.DOTALL)
    assert found
    return found[0]


def test_the_page_says_when_a_duty_was_done_and_how_late(town: Town) -> None:
    office, case = town.office, town.cases["lead"]
    with unit_of_work(office.engine, office.clock, write=False) as work:
        (due,) = duty.of_case(work, case)
    office.clock.advance(due.due_at - office.clock() + timedelta(days=2, hours=1))
    office.act(Role.inspector, "verify", {"finding": "属实", "officers": office.officers}, case)
    done_on = local_date(office.clock())
    assert (done_on - due.due_on).days == 3
    with town.visitor(town.who(Role.auditor)) as http:
        said = _ended(http.get(f"/cases/{case}").text)
        assert '<span class="pill bad">逾期3日办结</span>' in said
        assert f"期限：{due.due_on}<br>结束：{done_on}" in said
        assert "按期" not in said
        said = _ended(http.get(f"/cases/{town.cases['closed']}").text)
        assert '<span class="pill good">按期</span>' in said
        http.cookies.set("guapai-language", "en")
        assert "Done 3 days late" in http.get(f"/cases/{case}").text


READERS = (Role.auditor, Role.discipline_supervisor, Role.audit_admin)
OTHERS = (Role.inspector, Role.enterprise_head, Role.commission_office, Role.government)


@pytest.mark.parametrize("role", READERS + OTHERS)
def test_the_original_is_linked_for_those_who_may_have_it(town: Town, role: Role) -> None:
    reader, case = _reader(town, role), town.cases["requested"]
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        (kept,) = evidence.of_case(work, case)
    link = f'<a href="/evidence/{kept.id}/original">原件（查看将留痕）</a>'
    with town.visitor(reader) as http:
        page = http.get(f"/cases/{case}").text
        assert f"/evidence/{kept.id}/thumb" in page
        answer = http.get(f"/evidence/{kept.id}/original")
    assert (role in ORIGINALS) == (role in READERS)
    assert (link in page) == (answer.status_code == 200) == (role in ORIGINALS)
    figure = re.findall(r"<figcaption>.*?</figcaption>", page, re.DOTALL)[0]
    shown = (kept.file, f"{len(answer.content)} Bytes", _head(town), "企业主要负责人", "2026-")
    for said in shown if role in ORIGINALS else ():
        assert said in figure
    if role not in ORIGINALS:
        assert kept.file not in page
        assert "提交人" not in page


def _head(town: Town) -> str:
    """The name of the head of the firm, who handed the photo in."""
    return town.who(Role.enterprise_head).name


def _reader(town: Town, role: Role) -> Actor:
    """Somebody in a role, for those who read everything at the bureau of the city."""
    if role in OTHERS or role in town.readers:
        return town.who(role)
    where = town.office.city.at("department", "341500")
    with unit_of_work(town.office.engine, town.office.clock) as work:
        person_id = people.add(work, f"示例{role.value}", f"{role.value}@example.com")
        people.appoint(work, person_id, role, where, date(2020, 1, 1))
    return Actor(person_id, role, where, None, f"示例{role.value}")


def test_looking_at_the_original_is_written_down(town: Town) -> None:
    auditor, case = town.who(Role.auditor), town.cases["requested"]
    with town.visitor(auditor) as http:
        page = http.get(f"/cases/{case}").text
        found = re.search(r'<a href="(/evidence/\d+/original)">原件', page)
        assert found
        assert looks(town) == []
        assert http.get(found[1]).status_code == 200
    assert looks(town) == [("original", auditor.person_id)]
