"""One step of a ladder: when it comes, once or again and again, what it does and whom it tells."""

from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from law.calendar import Calendar
from law.deadlines import Unit
from law.parameters import Entry, OffsetField, TermField
from law.provisions import Origin


class Rung(Entry):
    """One step of a ladder: when, what, to whom.

    ``to`` names readers: ``owner`` (the duty's own role), ``head`` (the head of the owner's side)
    or ``side.role``. ``say`` is the sentence of a notice line; ``letter`` names a letter that goes
    on its own; ``opens`` names the duty a proposal opens; ``move`` a move of the clock. A rung with
    ``every`` comes again and again from its first time on, until the duty ends.
    """

    id: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    at: OffsetField
    effect: Literal["send", "flag", "propose", "open", "move"]
    to: tuple[str, ...] = ()
    say: str = ""
    letter: str | None = None
    opens: str | None = None
    move: str | None = None
    every: TermField | None = None
    basis: str
    kind: Origin

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needs = {
            "send": bool(self.to) and bool(self.say or self.letter),
            "flag": True,
            "propose": self.opens is not None,
            "open": self.opens is not None,
            "move": self.move is not None,
        }
        if not needs[self.effect]:
            raise ValueError(f"rung {self.id}: effect {self.effect} lacks what it needs")
        if self.every is not None and self.every.unit not in (Unit.day, Unit.week):
            raise ValueError(f"rung {self.id}: it comes again every so many days or weeks")
        return self

    def times(
        self, anchor: datetime, end: datetime, calendar: Calendar, now: datetime
    ) -> list[tuple[datetime, "Rung"]]:
        """When the rung comes; of one that comes again and again, the last time and the next.

        Each time has a name of its own, which does not depend on who asks when.
        """
        first = self.at.instant(anchor, end, calendar)
        if self.every is None or first > now:
            return [(first, self)]
        days = self.every.amount * (7 if self.every.unit is Unit.week else 1)
        gone = (now - first) // timedelta(days=days)
        return [(first + timedelta(days=days * nth), self._again(nth)) for nth in (gone, gone + 1)]

    def _again(self, nth: int) -> "Rung":
        return self.model_copy(update={"id": f"{self.id}:{nth + 1}"}) if nth else self


def name_of(rung_id: str) -> str:
    """The name in the pack of a rung that came, be it for the third time: ``weekly`` for ``weekly:3``."""
    return rung_id.partition(":")[0]


def refuse_doubles(rungs: tuple[Rung, ...]) -> None:
    """Raise ValueError where two rungs of a ladder have the same name."""
    if len({r.id for r in rungs}) != len(rungs):
        raise ValueError("two rungs have the same id")
