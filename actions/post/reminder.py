"""Reminders are looked at again before they go: what is said must be so on the day it is sent."""

from datetime import datetime, timedelta
from typing import Any

from actions.act.steps import ladder
from actions.hand.recipients import NOBODY, Recipient, find_recipients
from actions.post.round import Round, write_letter
from guapai.clock import local_date
from guapai.people import Role
from guapai.text import isolated
from law.deadlines import Unit
from law.provisions import ground
from law.rung import Rung
from notifications.letter import Reminder
from notifications.rendering import render
from statemachines.letter import LetterCause
from statemachines.nouns import KNOWN_DUTIES
from statemachines.side import SIDE
from storage import letter as letters
from storage import notice
from storage.database.work import Work
from storage.letter import Letter
from storage.notice import Carried, Waiting
from storage.people import person as people
from storage.upkeep import pack as packs

ON_THE_HOUR = timedelta(hours=1)
"""How long after its hour a rung's sentence that names hours may still be said (own)."""

Spoken = tuple[datetime, Waiting, Rung | None]
Readers = dict[tuple[int | None, Role], list[Recipient]]


def look_again(work: Work, round_: Round, claimed: list[Letter], token: str) -> list[Letter]:
    """The claimed letters that still have something to say; reminders say it as of now.

    Statutory letters always go. A reminder that is sealed goes as it is or, when part of it is no
    longer so, is replaced by another letter; never are sealed bytes changed.
    """
    gone = notice.groundless(work, token)
    lines = notice.carried(work, token)
    readers: Readers = {}
    left = []
    for letter in claimed:
        if letter.kind == "digest" and not letter.statutory and letter.id in lines:
            stays = _tell_anew(work, letter, lines[letter.id], readers)
        else:
            stays = letter.id not in gone
        if stays:
            left.append(letter)
        else:
            round_.posted.cancelled += 1
            ended = {"state": "cancelled", "cause": LetterCause.stale, "ended_at": work.now}
            said = "提醒的事由已消失，未发送"
            write_letter(work, letter.id, {**ended, "answer": said, "token": None}, token)
    return left


def _tell_anew(work: Work, letter: Letter, lines: list[Carried], known: Readers) -> bool:
    """Whether a digest still goes out; its words, unless they are sealed, are those of today."""
    live = [ln for ln in lines if ln.duty_state == "open" and rung_stands(work, ln)]
    mine = [(ln, r) for ln in live if (r := _reader(work, letter, ln, known)) is not None]
    passed_on = [ln for ln in live if all(ln is not m for m, _ in mine)]
    if passed_on:
        _pass_on(work, passed_on, known)
    if not mine:
        return False
    reader = mine[0][1]
    if letter.mime is None:
        words = digest_words(work, reader, [ln for ln, _ in mine])
        values = {**dict(zip(("subject", "text", "html"), words, strict=True))}
        values["recipient"] = reader.email
        write_letter(work, letter.id, values)
        letter.__dict__.update(values)
        return True
    if len(mine) == len(lines):
        return True
    write_digest(work, reader, [ln for ln, _ in mine], letter.case_id)
    return False


def _reader(work: Work, letter: Letter, line: Waiting, known: Readers) -> Recipient | None:
    """The reader of a letter, if a line in it is still for them; their address is today's."""
    for reader in readers_of(work, line, known):
        if reader.person_id == letter.person_id:
            return reader
    return None


def _pass_on(work: Work, lines: list[Carried], known: Readers) -> None:
    """Lines whose reader has left the post go to those who hold it now and have not read them."""
    bundles: dict[Recipient, list[Waiting]] = {}
    for line in lines:
        told = {person for person, _ in notice.carriers(work, line.id)}
        for reader in readers_of(work, line, known):
            if reader.person_id not in told:
                bundles.setdefault(reader, []).append(line)
    for reader, bundle in bundles.items():
        write_digest(work, reader, bundle, bundle[0].case_id if reader == NOBODY else None)


def readers_of(work: Work, line: Waiting, known: Readers) -> list[Recipient]:
    """Who reads what a line says to a role at an organisation; ``known`` keeps the answers."""
    where = (line.organisation_id, Role(line.role))
    if where not in known:
        known[where] = _find(work, *where)
    return known[where]


