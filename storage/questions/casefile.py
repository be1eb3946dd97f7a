"""A case as it is read: everything one page shows of it, asked within a scope and in one trip."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from law.provisions import Provision
from statemachines.nouns import NOUNS
from storage import case, claim, duty, nouns, paper, pending
from storage.database.work import Work, light
from storage.files import evidence
from storage.history import event
from storage.people.officer import names_of, officers_named
from storage.questions import case_parts as parts
from storage.questions.case_parts import MOST_LINES, PAGE
from storage.questions.part import Part, part_of
from storage.questions.scope import Scope
from storage.upkeep import provision


@dataclass(frozen=True)
class CaseFile:
    """One case with all that is shown of it. ``more`` says that there are earlier events.

    ``root`` is the case with its root row; ``rows`` are the rows under it, by noun. ``linked`` are
    other cases, ``elsewhere`` what happened in them that touched this one. ``unseen`` are the
    organisations of which the reader learns nothing; ``wordings`` the provisions that events pin.
    """

    noun: str
    root: Any
    duties: list[duty.Duty]
    events: list[event.Event]
    more: bool
    steps: dict[str, tuple[datetime, int]]
    letters: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    papers: list[paper.Paper]
    evidence: list[dict[str, Any]]
    rows: Mapping[str, list[Any]]
    pending: list[pending.Pending]
    signatures: list[dict[str, Any]]
    claims: Mapping[int, dict[str, Any]]
    people: Mapping[int, str]
    organisations: Mapping[int, str]
    parties: list[dict[str, Any]]
    linked: list[dict[str, Any]]
    elsewhere: list[Any]
    unseen: frozenset[int] = frozenset()
    wordings: Mapping[str, Provision] = field(default_factory=dict)

    def seen_by(self, part: Part) -> "CaseFile":
        """The same without what is not for who has that part in it."""
        letters = [x for x in self.letters if part.reads(x["organisation_id"])]
        apart = self._apart_from(part.others)
        return replace(apart, letters=letters, evidence=[x for x in apart.evidence if part.sees(x)])

    def _apart_from(self, others: frozenset[int]) -> "CaseFile":
        """Without what concerns only those organisations, or was done or written by them."""
        if not others:
            return self
        ours = [e for e in self.events if e.organisation_id not in others]
        shown = {e.id for e in ours}
        gone = {e.id for e in self.events} - shown
        return replace(
            self,
            duties=[d for d in self.duties if d.owner_id not in others],
            events=ours,
            lines=[x for x in self.lines if x["organisation_id"] not in others],
            evidence=[x for x in self.evidence if x["event_id"] not in gone],
            rows={
                n: [r for r in rows if getattr(r, "organisation_id", None) not in others]
                for n, rows in self.rows.items()
            },
            organisations={i: n for i, n in self.organisations.items() if i not in others},
            parties=[p for p in self.parties if p["organisation_id"] not in others],
            unseen=others,
        )


def find(work: Work, scope: Scope, case_id: int) -> Any | None:
    """The case with its root row, if somebody with that scope may see it."""
    root = case.noun_of(work, case_id)
    if root is None:
        return None
    given = {"case_id": case_id, **scope.parameters()}
    found = work.records(parts.within(scope.shape, root), **given)
    return SimpleNamespace(**found[0]) if found else None


def find_part(work: Work, scope: Scope, case_id: int) -> tuple[Any, Part] | None:
    """The case, if somebody with that scope may see it, with the part of their organisation in it."""
    root = find(work, scope, case_id)
    if root is None:
        return None
    parties = work.records(parts.PARTIES, case_id=case_id)
    return root, part_of(root, parties, scope.organisation_id)


def find_file(work: Work, scope: Scope, evidence_id: int) -> dict[str, Any] | None:
    """A file of a case with its media type, if the page of the case would show it within that scope."""
    found = evidence.get(work, evidence_id)
    seen = find_part(work, scope, found["case_id"]) if found else None
    if found is None or seen is None:
        return None
    (by,) = work.records(parts.HANDED_IN_BY, id=evidence_id)
    return found if seen[1].sees({**found, **by}) else None


def read(work: Work, scope: Scope, case_id: int, before: int = parts.LAST) -> CaseFile | None:
    """Everything of a case within a scope; its events before an id. None: not there, or not theirs."""
    root = case.noun_of(work, case_id)
    if root is None:
        return None
    one = {"case_id": case_id}
    theirs = {**one, **scope.parameters()}
    below = [n.name for n in NOUNS.values() if root in n.under]
    head, *rest = work.ask_all(
        [
            (parts.within(scope.shape, root), theirs),
            (duty.OF_CASE, one),
            (parts.EVENTS, {**one, "before": before}),
            (parts.STEPS, one),
            (parts.LETTERS, {**one, "before": before}),
            (parts.LINES, {**one, "before": parts.LAST, "most": MOST_LINES + 1}),
            (paper.OF_CASE, one),
            (parts.EVIDENCE, one),
            (parts.PENDING, one),
            (parts.SIGNED, one),
            (claim.OF_CASE, one),
            (parts.PEOPLE, one),
            (parts.ORGANISATIONS, one),
            (parts.PARTIES, one),
            (parts.linked(scope.shape), theirs),
            (parts.told_elsewhere(scope.shape), theirs),
            *((nouns.CHILDREN[n], one) for n in below),
        ]
    )
    if not head:
        return None
    found = _built(root, head[0], rest, below)
    named = {i for e in found.events for i in officers_named(json.loads(e.leaf)["facts"])}
    people = {**found.people, **names_of(work, named - found.people.keys())}
    found = replace(found, wordings=provision.known(work), people=people)
    return found.seen_by(part_of(found.root, found.parties, scope.organisation_id))


def _built(
    noun: str, head: dict[str, Any], rest: list[list[dict[str, Any]]], below: list[str]
) -> CaseFile:
    duties, events, steps, letters, lines, papers, files = rest[:7]
    waiting, signed, claims, people, organisations, parties, linked, elsewhere = rest[7:15]
    return CaseFile(
        noun=noun,
        root=SimpleNamespace(**head),
        duties=light(duty.Duty, duties),
        events=light(event.Event, events[:PAGE]),
        more=len(events) > PAGE,
        steps={s["dest"]: (s["at"], s["times"]) for s in steps},
        letters=letters,
        lines=lines,
        papers=light(paper.Paper, papers),
        evidence=files,
        rows={
            n: [SimpleNamespace(**r) for r in rows]
            for n, rows in zip(below, rest[15:], strict=True)
        },
        pending=light(pending.Pending, waiting),
        signatures=signed,
        claims={c["duty_id"]: c for c in claims},
        people={p["id"]: p["name"] for p in people},
        organisations={o["id"]: o["name"] for o in organisations},
        parties=parties,
        linked=linked,
        elsewhere=light(event.Event, elsewhere),
    )


@dataclass(frozen=True)
class Notices:
    """The reminders of a case, with its duties and the organisations they went to."""

    root: Any
    duties: list[duty.Duty]
    lines: list[dict[str, Any]]
    organisations: Mapping[int, str]


def notices(work: Work, scope: Scope, case_id: int, before: int, most: int) -> Notices | None:
    """The reminders of a case before an id, the latest first; None: not there, or not theirs."""
    root = case.noun_of(work, case_id)
    if root is None:
        return None
    one = {"case_id": case_id}
    head, duties, lines, organisations, parties = work.ask_all(
        [
            (parts.within(scope.shape, root), {**one, **scope.parameters()}),
            (duty.OF_CASE, one),
            (parts.LINES, {**one, "before": before, "most": most}),
            (parts.ORGANISATIONS, one),
            (parts.PARTIES, one),
        ]
    )
    if not head:
        return None
    found = SimpleNamespace(**head[0])
    others = part_of(found, parties, scope.organisation_id).others
    return Notices(
        root=found,
        duties=[d for d in light(duty.Duty, duties) if d.owner_id not in others],
        lines=[x for x in lines if x["organisation_id"] not in others],
        organisations={o["id"]: o["name"] for o in organisations},
    )
