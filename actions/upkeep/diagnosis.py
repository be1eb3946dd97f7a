"""The doctor's checks: is everything there that an installation needs, and how to mend what is not."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from guapai.clock import Clock, local_date
from guapai.errors import GuapaiError, Unready
from guapai.settings import Settings
from law.pack import read_packs, shipped_texts
from notifications.post.answers import Stage
from notifications.post.offices import PostOffice, SmtpOffice
from notifications.post.probe import knock
from notifications.post.sealing import mailbox
from notifications.post.smtp import Tls, is_loopback
from notifications.typesetting import check_fonts
from statemachines.vocabulary import VOCABULARY
from storage.database.engine import Engine, open_engine
from storage.database.work import unit_of_work
from storage.questions.verification import trigger_faults
from storage.schema import health
from storage.schema.schema import kept_back, newest_revision, revision
from storage.upkeep import pack as packs

MOST_SKEW = timedelta(seconds=5)
SCARCE, LOW = 10**9, 5 * 10**9
"""Free bytes on a disk: below the first is a fault, below the second a warning (own)."""
STUCK = timedelta(hours=1)
_OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Check:
    """One look: ``state`` is ok, warning or fault; ``mend`` says how, empty when all is well."""

    name: str
    state: str
    found: str
    mend: str = ""


@dataclass
class Installation:
    """What is looked at. ``office`` builds the post office from the settings, and may refuse."""

    settings: Settings
    clock: Clock
    office: Callable[[], PostOffice]
    patience: float = 5.0
    unreachable: bool = False

    @property
    def engine(self) -> Engine:
        """The database. Raises Unready without making a file where there is none."""
        if self.unreachable:
            raise Unready("the database cannot be asked; mend that first")
        file = health.sqlite_file(self.settings.database_url)
        if file is not None and not file.exists():
            raise Unready(f"there is no file {file}; run: guapai migrate")
        return self._opened

    def close(self) -> None:
        """Let go of the database."""
        if "_opened" in vars(self):
            self._opened.dispose()

    @cached_property
    def _opened(self) -> Engine:
        return open_engine(health.hurried(self.settings.database_url))


Look = Callable[[Installation], Check]


def diagnose(installation: Installation) -> Iterator[Check]:
    """Every check in turn; one that cannot run is a fault. Never raises."""
    for name, look in CHECKS.items():
        try:
            yield look(installation)
        except GuapaiError as error:
            found, _, mend = str(error).partition("; ")
            yield Check(name, "fault", found, mend or "then run the doctor again")
        except Exception as error:
            first = (str(error).splitlines() or [""])[0]
            found = f"this check could not run: {type(error).__name__}: {first}"
            yield Check(name, "fault", _safe(installation, found), _CANNOT.get(name, _AGAIN))
        else:
            continue
        installation.unreachable |= name == "database"
    installation.close()


_AGAIN = "mend the faults above it, then run the doctor again"
_CANNOT = {
    "database": "is the server running, and GUAPAI_DATABASE_URL right? A new one needs: guapai migrate"
}


def _safe(installation: Installation, text: str) -> str:
    """A message without the password that a driver may have put into it."""
    secret = installation.settings.smtp_password
    words = (
        health.password_of(installation.settings.database_url),
        secret.get_secret_value() if secret else "",
    )
    for word in filter(None, words):
        text = text.replace(word, "***")
    return text


def _python(_: Installation) -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < _OLDEST_PYTHON:
        return Check("python", "fault", found, "install Python 3.11 or later")
    return Check("python", "ok", found)


def _sqlite(i: Installation) -> Check:
    used = i.settings.database_url.startswith("sqlite")
    try:
        version = health.sqlite_version()
    except Unready as error:
        if used:
            raise
        return Check("sqlite", "ok", f"{error}, should you want to use SQLite")
    return Check("sqlite", "ok", f"{version}{'' if used else ', not used here'}")


def _database(i: Installation) -> Check:
    session = health.session(i.engine)
    found = f"{session.server} at {health.masked(i.settings.database_url)}"
    if session.mighty:
        return Check(
            "database",
            "fault",
            f"{found}, as {session.user}, who owns the tables or is a superuser",
            "serve as a login that cannot rewrite history: "
            "CREATE ROLE guapai_login LOGIN PASSWORD '…' IN ROLE guapai_app; "
            "keep the owner for: guapai migrate",
        )
    return Check("database", "ok", found + (f", as {session.user}" if session.user else ""))


def _migrations(i: Installation) -> Check:
    there, needed = revision(i.engine), newest_revision()
    if there != needed:
        found = f"the database is at revision {there}, this program needs {needed}"
        return Check("migrations", "fault", found, "back up, then run: guapai migrate")
    return Check("migrations", "ok", f"at the newest revision, {there}")


def _triggers(i: Installation) -> Check:
    with unit_of_work(i.engine, i.clock, write=False) as work:
        faults = trigger_faults(work)
    if faults:
        found = f"history is unguarded: {'; '.join(f'{name} {what}' for name, what in faults)}"
        mend = "run: guapai migrate, then: guapai verify"
        return Check("triggers", "fault", found, mend)
    return Check("triggers", "ok", "history is guarded")


_STAGES = {
    Stage.connect: "are GUAPAI_SMTP_HOST and GUAPAI_SMTP_PORT right, and does the firewall allow it?",
    Stage.tls: "set GUAPAI_SMTP_TLS to what the server offers (starttls, implicit), "
    "or name its root in GUAPAI_SMTP_CA_FILE",
    Stage.auth: "are GUAPAI_SMTP_USERNAME and GUAPAI_SMTP_PASSWORD right?",
}


def _mail(i: Installation) -> Check:
    s = i.settings
    office = i.office()
    mailbox(s.mail_from)  # raises what is wrong with it
    if not isinstance(office, SmtpOffice):
        mend = "set GUAPAI_SMTP_HOST and the others; see: How do I send real mail?"
        return Check("mail", "warning", "no server is set: letters are only printed", mend)
    channel = office.channel
    if (channel.username is None) != (channel.password is None):
        mend = "set both GUAPAI_SMTP_USERNAME and GUAPAI_SMTP_PASSWORD, or neither"
        return Check("mail", "fault", "a user name without a password, or the reverse", mend)
    answer = asyncio.run(knock(channel, patience=i.patience))
    place = f"{channel.host}:{channel.port} ({channel.tls})"
    if answer is not None:
        mend = _STAGES.get(answer.stage, _STAGES[Stage.connect])
        return Check("mail", "fault", f"{place}: {answer.code or 'no code'} {answer.text}", mend)
    signed = ", signed in" if channel.username else ""
    if channel.tls is Tls.none and not is_loopback(channel.host):
        mend = "set GUAPAI_SMTP_TLS to starttls or implicit"
        return Check("mail", "warning", f"{place} answers, but letters travel in clear", mend)
    if s.mail_from.endswith("@example.com") or s.mail_domain == "example.com":
        mend = "set GUAPAI_MAIL_FROM and GUAPAI_MAIL_DOMAIN to your own"
        return Check("mail", "warning", f"{place} answers, but the sender is example.com", mend)
    return Check("mail", "ok", f"{place} answers{signed}")


def _clock(i: Installation) -> Check:
    if i.clock().astimezone(ZoneInfo("Asia/Shanghai")).utcoffset() != timedelta(hours=8):
        return Check("clock", "fault", "Asia/Shanghai is not 8 hours ahead", "install tzdata anew")
    skew = abs(health.database_now(i.engine) - i.clock())
    found = f"{skew.total_seconds():.1f} s from the database's clock"
    if skew > MOST_SKEW:
        return Check("clock", "fault", found, "set both machines' clocks by NTP")
    return Check("clock", "ok", found)


def _calendar(i: Installation) -> Check:
    with unit_of_work(i.engine, i.clock, write=False) as work:
        confirmed = packs.calendar(work).confirmed
    today = local_date(i.clock())
    mend = "import the State Council's notice: guapai calendar import NOTICE.csv"
    if today.year not in confirmed:
        return Check("calendar", "fault", f"{today.year} is provisional (暂定)", mend)
    if today.year + 1 in confirmed:
        return Check("calendar", "ok", f"{today.year} and {today.year + 1} are confirmed")
    found = f"{today.year} is confirmed, {today.year + 1} is provisional (暂定)"
    if today >= date(today.year, 12, 1):
        return Check("calendar", "warning", found, mend)
    return Check("calendar", "ok", found)


def _packs(i: Installation) -> Check:
    shipped = read_packs(shipped_texts(), VOCABULARY)
    with unit_of_work(i.engine, i.clock, write=False) as work:
        published = packs.published(work)
        back = kept_back(work, shipped)
    known = {*back, *(p.fingerprint for p in published)}
    other = [n for n, p in shipped.items() if not {n, p.fingerprint} & known]
    if other:
        return Check("packs", "warning", f"not there: {', '.join(other)}", "guapai pack publish")
    own = f"; of your own in place of ours: {', '.join(back)}" if back else ""
    return Check("packs", "ok", f"{', '.join(shipped)} are published as shipped{own}")


def _fonts(_: Installation) -> Check:
    return Check("fonts", "ok", ", ".join(check_fonts()))


def _disk(i: Installation) -> Check:
    file = health.sqlite_file(i.settings.database_url)
    places = {"files": i.settings.files, **({"database": file.parent} if file else {})}
    worst, said, mends = "ok", [], []
    for name, place in places.items():
        state, found, mend = _place(name, place)
        worst = max(worst, state, key=("ok", "warning", "fault").index)
        said.append(found)
        mends += [mend] if mend else []
    return Check("disk", worst, "; ".join(said), "; ".join(mends))


def _place(name: str, place: Path) -> tuple[str, str, str]:
    disk = health.disk_of(place)
    found = f"{name}: {disk.free / 10**9:.1f} GB free"
    if disk.network:
        state = "fault" if name == "database" else "warning"
        return state, f"{found}, on a network ({disk.kind})", f"move {name} to a local disk"
    if place.exists() and not os.access(place, os.W_OK):
        return "fault", f"{found}, not writable", f"let this user write to {place}"
    if disk.free < LOW:
        state = "fault" if disk.free < SCARCE else "warning"
        return state, found, f"make room on the disk of the {name}"
    return "ok", found, ""


def _letters(i: Installation) -> Check:
    with unit_of_work(i.engine, i.clock, write=False) as work:
        states, stuck = health.letter_states(work), health.stuck_letters(work, STUCK)
    found = ", ".join(f"{states.get(s, 0)} {s}" for s in ("queued", "failed", "uncertain"))
    if stuck:
        mend = "does the clock run? try: guapai run post"
        return Check("letters", "warning", f"{stuck} stuck for over an hour; {found}", mend)
    return Check("letters", "ok", f"0 stuck, {found}")


def _duties(i: Installation) -> Check:
    with unit_of_work(i.engine, i.clock, write=False) as work:
        return Check("duties", "ok", f"{health.overdue_duties(work)} overdue")


CHECKS: dict[str, Look] = {
    "python": _python,
    "sqlite": _sqlite,
    "database": _database,
    "migrations": _migrations,
    "triggers": _triggers,
    "mail": _mail,
    "clock": _clock,
    "calendar": _calendar,
    "packs": _packs,
    "fonts": _fonts,
    "disk": _disk,
    "letters": _letters,
    "duties": _duties,
}
"""Every check by its name, in the order in which they are made."""
