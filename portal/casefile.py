"""What the page of a case says, put into words from what was read of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace as Shown
from typing import Any

from guapai.clock import local_date
from guapai.people import ROLE_TITLES, Role
from guapai.personal import is_personal
from guapai.text import Said
from guapai.word import Word, label_of
from law import provisions
from law.pack import Pack
from law.provisions import PROVISIONS, cite
from portal import hazard
from portal.words.wording import countdown, due_words, duty_title, facts_in_words, said_of, wall
from statemachines.letter import LetterState
from statemachines.noted import Noted, Parked, parked_as
from statemachines.nouns import KNOWN_DUTIES, NOUNS, PROCEDURES
from statemachines.side import LED, SIDE_TITLES
from storage.duty import Duty
from storage.history.event import Event
from storage.questions.casefile import CaseFile, Notices

MOST_CARDS = 12
"""So many cards that have ended stand on the page; history has them all."""
_UNSENT = {True: "已办结，未发送", False: "待汇总"}
TONES = {
    LetterState.sent: "good",
    LetterState.failed: "bad",
    LetterState.suppressed: "bad",
    LetterState.uncertain: "warn",
    LetterState.told: "good",
}
"""How the end of a letter looks."""


@dataclass(frozen=True)
class Station:
    """One state on the line of a case: first reached when, how often."""

    title: str
    on: str
    times: int
    present: bool


def stations(case: CaseFile) -> tuple[list[Station], list[Station]]:
    """The states of the case's line, and those it passed through beside it."""
    noun = NOUNS[case.noun]
    states = noun.procedure.states
    line = hazard.line_of(case.root) if case.noun == "hazard" else next(iter(noun.lines), ())
    line = line or tuple(states)

    def station(state: Word) -> Station:
        at, times = case.steps.get(state.value, (None, 0))
        return Station(state.label, wall(at)[5:10], times, state == case.root.state)

    known = [states(s) for s in case.steps if s in set(states)]
    return [station(s) for s in line], [station(s) for s in known if s not in line]


def visited(case: CaseFile) -> list[str]:
    """The states the case has been in, in the order in which it first came there."""
    return sorted(case.steps, key=lambda s: case.steps[s][0])


def head(case: CaseFile, *, discreet: bool) -> list[tuple[str, Any]]:
    """What is known of the root. ``discreet``: nothing that could lead to an informant."""
    if case.noun == "hazard":
        return hazard.head(case, discreet=discreet)
    named, row = case.organisations, case.root
    sides = [(SIDE_TITLES[s], named.get(getattr(row, c) or 0, "")) for s, c in LED.items()]
    known = [*sides, *told_by(case, case.noun, row), ("登记时间", wall(row.created_at))]
    return [(k, v) for k, v in [*known, ("办结时间", wall(row.closed_at))] if v]


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
        state=row.state.label,
        suspended=row.state == "suspended",
        basis=cited(row.basis, case.root.place_code, local_date(now)),
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


def cited(basis: str, place: str, day: date) -> str:
    """A provision by number and title, as it stands at a place on a day."""
    return provisions.cited(basis, place, day) if basis in PROVISIONS else ""


def event_view(case: CaseFile, row: Event, rules: Pack, *, discreet: bool) -> Shown:
    """An entry of the history, with the letters and papers it brought about."""
    leaf = json.loads(row.leaf)
    facts = {n: _named(case, n, v) for n, v in leaf["facts"].items()}
    hidden = discreet and row.move == "report_lead"
    if hidden:
        facts.pop("source", None)
    facts.pop("contact", None)
    return Shown(
        at=wall(row.at),
        title=event_title(case, row, facts, rules),
        noun=NOUNS[row.noun].title if row.noun in NOUNS and not NOUNS[row.noun].root else "",
        who="" if hidden else case.people.get(row.person_id or 0, ""),
        role="" if hidden else ROLE_TITLES[Role(row.role)],
        at_home="" if hidden else case.organisations.get(row.organisation_id or 0, ""),
        behalf=case.people.get(row.behalf_of or 0, ""),
        basis=cite_pinned(case, row, leaf),
        facts=facts_in_words(row, facts),
        quiet=row.noun == "duty",
        moved=bool(row.dest and row.dest != row.source),
        letters=[letter_view(x) for x in case.letters if x["event_id"] == row.id],
        papers=[p for p in case.papers if ["paper", p.id] in leaf["subjects"]],
    )


def cite_pinned(case: CaseFile, row: Event, leaf: Mapping[str, Any]) -> str:
    """The ground of an event: by the wording it pins, where that is kept; an older one pins none."""
    place, rule = case.root.place_code, case.wordings.get(leaf.get("ground", ""))
    return cite(rule, place) if rule else cited(row.basis, place, local_date(row.at))


