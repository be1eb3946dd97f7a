"""Whether the events of a case are steps that a table knows, each from where the one before ended."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from statemachines.noted import Beside, Noted, parked_as
from statemachines.nouns import KNOWN_DUTIES, NOUNS
from storage.history.event import Event
from storage.nouns import FOLDED

Odd = Iterator[tuple[Event, str]]

_STEPS: Mapping[tuple[str, str], tuple[str | None, str | None]] = {
    **{
        (Beside.duty.value, move.value): (None, None)
        for move in (Noted.rung, Noted.recount, Noted.claim, Noted.release)
    },
    ("letter", "unreached"): (None, None),
    ("incident", "joined"): (None, None),
    (Beside.paper.value, Noted.seal.value): ("issued", "sealed"),
    **{(n.name, "repack"): (None, None) for n in NOUNS.values() if n.root},
    **{(k.noun, "period"): (None, None) for k in KNOWN_DUTIES.values() if k.every is not None},
}
"""Steps beside the procedures: from where to where."""


def steps_faults(events: list[Event]) -> Odd:
    """Each event is a step that stands in a table, and starts where the one before it ended."""
    stood: dict[tuple[str, int], str | None] = {}
    for event in events:
        if not _stands(event):
            yield event, f"no such step: {event.source} → {event.dest}"
        if event.noun not in FOLDED or event.dest is None:
            continue
        key = (event.noun, event.row_id)
        if stood.get(key) != event.source:
            yield event, f"starts from {event.source}, but the row stood at {stood.get(key)}"
        stood[key] = event.dest


def _stands(event: Event) -> bool:
    """Whether the step stands in a table: today's, or the one it was made under (`Retired`)."""
    step = (event.source, event.dest)
    if (event.noun, event.move) in _STEPS:
        return step == _STEPS[(event.noun, event.move)]
    noun = NOUNS.get(event.noun)
    if noun is None:
        return False
    done, name = parked_as(event.move)
    if any((r.move, r.source, r.dest) == (event.move, *step) for r in noun.retired):
        return True
    for move in noun.procedure.moves:
        if move.name != name or (done and move.needs is None):
            continue
        if not move.source and not done and step == (None, move.dest):
            return True
        stays = bool(done) or move.dest is None
        if event.source in move.source and step[1] == (event.source if stays else move.dest):
            return True
    return False


def version_faults(events: list[Event], leaves: Sequence[Mapping[str, Any]]) -> Odd:
    """The version of a row grows by one with each of its moves, so that none can be left out."""
    seen: dict[tuple[str, int], int] = {}
    moved = set(FOLDED.values())
    for event, leaf in zip(events, leaves, strict=True):
        for table, row_id, columns in leaf["changes"]:
            if table not in moved or "version" not in columns:
                continue
            before = seen.get((table, row_id), 0)
            if columns["version"] != before + 1:
                yield (
                    event,
                    f"{table} {row_id}: version {before} is followed by {columns['version']}",
                )
            seen[(table, row_id)] = columns["version"]
