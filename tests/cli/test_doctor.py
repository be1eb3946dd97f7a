"""The doctor: every trouble is named with how to mend it, nothing secret is said, nothing crashes."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from actions.upkeep import database_checks, diagnosis, installation, machine_checks
from actions.upkeep.diagnosis import diagnose
from actions.upkeep.installation import Check, Installation
from flows.ground import build_office
from flows.running import run_due
from flows.timetable import Ground, jobs_on
from guapai.clock import SimulatedClock, utc_now
from guapai.errors import Unready
from guapai.settings import Settings
from notifications.post.catcher import Catcher
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from storage.database.engine import Engine, open_engine
from storage.database.role import acting_role, quoted
from storage.schema import health
from tests.actions.conftest import Office
from tests.cli.commands import Commands
from tests.conftest import Databases
from tests.flows.machines import FakeMachine
from tests.notifications.post.fault_server import FaultServer

SENDER = Sender("guapai@example.com", "挂牌督办系统", "example.com")
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.fixture
def sqlite(databases: Callable[[str], Databases]) -> Iterator[str]:
    """The address of a fresh SQLite database."""
    found = databases("sqlite")
    url = found.copy("sick")
    yield url
    found.drop(url)


def _seen(url: str, clock: SimulatedClock, **more: object) -> dict[str, Check]:
    settings = Settings(database_url=url, **more)  # type: ignore[arg-type]
    looked = Installation(settings, clock, partial(build_office, settings), patience=0.5)
    return {c.name: c for c in diagnose(looked)}


def _now() -> SimulatedClock:
    return SimulatedClock(utc_now())


def test_a_new_installation_wants_a_mail_server_and_is_well(sqlite: str, tmp_path: Path) -> None:
    found = _seen(sqlite, _now(), files=tmp_path)
    faulty = {c.name for c in found.values() if c.state == "fault"} - {"calendar"}
    assert faulty == {"mail"}, "without a mail server nobody is reminded"
    assert "letters wait" in found["mail"].found
    assert "journal wal" in found["database"].found
    assert list(found) == list(diagnosis.CHECKS)


def test_an_owner_is_refused(owner: Engine, url: str, tmp_path: Path) -> None:
    found = _seen(url, _now(), files=tmp_path)["database"]
    if owner.dialect.name == "postgresql":
        assert (found.state, "IN ROLE guapai_app" in found.mend) == ("fault", True)
    else:
        assert found.state == "ok"


def test_who_only_acts_may_serve(databases: Callable[[str], Databases], tmp_path: Path) -> None:
    kind = databases("postgresql")
    url = kind.copy("acted")
    engine = open_engine(url, role=None)
    with engine.connect() as connection, connection.begin():
        there = "SELECT FROM pg_roles WHERE rolname = 'guapai_login'"
        make = f"CREATE ROLE guapai_login LOGIN IN ROLE {quoted(acting_role(connection))}"
        connection.execute(
            sa.text(f"DO $$ BEGIN IF NOT EXISTS ({there}) THEN {make}; END IF; END $$")
        )
    engine.dispose()
    as_login = sa.make_url(url).set(username="guapai_login").render_as_string(hide_password=False)
    found = _seen(as_login, _now(), files=tmp_path)
    assert found["database"].state == "ok"
    assert "as guapai_login" in found["database"].found
    assert {found[n].state for n in ("migrations", "triggers", "clock", "packs")} == {"ok"}
    kind.drop(url)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    found = _seen(f"sqlite:///{tmp_path}/none.db", _now(), files=tmp_path)
    assert (found["database"].state, found["database"].mend) == ("fault", "run: guapai migrate")
    assert found["duties"].found == "the database cannot be asked"
    assert not (tmp_path / "none.db").exists()


def test_an_old_database_and_a_missing_trigger_are_found(sqlite: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite, role=None)
    with engine.connect() as connection, connection.begin():
        connection.execute(sa.text("DROP TRIGGER letters_seal"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '2026_11_28_first'"))
    engine.dispose()
    found = _seen(sqlite, _now(), files=tmp_path)
    assert "guapai migrate" in found["migrations"].mend
    assert "letters_seal" in found["triggers"].found


def test_no_password_is_said(tmp_path: Path) -> None:
    url = "postgresql+psycopg://owner:geheim@127.0.0.1:1/x?sslpassword=geheim"
    for found in _seen(url, _now(), files=tmp_path, smtp_password=SecretStr("geheim")).values():
        assert "geheim" not in found.found + found.mend
    assert health.masked(url) == "postgresql+psycopg://owner:***@127.0.0.1:1/x?sslpassword=hidden"
    assert "geheim" not in health.masked("no url:geheim")
    assert "connect_timeout=5" in health.hurried(url)


def _mail(sqlite: str, tmp_path: Path, **more: object) -> Check:
    usual = {"smtp_host": "127.0.0.1", "smtp_tls": "none", "mail_from": "post@guapai.example"}
    return _seen(sqlite, _now(), files=tmp_path, mail_domain="guapai.example", **{**usual, **more})[
        "mail"
    ]


def test_a_mail_server_that_answers_gets_no_letter(sqlite: str, tmp_path: Path) -> None:
    with Catcher() as catcher:
        found = _mail(sqlite, tmp_path, smtp_port=catcher.port)
        assert (found.state, catcher.letters) == ("ok", [])
        poor = _mail(sqlite, tmp_path, smtp_port=catcher.port, mail_from="guapai@example.com")
        assert poor.state == "warning"
        closed = _mail(sqlite, tmp_path, smtp_port=catcher.port, smtp_tls="starttls")
        assert (closed.state, "GUAPAI_SMTP_TLS" in closed.mend) == ("fault", True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"smtp_tls": "maybe"}, "must be starttls, implicit or none"),
        ({"smtp_username": "u"}, "without a password"),
        ({"mail_from": "nobody"}, "nobody"),
        ({"smtp_host": "mail.example", "smtp_username": "u"}, "in clear text"),
    ],
)
def test_settings_that_cannot_be_are_said(
    sqlite: str, tmp_path: Path, more: dict[str, str], said: str
) -> None:
    found = _mail(sqlite, tmp_path, **more)
    assert (found.state, said in found.found) == ("fault", True)


def test_a_silent_mail_server_does_not_hold_us_up(sqlite: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = _mail(sqlite, tmp_path, smtp_port=silent.getsockname()[1])
    assert found.state == "fault"
    assert "GUAPAI_SMTP_HOST" in found.mend


def test_a_wrong_password_is_said_as_such(sqlite: str, tmp_path: Path) -> None:
    async def look() -> Check:
        async with FaultServer({"AUTH": "535 no"}) as server:
            signing = {"smtp_username": "u", "smtp_password": SecretStr("geheim")}
            more = {"smtp_port": server.port, **signing}
            return await asyncio.to_thread(_mail, sqlite, tmp_path, **more)

    found = asyncio.run(look())
    assert (found.state, "GUAPAI_SMTP_PASSWORD" in found.mend) == ("fault", True)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (datetime(2026, 11, 30, tzinfo=UTC), "ok"),
        (datetime(2026, 11, 30, 16, tzinfo=UTC), "warning"),
        (datetime(2027, 1, 1, tzinfo=UTC), "fault"),
        (datetime(2025, 12, 5, tzinfo=UTC), "ok"),
    ],
)
def test_a_year_that_is_not_confirmed_is_said_in_time(
    sqlite: str, tmp_path: Path, now: datetime, state: str
) -> None:
    found = _seen(sqlite, SimulatedClock(now), files=tmp_path)["calendar"]
    assert found.state == state


def test_clocks_that_differ_are_a_fault(sqlite: str, tmp_path: Path) -> None:
    found = _seen(sqlite, SimulatedClock(utc_now() + timedelta(hours=1)), files=tmp_path)["clock"]
    assert (found.state, "from the database's clock" in found.found) == ("fault", True)


def test_a_pack_that_differs_is_a_warning(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = dict(database_checks.shipped_texts())
    shipped["luan"] = shipped["luan"].replace("六安市规则包", "示例规则包")
    monkeypatch.setattr(database_checks, "shipped_texts", lambda: shipped)
    found = _seen(sqlite, _now(), files=tmp_path)["packs"]
    assert (found.state, found.found) == ("warning", "not published: luan")


def test_a_network_disk_and_a_full_one_are_found(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {tmp_path}/a\\040b nfs4 rw 0 0\n")
    inside = tmp_path / "a b" / "c"
    assert health.disk_of(inside, mounts).network is False
    inside.mkdir(parents=True)
    assert (health.disk_of(inside, mounts).kind, health.disk_of(inside, mounts).network) == (
        "nfs4",
        True,
    )
    monkeypatch.setattr(health, "disk_of", lambda _: health.Disk(10**8, "nfs4", True))
    found = _seen(sqlite, _now(), files=tmp_path)["disk"]
    assert (found.state, "local disk" in found.mend) == ("fault", True)
    monkeypatch.setattr(health, "disk_of", lambda _: health.Disk(2 * 10**9, "ext4", False))
    assert _seen(sqlite, _now(), files=tmp_path)["disk"].state == "warning"


def test_letters_that_are_stuck_and_duties_overdue_are_counted(
    office: Office, url: str, tmp_path: Path
) -> None:
    office.general()
    office.clock.advance(timedelta(days=90))
    found = _seen(url, office.clock, files=tmp_path)
    assert (found["letters"].state, found["duties"].found) == ("fault", "1 overdue")
    assert found["letters"].mend.endswith("guapai run post")


def test_ten_days_without_a_clock_are_a_fault(office: Office, url: str, tmp_path: Path) -> None:
    machine = FakeMachine(office.clock)
    ground = Ground(
        office.engine, office.clock, MemoryOffice(SENDER), office.files, machine.heart()
    )
    office.general()
    for job in jobs_on(ground):
        run_due(ground, job)
    names = ("timetable", "rungs", "letters")
    assert {_seen(url, office.clock, files=tmp_path)[n].state for n in names} == {"ok"}
    machine.live(timedelta(minutes=6))
    found = _seen(url, office.clock, files=tmp_path)["timetable"]
    assert (found.state, "sweep has not run since" in found.found) == ("fault", True)
    assert "guapai serve" in found.mend
    machine.live(timedelta(days=90))
    found = _seen(url, office.clock, files=tmp_path)["rungs"]
    assert (found.state, found.mend[-16:]) == ("fault", "guapai run sweep")


def test_a_certificate_that_cannot_be_read_is_a_fault(sqlite: str, tmp_path: Path) -> None:
    assert _seen(sqlite, _now(), files=tmp_path)["certificate"].state == "ok"
    found = _seen(sqlite, _now(), files=tmp_path, certificate=tmp_path / "none.pem")["certificate"]
    assert (found.state, found.found) == ("fault", "it cannot be read")


def test_fonts_that_are_missing_are_a_fault(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> tuple[str, ...]:
        raise Unready("No Chinese font found; run: apt-get install fonts-noto-cjk")

    monkeypatch.setattr(machine_checks, "check_fonts", none)
    found = _seen(sqlite, _now(), files=tmp_path)["fonts"]
    assert (found.state, found.mend) == ("fault", "run: apt-get install fonts-noto-cjk")


def test_the_command_prints_one_value_or_one_line_each(
    guapai: Commands, db: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = json.loads(guapai("doctor", *db, "--json").out)
    assert {c["name"] for c in seen["checks"]} == set(diagnosis.CHECKS)
    assert all(set(c) == {"name", "state", "found", "mend", "title"} for c in seen["checks"])
    said = guapai("doctor", *db).out
    assert "calendar (工作日历)" in said
    assert "→ set GUAPAI_SMTP_HOST" in said
    missing = guapai("doctor", "--db", "sqlite:////nowhere/x.db")
    assert (missing.code, "guapai migrate" in missing.flat) == (1, True)

    def no_zones(*_: object) -> None:
        raise ZoneInfoNotFoundError("No time zone found with key Asia/Shanghai")

    monkeypatch.setattr(installation, "Installation", no_zones)
    broken = guapai("doctor", *db, "--json")
    assert (broken.code, json.loads(broken.out)["checks"][0]["name"]) == (1, "program")
