"""Letters of an act: written in its transaction, one per reader."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

from actions.hand.address import address_of
from actions.hand.case import Case, Row
from actions.hand.recipients import NOBODY, Recipient, find_recipients
from actions.hand.record import Record
from actions.hand.sides import organisations_of
from actions.remedy import remedies_of
from guapai.clock import local_date, local_time
from guapai.people import ROLE_TITLES, Role
from guapai.personal import personal_fields
from guapai.text import isolated
from guapai.word import Word
from law.provisions import ground
from notifications.letter import Task
from notifications.rendering import render
from statemachines.facts import Level
from statemachines.noun import LetterKind
from statemachines.nouns import KNOWN_DUTIES, LETTERS, NOUNS
from storage import letter as letters
from storage.people import person as people
from storage.questions import mishap as mishaps
from storage.questions import situation as asked


def read_people(case: Case) -> None:
    """Read who holds which post in the case, unless that was read with the case."""
    parameters = {"case_id": case.id}
    day = local_date(case.work.now)
    case.holders, found = case.work.ask_all(
        [(asked.HOLDERS, {**parameters, "day": day}), (asked.ORGANISATIONS, parameters)]
    )
    case.organisations = {o["id"]: o for o in found}


def write_letters(
    case: Case,
    record: Record,
    names: tuple[str, ...],
    facts: BaseModel | Mapping[str, Any],
    paper_id: int | None = None,
    row: Row | None = None,
) -> None:
    """Write the letters with these names; what the act opened is listed in them.

    A letter tells nothing personal that was handed in: it cannot be erased from a mailbox.
    """
    opened = _opened(case, record)
    said = dict(vars(facts) if isinstance(facts, BaseModel) else facts)
    if isinstance(facts, BaseModel):
        for name in personal_fields(type(facts)):
            del said[name]
    said |= _led(case, said)
    for name in names:
        kind = LETTERS[name]
        remedies, contact = remedies_of(case, kind, row) if kind.decides else ("", "")
        for organisation_id, reader in _readers(case, kind, row):
            context = _context(case, record, reader, said, opened)
            content = render(name, {**context, "remedies": remedies, "contact": contact})
            letter_id = write_letter(
                case,
                record,
                name,
                reader,
                content,
                organisation_id=organisation_id,
                statutory=kind.statutory,
                paper_id=paper_id if kind.waits else None,
            )
            record.subjects.append(("letter", letter_id))


def _readers(case: Case, kind: LetterKind, row: Row | None) -> list[tuple[int | None, Recipient]]:
    """Everybody a letter is for, once, with the organisation it is written to.

    A side the case does not have (yet) is left out. Where nobody can be reached, each organisation
    has a letter of its own, so that each of them is mended.
    """
    present = [
        (side, role, organisation)
        for side, role in kind.to
        for organisation in organisations_of(case.root, case.parties, side, row)
    ]
    if kind.to_reporter and case.root.reported_by is not None:
        present.append(("", Role(case.root.reported_as), case.root.reported_by))
    if not present:
        present = [("department", Role.division_chief, case.root.department_id)]
    readers: dict[tuple[str, int | None], tuple[int | None, Recipient]] = {}
    for side, role, organisation in present:
        for found in find_recipients(
            case.work, side, role, organisation, _known(case, organisation)
        ):
            key = ("nobody", organisation) if found == NOBODY else (found.email, found.person_id)
            readers.setdefault(key, (organisation, found))
    return list(readers.values())


def _known(case: Case, organisation_id: int | None) -> list[dict[str, Any]]:
    """Who holds which post at an organisation: read with the case, or now for one beside it."""
    if organisation_id is None or organisation_id in case.organisations:
        return case.holders
    day = local_date(case.work.now)
    return case.work.records(people.HOLDERS_AT, organisation_id=organisation_id, day=day)


def write_letter(
    case: Case,
    record: Record,
    kind: str,
    reader: Recipient,
    content: tuple[str, str, str],
    *,
    organisation_id: int | None,
    statutory: bool,
    paper_id: int | None = None,
) -> int:
    """Queue one letter, or keep it as suppressed when nobody can be reached. Its id."""
    letter_id = case.work.take_id()
    subject, text, html = content
    case.work.insert(
        letters.TABLE,
        {
            "id": letter_id,
            "case_id": case.id,
            "event_id": record.event_id,
            "paper_id": paper_id,
            "kind": kind,
            "person_id": reader.person_id,
            "organisation_id": organisation_id,
            "version": 1,
            "recipient": reader.email,
            "recipient_name": reader.name,
            "subject": subject,
            "text": text,
            "html": html,
            "statutory": statutory,
            "state": "queued",
            "created_at": case.work.now,
            "next_try_at": case.work.now,
            "attempts": 0,
            "deaths": 0,
            "answer": "",
            "maybe_twice": False,
        },
    )
    return letter_id


def _opened(case: Case, record: Record) -> list[Task]:
    ids = {row_id for table, row_id, values in record.changes if table == "duties"}
    return [
        Task(
            title=KNOWN_DUTIES[d.kind].title,
            owner=ROLE_TITLES[KNOWN_DUTIES[d.kind].role],
            until=_until(d),
            provisional=d.provisional,
        )
        for d in case.duties
        if d.id in ids and d.opened_at == case.work.now
    ]


def _until(duty: Row) -> str:
    if duty.term.endswith("h"):
        return f"{local_time(duty.due_at):%Y-%m-%d %H:%M}前"
    return f"{duty.due_on}（含当日）前"


def _context(
    case: Case, record: Record, reader: Recipient, said: dict[str, Any], opened: list[Task]
) -> dict[str, Any]:
    root = case.root
    received = getattr(root, "report_received_at", None)
    return {
        "name": reader.name or "收件人",
        "vacant": reader.vacant,
        "about": NOUNS[case.noun].title,
        "title": isolated(root.title),
        "number": root.number,
        "unit": _named(case, root.unit_id, "责任单位（未定）"),
        "department": _named(case, root.department_id, "监管部门"),
        "commission": _named(case, root.commission_id, "安全生产委员会"),
        "lister": _named(
            case, getattr(root, "lister_id", None) or root.commission_id, "安全生产委员会"
        ),
        "deadline": _day(getattr(root, "deadline", None)),
        "receipt": f"{root.number}-受{root.report_receipts}" if received else "",
        "received": f"{local_time(received):%Y-%m-%d %H:%M}" if received else "",
        "level": Level(root.level).label if getattr(root, "level", None) else "",
        "basis": ground(record.basis, root.place_code, local_date(case.work.now)),
        "duties": opened,
        "facts": {k: _shown(v) for k, v in said.items()},
    }


def _led(case: Case, said: Mapping[str, Any]) -> dict[str, str]:
    """By name who is named by id: the department and the leader of a listing, a joint lister."""
    out = {}
    for name, title in (("lead_department_id", "lead_department"), ("commission_id", "joint")):
        if said.get(name) is not None:
            out[title] = _named(case, said[name], "")
    if said.get("lead_official_id") is not None:
        person = people.get(case.work, said["lead_official_id"])
        out["lead_official"] = person.name if person else ""
    return out


def _named(case: Case, organisation_id: int | None, otherwise: str) -> str:
    found = case.organisations.get(organisation_id) if organisation_id is not None else None
    return found["name"] if found else otherwise


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "（未定）"


def _shown(value: Any) -> str:
    if isinstance(value, Word):
        return value
    if isinstance(value, date):
        return _day(value)
    return "" if value is None else str(value)


def _again(case: Case, row: Row, facts: Any) -> dict[str, Any]:
    """The letter waits once more; what was never sealed goes where its reader is reached by now.

    What it died of is judged anew; it still goes alone.
    """
    values: dict[str, Any] = {"next_try_at": case.work.now, "token": None, **_UNTRIED}
    values |= {"first_tried_at": None, "cause": None}
    person = people.get(case.work, row.person_id) if row.person_id is not None else None
    if row.mime is None and person is not None and person.email:
        values["recipient"] = person.email
    return values


_SAME = (
    *("case_id", "event_id", "paper_id", "kind", "person_id", "organisation_id", "recipient_name"),
    *("subject", "text", "html", "statutory"),
)
"""What a letter says and about what, wherever it goes."""
_UNTRIED = {"attempts": 0, "deaths": 0}


def _elsewhere(case: Case, row: Row, facts: Any) -> dict[str, Any]:
    """The reader is reached elsewhere from now on; there goes a letter that says the same.

    What was sealed and refused stays as it is: the proof of notice shows both.
    """
    address = address_of(case.work, row.person_id, facts.email)
    if row.person_id is not None:
        people.readdress(case.work, row.person_id, address)
    new_id = case.work.take_id()
    head = {
        "id": new_id,
        "version": 1,
        "recipient": address,
        "state": "queued",
        "answer": "",
        **_UNTRIED,
    }
    same = {name: getattr(row, name) for name in _SAME}
    times = {"created_at": case.work.now, "next_try_at": case.work.now, "maybe_twice": False}
    case.work.insert(letters.TABLE, {**same, **head, **times})
    for line_id in mishaps.lines_of(case.work, row.id):
        case.work.insert(letters.LETTER_LINES, {"letter_id": new_id, "line_id": line_id})
    return {"ended_at": case.work.now}


def _told(case: Case, row: Row, facts: Any) -> dict[str, Any]:
    """The proof of notice says who told whom, when and what."""
    who, at = case.actor.name or ROLE_TITLES[case.actor.role], local_time(facts.told_at)
    said = f"{at:%Y-%m-%d %H:%M} {who}电话告知{facts.whom}：{facts.said}"
    if before := f"{row.answer_code or ''} {row.answer}".strip():
        said = f"{said}（此前：{before}）"
    return {"ended_at": facts.told_at, "answer_code": None, "answer": said}


COMPUTED = {"resend": _again, "readdress": _elsewhere, "tell": _told}
"""Columns of a letter that a person's move sets beside its facts."""
