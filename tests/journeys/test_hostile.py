"""Hostile titles: one recipient, no extra header, shown as typed in the mail."""

import asyncio
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from actions.post.posting import post
from flows.timetable import Ground
from guapai.clock import SimulatedClock
from guapai.errors import BadInput
from guapai.people import Role
from guapai.text import isolated, one_line
from notifications.post.catcher import Catcher
from notifications.post.offices import SmtpOffice
from notifications.post.sealing import Sender
from notifications.post.smtp import Channel, Tls
from storage.database.engine import Engine
from tests.journeys.living import begin
from tests.journeys.story import OFFICERS, Day, Tale, step

TITLES = (
    "通知=?UTF-8?Q?=0A?=Bcc: x@example.com",
    "通知\r\nBcc: x@example.com",
    "a\0b",
    "前\u202e后",
    "𠮷龘·",
    "{{7*7}}{% raw %}",
    "<img onerror=alert(1)>",
    "\ud800",
)


def test_hostile_titles_in_mail(engine: Engine, clock: SimulatedClock, tmp_path: Path) -> None:
    with Catcher() as catcher:
        channel = Channel(host=catcher.host, port=catcher.port, tls=Tls.none)
        office = SmtpOffice(channel, Sender("guapai@example.com", "挂牌督办系统", "example.com"))
        story = begin(Ground(engine, clock, office, tmp_path / "files"), clock)
        for nth, title in enumerate(TITLES):
            tale = Tale(f"hostile{nth}", "341502", 0)
            lead = {
                "title": title,
                "description": title,
                "sector": "工贸",
                "source": "inspection",
                "found_on": Day(0),
            }
            officers = {"finding": "属实", "officers": OFFICERS}
            story.act(tale, step(0, Role.inspector, "department", "report_lead", lead))
            story.act(tale, step(0, Role.inspector, "department", "verify", officers))
            story.act(
                tale, step(0, Role.inspector, "department", "grade_general", {"reason": title})
            )
        posted = asyncio.run(post(engine, office, clock))
        assert posted.sent == 2 * len(TITLES)
        caught = catcher.letters
    seen = set()
    for letter in caught:
        assert len(letter.recipients) == 1
        mail = message_from_bytes(letter.mime, policy=policy.default)
        names = [n.lower() for n in mail.keys()]  # noqa: SIM118 (a header may come twice)
        assert sorted(set(names)) == sorted(names)
        assert "bcc" not in names
        assert "cc" not in names
        assert len(mail["To"].addresses) == 1
        assert mail["To"].addresses[0].addr_spec == letter.recipients[0]
        seen.add(str(mail["Subject"]))
        plain = mail.get_body(("plain",))
        page = mail.get_body(("html",))
        assert plain is not None
        assert page is not None
        assert "<img" not in page.get_content()
        assert any(one_line(t) in plain.get_content() for t in TITLES)
    assert seen == {isolated(f"【限期整改】{isolated(one_line(t))}") for t in TITLES}


@pytest.mark.parametrize("title", ["  ", "\u2028"])
def test_an_empty_title_is_refused_with_a_sentence(
    engine: Engine, clock: SimulatedClock, tmp_path: Path, title: str
) -> None:
    story = begin(
        Ground(engine, clock, None, tmp_path / "files"),  # type: ignore[arg-type]
        clock,
    )
    lead = {
        "title": title,
        "description": "x",
        "sector": "工贸",
        "source": "inspection",
        "found_on": Day(0),
    }
    with pytest.raises(BadInput, match="隐患名称：此项必填"):
        story.act(
            Tale("empty", "341502", 0), step(0, Role.inspector, "department", "report_lead", lead)
        )
