"""The doctor's checks: is everything there that an installation needs, and how to mend what is not."""

from collections.abc import Iterator

from actions.upkeep import database_checks, machine_checks, mail_checks, running_checks
from actions.upkeep.installation import Check, Installation, Look
from guapai.errors import GuapaiError
from storage.schema import health


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
        installation.unreachable |= name in ("damage", "database")
    installation.close()


_AGAIN = "mend the faults above it, then run the doctor again"
_CANNOT = {"database": "is the server running, and GUAPAI_DATABASE_URL right?"}


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


CHECKS: dict[str, Look] = {
    "python": machine_checks.python,
    "sqlite": machine_checks.sqlite,
    "damage": database_checks.damage,
    "database": database_checks.database,
    "migrations": database_checks.migrations,
    "triggers": database_checks.triggers,
    "mail": mail_checks.mail,
    "clock": machine_checks.clock,
    "calendar": database_checks.calendar,
    "packs": database_checks.packs,
    "fonts": machine_checks.fonts,
    "disk": machine_checks.disk,
    "timetable": running_checks.timetable,
    "rungs": running_checks.rungs,
    "backup": running_checks.backup,
    "files": running_checks.files,
    "incidents": running_checks.incidents,
    "certificate": running_checks.certificate,
    "letters": mail_checks.letters,
    "duties": mail_checks.duties,
}
"""Every check by its name, in the order in which they are made."""
