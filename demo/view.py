"""What the read-only page shows of a case, gathered from storage and put into words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from demo.city import PLACES
from demo.wording import facts_in_words, wall, word
from guapai.clock import local_date
from guapai.people import ROLE_TITLES, Role
from guapai.text import isolated, one_line
from law.provisions import PROVISIONS, cite
from statemachines.deferral import TITLES as DEFERRAL_TITLES
from statemachines.diagrams import NOUN_TITLES
from statemachines.duty import DUTIES
from statemachines.facts import LEVEL_TITLES, Level
from statemachines.hazard.states import TITLES, HazardState
from statemachines.letter import TITLES as LETTER_TITLES
from statemachines.letter import LetterState
from statemachines.listing import TITLES as LISTING_TITLES
from statemachines.procedures import PROCEDURES
from storage import deferral, duty, event, letter, listing, organisation, pack, paper, person
from storage import hazard as hazards
from storage.event import Event
from storage.hazard import Grade, Hazard
from storage.work import Work

_S = HazardState
MAJOR_LINE = (
    _S.lead,
    _S.grading,
    _S.major_confirmed,
    _S.reported,
    _S.plan_due,
    _S.plan_review,
    _S.rectifying,
    _S.acceptance_requested,
    _S.accepted,
    _S.closed,
)
GENERAL_LINE = (_S.lead, _S.grading, _S.general_fixing, _S.general_recheck, _S.closed)
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
    """One state on the drawing of a case: first reached when, how often."""

    title: str
    on: str
    times: int
    present: bool


class Reading:
    """One look at one case; people, organisations and rungs are looked up once."""

    def __init__(self, work: Work, row: Hazard) -> None:
        self.work, self.row = work, row
        self.now = work.now
        self.rules = pack.get(work, row.pack_id)
        self.duties = {d.id: d for d in duty.of_case(work, row.id)}
        self.person = lru_cache(maxsize=None)(self._person)
        self.organisation = lru_cache(maxsize=None)(self._organisation)

    def _person(self, person_id: int | None) -> str:
        found = person.get(self.work, person_id) if person_id is not None else None
        return isolated(one_line(found.name)) if found else ""

    def _organisation(self, organisation_id: int | None) -> str:
        found = organisation.get(self.work, organisation_id) if organisation_id else None
        return isolated(one_line(found.name)) if found else ""

    def _number(self, case_id: int | None) -> str:
        found = hazards.get(self.work, case_id) if case_id else None
        return found.number if found else ""

    def of_duty(self, row: duty.Duty) -> dict[str, Any]:
        """A duty: who, what, by when, on which ground."""
        return {
            "title": _duty_title(row),
            "owner": " ".join(
                filter(None, [self.organisation(row.owner_id), ROLE_TITLES[Role(row.owner_role)]])
            ),
            "due": wall(row.due_at) if row.term.endswith("h") else row.due_on,
            "days": (row.due_on - local_date(self.now)).days,
            "late": row.state == "open" and row.due_at <= self.now,
            "provisional": row.provisional,
            "state": _DUTY_STATES[row.state],
            "basis": _cited(row.basis),
        }

    def of_event(self, row: Event) -> dict[str, Any]:
        """An entry of the history."""
        facts = json.loads(row.leaf)["facts"]
        for name in ("unit_id", "department_id"):
            facts[name] = self.organisation(facts.get(name))
        facts["duplicate_of"] = self._number(facts.get("duplicate_of"))
        return {
            "at": wall(row.at),
            "title": self._title(row, facts),
            "noun": NOUN_TITLES.get(row.noun, "") if row.noun != "hazard" else "",
            "rung": facts.get("rung", "") if row.noun == "duty" else "",
            "who": " ".join(
                filter(None, [self.person(row.person_id), ROLE_TITLES[Role(row.role)]])
            ),
            "at_home": self.organisation(row.organisation_id),
            "behalf": self.person(row.behalf_of),
            "basis": _cited(row.basis),
            "facts": facts_in_words(row, facts),
            "quiet": row.noun == "duty",
        }

    def _title(self, row: Event, facts: Mapping[str, Any]) -> str:
        if row.noun == "duty" and row.move == "rung" and row.row_id in self.duties:
            found = self.duties[row.row_id]
            return f"{_duty_title(found)}：{self._say(found, facts['rung'])}"
        name = row.move.removeprefix("sign:")
        moves = PROCEDURES[row.noun].moves if row.noun in PROCEDURES else ()
        title = next((m.title for m in moves if m.name == name), _MOVES.get(name, name))
        return f"签署：{title}" if row.move.startswith("sign:") else title

    def _say(self, row: duty.Duty, rung_id: str) -> str:
        rung = next((r for r in self.rules.rungs(row.kind) if r.id == rung_id), None)
        if rung is None:
            return rung_id
        if rung.opens is not None and not rung.say:
            return DUTIES[rung.opens].title
        return rung.say or "到期"

    def of_letter(self, row: letter.Letter) -> dict[str, Any]:
        """A letter, how it ended, and where its mail can be read."""
        return {
            "id": row.id,
            "subject": isolated(one_line(row.subject)),
            "to": isolated(f"{row.recipient_name} {row.recipient}".strip()) or "（无地址）",
            "state": LETTER_TITLES[row.state],
            "at": wall(row.ended_at or row.created_at),
            "answer": isolated(one_line(f"{row.answer_code or ''} {row.answer}")),
            "twice": row.maybe_twice,
            "mail": row.id if row.state == LetterState.sent else "",
        }

    def of_line(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """A reminder, and the letter that carried it."""
        found = self.duties[line["duty_id"]]
        carried = letter.get(self.work, line["letter_id"]) if line["letter_id"] else None
        return {
            "at": wall(line["created_at"]),
            "duty": _duty_title(found),
            "say": self._say(found, line["rung"]),
            "role": ROLE_TITLES[Role(line["role"])],
            "organisation": self.organisation(line["organisation_id"]),
            "dropped": line["dropped"],
            "letter": self.of_letter(carried) if carried else None,
        }

    def stations(self, events: list[Event]) -> tuple[list[Station], list[Station]]:
        """The states of the case's line, and those it passed through beside it."""
        line = GENERAL_LINE if self.row.grade == Grade.general else MAJOR_LINE
        reached: dict[str, list[str]] = {}
        for e in events:
            if e.noun == "hazard" and e.dest and e.dest != e.source:
                reached.setdefault(e.dest, []).append(wall(e.at)[5:10])
        beside = [HazardState(s) for s in reached if s not in line]

        def station(state: HazardState) -> Station:
            days = reached.get(state, [])
            return Station(
                TITLES[state], days[0] if days else "", len(days), state == self.row.state
            )

        return [station(s) for s in line], [station(s) for s in beside]

    def head(self) -> list[tuple[str, Any]]:
        """The facts at the head of the page; those that are not known are left out."""
        row = self.row
        known = [
            ("责任单位", self.organisation(row.unit_id) or "（无责任单位）"),
            ("地点", " ".join(filter(None, [place(row), row.address]))),
            ("行业领域", row.sector),
            ("来源", f"{word(row.source)}，{row.found_on}"),
            ("隐患等级", word(row.grade) if row.grade != Grade.none else "未判定"),
            ("判定依据", row.clauses),
            ("监管部门", self.organisation(row.department_id)),
            ("督办单位", self.organisation(row.commission_id) if row.level else ""),
            ("督办级别", LEVEL_TITLES[Level(row.level)] if row.level else ""),
            ("挂牌时间", wall(row.listed_at)),
            ("送达时间", wall(row.served_at)),
            ("治理期限", row.deadline or "未定"),
            ("原定期限", row.first_deadline if row.first_deadline != row.deadline else ""),
            ("验收不合格", f"{row.failed_acceptances}次" if row.failed_acceptances else ""),
            ("停产", word(row.production_stopped) if row.production_stopped != "none" else ""),
            ("办结时间", wall(row.closed_at)),
        ]
        return [(k, isolated(v) if isinstance(v, str) else v) for k, v in known if v]

    def decisions(self) -> list[tuple[str, str, str]]:
        """Listings and deferrals: what, where they stand, and on which date."""
        case_id = self.row.id
        listed = [
            (
                f"{LEVEL_TITLES[Level(x.level)]}挂牌督办",
                LISTING_TITLES[x.state],
                f"期限{x.deadline}",
            )
            for x in listing.of_case(self.work, case_id)
        ]
        put_off = [
            (
                f"第{x.ordinal}次延期申请",
                DEFERRAL_TITLES[x.state],
                f"申请至{x.asked_deadline}" + (f"，同意至{x.deadline}" if x.deadline else ""),
            )
            for x in deferral.of_case(self.work, case_id)
        ]
        return listed + put_off


