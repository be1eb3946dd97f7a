"""The ground jobs stand on, from the settings."""

from flows.timetable import Ground
from guapai.clock import Clock, utc_now
from guapai.errors import Unready
from guapai.settings import Settings
from notifications.post.offices import (
    ClosedOffice,
    ConsoleOffice,
    PostOffice,
    Rate,
    SmtpOffice,
)
from notifications.post.sealing import Sender
from notifications.post.smtp import Channel, Tls
from storage.database.engine import open_engine


def build_ground(settings: Settings, clock: Clock = utc_now) -> Ground:
    """Database, mail and files as the settings say. Raises Unready for a setting that cannot be."""
    return Ground(open_engine(settings.database_url), clock, build_office(settings), settings.files)


def build_office(settings: Settings) -> PostOffice:
    """The SMTP server named in the settings; a closed office when none is: letters wait then.

    Raises Unready for settings that no letter could go out by.
    """
    sender = Sender(settings.mail_from, settings.mail_name, settings.mail_domain)
    if settings.mail not in ("", "console"):
        raise Unready("GUAPAI_MAIL must be console, or not be set")
    if settings.mail:
        return ConsoleOffice(sender)
    if not settings.smtp_host:
        why = "no mail server is set; letters wait (GUAPAI_SMTP_HOST)"
        return ClosedOffice(sender, why)
    if settings.smtp_tls not in set(Tls):
        raise Unready("GUAPAI_SMTP_TLS must be starttls, implicit or none")
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    channel = Channel(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=Tls(settings.smtp_tls),
        username=settings.smtp_username,
        password=password,
        ca_file=settings.smtp_ca_file,
    )
    return SmtpOffice(channel, sender, _rates(settings))


def _rates(settings: Settings) -> dict[str, Rate]:
    try:
        found = {domain.lower(): Rate(**rate) for domain, rate in settings.mail_rates.items()}
    except TypeError:
        found = {"": Rate(0, 0)}
    if any(min(r.letters, r.seconds, r.lines) < 1 or not domain for domain, r in found.items()):
        raise Unready(
            'GUAPAI_MAIL_RATES must be like {"163.com": {"letters": 50, "seconds": 900, "lines": 2}}'
        )
    return found
