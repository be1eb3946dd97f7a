"""The proof of one case: its events, folded, are its rows, and each event is a step of a table."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from actions.history.steps import steps_faults, version_faults
from guapai.personal import ERASED
from statemachines.letter import LetterState
from statemachines.noted import Administered
from storage.history.event import Event, canonical, plain, sealed
from storage.nouns import FOLDED
from storage.questions.fold import assign
from storage.questions.verification import History

Leaf = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """Something that cannot be: what kind, where, and what was found. ``where`` can be looked up."""

    what: str
    where: str
    found: str


_HEAD = (
    "id",
    "act_id",
    "case_id",
    "noun",
    "row_id",
    "move",
    "source",
    "dest",
    "person_id",
    "behalf_of",
    "role",
    "organisation_id",
    "at",
    "basis",
    "pack_id",
    "calendar",
)
"""The columns of an event that its leaf repeats."""

_SHOWN = 80


def prove(history: History) -> list[Fault]:
    """What is wrong with a case; empty when its history holds. Never raises for what it reads."""
    fault = partial(_fault, history)
    try:
        leaves = [json.loads(e.leaf) for e in history.events]
        faults = [fault("leaf", e, found) for e, found in _leaves(history, leaves)]
        faults += [fault("fold", where, found) for where, found in _fold(history)]
        faults += [fault("standing", where, found) for where, found in _standings(history)]
        faults += [fault("step", e, found) for e, found in steps_faults(history.events)]
        faults += [
            fault("version", e, found) for e, found in version_faults(history.events, leaves)
        ]
        faults += [fault("facts", e, found) for e, found in _facts(history, leaves)]
        faults += [fault("rung", where, found) for where, found in _rungs(history, leaves)]
        faults += [fault("reference", where, found) for where, found in _references(history)]
        faults += [fault("line", where, found) for where, found in _lines(history)]
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return [fault("unreadable", "", f"{type(error).__name__}: {error}")]
    return faults


def pin_faults(history: History, wordings: Collection[str]) -> list[Fault]:
    """The events that pin a wording of a provision which nobody keeps. Never raises."""
    faults = []
    for event in history.events:
        try:
            pinned = json.loads(event.leaf).get("ground")
        except (AttributeError, ValueError):
            continue  # `prove` says so
        if pinned and pinned not in wordings:  # older events pin none
            faults.append(_fault(history, "ground", event, f"no wording {pinned} is kept"))
    return faults


def prove_beside(events: Sequence[Event], secrets: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """What is wrong with entries that belong to no case: administrative acts. Never raises."""
    secret = {(s["event_id"], s["field"]): sealed(s["salt"], s["value"]) for s in secrets}
    faults: list[Fault] = []
    for event in events:
        where = f"event {event.id} {event.noun}.{event.move}"
        try:
            found = list(_leaf_faults(event, json.loads(event.leaf), secret))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            found = [f"cannot be read: {type(error).__name__}: {error}"]
        if event.move not in set(Administered):
            found.append("no such step")
        faults += [Fault("leaf", where, f) for f in found]
    return faults


def _fault(history: History, what: str, where: Event | str, found: str) -> Fault:
    place = f"event {where.id} {where.noun}.{where.move}" if isinstance(where, Event) else where
    return Fault(what, f"{history.number} {place}".strip(), found)


Odd = Iterator[tuple[Event, str]]
Elsewhere = Iterator[tuple[str, str]]


def _leaves(history: History, leaves: list[Leaf]) -> Odd:
    """A leaf is canonical, repeats its columns and its subjects, and its hashes fit the secrets."""
    secret = {(s["event_id"], s["field"]): sealed(s["salt"], s["value"]) for s in history.secrets}
    noted: dict[int, set[tuple[str, int]]] = {}
    for s in history.subjects:
        noted.setdefault(s["event_id"], set()).add((s["noun"], s["row_id"]))
    for event, leaf in zip(history.events, leaves, strict=True):
        for found in _leaf_faults(event, leaf, secret):
            yield event, found
        if {(noun, row_id) for noun, row_id in leaf["subjects"]} != noted.get(event.id, set()):
            yield event, "the subjects in the leaf are not those noted beside it"


def _leaf_faults(
    event: Event, leaf: Leaf, secret: Mapping[tuple[int, str], Mapping[str, str]]
) -> Iterator[str]:
    if canonical(leaf) != event.leaf:
        yield "the bytes of the leaf are not canonical JSON"
    for name in (n for n in _HEAD if leaf[n] != plain(getattr(event, n))):
        yield f"{name}: {leaf[name]!r} in the leaf, {getattr(event, name)!r} beside"
    for name in _misfits(event, leaf, secret):
        yield f"{name}: the personal value is not the one that was hashed"


def _misfits(
    event: Event, leaf: Leaf, secret: Mapping[tuple[int, str], Mapping[str, str]]
) -> list[str]:
    return [n for n, value in _hidden(leaf) if secret.get((event.id, n), value) != value]


def _hidden(leaf: Leaf) -> Iterator[tuple[str, Mapping[str, str]]]:
    places = [("", leaf["facts"])]
    places += [(f"{table}/{row_id}/", columns) for table, row_id, columns in leaf["changes"]]
    for before, place in places:
        for name, value in place.items():
            if isinstance(value, dict) and set(value) == {"sha256"}:
                yield before + name, value


def _fold(history: History) -> Elsewhere:
    folded = assign(history.events, history.secrets)
    for key in sorted(folded.keys() | history.rows.keys()):
        where = f"{key[0]} {key[1]}"
        left, there = folded.get(key), history.rows.get(key)
        if there is None:
            yield where, "the events left a row that is not there"
        elif left is None:
            yield where, "a row that no event made"
        elif left != there:
            yield where, _difference(left, there)


def _standings(history: History) -> Elsewhere:
    """Where each row stands is repeated for the guards and the desk; it says what the rows say."""
    tables = {table: noun for noun, table in FOLDED.items()}
    there = {
        row_id: (tables[table], str(row["state"]), row["version"])
        for (table, row_id), row in history.rows.items()
        if table in tables
    }
    told = {s["row_id"]: (s["noun"], s["state"], s["version"]) for s in history.standings}
    for row_id in sorted(there.keys() | told.keys()):
        if there.get(row_id) != told.get(row_id):
            yield f"row {row_id}", f"stands at {there.get(row_id)}, told as {told.get(row_id)}"
    for root in (s for s in history.standings if s["row_id"] == history.case_id):
        if root["case_state"] != root["state"]:
            yield (
                f"case {history.case_id}",
                f"told as {root['case_state']}, its root: {root['state']}",
            )


def _difference(left: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    names = sorted(n for n in left.keys() | there.keys() if left.get(n) != there.get(n))
    name = names[0]
    more = f" (and {len(names) - 1} more columns)" if len(names) > 1 else ""
    return f"{name}: events say {_short(left.get(name))}, row says {_short(there.get(name))}{more}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _facts(history: History, leaves: list[Leaf]) -> Odd:
    """The facts of a move are those its act was asked for, or those that were signed.

    What stands beside the procedures (a period that begins) was asked for by nobody.

    The hash of an act is kept for as long as its key (30 days); after that only signed facts
    and those that became columns are proved.
    """
    acts = {a["id"]: a for a in history.acts}
    secret = {(s["event_id"], s["field"]): s["value"] for s in history.secrets}
    signed: dict[int, str] = {}
    for event, leaf in zip(history.events, leaves, strict=True):
        if event.move.startswith("sign:"):
            signed[event.act_id] = leaf["facts"]["facts_hash"]
            continue
        act = acts.get(event.act_id)
        own = act is not None and act["move"] == f"{event.noun}.{event.move}"
        if event.noun not in FOLDED or not own or act is None or not act["facts_hash"]:
            continue
        asked = signed.get(event.act_id, act["facts_hash"])
        said = _said(event, leaf["facts"], secret)
        if said is not None and asked not in _hashes(event, said):
            yield event, "the facts in the leaf are not those the act was asked for"


def _said(
    event: Event, facts: Mapping[str, Any], secret: Mapping[tuple[int, str], str]
) -> Leaf | None:
    """The facts as they were handed in; None when a personal value has been erased."""
    out = dict(facts)
    for name, value in facts.items():
        if isinstance(value, dict) and set(value) == {"sha256"}:
            out[name] = secret.get((event.id, name), ERASED)
    return None if ERASED in out.values() else out


def _hashes(event: Event, said: Leaf) -> set[str]:
    """Every hash the same facts may have: a caller may name the row, the case, or both."""
    rows = {event.row_id, None} if event.source is None else {event.row_id}
    values = [
        [event.noun, row, case, event.move, said] for row in rows for case in (event.case_id, None)
    ]
    return {hashlib.sha256(canonical(v).encode()).hexdigest() for v in values}


def _rungs(history: History, leaves: list[Leaf]) -> Elsewhere:
    """A rung that fired has its event, and the event of a rung has its mark."""
    told: set[tuple[int, str]] = set()
    for event, leaf in zip(history.events, leaves, strict=True):
        if (event.noun, event.move) == ("duty", "rung"):
            told.add((event.row_id, leaf["facts"]["rung"]))
        elif "rung" in leaf["notes"]:
            duties = {row_id for table, row_id, _ in leaf["changes"] if table == "duties"}
            told |= {(duty_id, leaf["notes"]["rung"]) for duty_id in duties}
    marked = {(r["duty_id"], r["rung"]) for r in history.rungs}
    for rung in history.rungs:
        key = (rung["duty_id"], rung["rung"])
        if rung["outcome"] == "fired" and key not in told:
            yield f"duty {key[0]}", f"rung {key[1]} fired, but no event says so"
    for event, leaf in zip(history.events, leaves, strict=True):
        key = (event.row_id, leaf["facts"].get("rung", ""))
        if (event.noun, event.move) == ("duty", "rung") and key not in marked:
            yield f"duty {key[0]}", f"an event says that rung {key[1]} fired; it is not marked"


def _references(history: History) -> Elsewhere:
    """What says it came from an event has one, and what an event made is there."""
    events = {e.id for e in history.events}
    for noun, rows in (
        ("letter", history.letters),
        ("line", history.lines),
        ("evidence", history.evidence),
    ):
        for row in rows:
            if row["event_id"] is not None and row["event_id"] not in events:
                yield f"{noun} {row['id']}", f"its event {row['event_id']} is not there"
    there = {
        "letter": {r["id"] for r in history.letters},
        "evidence": {r["id"] for r in history.evidence},
    }
    for subject in history.subjects:
        noun, row_id = subject["noun"], subject["row_id"]
        if noun in there and row_id not in there[noun]:
            yield f"{noun} {row_id}", f"event {subject['event_id']} made it, and it is not there"


def _lines(history: History) -> Elsewhere:
    """A notice line is in one letter per reader once it is gathered, and in none before or if dropped."""
    carried: dict[int, list[int | None]] = {}
    for line in history.lines:
        if line["letter_id"] is not None and line["letter_state"] != LetterState.readdressed:
            carried.setdefault(line["id"], []).append(line["person_id"])
    for line in {r["id"]: r for r in history.lines}.values():
        where, readers = f"line {line['id']}", carried.get(line["id"], [])
        if len(set(readers)) != len(readers):
            yield where, "the same reader got it in two letters"
        gathered = line["settled_at"] is not None and not line["dropped"]
        if gathered and not readers:
            yield where, "gathered, but in no letter"
        if readers and not gathered:
            yield where, "in a letter, though it was not gathered"