def place(row: Hazard) -> str:
    """The name of the place, with its code (GB/T 2260)."""
    return f"{PLACES.get(row.place_code[:6], '')} {row.place_code}"


def _duty_title(row: duty.Duty) -> str:
    month = f"（{row.slot[:7]}）" if DUTIES[row.kind].periodic else ""
    return f"{DUTIES[row.kind].title}{month}"


def _cited(basis: str) -> str:
    return cite(basis) if basis in PROVISIONS else ""


def hazard_list(work: Work, now: datetime) -> list[dict[str, Any]]:
    """Every hazard with its open duties; those with something overdue first."""
    out = []
    for row in hazards.every(work):
        found = [d for d in duty.of_case(work, row.id) if d.state == "open"]
        out.append(
            {
                "id": row.id,
                "number": row.number,
                "title": isolated(one_line(row.title)),
                "place": PLACES.get(row.place_code[:6], row.place_code),
                "state": TITLES[row.state],
                "deadline": row.deadline or "",
                "open": len(found),
                "late": len([d for d in found if d.due_at <= now]),
            }
        )
    return sorted(out, key=lambda h: (-h["late"], -h["open"], h["number"]))


def case_view(work: Work, row: Hazard) -> dict[str, Any]:
    """Everything the page of one case shows."""
    reading = Reading(work, row)
    events = event.of_case(work, row.id)
    line, beside = reading.stations(events)
    duties = sorted(reading.duties.values(), key=lambda d: d.due_at)
    waits = ("open", "suspended")
    return {
        "title": isolated(one_line(row.title)),
        "row": row,
        "head": reading.head(),
        "decisions": reading.decisions(),
        "line": line,
        "beside": beside,
        "open": [reading.of_duty(d) for d in duties if d.state in waits],
        "done": [reading.of_duty(d) for d in duties if d.state not in waits],
        "events": [reading.of_event(e) for e in events],
        "letters": [reading.of_letter(r) for r in letter.of_case(work, row.id)],
        "lines": [reading.of_line(x) for x in letter.lines_of_case(work, row.id)],
        "papers": paper.of_case(work, row.id),
    }
