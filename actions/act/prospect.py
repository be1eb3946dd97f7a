"""What somebody can do with a case now: the moves open to them, and why the others are not."""

from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from actions.act.permission import check_permission
from actions.act.signature import Lack, check_opposite, has_signed, lack_of, waiting_for
from actions.hand.case import Case, Row, in_post_as, look_at
from guapai.errors import GuapaiError
from guapai.people import ROLE_TITLES, Actor, Role
from guapai.text import Said, joined
from statemachines.nouns import NOUNS, PROCEDURES
from statemachines.procedure import Move, Procedure, refusal
from statemachines.side import ANY, SIDE
from statemachines.situation import Situation
from storage import pending as pendings
from storage.database.work import Work


@dataclass(frozen=True)
class Waiting:
    """A decision that waits for signatures; ``signed`` by the one who asks, or not yet."""

    pending_id: int
    lack: Lack
    signed: bool


@dataclass(frozen=True)
class Prospect:
    """One move of one row. ``reason`` None: it can be made now. ``row_id`` None: a birth."""

    noun: str
    row_id: int | None
    version: int | None
    move: Move
    reason: str | None
    waiting: Waiting | None = None

    @property
    def open(self) -> bool:
        """Whether the button works."""
        return self.reason is None


class _Unsaid:
    """Stands for facts nobody has handed in yet: whoever asks for one gets no answer."""

    def __getattr__(self, name: str) -> Any:
        raise _Unknown(name)


class _Unknown(AttributeError):
    """A guard asked for a fact of the form."""


def prospects(
    work: Work, actor: Actor, case_id: int, *, also: tuple[str, int] | None = None
) -> list[Prospect]:
    """Every move of the case that concerns the actor's organisation now; reads, and locks nothing.

    ``also`` is a row that is not read with every case (a letter). Raises Missing when there is no
    such case.
    """
    case = look_at(work, actor, case_id, also=also)
    out = _of_row(case, PROCEDURES[case.noun], case.root)
    for noun, rows in case.related.items():
        procedure = PROCEDURES[noun]
        for row in rows:
            if row.state not in procedure.final:
                out += _of_row(case, procedure, row)
        if NOUNS[noun].folded:
            out += _births(case, procedure)
    return out


def beside(noun: str, row_id: int) -> tuple[str, int] | None:
    """The row, if it is of a noun that is not read with every case."""
    known = NOUNS.get(noun)
    return None if known is None or known.folded else (noun, row_id)


def is_late(work: Work, actor: Actor, case_id: int, noun: str, row_id: int, name: str) -> bool:
    """Whether a move is one that the actor makes, but in another state of that row."""
    case = look_at(work, actor, case_id, also=beside(noun, row_id))
    procedure = PROCEDURES[noun]
    rows = [case.root] if noun == case.noun else case.related.get(noun, [])
    row = next((r for r in rows if r.id == row_id), None)
    theirs = [m for m in procedure.moves if m.name == name and actor.role in m.by and m.source]
    if row is None or not theirs or any(row.state in m.source for m in theirs):
        return False
    try:
        check_permission(case, theirs[0], actor, row)
    except GuapaiError:
        return False
    return True


def _of_row(case: Case, procedure: Procedure, row: Row) -> list[Prospect]:
    open_now = [m for m in procedure.moves if row.state in m.source and m.by - {Role.clock}]
    found = [_prospect(case, procedure, row, m) for m in open_now]
    return [p for p in found if p is not None]


def _births(case: Case, procedure: Procedure) -> list[Prospect]:
    """Rows of another kind that may begin here, such as an application for more time."""
    row = Row(id=None, state=None, version=None)
    out = []
    for move in procedure.moves:
        if move.source or case.actor.role not in move.by or NOUNS[procedure.noun].root:
            continue
        found = _prospect(case, procedure, row, move)
        if found is not None:
            out.append(found)
    return out


def _prospect(case: Case, procedure: Procedure, row: Row, move: Move) -> Prospect | None:
    """The move as the actor sees it; None where it is no concern of theirs."""
    if case.actor.role not in move.by:
        reason = _others(case, move, row)
        if reason is None:
            return None
        return Prospect(procedure.noun, row.id, row.version, move, reason)
    try:
        check_permission(case, move, case.actor, row)
    except GuapaiError:
        return None
    waiting = _waiting(case, move, row)
    if waiting is not None and waiting.signed:
        reason = Said("您已签署，%(lack)s", lack=waiting.lack.said)
    else:
        reason = _opposed(case, procedure, row, move) or _foreseen(case, procedure.noun, row, move)
    return Prospect(procedure.noun, row.id, row.version, move, reason, waiting)


def _others(case: Case, move: Move, row: Row) -> str | None:
    """Who of the actor's own organisation makes the move, as a sentence; None: it is not theirs."""
    ours = SIDE.get(case.actor.role, ANY)
    roles = [r for r in sorted(move.by) if SIDE.get(r) == ours and ours != ANY]
    if not roles:
        return None
    for role in roles:
        try:
            check_permission(in_post_as(case), move, replace(case.actor, role=role), row)
        except GuapaiError:
            continue
        titles = joined("%(before)s、%(next)s", (Said(ROLE_TITLES[r]) for r in roles))
        return Said("由本单位%(roles)s办理", roles=titles)
    return None


def _opposed(case: Case, procedure: Procedure, row: Row, move: Move) -> str | None:
    try:
        check_opposite(case, procedure, move, row)
    except GuapaiError as error:
        return error.said
    return None


def _foreseen(case: Case, noun: str, row: Row, move: Move) -> str | None:
    """Why the move would be refused whatever is filled in; None when that is not known yet."""
    situation = case.situation(noun, row, _Unsaid())
    for guard in move.guards:
        try:
            reason = refusal(replace(move, guards=(guard,)), situation)
        except _Unknown:
            continue
        if reason:
            return reason
    return None


class _Heard:
    """Facts that remember which of them a guard looked at."""

    def __init__(self, facts: BaseModel) -> None:
        self._facts = facts
        self.names: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.names.add(name)
        return getattr(self._facts, name)


def is_enough(move: Move, field: str) -> bool:
    """Whether one text in that field can be all that the guards of a move ask of its facts."""
    told: dict[str, Any] = {
        n: f.get_default(call_default_factory=True) for n, f in move.facts.model_fields.items()
    }
    facts = _Heard(move.facts.model_construct(**{**told, field: "-"}))
    others = (
        *("row", "case", "actor", "now", "pack", "calendar", "children", "makers", "overdue"),
        *("known", "awaited"),
    )
    unsaid: dict[str, Any] = dict.fromkeys(others, _Unsaid())
    situation = Situation(facts=facts, **unsaid)
    for guard in move.guards:
        facts.names.clear()
        try:
            refused = guard(situation) is not None
        except (_Unknown, TypeError):  # it looks at the case: what it asks besides is too much
            refused = bool(facts.names - {field})
        if refused:
            return False
    return True


def _waiting(case: Case, move: Move, row: Row) -> Waiting | None:
    if move.needs is None:
        return None
    parked = waiting_for(case, move, row)
    if parked is None:
        return None
    signed = pendings.signatures(case.work, parked["n"])
    return Waiting(parked["n"], lack_of(case, move.needs, signed), has_signed(case, signed))
