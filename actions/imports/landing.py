"""Ledgers become rows: many entries in a transaction, one answer for each, a faulty one stops nothing."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from actions.act.administration import STAFF, By, by_actor
from actions.imports.cells import Later, Unfit
from actions.imports.enterprises import take_enterprise
from actions.imports.errors import ErrorBook
from actions.imports.file import Ledger, LedgerRow, open_ledger
from actions.imports.hazards import take_hazard
from actions.imports.organisations import take_organisation
from actions.imports.people import take_person
from actions.imports.register import Register, Rehearsal
from actions.imports.words import KINDS, Words
from guapai.clock import Clock
from guapai.errors import BadInput, GuapaiError
from guapai.people import Actor, Role
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.people import organisation as organisations

CHUNK = 200
"""How many entries share a transaction at most (own)."""
HOLD = 0.12
"""Seconds after which a transaction takes no further entry: the lock is held 200 ms at most."""

WAITING = 5000
"""How many entries may wait for one that stands below them (own)."""

Take = Callable[[Register, LedgerRow, By], bool]
Tell = Callable[[int, float], None]
"""Is told how many entries have been read, and which share of the file that is."""
_TAKES: dict[str, Take] = {
    "hazards": take_hazard,
    "enterprises": take_enterprise,
    "people": take_person,
    "organisations": take_organisation,
}
STAFFED = frozenset({"people", "organisations"})
"""The kinds of ledgers that an administrator brings in."""


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """An entry that was not taken, and what to do. ``column`` is empty where it is the whole row."""

    row: int
    column: str
    message: str


@dataclass(kw_only=True)
class Report:
    """What became of a ledger: each entry read was imported, unchanged or rejected."""

    read: int = 0
    imported: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)


def import_ledger(
    engine: Engine,
    path: Path,
    actor: Actor | By,
    clock: Clock,
    *,
    kind: str = "hazards",
    errors: Path | None = None,
    dry_run: bool = False,
    tell: Tell | None = None,
) -> Report:
    """Take in the entries of a ledger; the rejected ones go to the workbook ``errors``, if any.

    Raises BadInput when the file cannot be read, NotAllowed for somebody who may not bring in such
    a ledger; a faulty entry is rejected and stops nothing.
    """
    if kind not in KINDS:
        raise BadInput(f"--kind {kind!r} is none of: {', '.join(KINDS)}")
    if errors is not None and errors.resolve() == path.resolve():
        raise BadInput("错误清单不能写进台账本身，请用 --errors 另外指定一个文件")
    by = _by(engine, clock, actor, kind)
    with open_ledger(path, KINDS[kind]) as ledger:
        book = ErrorBook(errors, ledger.header) if errors is not None else None
        rehearsal = Rehearsal() if dry_run else None
        landing = _Landing(engine, by, clock, _TAKES[kind], KINDS[kind], book, rehearsal)
        try:
            landing.land(ledger, tell)
        except BaseException:
            if book is not None:
                book.close(keep=False)
            raise
        if book is not None:
            book.close(keep=True)
    return landing.report


def _by(engine: Engine, clock: Clock, actor: Actor | By, kind: str) -> By:
    if isinstance(actor, By):
        return actor
    roles = STAFF if kind in STAFFED else frozenset(Role)
    with unit_of_work(engine, clock, write=False) as work:
        return by_actor(work, actor, roles=roles)


class _Undone(Exception):
    """A dry run leaves a transaction this way."""


class _Landing:
    """One load of one ledger."""

    def __init__(
        self,
        engine: Engine,
        by: By,
        clock: Clock,
        take: Take,
        words: Words,
        book: ErrorBook | None,
        rehearsal: Rehearsal | None,
    ) -> None:
        self.report = Report()
        self._engine, self._by, self._clock = engine, by, clock
        self._take, self._words = take, words
        self._book, self._rehearsal = book, rehearsal
        self._places: dict[str, str] = {}

    def land(self, ledger: Ledger, tell: Tell | None) -> None:
        """Take in every entry; one that waits for another is tried again behind the last one."""
        entries = ledger.entries()
        waiting: list[LedgerRow] = []
        while rows := list(islice(entries, CHUNK)):
            waiting += self._land(rows, most=WAITING - len(waiting))
            if tell is not None:
                tell(self.report.read, ledger.share)
        while waiting:
            left = self._land(waiting, most=len(waiting) - 1)
            waiting = left if len(left) < len(waiting) else []

    def _land(self, rows: Sequence[LedgerRow], *, most: int) -> list[LedgerRow]:
        """Take in some entries; up to so many of those that wait for another one are left."""
        left: list[LedgerRow] = []
        while rows:
            answers = self._answer_some(rows)
            for row, answer in zip(rows, answers, strict=False):
                if isinstance(answer, Later) and len(left) < most:
                    left.append(row)
                else:
                    self._count(row, answer)
            rows = rows[len(answers) :]
        return left

    def _answer_some(self, rows: Sequence[LedgerRow]) -> list[bool | GuapaiError]:
        """The answers for as many entries as a transaction has time for, at least one."""
        if self._rehearsal is not None:
            return [self._answer_one(row) for row in rows]
        try:
            return self._together(rows)
        except GuapaiError:
            # one entry failed after something was written: each in a transaction of its own
            return [self._answer_one(row) for row in rows]

    def _together(self, rows: Sequence[LedgerRow]) -> list[bool | GuapaiError]:
        answers: list[bool | GuapaiError] = []
        with unit_of_work(self._engine, self._clock) as work:
            organisations.take_turns(work)
            until = time.monotonic() + HOLD
            register = Register(work, self._places)
            for row in rows:
                try:
                    answers.append(self._take(register, row, self._by))
                except Unfit as unfit:  # nothing was written
                    answers.append(unfit)
                if time.monotonic() > until:
                    break
        return answers

    def _answer_one(self, row: LedgerRow) -> bool | GuapaiError:
        answer = False
        try:
            with unit_of_work(self._engine, self._clock) as work:
                organisations.take_turns(work)
                register = Register(work, self._places, self._rehearsal)
                answer = self._take(register, row, self._by)
                if self._rehearsal is not None:
                    work.flush()
                    raise _Undone
        except _Undone:
            return answer
        except GuapaiError as error:
            return error
        return answer

    def _count(self, row: LedgerRow, answer: bool | GuapaiError) -> None:
        self.report.read += 1
        if not isinstance(answer, GuapaiError):
            self.report.imported += answer
            self.report.unchanged += not answer
            return
        rejection = self._rejection(row, answer)
        self.report.rejected.append(rejection)
        if self._book is not None:
            where = f"{rejection.column}：" if rejection.column else ""
            self._book.add(row.cells, f"{where}{rejection.message}")

    def _rejection(self, row: LedgerRow, error: GuapaiError) -> Rejection:
        faults = error.faults if isinstance(error, Unfit) else [("", str(error))]
        told = [(self._title(row, name), message) for name, message in faults]
        column, message = told[0]
        more = [f"{c}：{m}" if c else m for c, m in told[1:]]
        return Rejection(row=row.number, column=column, message="；".join([message, *more]))

    def _title(self, row: LedgerRow, name: str) -> str:
        return (row.titles.get(name) or self._words.title(name)) if name else ""
