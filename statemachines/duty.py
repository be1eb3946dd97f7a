"""A kind of duty: who must do what; how long, and with which reminders, says the rule pack."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from guapai.people import Role
from guapai.word import Word
from statemachines.side import SIDE


class DutyState(Word):
    """The life of a duty. Overdue is derived, never stored (design §3)."""

    open = "open", "在办"
    suspended = "suspended", "暂停"
    met = "met", "已办"
    cancelled = "cancelled", "已取消"
    replaced = "replaced", "已更替"


class Cadence(Word):
    """How often a periodic duty comes."""

    month = "month", "每月"
    quarter = "quarter", "每季度"


@dataclass(frozen=True, kw_only=True)
class Every:
    """A duty that comes anew each period; ``day`` is the path of a number of the rule pack.

    A month is reported on that day of it, a quarter on that day of the month after it.
    """

    cadence: Cadence
    day: str


@dataclass(frozen=True, kw_only=True)
class DutyKind:
    """What must be done, by which role on which side (``at``, if not the usual one of the role).

    ``dated_by`` names the column of the row (a date written in a paper) that dates the duty
    instead of a term counted from the act; of a kind that is ``counted`` the term of the pack
    makes that date where nobody writes one. ``anchored_on`` names the column (an instant) that
    the term is counted from instead of the act. Kinds with ``every`` get a new slot each period
    while their row is in one of ``while_in``. ``slots`` is the path of several terms in the pack.
    ``item`` names what facts say about which of several items (of an act that opened one duty for
    each) are met; facts that do not say it meet all. ``only_with`` is a relation that must hold for
    the duty to make sense.
    ``owed_if`` answers from the case and the row whether this one of several kinds that a move names
    is owed: where the row decides who may act, or whether anybody may, it decides who owes it.
    ``once``: what is owed already is not opened a second time. ``outlives``: it stays when its row
    comes to an end, until it is met.
    ``noun`` is that of the row the duty is about; its `Noun` says it.
    """

    name: str
    title: str
    role: Role
    noun: str = ""
    at: str = ""
    dated_by: str | None = None
    counted: bool = False
    anchored_on: str | None = None
    term_in: str | None = None
    slots: str | None = None
    every: Every | None = None
    while_in: tuple[Word, ...] = ()
    item: str = ""
    only_with: str = ""
    owed_if: Callable[[Any, Any], bool] | None = None
    once: bool = False
    outlives: bool = False

    @property
    def side(self) -> str:
        """The relation of the owner to the case."""
        return self.at or SIDE[self.role]