def _find(work: Work, organisation_id: int | None, role: Role) -> list[Recipient]:
    if organisation_id is None:
        return [NOBODY]
    day = local_date(work.now)
    held = work.records(people.HOLDERS_AT, organisation_id=organisation_id, day=day)
    return find_recipients(work, SIDE[role], role, organisation_id, held)


def _climbed(work: Work, line: Waiting) -> tuple[datetime | None, Rung | None]:
    """When the rung of a line came, by the duty as it is now, and the rung; None: in no ladder."""
    pack = packs.get(work, line.pack_id)
    calendar = packs.calendar(work)
    past, coming = ladder(pack, line.kind, line.anchor, line.due_at, calendar, work.now)
    for at, rung in (*past, *coming):
        if rung.id == line.rung:
            return at, rung
    return None, None  # a lent ladder may have changed since


def rung_stands(work: Work, line: Waiting) -> bool:
    """Whether the rung of a line has come by the term as it is now: a term may have been moved."""
    at, _ = _climbed(work, line)
    return at is None or at <= work.now


def digest_words(work: Work, reader: Recipient, lines: list[Any]) -> tuple[str, str, str]:
    """Subject, text and page of a digest: one sentence for each duty, true today."""
    last: dict[int, Spoken] = {}
    for line in lines:
        at, rung = _climbed(work, line)
        spoken = (at or line.created_at, line, rung)
        if line.duty_id not in last or (spoken[0], line.id) > _rank(last[line.duty_id]):
            last[line.duty_id] = spoken
    ordered = sorted(last.values(), key=lambda s: (s[1].due_at, s[1].id))
    told = [_reminder(work.now, reader, *spoken) for spoken in ordered]
    return render("digest", {"name": reader.name or "收件人", "lines": told})


def _rank(spoken: Spoken) -> tuple[datetime, int]:
    return spoken[0], spoken[1].id


def _reminder(
    now: datetime, reader: Recipient, at: datetime, line: Waiting, rung: Rung | None
) -> Reminder:
    return Reminder(
        title=isolated(line.title),
        number=line.number,
        duty=KNOWN_DUTIES[line.kind].title,
        say=sentence(line, at, rung, now),
        due_on=line.due_on,
        provisional=line.provisional,
        basis=ground(rung.basis if rung else line.basis, line.place_code, local_date(now)),
        vacant=reader.vacant,
    )


def sentence(line: Waiting, at: datetime, rung: Rung | None, now: datetime) -> str:
    """What a reminder says: the rung's own words in their time, later only how the duty stands."""
    if rung is not None and rung.say and _in_time(rung, at, now):
        return rung.say
    days = (line.due_on - local_date(now)).days
    if days < 0:
        return f"已逾期{-days}日，请立即办理"
    if now >= line.due_at:
        return "已于今日到期，请立即办理"
    return f"还有{days}日到期，请及时办理" if days else "今日到期，请及时办理"


def _in_time(rung: Rung, at: datetime, now: datetime) -> bool:
    if rung.at.unit is Unit.hour:
        return now - at <= ON_THE_HOUR
    return local_date(at) == local_date(now)


def write_digest(work: Work, reader: Recipient, lines: list[Any], case_id: int | None) -> int:
    """Queue one digest with lines; its id. Its words are told anew when it is sealed."""
    subject, text, html = digest_words(work, reader, lines)
    letter_id = work.take_id()
    work.insert(
        letters.TABLE,
        {
            "id": letter_id,
            "case_id": case_id,
            "kind": "digest",
            "person_id": reader.person_id,
            "version": 1,
            "recipient": reader.email,
            "recipient_name": reader.name,
            "subject": subject,
            "text": text,
            "html": html,
            "statutory": False,
            "state": "queued",
            "created_at": work.now,
            "next_try_at": work.now,
            "attempts": 0,
            "deaths": 0,
            "answer": "",
            "maybe_twice": False,
        },
    )
    for line in sorted(lines, key=lambda w: (w.due_at, w.id)):
        work.insert(letters.LETTER_LINES, {"letter_id": letter_id, "line_id": line.id})
    return letter_id
