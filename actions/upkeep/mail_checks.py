"""The doctor's looks at the mail: the server, the letters that wait, the duties they are about."""

import asyncio
from datetime import timedelta

from actions.upkeep.installation import Check, Installation
from notifications.post.answers import Stage
from notifications.post.offices import SmtpOffice
from notifications.post.probe import knock
from notifications.post.sealing import mailbox
from notifications.post.smtp import Tls, is_loopback
from storage.database.work import unit_of_work
from storage.schema import health, names

LATE, STUCK = timedelta(minutes=5), timedelta(hours=1)
"""A letter that waits in vain for longer is a warning, then a fault (own)."""


_STAGES = {
    Stage.connect: "are GUAPAI_SMTP_HOST and GUAPAI_SMTP_PORT right, and does the firewall allow it?",
    Stage.tls: "set GUAPAI_SMTP_TLS to what the server offers (starttls, implicit), "
    "or name its root in GUAPAI_SMTP_CA_FILE",
    Stage.auth: "are GUAPAI_SMTP_USERNAME and GUAPAI_SMTP_PASSWORD right?",
}


def mail(i: Installation) -> Check:
    """The mail server answers and lets us in."""
    s = i.settings
    office = i.office()
    mailbox(s.mail_from)  # raises what is wrong with it
    if not isinstance(office, SmtpOffice):
        mend = "set GUAPAI_SMTP_HOST and the others; see: How do I send real mail?"
        return Check("mail", "fault", "no server is set: letters wait, nobody gets them", mend)
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


def letters(i: Installation) -> Check:
    """No letter is stuck."""
    with unit_of_work(i.engine, i.clock, write=False) as work:
        states = health.letter_states(work)
        late, stuck = (health.stuck_letters(work, after) for after in (LATE, STUCK))
    found = ", ".join(f"{states.get(s, 0)} {s}" for s in ("queued", "failed", "uncertain"))
    mend = "does the clock run? try: guapai run post"
    if stuck:
        return Check("letters", "fault", f"{stuck} stuck for over an hour; {found}", mend)
    if late:
        return Check("letters", "warning", f"{late} stuck for over 5 minutes; {found}", mend)
    return Check("letters", "ok", f"0 stuck, {found}")


def duties(i: Installation) -> Check:
    """How many duties are overdue, and that every kind of them is known."""
    names.require_known(i.engine)
    with unit_of_work(i.engine, i.clock, write=False) as work:
        return Check("duties", "ok", f"{health.overdue_duties(work)} overdue")
