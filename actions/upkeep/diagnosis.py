"""The doctor's checks: is everything there that an installation needs, and how to mend what is not."""

from collections.abc import Iterator
from dataclasses import replace

from actions.upkeep import database_checks, machine_checks, mail_checks, running_checks
from actions.upkeep.installation import Check, Installation, Look
from guapai.errors import GuapaiError
from storage.schema import health


def diagnose(installation: Installation) -> Iterator[Check]:
    """Every check in turn; one that cannot run is a fault. Never raises."""
    for name, (title, look) in CHECKS.items():
        try:
            yield replace(look(installation), title=title)
        except GuapaiError as error:
            found, _, mend = str(error).partition("; ")
            yield Check(name, "fault", found, mend or "then run the doctor again", title)
        except Exception as error:
            first = (str(error).splitlines() or [""])[0]
            found = f"this check could not run: {type(error).__name__}: {first}"
            yield Check(name, "fault", _safe(installation, found), _CANNOT.get(name, _AGAIN), title)
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


CHECKS: dict[str, tuple[str, Look]] = {
    "python": ("Python", machine_checks.python),
    "sqlite": ("SQLite", machine_checks.sqlite),
    "damage": ("damage (数据损坏)", database_checks.damage),
    "database": ("database (数据库)", database_checks.database),
    "migrations": ("migrations (数据库版本)", database_checks.migrations),
    "triggers": ("triggers (防篡改触发器)", database_checks.triggers),
    "mail": ("mail (邮件)", mail_checks.mail),
    "clock": ("clock (时钟)", machine_checks.clock),
    "calendar": ("calendar (工作日历)", database_checks.calendar),
    "packs": ("rule packs (规则包)", database_checks.packs),
    "fonts": ("fonts (字体)", machine_checks.fonts),
    "disk": ("disk (磁盘)", machine_checks.disk),
    "timetable": ("timetable (定时任务)", running_checks.timetable),
    "rungs": ("rungs (到期提醒)", running_checks.rungs),
    "backup": ("backup (备份)", running_checks.backup),
    "files": ("files (文件)", running_checks.files),
    "incidents": ("incidents (运行事件)", running_checks.incidents),
    "certificate": ("certificate (网站证书)", running_checks.certificate),
    "letters": ("letters (信件)", mail_checks.letters),
    "duties": ("duties (任务)", mail_checks.duties),
}
"""Every check by its name, with the title a console shows, in the order in which they are made."""
