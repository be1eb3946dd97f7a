"""What the page of a case says, put into words from what was read of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace as Shown
from typing import Any

from guapai.clock import local_date
from guapai.people import ROLE_TITLES, Role
from guapai.text import Said, joined
from law.pack import Pack
from law.provisions import PROVISIONS, cite
from portal.wording import countdown, due_words, duty_title, facts_in_words, wall, word
from statemachines.deferral import TITLES as DEFERRAL_TITLES
from statemachines.diagrams import NOUN_TITLES
from statemachines.duty import DUTIES
from statemachines.facts import LEVEL_TITLES, Level
from statemachines.hazard.states import TITLES, HazardState
from statemachines.letter import TITLES as LETTER_TITLES
from statemachines.letter import LetterState
from statemachines.listing import TITLES as LISTING_TITLES
from statemachines.procedures import PROCEDURES
from storage.casefile import CaseFile, Notices
from storage.duty import Duty
from storage.event import Event
from storage.hazard import Grade

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
    "claim": "认领事项",
    "release": "释放事项",
    "repack": "移用新版规则包",
}
_UNSENT = {True: "已办结，未发送", False: "待汇总"}
_ENDED = {
    LetterState.sent: "good",
    LetterState.failed: "bad",
    LetterState.suppressed: "bad",
    LetterState.uncertain: "warn",
}


@dataclass(frozen=True)
class Station:
    """One state on the line of a case: first reached when, how often."""

    title: str
    on: str
    times: int
    present: bool


def stations(case: CaseFile) -> tuple[list[Station], list[Station]]:
    """The states of the case's line, and those it passed through beside it."""
    line = GENERAL_LINE if case.hazard.grade == Grade.general else MAJOR_LINE

    def station(state: HazardState) -> Station:
        at, times = case.steps.get(state.value, (None, 0))
        return Station(TITLES[state], wall(at)[5:10], times, state == case.hazard.state)

    beside = [HazardState(s) for s in case.steps if HazardState(s) not in line]
    return [station(s) for s in line], [station(s) for s in beside]


def visited(case: CaseFile) -> list[str]:
    """The states the case has been in, in the order in which it first came there."""
    return sorted(case.steps, key=lambda s: case.steps[s][0])


def head(case: CaseFile, *, discreet: bool) -> list[tuple[str, Any]]:
    """What is known of the hazard. ``discreet``: nothing that could lead to an informant."""
    row, named = case.hazard, case.organisations
    known = [
        ("责任单位", named.get(row.unit_id or 0, Said("（无责任单位）"))),
        ("地点", joined("%(before)s %(next)s", filter(None, [_place(case), row.address]))),
        ("部位", row.part),
        ("行业领域", row.sector),
        ("线索来源", "" if discreet else Said(word(row.source))),
        ("发现日期", row.found_on),
        ("隐患等级", Said(word(row.grade) if row.grade != Grade.none else "未判定")),
        ("判定依据", row.clauses),
        ("监管部门", named.get(row.department_id, "")),
        ("督办单位", named.get(row.commission_id, "") if row.level else ""),
        ("督办级别", Said(LEVEL_TITLES[Level(row.level)] if row.level else "")),
        ("挂牌时间", wall(row.listed_at)),
        ("送达时间", wall(row.served_at)),
        ("治理期限", row.deadline or Said("未定")),
        ("原定期限", row.first_deadline if row.first_deadline != row.deadline else ""),
        ("验收不合格次数", row.failed_acceptances or ""),
        ("停产", Said(word(row.production_stopped) if row.production_stopped != "none" else "")),
        ("现实危险", Said("存在" if row.real_danger else "")),
        ("办结时间", wall(row.closed_at)),
    ]
    return [(k, v) for k, v in known if v]


def _place(case: CaseFile) -> str:
    """Where it is, by the authority closest to it, and the code of the place (GB/T 2260)."""
    row = case.hazard
    near = case.organisations.get(row.township_id or row.government_id or 0, "")
    name = near.removesuffix("人民政府")
    return Said("%(place)s（%(code)s）", place=name, code=row.place_code)


def duty_view(case: CaseFile, row: Duty, now: datetime) -> Shown:
    """A duty: who, what, by when, on which ground, in whose hands."""
    held = case.claims.get(row.id)
    late = row.state == "open" and row.due_at <= now
    tone, left = countdown((row.due_on - local_date(now)).days, late=late)
    return Shown(
        title=duty_title(row.kind, row.slot),
        owner=case.organisations.get(row.owner_id or 0, ""),
        role=ROLE_TITLES[Role(row.owner_role)],
        due=due_words(row),
        tone=tone,
        left=left,
        late=late,
        provisional=row.provisional,
        state=_DUTY_STATES[row.state],
        suspended=row.state == "suspended",
        basis=cited(row.basis),
        claimant=held["name"] if held else "",
        ended=wall(row.closed_at),
        punctual=punctual(row),
    )


def punctual(row: Duty) -> Shown | None:
    """Whether a duty ended in time; of what was cancelled or replaced in time there is nothing to say."""
    end = row.closed_at and (row.suspended_at or row.closed_at)  # suspended, none becomes late
    if end is None or end < row.due_at:
        return Shown(said="按期", tone="good") if end and row.state == "met" else None
    met, days = row.state == "met", (local_date(end) - row.due_on).days
    if not days:  # due by the hour, and late on the same day
        return Shown(said="逾期办结" if met else "结束时已逾期", tone="bad")
    said = "逾期%(days)d日办结" if met else "结束时已逾期%(days)d日"
    return Shown(said=Said(said, days=days), tone="bad")


def cited(basis: str) -> str:
    """A provision by number and title."""
    return cite(basis) if basis in PROVISIONS else ""


