"""The ground jobs stand on, from the settings."""

from actions.upkeep.nightly import Keeping
from flows.timetable import Ground, Heart
from guapai.clock import Clock, utc_now
from guapai.errors import Unready
from guapai.settings import Settings
from notifications.post.offices import ConsoleOffice, PostOffice, SmtpOffice
from notifications.post.sealing import Sender
from notifications.post.smtp import Channel, Tls
from storage.database.engine import open_engine


def build_ground(settings: Settings, clock: Clock = utc_now, engine: str = "embedded") -> Ground:
    """Database, mail and files as the settings say. Raises Unready for a setting that cannot be.

    ``engine`` says who runs the jobs. With a clock other than the machine's nobody hears of the
    runs: they tell nothing about now.
    """
    heart = Heart(engine) if clock is utc_now else None
    return Ground(
        open_engine(settings.database_url),
        clock,
        build_office(settings),
        settings.files,
        heart,
        certificate=settings.certificate,
        keeping=Keeping(settings.backups, settings.backups_daily, settings.backups_weekly),
    )


def build_office(settings: Settings) -> PostOffice:
    """The SMTP server named in the settings, or the console when none is."""
    sender = Sender(settings.mail_from, settings.mail_name, settings.mail_domain)
    if not settings.smtp_host:
        return ConsoleOffice(sender)
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
    return SmtpOffice(channel, sender)
