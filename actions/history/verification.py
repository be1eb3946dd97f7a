"""Proves the history: every case, every letter, every file and every number, read-only."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from actions.history.proof import Fault, pin_faults, prove, prove_beside
from guapai.clock import Clock
from guapai.errors import Missing
from statemachines.letter import LETTER, LetterState
from storage import case as cases
from storage.database.engine import Engine
from storage.database.work import Work, unit_of_work
from storage.files.place import store_at
from storage.files.store import FileStore
from storage.questions import verification as asked
from storage.questions.verification import Record
from storage.upkeep import provision as provisions

OLDEST = timedelta(hours=72)
"""A letter still on its way after this long is a fault; the post gives up by then."""
LAPSED = timedelta(hours=1)
"""A lease that ended this long ago should have been taken up by any run of the post."""

LATE = "late"
"""The kind of fault that only says that the post is behind; nothing is wrong with the history."""

_UNDER_WAY = frozenset({LetterState.queued, LetterState.claimed, LetterState.sending})
_LEASED = frozenset({LetterState.claimed, LetterState.sending})
_NUMBERS = {
    "case": re.compile(r"([A-Z]+-)?(?P<series>\d{6})-(?P<year>\d{4})-(?P<n>\d{5,})"),
    "paper": re.compile(r"(?P<series>.+)字〔(?P<year>\d{4})〕(?P<n>\d+)号"),
}
Tell = Callable[[int, int], None]


@dataclass
class Verified:
    """How much was read, and what is wrong; ``files`` counts each file once."""

    cases: int = 0
    events: int = 0
    letters: int = 0
    files: int = 0
    faults: list[Fault] = field(default_factory=list)


def verify(
    engine: Engine,
    clock: Clock,
    files: Path,
    *,
    case: str = "",
    sample: int = 1,
    read_files: bool = True,
    tell: Tell | None = None,
) -> Verified:
    """Prove the history of a database and of the file store beside it; changes nothing.

    ``case`` is the number of one case; ``sample`` k reads every k-th case and letter; with
    ``read_files`` false files are left to somebody else. ``tell`` is called with what is done and
    what there is to do. Raises Missing for an unknown number.
    """
    proof = _Proof(engine, clock, store_at(files) if read_files else None, max(1, sample), tell)
    if case:
        proof.one(case)
    else:
        proof.all()
    return proof.verified


class _Proof:
    """One run: what it stands on and what it has found."""

    def __init__(
        self, engine: Engine, clock: Clock, store: FileStore | None, sample: int, tell: Tell | None
    ) -> None:
        self.engine, self.clock, self.store = engine, clock, store
        self.sample, self.tell = sample, tell
        self.verified = Verified()
        self._seen: set[bytes] = set()
        self._wordings: frozenset[str] | None = None
        self._done = self._total = 0

    def one(self, number: str) -> None:
        with unit_of_work(self.engine, self.clock, write=False) as work:
            work.stand_still()
            found = cases.numbered(work, number)
            if found is None:
                raise Missing(f"there is no case {number!r}; a number looks like 341502-2026-00001")
            self._case(work, found.id, found.number)
        self._letters(found.id)
        self._whole(numbers=False)

    def all(self) -> None:
        with unit_of_work(self.engine, self.clock, write=False) as work:
            cases, letters = asked.amounts(work)
        self._total = (cases + letters) // self.sample
        after = nth = 0
        while True:
            with unit_of_work(self.engine, self.clock, write=False) as work:
                work.stand_still()
                page = asked.cases(work, after)
                for case_id, number in page:
                    if nth % self.sample == 0:
                        self._case(work, case_id, number)
                    nth += 1
            if not page:
                break
            after = page[-1][0]
        self._administered()
        self._letters(0)
        self._whole(numbers=True)

    def _administered(self) -> None:
        """Administrative acts: they belong to no case."""
        after = 0
        while True:
            with unit_of_work(self.engine, self.clock, write=False) as work:
                events, secrets = asked.administered(work, after)
            if not events:
                return
            self.verified.events += len(events)
            self.verified.faults += prove_beside(events, secrets)
            after = events[-1].id

    def _add(self, what: str, where: str, found: str) -> None:
        self.verified.faults.append(Fault(what, where, found))

    def _step(self, count: int) -> None:
        self._done += count
        if self.tell is not None:
            self.tell(self._done, max(self._total, self._done))

    def _case(self, work: Work, case_id: int, number: str) -> None:
        self.verified.cases += 1
        try:
            history = asked.history(work, case_id, number)
        except (LookupError, TypeError, ValueError) as error:
            self._add("unreadable", number, f"a row holds what no column may hold: {error}")
            return
        self.verified.events += len(history.events)
        self.verified.faults += prove(history)
        if self._wordings is None:
            self._wordings = provisions.wordings(work)
        self.verified.faults += pin_faults(history, self._wordings)
        for row in history.evidence:
            self._file(f"{number} evidence {row['id']}", row)
        for row in history.papers:
            self._file(f"{number} paper {row['number']}", row)
        self._step(1)

    def _file(self, where: str, row: Record) -> None:
        digest = row["sha256"] or ""
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            self._add("file", where, "no file is named")
        elif bytes.fromhex(digest) not in self._seen:
            self._seen.add(bytes.fromhex(digest))
            if self.store is not None:
                self.verified.files += 1
                for found in _file_faults(self.store, digest, row["size"]):
                    self._add("file", where, found)

    def _letters(self, case_id: int) -> None:
        after = 0
        while True:
            with unit_of_work(self.engine, self.clock, write=False) as work:
                page = asked.letters(work, after, case_id, 1 if case_id else self.sample)
                for letter in page:
                    where = f"letter {letter['id']}"
                    for found in _late_faults(work, letter):
                        self._add(LATE, where, found)
                    for found in _seal_faults(letter):
                        self._add("letter", where, found)
            if not page:
                return
            after = page[-1]["id"]
            self.verified.letters += len(page)
            self._step(len(page))

    def _whole(self, *, numbers: bool) -> None:
        """What belongs to no single case: triggers, doubles, events without a case, numbers."""
        with unit_of_work(self.engine, self.clock, write=False) as work:
            work.stand_still()
            for name, found in asked.trigger_faults(work):
                self._add("trigger", name, f"{found}; run: guapai migrate")
            for what, question in asked.DOUBLES.items():
                for row in work.records(question):
                    values = "/".join(str(v) for k, v in row.items() if k != "n")
                    self._add("double", f"{what} {values}", f"is there {row['n']} times")
            for event_id in asked.without_case(work):
                self._add("event", f"event {event_id}", "belongs to no case there is")
            if numbers:
                for where, found in _number_faults(work):
                    self._add("number", where, found)


def _file_faults(store: FileStore, digest: str, size: int | None) -> Iterator[str]:
    if size is None:
        yield f"file {digest[:12]}… is not entered in the table of files"
    try:
        with store.open(digest) as handle:
            found = hashlib.file_digest(handle, "sha256").hexdigest()
            read = handle.tell()
    except OSError as error:
        yield f"file {digest[:12]}… cannot be read: {error.strerror}; restore it from a backup"
        return
    if found != digest:
        yield f"file {digest[:12]}… has other bytes (SHA-256 {found[:12]}…)"
    elif size is not None and read != size:
        yield f"file {digest[:12]}… has {read} bytes, entered were {size}"


def _late_faults(work: Work, letter: Record) -> Iterator[str]:
    state = letter["state"]
    if state in _UNDER_WAY and work.now - letter["created_at"] > OLDEST:
        since: datetime = asked.resent_at(work, letter["id"]) or letter["created_at"]
        if work.now - since > OLDEST:
            yield f"still {state} after more than {OLDEST // timedelta(hours=1)} hours"
    lease = letter["lease_until"]
    if state in _LEASED and (lease is None or work.now - lease > LAPSED):
        yield f"{state}, but its lease has long lapsed; does the post run?"


def _seal_faults(letter: Record) -> Iterator[str]:
    if letter["state"] not in set(LETTER.procedure.states):
        yield f"in a state nobody knows: {letter['state']!r}"
    seal = ("message_id", "sealed_at", "sha256", "mime")
    present = [name for name in seal if letter[name] is not None]
    if present and len(present) < len(seal):
        yield f"half sealed: only {', '.join(present)}"
    elif present and hashlib.sha256(letter["mime"]).hexdigest() != letter["sha256"]:
        yield "its bytes are not those that were sealed"
    if letter["state"] == LetterState.sent:
        if not present:
            yield "sent, but never sealed"
        if letter["answer_code"] is None or letter["ended_at"] is None:
            yield "sent, but no server's answer is kept"


def _number_faults(work: Work) -> Iterator[tuple[str, str]]:
    """Each series counts 1, 2, 3 … to its last number, and nothing is numbered outside a series."""
    given: dict[tuple[str, int], set[int]] = {}
    for what, pattern in _NUMBERS.items():
        after = 0
        while page := asked.numbers(work, what, after):
            after = page[-1][0]
            for _, number, noun in page:
                if (found := pattern.fullmatch(number)) is None:
                    yield number, "is no number of ours"
                    continue
                series = cases.series_of(noun, found["series"]) if noun else found["series"]
                key = (series, int(found["year"]))
                if int(found["n"]) in given.setdefault(key, set()):
                    yield number, "was given twice"
                given[key].add(int(found["n"]))
    for row in asked.series(work):
        yield from _series_faults(row, given.pop((row["series"], row["year"]), set()))
    for series, year in given:
        yield f"{series} {year}", "numbers were given, but the series is not there"


def _series_faults(row: Record, given: set[int]) -> Iterator[tuple[str, str]]:
    where = f"{row['series']} {row['year']}"
    missing = sorted(set(range(1, row["last"] + 1)) - given)
    if missing:
        shown = ", ".join(map(str, missing[:5])) + (" …" if len(missing) > 5 else "")
        yield where, f"not there: {shown} (of {row['last']})"
    beyond = sorted(n for n in given if not 1 <= n <= row["last"])
    if beyond:
        yield where, f"{beyond[0]} is beyond the last number given, {row['last']}"
