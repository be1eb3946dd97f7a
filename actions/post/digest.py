"""Notice lines become letters: one for each reader, with everything that still needs doing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from actions.hand.recipients import NOBODY, Recipient, find_recipients
from guapai.clock import Clock, local_date, utc_now
from guapai.people import Role
from guapai.text import isolated
from law.provisions import cite
from notifications.letter import Reminder
from notifications.rendering import render
from statemachines.nouns import DUTIES
from statemachines.side import SIDE
from storage import letter as letters
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.letter import Waiting
from storage.people import person as people
from storage.upkeep import pack as packs

BATCH = 2000


@dataclass
class _Bundle:
    reader: Recipient
    case_id: int
    lines: list[Waiting] = field(default_factory=list)


def gather(engine: Engine, clock: Clock = utc_now, *, batch: int = BATCH) -> int:
    """Write one letter per reader from the lines that wait; how many letters. Safe to run twice.

    Lines whose duty was met meanwhile are dropped.
    """
    written = 0
    while True:
        with unit_of_work(engine, clock) as work:
            waiting = letters.waiting_lines(work, batch)
            if not waiting:
                return written
            live = [w for w in waiting if w.duty_state == "open"]
            for bundle in _bundles(work, live):
                _write(work, bundle)
                written += 1
            letters.settle_lines(work, [w.id for w in live], dropped=False)
            gone = [w.id for w in waiting if w.duty_state != "open"]
            letters.settle_lines(work, gone, dropped=True)


def _bundles(work: Work, lines: Iterable[Waiting]) -> list[_Bundle]:
    readers: dict[tuple[int | None, Role], list[Recipient]] = {}
    bundles: dict[tuple[int | None, str, int], _Bundle] = {}
    for line in lines:
        where = (line.organisation_id, Role(line.role))
        if where not in readers:
            readers[where] = _readers(work, *where)
        for reader in readers[where]:
            # A letter to nobody belongs to its case, so that somebody there mends the contact.
            alone = line.case_id if reader == NOBODY else 0
            key = (reader.person_id, reader.email, alone)
            bundle = bundles.setdefault(key, _Bundle(reader, line.case_id))
            bundle.lines.append(line)
    return list(bundles.values())


def _readers(work: Work, organisation_id: int | None, role: Role) -> list[Recipient]:
    if organisation_id is None:
        return [NOBODY]
    day = local_date(work.now)
    known = work.records(people.HOLDERS_AT, organisation_id=organisation_id, day=day)
    return find_recipients(work, SIDE[role], role, organisation_id, known)


def _write(work: Work, bundle: _Bundle) -> None:
    ordered = sorted(bundle.lines, key=lambda w: (w.due_at, w.id))
    context: dict[str, Any] = {
        "name": bundle.reader.name or "收件人",
        "lines": [_reminder(work, w, bundle.reader) for w in _once(ordered)],
    }
    subject, text, html = render("digest", context)
    letter_id = work.take_id()
    work.insert(
        letters.TABLE,
        {
            "id": letter_id,
            "case_id": bundle.case_id if bundle.reader == NOBODY else None,
            "kind": "digest",
            "person_id": bundle.reader.person_id,
            "recipient": bundle.reader.email,
            "recipient_name": bundle.reader.name,
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
    for line in ordered:
        work.insert(letters.LETTER_LINES, {"letter_id": letter_id, "line_id": line.id})


def _once(lines: list[Waiting]) -> list[Waiting]:
    """One line for each rung: who holds two of its posts reads it once."""
    return list({(w.duty_id, w.rung): w for w in reversed(lines)}.values())[::-1]


def _reminder(work: Work, line: Waiting, reader: Recipient) -> Reminder:
    rung = packs.get(work, line.pack_id).rung(line.kind, line.rung)
    return Reminder(
        title=isolated(line.title),
        number=line.number,
        duty=DUTIES[line.kind].title,
        say=rung.say if rung else "请及时办理",  # a lent ladder may have changed since
        due_on=line.due_on,
        provisional=line.provisional,
        basis=cite(rung.basis if rung else line.basis),
        vacant=reader.vacant,
    )
