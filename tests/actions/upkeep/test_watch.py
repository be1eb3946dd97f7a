"""The watch: what does not run is seen within minutes, told to administrators once a day, and forgotten."""

import asyncio
import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from actions.upkeep.alert import AGAIN, RETRY, SETTLED, Told, alert
from actions.upkeep.watch import (
    LOW,
    REMEMBERED,
    SCARCE,
    Concern,
    Figures,
    Kind,
    certificate_end,
    concerns,
    look_around,
)
from guapai.clock import SimulatedClock
from guapai.people import Role
from notifications.post.answers import Answer, Outcome, Stage
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.people import person as people
from storage.upkeep.heartbeat import Heartbeat
from storage.upkeep.hold import Hold
from storage.upkeep.watermark import Mark
from tests.actions.conftest import Office

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
TROUBLE = Answer(Outcome.channel, 421, "closing", Stage.connect)


def _beat(**given: Any) -> Heartbeat:
    values = {"job": "sweep", "title": "清扫", "patience": 300, "ok_at": NOW, "begun_at": NOW}
    return Heartbeat(**{**values, "ended_at": NOW, **given})


def _seen(**given: Any) -> list[tuple[str, str]]:
    usual = {"now": NOW, "beats": [_beat()], "confirmed": frozenset({2026, 2027})}
    found = concerns(Figures(**{**usual, **given}))
    for concern in found:  # of what is told nothing is English but names and what a run has said
        words = set(re.findall("[A-Za-z]+", concern.told)) - {"GB", "here", "disk", "full"}
        assert not words, concern
        assert re.search(r"[\u4e00-\u9fff]", concern.told), concern
    return [(c.key, c.state) for c in found]


def _at(minutes: int) -> datetime:
    return NOW - minutes * MINUTE


def test_nothing_is_wrong() -> None:
    assert _seen() == []


@pytest.mark.parametrize(
    ("beat", "seen"),
    [
        ({"ok_at": _at(5), "begun_at": _at(5), "ended_at": _at(5)}, []),
        ({"ok_at": _at(6), "begun_at": _at(6), "ended_at": _at(6)}, [("job.sweep", "fault")]),
        ({"ok_at": _at(6), "failures": 5, "error": "disk full"}, [("failing.sweep", "fault")]),
        ({"ok_at": None, "failures": 1, "begun_at": _at(6)}, [("job.sweep", "fault")]),
        ({"ok_at": _at(9), "begun_at": _at(8), "ended_at": _at(9)}, [("long.sweep", "warning")]),
        ({"ok_at": _at(99), "begun_at": _at(98), "ended_at": None}, [("long.sweep", "fault")]),
        ({"ok_at": None, "begun_at": None, "ended_at": None}, [("never.sweep", "warning")]),
        ({"silent_from": _at(9000), "silent_until": _at(60)}, [("silence.sweep", "warning")]),
        ({"silent_from": _at(9000), "silent_until": NOW - REMEMBERED}, []),
        ({"shard": "3415", "ok_at": _at(6), "begun_at": _at(6)}, [("job.sweep.3415", "fault")]),
    ],
)
def test_a_job_that_does_not_run_is_seen(beat: dict[str, Any], seen: list[tuple[str, str]]) -> None:
    assert _seen(beats=[_beat(**beat)]) == seen


def test_what_is_wrong_at_all_places_is_said_once() -> None:
    places = ("", "341502", "341503")
    late = {"ok_at": _at(6), "begun_at": _at(6), "ended_at": _at(6)}
    assert _seen(beats=[_beat(shard=p, **late) for p in places]) == [("job.sweep", "fault")]
    one = [_beat(shard=p, **(late if p == places[1] else {})) for p in places]
    assert _seen(beats=one) == [("job.sweep.341502", "fault")]


def test_no_job_at_all_is_seen() -> None:
    assert _seen(beats=[]) == [("never", "warning")]


def test_incidents_are_counted() -> None:
    assert _seen(incidents=2) == [("incidents", "warning")]


def test_clocks_holds_rungs_and_letters_are_seen() -> None:
    mark = Mark(boot="b", host="here", uptime=1, seen_at=NOW, seen_uptime=1, why="40 days ahead")
    assert _seen(marks=[mark]) == [("clock.here", "fault")]
    held = Hold(id=1, what="post", reason="restore", note="", since=NOW)
    assert _seen(holds=[held]) == [("hold.post", "warning")]
    assert _seen(rungs_overdue=3, rungs_since=_at(7)) == [("rungs", "fault")]
    assert _seen(queued=3, queue_due=_at(4)) == []
    assert _seen(queued=3, queue_due=_at(6)) == [("queue", "warning")]
    assert _seen(queued=3, queue_due=_at(61)) == [("queue", "fault")]


