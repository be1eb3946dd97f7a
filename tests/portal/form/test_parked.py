"""A decision that waits for signatures: signed as it was read, refused or withdrawn by plain forms, corrected."""

import html
import re

import httpx
import pytest

from guapai.people import Actor, Role
from storage import hazard
from storage.database.work import unit_of_work
from tests.portal.stages import MAJOR
from tests.portal.town import Town

R = Role
WHY = "现状描述与现场照片不符"
DETAILED = {
    **MAJOR,
    "causes": "示例的原因\n第二行",
    "potential_deaths": 3,
    "stop_needed": "part",
    "real_danger": True,
}


def _said(page: httpx.Response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.text))


def _forms(page: httpx.Response) -> list[dict[str, str]]:
    """The hidden fields of each form of the page, as a browser without scripts sends them."""
    forms = re.findall(r'<form[^>]*action="/cases/[^>]*>.*?</form>', page.text, re.S)
    hidden = r'<input type="hidden" name="([^"]*)" value="([^"]*)">'
    return [dict(re.findall(hidden, form)) for form in forms]


class Waiting:
    """A grading that waits for its second signature, in the hands of the chief and an expert."""

    def __init__(self, town: Town) -> None:
        self.town, self.case = town, town.cases["grading"]
        self.chief, self.expert = town.who(R.division_chief), town.who(R.expert)
        self.address = f"/cases/{self.case}/hazard/{self.case}/grade_major"
        self.park()

    def park(self) -> None:
        """The chief grades it major."""
        self.town.office.act(R.division_chief, "grade_major", DETAILED, self.case)

    def read(self, actor: Actor) -> httpx.Response:
        """The form, as somebody sees it."""
        with self.town.visitor(actor) as client:
            return client.get(self.address)

    def send(self, actor: Actor, form: dict[str, str], **typed: str) -> httpx.Response:
        """Somebody sends a form that they have read, and goes where it leads."""
        with self.town.visitor(actor) as client:
            form = {**form, **typed, "token": self.town.token(actor)}
            return client.post(self.address, data=form, follow_redirects=True)

    def page(self, actor: Actor) -> httpx.Response:
        """The page of the case."""
        with self.town.visitor(actor) as client:
            return client.get(f"/cases/{self.case}")

    def desk(self, actor: Actor) -> str:
        """What somebody's desk says they are to sign."""
        with self.town.visitor(actor) as client:
            return "".join(re.findall(r"card waiting.*?</section>", client.get("/desk").text, re.S))

    def state(self) -> str:
        """Where the hazard stands."""
        office = self.town.office
        with unit_of_work(office.engine, office.clock, write=False) as work:
            row = hazard.get(work, self.case)
        assert row is not None
        return str(row.state)


@pytest.fixture
def waiting(town: Town) -> Waiting:
    return Waiting(town)


def test_who_does_not_agree_refuses_and_the_form_is_there_to_be_corrected(
    waiting: Waiting,
) -> None:
    chief, expert = waiting.chief, waiting.expert
    assert waiting.address in waiting.desk(expert)
    assert "查看、签署或退回" in _said(waiting.page(expert))
    sign, refuse = _forms(waiting.read(expert))
    assert (sign["sign"], refuse["end"], refuse["parked"]) == ("yes", "refuse", sign["parked"])
    empty = waiting.send(expert, refuse, reason=" ")
    assert empty.status_code == 422
    assert re.search(r'id="reason-error"[^>]*>.*?此项必填', empty.text, re.S)
    done = waiting.send(expert, refuse, reason=WHY)
    assert "已退回等待签署的“判定为重大隐患”。" in _said(done)
    assert waiting.desk(expert) == ""
    for actor in (chief, expert):
        page = waiting.page(actor)
        entry = re.search(r"<b>退回：判定为重大隐患</b>.*?</li>", page.text, re.S)
        assert entry is not None and WHY in entry[0] and expert.name in entry[0]
        assert "等待签署：" not in _said(page)
    form = waiting.read(chief)
    assert "已填入上次撤回或退回的内容" in _said(form)
    assert re.search(r'name="causes"[^>]*>示例的原因\n第二行</textarea>', form.text)
    assert re.search(r'name="potential_deaths"[^>]*value="3"', form.text)
    assert re.search(r'<option value="part" selected>', form.text)
    assert re.search(r'name="real_danger" checked', form.text)
    assert MAJOR["clauses"][0] in form.text
    waiting.send(chief, _forms(form)[0], clauses="LA-工贸-01", causes="改写", harm="较大")
    assert waiting.address in waiting.desk(expert)
    sign = _forms(waiting.read(expert))[0]
    assert "已办理“判定为重大隐患”。" in _said(waiting.send(expert, sign))
    assert waiting.state() == "major_confirmed"


def test_who_has_signed_withdraws(waiting: Waiting) -> None:
    chief, expert = waiting.chief, waiting.expert
    assert "查看或撤回" in _said(waiting.page(chief))
    (withdraw,) = _forms(waiting.read(chief))
    assert withdraw["end"] == "withdraw"
    late = _forms(waiting.read(expert))[0]
    done = waiting.send(chief, withdraw, reason=WHY)
    assert "已撤回等待签署的“判定为重大隐患”。" in _said(done)
    assert f"<b>撤回：{'判定为重大隐患'}</b>" in done.text
    again = waiting.send(expert, late)
    assert again.status_code == 409
    assert "已由签署人撤回，请重新填写内容" in _said(again)
    assert re.search(r'name="causes"[^>]*>示例的原因', again.text)
    assert waiting.state() == "grading"


def test_nobody_signs_what_they_have_not_read(waiting: Waiting) -> None:
    chief, expert = waiting.chief, waiting.expert
    sign, refuse = _forms(waiting.read(expert))
    waiting.send(chief, _forms(waiting.read(chief))[0], reason=WHY)
    waiting.send(
        chief, _forms(waiting.read(chief))[0], clauses="LA-工贸-01", causes="改", harm="大"
    )
    for form in (sign, {**refuse, "reason": "示例的退回理由"}):
        got = waiting.send(expert, form)
        assert got.status_code == 409
        assert "已换成另一份内容，请核对后再办" in _said(got)
    assert "示例的退回理由" in got.text
    assert waiting.state() == "grading"


def test_what_lapsed_is_told_and_what_was_typed_is_kept(waiting: Waiting) -> None:
    expert, office = waiting.expert, waiting.town.office
    sign, refuse = _forms(waiting.read(expert))
    office.act(R.inspector, "record_danger", {"reason": "险情"}, waiting.case)
    for form in (sign, {**refuse, "reason": "示例的退回理由"}):
        got = waiting.send(expert, form)
        assert got.status_code == 409
        assert "原等待签署的内容已失效，请重新填写内容" in _said(got)
    assert "示例的退回理由" in _said(got)
    assert re.search(r'name="causes"[^>]*></textarea>', got.text)
    assert waiting.desk(expert) == ""


def test_strangers_end_nothing(waiting: Waiting) -> None:
    refuse = _forms(waiting.read(waiting.expert))[1]
    for actor in (
        waiting.town.who(R.enterprise_head),
        waiting.town.who(R.inspector),
        waiting.town.elsewhere(R.expert),
        waiting.town.who(R.auditor),
    ):
        for end in ("refuse", "withdraw"):
            got = waiting.send(actor, {**refuse, "end": end}, reason=WHY)
            assert got.status_code == 404
    assert waiting.address in waiting.desk(waiting.expert)
    odd = waiting.send(waiting.expert, {**refuse, "end": "sign"}, reason=WHY)
    assert odd.status_code == 422