def event_view(case: CaseFile, row: Event, rules: Pack, *, discreet: bool) -> Shown:
    """An entry of the history, with the letters and papers it brought about."""
    leaf = json.loads(row.leaf)
    facts = dict(leaf["facts"])
    for name in ("unit_id", "department_id", "commission_id", "upper_id"):
        if name in facts:
            facts[name] = case.organisations.get(facts[name], "")
    hidden = discreet and row.move == "report_lead"
    if hidden:
        facts.pop("source", None)
    facts.pop("contact", None)
    return Shown(
        at=wall(row.at),
        title=event_title(case, row, facts, rules),
        noun=NOUN_TITLES.get(row.noun, "") if row.noun != "hazard" else "",
        who="" if hidden else case.people.get(row.person_id or 0, ""),
        role="" if hidden else ROLE_TITLES[Role(row.role)],
        at_home="" if hidden else case.organisations.get(row.organisation_id or 0, ""),
        behalf=case.people.get(row.behalf_of or 0, ""),
        basis=cited(row.basis),
        facts=facts_in_words(row, facts),
        quiet=row.noun == "duty",
        moved=bool(row.dest and row.dest != row.source),
        letters=[letter_view(x) for x in case.letters if x["event_id"] == row.id],
        papers=[p for p in case.papers if ["paper", p.id] in leaf["subjects"]],
    )


def event_title(case: CaseFile, row: Event, facts: Mapping[str, Any], rules: Pack) -> str:
    """What happened, in the words of the procedure."""
    if row.noun == "duty":
        found = next((d for d in case.duties if d.id == row.row_id), None)
        said = _MOVES.get(row.move, row.move)
        if found is not None and row.move == "rung":
            said = rung_said(rules, found.kind, str(facts.get("rung", "")))
        if found is None:
            return said
        return Said("%(duty)s：%(said)s", duty=duty_title(found.kind, found.slot), said=Said(said))
    name = row.move.removeprefix("sign:")
    moves = PROCEDURES[row.noun].moves if row.noun in PROCEDURES else ()
    title = next((m.title for m in moves if m.name == name), _MOVES.get(name, name))
    return Said("签署：%(what)s", what=Said(title)) if row.move.startswith("sign:") else title


def rung_said(rules: Pack, kind: str, rung_id: str) -> str:
    """What a rung of a ladder says."""
    rung = rules.rung(kind, rung_id)
    if rung is None:
        return rung_id
    if rung.opens is not None and not rung.say:
        return DUTIES[rung.opens].title
    return rung.say or "到期"


def letter_view(row: Mapping[str, Any]) -> Shown:
    """A letter: to whom, whether it arrived, when, and what the other server said."""
    return Shown(
        id=row["id"],
        subject=row["subject"],
        to=row["recipient_name"] or Said("（无地址）"),
        state=LETTER_TITLES[LetterState(row["state"])],
        tone=_ENDED.get(LetterState(row["state"]), ""),
        at=wall(row["ended_at"] or row["created_at"]),
        answer=f"{row['answer_code'] or ''} {row['answer']}".strip(),
        twice=row["maybe_twice"],
    )


def line_view(case: CaseFile | Notices, row: Mapping[str, Any], rules: Pack) -> Shown:
    """A reminder, and the letter that carried it."""
    found = next((d for d in case.duties if d.id == row["duty_id"]), None)
    state = LetterState(row["state"]) if row["state"] else None
    return Shown(
        at=wall(row["created_at"]),
        duty=duty_title(found.kind, found.slot) if found else "",
        say=rung_said(rules, found.kind, row["rung"]) if found else row["rung"],
        role=ROLE_TITLES[Role(row["role"])],
        organisation=case.organisations.get(row["organisation_id"] or 0, ""),
        to=row["recipient_name"] or "",
        state=LETTER_TITLES[state] if state else _UNSENT[bool(row["dropped"])],
        tone=_ENDED.get(state, "") if state else "",
        ended=wall(row["ended_at"]),
        answer=f"{row['answer_code'] or ''} {row['answer'] or ''}".strip(),
    )


def cards(case: CaseFile) -> list[dict[str, Any]]:
    """The procedures that run beside the line: listings and deferrals."""
    out: list[dict[str, Any]] = []
    for x in case.listings:
        facts = [
            ("治理完毕日期", x.deadline),
            ("牵头督办部门", x.lead_department),
            ("责任领导", x.lead_official),
            ("整改任务", x.tasks),
            ("整改措施", x.measures),
            ("督办电话", x.duty_phone),
            ("摘牌时间", wall(x.lifted_at)),
        ]
        title = Said("%(level)s挂牌督办", level=Said(LEVEL_TITLES[Level(x.level)]))
        out.append(_card("listing", x, title, LISTING_TITLES[x.state], facts))
    for y in case.deferrals:
        facts = [
            ("申请延至", y.asked_deadline),
            ("延期理由", y.reason),
            ("临时防护措施", y.interim_measures),
            ("同意延至", y.deadline or ""),
            ("决定时间", wall(y.decided_at)),
        ]
        said = "第%(n)d次延期申请（逾期提出）" if y.late else "第%(n)d次延期申请"
        title = Said(said, n=y.ordinal)
        out.append(_card("deferral", y, title, DEFERRAL_TITLES[y.state], facts))
    return out


def _card(noun: str, row: Any, title: str, state: str, facts: list[Any]) -> dict[str, Any]:
    final = row.state in PROCEDURES[noun].final
    return {
        "noun": noun,
        "id": row.id,
        "title": title,
        "state": state,
        "live": not final,
        "facts": [(k, v) for k, v in facts if v],
    }
