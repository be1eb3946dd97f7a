"""A noun of the house as one value: its procedure, and all that is derived from it elsewhere."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from guapai.people import Role
from guapai.word import Word
from statemachines.duty import DutyKind
from statemachines.procedure import Move, Procedure, relation_of

ANY = "any"
"""Stands under whatever root there is."""

Reader = tuple[str, Role]
"""A side of the case and a role on it."""


@dataclass(frozen=True, kw_only=True)
class LetterKind:
    """One letter: its readers; ``waits`` for the paper of the same act to be printed.

    ``decides``: it announces a decision of that side (``actor``: of whose who made the move), so
    it names the remedies and whom to ask. ``to_reporter``: it answers whoever reported the case.
    """

    name: str
    to: tuple[Reader, ...]
    statutory: bool = False
    waits: bool = False
    decides: str = ""
    to_reporter: bool = False


@dataclass(frozen=True, kw_only=True)
class PaperKind:
    """One official paper: whose number it takes (a side of the case), and on which ground.

    ``issuer_by`` names another side where that role decides: a head signs for the department only.

    ``basis`` names the provisions the paper cites; the first of them is the ground of its sealing.
    ``reads`` are the nouns of whose rows it tells.
    """

    name: str
    title: str
    issuer: str
    issuer_by: Mapping[Role, str] = field(default_factory=dict)
    basis: tuple[str, ...]
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Retired:
    """A move that the table does not have any more; events that made it stay true."""

    move: str
    title: str
    source: str | None
    dest: str | None


@dataclass(frozen=True, kw_only=True)
class Noun:
    """What every layer knows of a kind of row; there is no other list of nouns.

    ``relations`` name groups of its states, for moves of other rows that reach it (``then``).
    ``lines`` are the stations its page shows, one line for each track; ``heading`` words what a
    row is called there. A ``root`` has a case of
    its own; any other noun stands ``under`` the roots named. A ``hidden`` root is seen only by
    those who handle it, and by the roles in ``read_by`` wherever they are. A root that ``mends`` is
    what the operators do about rows that went wrong: such rows may belong to no other case, and a
    letter on it that reaches nobody opens no further duty. ``folded`` says that its rows can be
    told from history alone. ``retired`` are moves that stood in an earlier table;
    ``retired_duties`` kinds of duty that nothing opens any more: those that are open are shown,
    climb, and are met by the moves that still say so, or end with their row.
    """

    name: str
    title: str
    procedure: Procedure
    duties: tuple[DutyKind, ...] = ()
    letters: tuple[LetterKind, ...] = ()
    papers: tuple[PaperKind, ...] = ()
    relations: Mapping[str, tuple[Word, ...]] = field(default_factory=dict)
    lines: tuple[tuple[Word, ...], ...] = ()
    heading: Callable[[Any], str] | None = None
    root: bool = False
    under: tuple[str, ...] = ()
    hidden: bool = False
    read_by: frozenset[Role] = frozenset()
    mends: bool = False
    folded: bool = True
    retired: tuple[Retired, ...] = ()
    retired_duties: tuple[DutyKind, ...] = ()

    def __post_init__(self) -> None:
        if self.procedure.noun != self.name:
            raise ValueError(f"{self.name}: its procedure is that of {self.procedure.noun!r}")
        if self.root == bool(self.under):
            raise ValueError(f"{self.name}: either a root, or under one")
        if self.read_by and not self.hidden:
            raise ValueError(f"{self.name}: only a hidden root says who reads it")
        for name in ("duties", "retired_duties"):
            kinds = tuple(replace(k, noun=self.name) for k in getattr(self, name))
            object.__setattr__(self, name, kinds)
        for group in (*self.relations.values(), *self.lines):
            for state in group:
                self.procedure.states(state)
        self._check_makers()

    def _check_makers(self) -> None:
        own = {m for m in self.makers if "." not in m}
        if own < self.makers and not self.root:
            raise ValueError(f"{self.name}: only a root asks who moved the other rows of its case")
        unknown = own - {m.name for m in self.procedure.moves}
        if unknown:
            raise ValueError(f"{self.name}: a guard asks who made {sorted(unknown)}: no such move")

    @cached_property
    def makers(self) -> frozenset[str]:
        """The moves of a row whose makers its guards ask about (separation of duties).

        Those of any row of a noun in its case are ``noun.move``.
        """
        guards = (g for m in self.procedure.moves for g in m.guards)
        return frozenset(name for g in guards for name in getattr(g, "makers", ()))


def index(nouns: tuple[Noun, ...]) -> dict[str, Noun]:
    """The nouns by name. Raises ValueError for anything a table names that is not there."""
    found = {n.name: n for n in nouns}
    if len(found) < len(nouns):
        raise ValueError("two nouns have the same name")
    _refuse_doubles("kind of duty", (k.name for n in nouns for k in (*n.duties, *n.retired_duties)))
    _refuse_doubles("letter", (k.name for n in nouns for k in n.letters))
    _refuse_doubles("paper", (k.name for n in nouns for k in n.papers))
    for noun in nouns:
        for root in noun.under:
            if root != ANY and (root not in found or not found[root].root):
                raise ValueError(f"{noun.name}: stands under {root!r}, which is no root")
        for said in _unknown_makers(found, noun):
            raise ValueError(f"{noun.name}: {said}")
        for move in noun.procedure.moves:
            for said in _unknown(found, noun, move):
                raise ValueError(f"{noun.name}.{move.name}: {said}")
    return found


def _unknown_makers(nouns: Mapping[str, Noun], noun: Noun) -> Iterator[str]:
    """The moves of other rows of which a guard asks who made them, and that are not there."""
    for maker in sorted(noun.makers):
        other, _, name = maker.rpartition(".")
        if other and (other not in nouns or not nouns[other].procedure.named(name)):
            yield f"a guard asks who made {maker!r}: there is no such move"


def _refuse_doubles(what: str, names: Iterator[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"two nouns have a {what} {name!r}")
        seen.add(name)


def _unknown(nouns: Mapping[str, Noun], noun: Noun, move: Move) -> Iterator[str]:
    duties = {k.name for n in nouns.values() for k in n.duties}
    retired = {k.name for n in nouns.values() for k in n.retired_duties}
    opens = (*move.opens, *move.may_open, *(e.kind for e in move.opens_each))
    yield from (f"opens the retired kind of duty {k!r}" for k in opens if k in retired)
    ends = (*move.meets, *move.replaces, *move.suspends, *move.resumes, *move.cancels)
    named = (k for k in (*opens, *ends) if k not in duties | retired)
    yield from (f"there is no kind of duty {k!r}" for k in named)
    letters = {k.name for n in nouns.values() for k in n.letters}
    yield from (f"there is no letter {k!r}" for k in move.letters if k not in letters)
    papers = {k.name for n in nouns.values() for k in n.papers}
    yield from (f"there is no paper {k!r}" for k in move.papers if k not in papers)
    for relation, name in move.then:
        other, group = relation_of(relation)
        if other not in nouns:
            yield f"there is no noun {other!r}"
        elif group and group not in nouns[other].relations:
            yield f"{other} has no relation {group!r}"
        elif name not in {m.name for m in nouns[other].procedure.moves}:
            yield f"{other} has no move {name!r}"
    for other, name in move.starts:
        births = [] if other not in nouns else nouns[other].procedure.moves
        if name not in {m.name for m in births if not m.source}:
            yield f"{other} has no birth {name!r}"
