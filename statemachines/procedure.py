"""A procedure is a table of moves; one machine per kind of row, any number of rows obey it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel
from transitions import EventData, Machine

from guapai.errors import NotAllowed, Refused, WrongState
from guapai.people import ROLE_TITLES, Role
from guapai.text import Said
from guapai.word import Word
from statemachines.situation import Situation

Guard = Callable[[Situation[Any, Any, Any]], str | None]
"""Answers the reason for refusing, as a sentence a person can act on, or None.

Each guard says itself what it reads of row, case and facts (`Situation`).
"""


def apart(*moves: str) -> Callable[[Guard], Guard]:
    """Marks a guard that asks who made those earlier moves of the row (separation of duties).

    A root may ask of any row of a noun in its case: ``noun.move``.

    What is not announced here cannot be asked: `Situation.acts_again` raises LookupError.
    """

    def mark(guard: Guard) -> Guard:
        guard.makers = moves  # type: ignore[attr-defined]
        return guard

    return mark


def relation_of(said: str) -> tuple[str, str]:
    """The noun that a relation names, and the group of its states; no group: the root itself.

    The root of the case of the row (``hazard``), or of the cases it is about (``about:hazard``).
    """
    noun, _, group = said.removeprefix("about:").partition(":")
    return noun, group


class Subject(Protocol):
    """A row with a state; nothing else of it is touched when a procedure fires."""

    state: Any


@dataclass(frozen=True, kw_only=True)
class Among:
    """How many of the signers must be of a kind: in one of the roles, and ``certified`` as officers.

    ``least`` may be the name of a number in the rule pack. An officer is in post where they sign
    for, and holds a certificate that is valid on the day.
    """

    roles: frozenset[Role]
    least: int | str = 1
    certified: bool = False


@dataclass(frozen=True, kw_only=True)
class Signatures:
    """A move that several people sign before it happens.

    ``leaders`` names roles of which at least one must be among the signers, ``among`` who must be
    there besides; ``quorum`` may be the name of a number in the rule pack
    (``acceptance.group_min``). Signers are distinct natural persons, on both sides of a
    substitution. One person can be leader and officer.
    """

    roles: frozenset[Role]
    quorum: int | str
    leaders: frozenset[Role] = frozenset()
    among: tuple[Among, ...] = ()

    @property
    def kinds(self) -> tuple[Among, ...]:
        """Everybody who must be there: a leader, and those named besides."""
        return (*((Among(roles=self.leaders),) if self.leaders else ()), *self.among)


@dataclass(frozen=True, kw_only=True)
class Each:
    """One duty for each item of a fact: dated by the item, owed by the organisation it names.

    ``items`` is the collection, ``key`` the part of an item that tells it from the others,
    ``day`` its date, ``owner`` the id of its organisation (empty: whom the kind of duty says).
    """

    kind: str
    items: str
    key: str
    day: str
    owner: str = ""


Condition = Callable[[Situation[Any, Any, Any]], bool]
"""Answers whether something is so; it reads row, case and facts as a guard does."""


class NoFacts(BaseModel):
    """A move that asks for nothing."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """One row of the table: who may take which kind of row from where to where, and what follows.

    ``source`` empty means birth. ``dest`` None leaves the row in its state. ``by`` empty means
    the move is only carried by another move (``then``) and open to nobody directly. ``at``
    overrides, for a role, which organisation of the case the actor must belong to. ``keeps`` names
    the facts that become columns of the row; None: every fact that has a column of its name.
    ``then`` carries the decision to rows of a relation (``noun:relation``), to the root of the
    case (its noun), or to the roots of the cases it is about (``about:noun``); a move that
    ``touches`` those locks them too. ``opens_if`` names duties it opens only if a condition holds of
    the row as it has moved. ``counts_from_act`` names duties it opens whose term counts
    from the act, though that of their kind usually counts from a column (a plan that is sent back).
    """

    name: str
    title: str
    source: tuple[Word, ...]
    dest: Word | None
    by: frozenset[Role] = frozenset()
    at: Mapping[Role, str] = field(default_factory=dict)
    facts: type[BaseModel] = NoFacts
    guards: tuple[Guard, ...] = ()
    needs: Signatures | None = None
    basis: str
    sets: Mapping[str, Any] = field(default_factory=dict)
    keeps: tuple[str, ...] | None = None
    meets: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    opens_if: tuple[tuple[str, Condition], ...] = ()
    counts_from_act: tuple[str, ...] = ()
    opens_each: tuple[Each, ...] = ()
    replaces: tuple[str, ...] = ()
    suspends: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    starts: tuple[tuple[str, str], ...] = ()
    then: tuple[tuple[str, str], ...] = ()
    touches: bool = False

    @property
    def may_open(self) -> tuple[str, ...]:
        """The kinds of duty it opens on a condition."""
        return tuple(kind for kind, _ in self.opens_if)

    def __post_init__(self) -> None:
        if self.needs and not self.needs.roles <= self.by:
            raise ValueError(f"{self.name}: a signer's role is missing from `by`")
        if self.needs and any(not k.roles <= self.needs.roles for k in self.needs.kinds):
            raise ValueError(f"{self.name}: who must be among the signers may not sign")
        if any(r.startswith("about:") for r, _ in self.then) and not self.touches:
            raise ValueError(
                f"{self.name}: it moves other cases, so it must say that it touches them"
            )


class Procedure:
    """The moves of one noun, and the one machine that knows which of them lead where.

    The machine is built once, unbound, not queued and without automatic jumps (pitfalls d-1);
    rows are handed to it one at a time. Guards run in ``before`` and have no effects.
    """

    def __init__(
        self,
        noun: str,
        states: type[Word],
        moves: tuple[Move, ...],
        *,
        final: frozenset[Word],
    ) -> None:
        self.noun = noun
        self.states = states
        self.moves = moves
        self.final = final
        self.titles: Mapping[Any, str] = {s: s.label for s in states}
        self._births = {m.name: m for m in moves if not m.source}
        self._named = {m.name: tuple(n for n in moves if n.name == m.name) for m in moves}
        self._by_source: dict[tuple[str, str], Move] = {
            (m.name, s): m for m in moves for s in m.source
        }
        self._machine = Machine(
            model=None,
            states=list(states),
            initial=None,
            auto_transitions=False,
            queued=False,
            send_event=True,
            transitions=[
                {"trigger": m.name, "source": s, "dest": m.dest, "before": _check(m)}
                for m in moves
                for s in m.source
            ],
        )

    def named(self, name: str) -> tuple[Move, ...]:
        """The moves of that name: as many as there are states from which they differ, or none."""
        return self._named.get(name, ())

    def birth(self, name: str) -> Move:
        """The move that brings a row into the world. Raises WrongState for an unknown name."""
        if name not in self._births:
            raise WrongState(Said("没有“%(name)s”这一登记事项", name=name))
        return self._births[name]

    def move(self, name: str, state: str) -> Move:
        """The move of that name open in that state. Raises WrongState when there is none."""
        found = self._by_source.get((name, state))
        if found is None:
            known = self.named(name)
            title = Said(known[0].title) if known else name
            here = Said(self.titles[self.states(state)])
            raise WrongState(Said("当前状态为“%(state)s”，不能“%(what)s”", state=here, what=title))
        return found

    def opposites(self, move: Move) -> frozenset[str]:
        """The moves that answer the same question (they meet the same duty) in another way."""
        asked = set(move.meets)
        return frozenset(m.name for m in self.moves if m.name != move.name and asked & {*m.meets})

    def open_to(self, role: Role, state: str) -> tuple[Move, ...]:
        """The moves a role may make in a state, in the order of the table."""
        return tuple(m for m in self.moves if role in m.by and self.states(state) in m.source)

    def fire(self, subject: Subject, move: Move, situation: Situation[Any, Any, Any]) -> None:
        """Check the guards and set the new state; raise Refused, and never do anything else."""
        if not move.source:
            if reason := refusal(move, situation):
                raise Refused(reason)
            subject.state = move.dest
            return
        subject.state = self.states(subject.state)
        self._machine.events[move.name].trigger(subject, situation=situation)


def refusal(move: Move, situation: Situation[Any, Any, Any]) -> str | None:
    """Why the guards of a move refuse, or None; the first reason only."""
    return next((reason for g in move.guards if (reason := g(situation))), None)


def permit(move: Move, role: Role) -> None:
    """Raise NotAllowed unless the role may make the move."""
    if role not in move.by:
        raise NotAllowed(
            Said("%(role)s不能办理“%(what)s”", role=Said(ROLE_TITLES[role]), what=Said(move.title))
        )


def _check(move: Move) -> list[Callable[[EventData], None]]:
    def check(event: EventData) -> None:
        if reason := refusal(move, event.kwargs["situation"]):
            raise Refused(reason)

    return [check]