def test_disks_calendars_and_certificates_are_seen() -> None:
    assert _seen(free={"files": LOW}) == []
    assert _seen(free={"files": LOW - 1}) == [("disk.files", "warning")]
    assert _seen(free={"files": SCARCE - 1}) == [("disk.files", "fault")]
    assert _seen(confirmed=frozenset()) == [("calendar", "fault")]
    late = {"beats": [_beat(patience=10**9)], "confirmed": frozenset({2026})}
    assert _seen(now=datetime(2026, 12, 15, 2, tzinfo=UTC), **late) == []
    assert _seen(now=datetime(2026, 12, 16, 2, tzinfo=UTC), **late) == [("calendar", "warning")]
    for days, state in ((31, []), (29, ["warning"]), (6, ["fault"]), (-1, ["fault"])):
        assert _seen(certificate=NOW + days * DAY) == [("certificate", s) for s in state]


def test_packs_are_missed_where_the_timetable_makes_them() -> None:
    old, job = NOW - timedelta(days=3), {"job": "backup", "patience": 10**9}
    assert _seen(packed=old) == [], "no job here makes packs: nobody is to wait for one"
    both = [_beat(), _beat(**job)]
    assert _seen(packed=old, beats=both) == [("backup", "fault")]
    assert _seen(packed=NOW, beats=both) == []
    assert _seen(beats=both) == [("backup", "fault")]
    assert _seen(beats=[_beat(), _beat(**job, ended_at=None)]) == []


def test_a_certificate_is_read(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "guapai.example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, NOW - DAY, NOW + 9 * DAY)
    file = tmp_path / "server.pem"
    file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    assert certificate_end(file) == NOW + 9 * DAY
    file.write_text("none")
    assert _seen(certificate=certificate_end(file)) == [("certificate", "fault")]
    assert certificate_end(tmp_path / "missing").year == 1


def test_a_city_without_a_clock_is_seen_within_minutes(office: Office, tmp_path: Path) -> None:
    office.general()

    def seen() -> set[str]:
        with unit_of_work(office.engine, office.clock, write=False) as work:
            return {c.key for c in concerns(look_around(work, tmp_path))} - {"calendar", "never"}

    assert seen() <= {"disk.files", "disk.database"}
    office.clock.advance(6 * MINUTE)
    assert seen() >= {"queue"}
    office.clock.advance(90 * DAY)
    assert seen() >= {"queue", "rungs"}


class Watched:
    """An installation with two administrators and something wrong."""

    def __init__(self, engine: Engine, clock: SimulatedClock) -> None:
        self.engine, self.clock = engine, clock
        self.office = MemoryOffice(Sender("guapai@example.com", "挂牌督办系统", "example.com"))
        job = ("sweep has not run", "一直没有运行", "sweep", "到期清扫与提醒")
        self.found = [Concern(Kind.job, "fault", *job)]
        city = Office(engine, clock, Path("unused")).city
        with unit_of_work(engine, clock) as work:
            for nth in range(2):
                person = people.add(work, f"示例管理员{nth}", f"admin{nth}@example.com")
                place = city.at("department", "341502")
                people.appoint(work, person, Role.system_admin, place, clock().date())

    def tell(self) -> Told:
        return asyncio.run(alert(self.engine, self.office, self.clock, self.found))


@pytest.fixture
def watched(engine: Engine, clock: SimulatedClock) -> Watched:
    return Watched(engine, clock)


def test_administrators_are_told_once_a_day_while_it_lasts(watched: Watched) -> None:
    before = len(watched.office.kept)
    assert watched.tell() == Told(1), "it may be gone in a minute"
    watched.clock.advance(SETTLED)
    assert watched.tell() == Told(1, written=2)
    readers = {k.recipient for k in watched.office.kept[before:]}
    assert {"admin0@example.com", "admin1@example.com"} <= readers
    mail = email.message_from_bytes(watched.office.kept[-1].mime, policy=email.policy.default)
    text = mail.get_body(("plain",)).get_content()
    assert "一直没有运行" in text
    assert "sweep has not run" not in text
    watched.clock.advance(AGAIN - MINUTE)
    assert watched.tell() == Told(1)
    watched.clock.advance(MINUTE)
    assert watched.tell() == Told(1, written=2)
    watched.found = []
    assert watched.tell() == Told(0)
    watched.found = [Concern(Kind.rungs, "fault", "3 rungs overdue", "3项提醒逾期未发")]
    watched.tell()
    watched.clock.advance(SETTLED)
    assert watched.tell() == Told(1, written=2)


def test_a_mail_that_did_not_go_out_is_tried_again_later(watched: Watched) -> None:
    watched.tell()
    watched.clock.advance(SETTLED)
    watched.office.trouble = TROUBLE
    assert watched.tell() == Told(1, failed=2)
    watched.office.trouble = None
    watched.clock.advance(MINUTE)
    assert watched.tell() == Told(1)
    watched.clock.advance(RETRY)
    assert watched.tell() == Told(1, written=2)


def test_of_two_clocks_one_writes(watched: Watched) -> None:
    watched.tell()
    watched.clock.advance(SETTLED)

    async def both() -> list[Told]:
        args = (watched.engine, watched.office, watched.clock, watched.found)
        return list(await asyncio.gather(alert(*args), alert(*args)))

    assert sorted(t.written for t in asyncio.run(both())) == [0, 2]