def _named(case: CaseFile, name: str, value: Any) -> Any:
    """A fact with its organisations by name, and without what the reader learns nothing of."""
    if isinstance(value, list):
        return [_named(case, name, x) for x in value if not _unseen(case, x)]
    if isinstance(value, dict):
        return {n: _named(case, n, v) for n, v in value.items()}
    if name in (*LED.values(), "organisation_id", "lead_department_id") and isinstance(value, int):
        return case.organisations.get(value, "")
    if name in ("lead_official_id", "officers") and isinstance(value, int):
        return case.people.get(value, "")
    return value


def _unseen(case: CaseFile, item: Any) -> bool:
    return isinstance(item, dict) and item.get("organisation_id") in case.unseen


def event_title(case: CaseFile, row: Event, facts: Mapping[str, Any], rules: Pack) -> str:
    """What happened, in the words of the procedure."""
    if row.noun == "duty":
        found = next((d for d in case.duties if d.id == row.row_id), None)
        said = label_of(Noted, row.move)
        if found is not None and row.move == "rung":
            said = rung_said(rules, found.kind, str(facts.get("rung", "")))
        if found is None:
            return said
        return Said("%(duty)s：%(said)s", duty=duty_title(found.kind, found.slot), said=Said(said))
    done, name = parked_as(row.move)
    moves = PROCEDURES[row.noun].moves if row.noun in PROCEDURES else ()
    title = next((m.title for m in moves if m.name == name), label_of(Noted, name))
    return _did(done, title)


def _did(done: Parked | None, title: str) -> str:
    """What was done to a decision that waited, or the decision itself."""
    return Said(_DID[done], what=Said(title)) if done else title


_DID = {
    Parked.sign: "签署：%(what)s",
    Parked.withdraw: "撤回：%(what)s",
    Parked.refuse: "退回：%(what)s",
}


def rung_said(rules: Pack, kind: str, rung_id: str) -> str:
    """What a rung of a ladder says."""
    rung = rules.rung(kind, rung_id)
    if rung is None:
        return rung_id
    opens = KNOWN_DUTIES.get(rung.opens or "")  # a pack of the past may name what never was opened
    return rung.say or (opens.title if opens else "到期")


def letter_view(row: Mapping[str, Any]) -> Shown:
    """A letter: to whom, whether it arrived, when, and what the other server said."""
    return Shown(
        id=row["id"],
        subject=row["subject"],
        to=row["recipient_name"] or Said("（无地址）"),
        state=LetterState(row["state"]).label,
        tone=TONES.get(LetterState(row["state"]), ""),
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
        state=state.label if state else _UNSENT[bool(row["dropped"])],
        tone=TONES.get(state, "") if state else "",
        ended=wall(row["ended_at"]),
        answer=f"{row['answer_code'] or ''} {row['answer'] or ''}".strip(),
    )


def told_by(case: CaseFile, noun: str, row: Any) -> list[tuple[str, Any]]:
    """What a row says of itself: the facts of its moves that became columns, by their titles."""
    out: dict[str, tuple[str, Any]] = {}
    for move in NOUNS[noun].procedure.moves:
        for name, field in move.facts.model_fields.items():
            value = _named(case, name, getattr(row, name, None))
            told = field.title and name not in ("title", "place_code")
            if not told or is_personal(field) or value in (None, ""):
                continue
            out.setdefault(name, said_of(name, field, value))
    return list(out.values())


def cards(case: CaseFile) -> list[dict[str, Any]]:
    """The rows of other nouns that stand under the root; of those that have ended the last."""
    out = [
        _card(case, noun, row, nth)
        for noun, rows in case.rows.items()
        for nth, row in enumerate(rows, 1)
    ]
    ended = [c["id"] for c in out if not c["live"]]
    past = set(ended[:-MOST_CARDS])
    return [c for c in out if c["id"] not in past]


def _card(case: CaseFile, noun: str, row: Any, nth: int) -> dict[str, Any]:
    known = NOUNS[noun]
    title = (
        known.heading(row)
        if known.heading
        else Said("%(what)s%(nth)d", what=Said(known.title), nth=nth)
    )
    return {
        "noun": noun,
        "id": row.id,
        "title": title,
        "state": known.procedure.titles[known.procedure.states(row.state)],
        "live": row.state not in known.procedure.final,
        "facts": told_by(case, noun, row),
    }


def linked(case: CaseFile) -> list[dict[str, Any]]:
    """Other cases that this one is about, or that are about it, as links."""
    out = []
    for other in case.linked:
        known = NOUNS[other["noun"]]
        state = known.procedure.titles[known.procedure.states(other["state"])]
        out.append({**other, "noun": known.title, "state": state})
    return out


def told_elsewhere(case: CaseFile, row: Event) -> Shown:
    """What happened in another case that touched this one; what it said stands there."""
    done, move = parked_as(row.move)
    titles = (m.title for m in PROCEDURES[row.noun].moves if m.name == move)
    return Shown(
        at=wall(row.at),
        title=_did(done, next(titles, label_of(Noted, move))),
        number=getattr(row, "number", ""),
        role=Role(row.role).label,
        who=case.people.get(row.person_id or 0, ""),
    )
