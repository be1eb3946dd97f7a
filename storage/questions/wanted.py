"""What the ledger is asked for, and what a row of it shows."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import SQLModel

from storage.database import gram

ENDING = re.compile(r"((?P<year>\d{4})-)?(?P<given>\d{1,5})", re.ASCII)
"""The end of a case number, such as 7, 00007 or 2026-00007."""


class Line(SQLModel):
    """One case as the ledger lists it; what only hazards have is empty for others."""

    id: int
    noun: str
    number: str
    title: str
    state: str
    grade: str | None
    level: str | None
    place_code: str
    sector: str | None
    found_on: date | None
    deadline: date | None
    created_at: datetime
    closed_at: datetime | None
    unit: str | None
    department: str | None
    late: bool


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for, among the roots of one noun.

    ``sort`` is ``new`` or ``deadline``; the latter lists what is not ended.
    ``stage`` is ``open``, ``late``, ``ended`` or empty; ``text`` words in title and unit, or the
    head or the end of a number; ``after`` where the page before ended.
    """

    noun: str = "hazard"
    text: str = ""
    state: str = ""
    stage: str = ""
    grade: str = ""
    level: str = ""
    place: str = ""
    sector: str = ""
    sort: str = "new"
    after: tuple[str, int] | None = None

    @property
    def grams(self) -> list[int]:
        """The pairs of signs looked up, when it is no number."""
        if self.by_number or self.by_ending:
            return []
        return gram.grams_of(self.text)[: gram.MOST]

    @property
    def too_short(self) -> bool:
        """Whether the text is no number and has no two signs side by side, so that it finds nothing."""
        return bool(self.text) and not (self.grams or self.by_number or self.by_ending)

    @property
    def by_ending(self) -> bool:
        """Whether the text is the end of a case number, such as 7, 00007 or 2026-00007."""
        return ENDING.fullmatch(self.text) is not None

    @property
    def by_number(self) -> bool:
        """Whether the text is the head of a case number, such as 341502-2026."""
        return re.fullmatch(r"\d{6}(-\d{0,4}(-\d*)?)?", self.text, re.ASCII) is not None
