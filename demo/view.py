"""What the read-only page shows of a case, gathered from storage and put into words."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from guapai.clock import local_time
from guapai.people import ROLE_TITLES, Role
from guapai.text import isolated, one_line
from law.pack import Pack
from law.provisions import PROVISIONS, cite
from statemachines.duty import DUTIES
from statemachines.hazard.states import TITLES, HazardState
from statemachines.letter import TITLES as LETTER_TITLES
from statemachines.procedures import PROCEDURES
from storage import duty, event, letter, organisation, pack, paper, person
from storage import hazard as hazards
from storage.event import Event
from storage.hazard import Hazard
from storage.work import Work

MAIN_LINE = (
    "lead",
    "grading",
    "major_confirmed",
    "reported",
    "plan_due",
    "plan_review",
    "rectifying",
    "acceptance_requested",
    "accepted",
    "closed",
)
_DUTY_STATES = {
    "open": "在办",
    "suspended": "暂停",
    "met": "已办",
    "cancelled": "已取消",
    "replaced": "已更替",
}
_MOVES = {
    "rung": "提醒",
    "period": "新的报告月份",
    "recount": "重新计算期限",
    "seal": "文书成文",
    "unreached": "信件未送达",
}


@dataclass(frozen=True)
class Station:
    """One state on the drawing of a case."""

    title: str
    visited: bool
    present: bool


def wall(at: datetime | None) -> str:
    """An instant as the wall clock shows it."""
    return f"{local_time(at):%Y-%m-%d %H:%M}" if at else ""


def hazard_list(work: Work, now: datetime) -> list[dict[str, Any]]:
    """Every hazard with its open duties; those with something overdue first."""
    out = []
    for row in hazards.every(work):
        found = [d for d in duty.of_case(work, row.id) if d.state == "open"]
        late = [d for d in found if d.due_at <= now]
        out.append(
            {
                "id": row.id,
                "number": row.number,
                "title": isolated(one_line(row.title)),
                "state": TITLES[row.state],
                "deadline": row.deadline or "",
                "open": len(found),
                "late": len(late),
            }
        )
    return sorted(out, key=lambda h: (-h["late"], -h["open"], h["number"]))


def case_view(work: Work, row: Hazard, now: datetime) -> dict[str, Any]:
    """Everything the page of one case shows."""
    rules = pack.get(work, row.pack_id)
    events = event.of_case(work, row.id)
    names: dict[int | None, str] = {None: ""}
    duties = duty.of_case(work, row.id)
    return {
        "title": isolated(one_line(row.title)),
        "row": row,
        "state": TITLES[row.state],
        "unit": _name(work, row.unit_id) or "（无责任单位）",
        "department": _name(work, row.department_id),
        "commission": _name(work, row.commission_id),
        "stations": _stations(row, events),
        "open": [_duty(d, now) for d in duties if d.state in ("open", "suspended")],
        "done": [_duty(d, now) for d in duties if d.state not in ("open", "suspended")],
        "events": [_event(work, e, rules, names) for e in events],
        "letters": [_letter(r) for r in letter.of_case(work, row.id)],
        "lines": [_line(x, rules, duties) for x in letter.lines_of_case(work, row.id)],
        "papers": paper.of_case(work, row.id),
    }


def _name(work: Work, organisation_id: int | None) -> str:
    found = organisation.get(work, organisation_id) if organisation_id is not None else None
    return found.name if found else ""


def _stations(row: Hazard, events: list[Event]) -> list[Station]:
    been = [e.dest for e in events if e.noun == "hazard" and e.dest]
    beside = [s for s in dict.fromkeys(been) if s not in MAIN_LINE]
    order = [HazardState(s) for s in (*MAIN_LINE, *beside)]
    return [Station(TITLES[s], s in been, s == row.state) for s in order]


def _duty(row: duty.Duty, now: datetime) -> dict[str, Any]:
    kind = DUTIES[row.kind]
    return {
        "title": kind.title,
        "owner": ROLE_TITLES[kind.role],
        "due_on": row.due_on,
        "days": (row.due_on - local_time(now).date()).days,
        "late": row.state == "open" and row.due_at <= now,
        "provisional": row.provisional,
        "state": _DUTY_STATES[row.state],
        "basis": cite(row.basis) if row.basis in PROVISIONS else "",
    }


def _event(work: Work, row: Event, rules: Pack, names: dict[int | None, str]) -> dict[str, Any]:
    if row.person_id not in names:
        found = person.get(work, row.person_id) if row.person_id else None
        names[row.person_id] = found.name if found else ""
    facts = json.loads(row.leaf)["facts"]
    return {
        "at": wall(row.at),
        "title": _title(work, row, rules, facts),
        "who": " ".join(filter(None, [names[row.person_id], ROLE_TITLES[Role(row.role)]])),
        "behalf": row.behalf_of is not None,
        "basis": cite(row.basis) if row.basis in PROVISIONS else "",
        "facts": _facts(row, facts),
        "quiet": row.noun == "duty",
    }


def _title(work: Work, row: Event, rules: Pack, facts: dict[str, Any]) -> str:
    if row.noun == "duty" and row.move == "rung":
        return f"阶梯：{_said(work, row, rules, facts)}"
    name = row.move.removeprefix("sign:")
    titles = {m.name: m.title for m in PROCEDURES[row.noun].moves} if row.noun in PROCEDURES else {}
    title = titles.get(name, _MOVES.get(name, name))
    return f"签署：{title}" if row.move.startswith("sign:") else title


def _said(work: Work, row: Event, rules: Pack, facts: dict[str, Any]) -> str:
    for found in duty.of_case(work, row.case_id or 0):
        if found.id == row.row_id:
            rung = next((r for r in rules.rungs(found.kind) if r.id == facts.get("rung")), None)
            said = rung.say or rung.id if rung else ""
            return f"{DUTIES[found.kind].title}，{said}"
    return str(facts.get("rung", ""))


def _facts(row: Event, facts: dict[str, Any]) -> list[tuple[str, str]]:
    if row.noun not in PROCEDURES:
        return []
    model = next((m.facts for m in PROCEDURES[row.noun].moves if m.name == row.move), None)
    if model is None:
        return []
    out = []
    for name, field in model.model_fields.items():
        value = facts.get(name)
        if value not in (None, "", [], False, 0) and not isinstance(value, dict):
            out.append((field.title or name, _shown(value)))
    return out


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "；".join(_shown(v) for v in value)
    if isinstance(value, dict):
        return f"文件 {str(value.get('file', ''))[:12]}…"
    return "是" if value is True else str(value)


def _letter(row: letter.Letter) -> dict[str, Any]:
    return {
        "subject": isolated(one_line(row.subject)),
        "to": f"{row.recipient_name} {row.recipient}".strip() or "（无地址）",
        "state": LETTER_TITLES[row.state],
        "at": wall(row.ended_at or row.created_at),
        "answer": f"{row.answer_code or ''} {row.answer}".strip(),
        "twice": row.maybe_twice,
    }


def _line(line: dict[str, Any], rules: Pack, duties: list[duty.Duty]) -> dict[str, Any]:
    kind = next(d.kind for d in duties if d.id == line["duty_id"])
    rung = next((r for r in rules.rungs(kind) if r.id == line["rung"]), None)
    sent = LETTER_TITLES[line["letter_state"]] if line["letter_state"] else "待汇总"
    return {
        "at": wall(line["created_at"]),
        "duty": DUTIES[kind].title,
        "say": rung.say if rung else line["rung"],
        "role": ROLE_TITLES[Role(line["role"])],
        "sent": "已办结，未发送" if line["dropped"] else sent,
    }


def today(now: datetime) -> date:
    """The legal day the page was made."""
    return local_time(now).date()
