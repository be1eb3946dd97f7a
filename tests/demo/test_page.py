"""The read-only page: every route answers, nothing typed is run, nothing can be written."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import uvicorn

from demo.page import build_app
from demo.wording import facts_in_words
from flows.running import run_due
from flows.timetable import TIMETABLE, Ground
from guapai.clock import SimulatedClock
from guapai.people import Role
from guapai.settings import Settings
from notifications.offices import MemoryOffice
from notifications.sealing import Sender
from storage import paper
from storage.engine import Engine
from storage.event import Event
from storage.work import unit_of_work
from tests.journeys.living import begin
from tests.journeys.story import Day, Tale, found, graded, listed, reported, step

HOSTILE = "<img onerror=alert(1)>{{7*7}}𠮷龘"
SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")


@dataclass
class Visit:
    """A browser of sorts, and the cases there are."""

    http: httpx.Client
    cases: dict[str, int]


@pytest.fixture
def client(url: str, engine: Engine, clock: SimulatedClock, tmp_path: Path) -> Iterator[Visit]:
    settings = Settings(database_url=url, files=tmp_path / "files")
    office = MemoryOffice(SENDER)
    story = begin(Ground(engine, clock, office, settings.files), clock)
    lead = {
        "title": HOSTILE,
        "description": HOSTILE,
        "sector": "工贸",
        "source": "inspection",
        "found_on": Day(0),
    }
    tale = Tale("hostile", "341502", 0)
    story.act(tale, step(0, Role.inspector, "department", "report_lead", lead))
    other = Tale("other", "341503", 0)
    steps = (
        *found(0, "积尘", "积尘", "工贸"),
        *graded(0, "LA-工贸-01"),
        *reported(0),
        *listed(0, 60),
    )
    for planned in steps[:8]:
        story.act(other, planned)
    for job in TIMETABLE:
        run_due(story.ground, job)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build_app(settings), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = listening.getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as found_client:
        yield Visit(found_client, story.cases)
    server.should_exit = True
    thread.join()
    listening.close()


def test_every_page_answers_and_shows_text_as_typed(client: Visit, engine: Engine) -> None:
    cases, get = client.cases, client.http.get
    for path in ("/", f"/cases/{cases['hostile']}"):
        page = get(path)
        assert page.status_code == 200
        assert "<img" not in page.text
        assert "&lt;img onerror=alert(1)&gt;{{7*7}}𠮷龘" in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "http://" not in page.text
        assert "https://" not in page.text
    text = get(f"/cases/{cases['other']}").text
    for said in (
        "挂牌待报方案",
        "送达挂牌督办通知书",
        "签署：判定为重大隐患",
        "已送达对方服务器",
        "字〔2026〕1号",
        "县（区）级挂牌督办",
        "所在地</dt><dd>341503100",
        "裕安区示例木业有限公司 企业主要负责人",
    ):
        assert said in text
    assert "county" not in text
    assert "inspection" not in text
    assert 'class="present" aria-current="step">挂牌待报方案' in text
    linked = re.findall(r'href="(/mails/\d+)"', text)
    assert linked
    assert all(get(path).status_code == 200 for path in linked)
    with unit_of_work(engine, write=False) as work:
        (notice,) = paper.of_case(work, cases["other"])
    printed = get(f"/papers/{notice.id}.pdf")
    assert printed.content.startswith(b"%PDF")
    mails = get("/mails")
    assert "【挂牌督办】积尘" in mails.text
    for path in re.findall(r'href="(/mails/\d+)"', mails.text):
        assert "letter-" in get(path).text
    assert get("/mails?before=1").text.count("信箱是空的") == 1
    assert get("/style.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/cases/1",
        "/cases/x",
        f"/cases/{10**20}",
        "/papers/1.pdf",
        f"/papers/{10**20}.pdf",
        "/mails/..%2Fx",
        "/mails/9",
    ],
)
def test_what_is_not_there_says_so(client: Visit, path: str) -> None:
    page = client.http.get(path)
    assert page.status_code == 404
    assert "没有" in page.text


def test_nothing_can_be_written(client: Visit) -> None:
    for path in ("/", "/mails", "/style.css"):
        assert client.http.post(path).status_code == 405
        refused = client.http.delete(path)
        assert refused.status_code == 405
        assert "只能查看" in refused.text
        assert refused.headers["Allow"] == "GET"


SERVED = Event(
    id=1,
    act_id=1,
    noun="hazard",
    row_id=1,
    move="acknowledge_notice",
    source="plan_due",
    role="enterprise_head",
    at=datetime(2026, 3, 25, tzinfo=UTC),
    basis="",
    calendar="",
)


def test_facts_are_told_in_words() -> None:
    facts = {"served_at": "2026-03-25T02:03:00Z", "manner": "直接送达", "receiver": "", "other": 1}
    assert facts_in_words(SERVED, facts) == [
        ("送达时间", "2026-03-25 10:03"),
        ("送达方式", "直接送达"),
    ]


def test_a_no_is_an_answer_and_money_is_in_yuan() -> None:
    danger = SERVED.model_copy(update={"move": "record_danger"})
    assert ("存在现实危险", "否") in facts_in_words(danger, {"real_danger": False})
    asked = SERVED.model_copy(update={"move": "request_acceptance"})
    assert ("实际投入（元）", "120,000.05") in facts_in_words(asked, {"spent_fen": 12_000_005})


def test_personal_values_stay_sealed() -> None:
    lead = SERVED.model_copy(update={"move": "report_lead", "source": None})
    ((_, said),) = facts_in_words(lead, {"contact": {"sha256": "ab"}})
    assert said == "（个人信息，此处不显示）"
