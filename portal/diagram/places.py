"""Where the boxes of a diagram stand: by hand where a hand drew them, in layers otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from statemachines.procedure import Procedure

Place = tuple[int, int]
"""Column and row."""
Arc = tuple[str, str]
"""From a state to another one."""

HEIGHT = 44
GAP = 60
MARGIN = 36
LANE = 12
WIDTH = 1000
WIDEST = 136
NARROWEST = 100
MANY = 5

BY_HAND: Mapping[str, tuple[str, ...]] = {
    "hazard": (
        "transferred_out  .               .                     voided             .",
        "lead             grading         major_confirmed       reported           plan_due",
        "general_recheck  general_fixing  ownerless             .                  .",
        "closed           accepted        acceptance_requested  rectifying         plan_review",
        ".                .               rework                shutdown_proposed  shutting_down",
        ".                .               .                     shut_down          shutdown_executed",
    ),
    "deferral": (
        "applied    endorsed  granted",
        "withdrawn  lapsed    refused",
    ),
    "letter": (
        "queued     claimed     sending  sent",
        "cancelled  suppressed  failed   uncertain",
    ),
}


@dataclass(frozen=True)
class Box:
    """A rectangle for one state."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.top + self.height

    @property
    def middle(self) -> tuple[int, int]:
        """Its centre; width and height are even."""
        return self.left + self.width // 2, self.top + self.height // 2


@dataclass(frozen=True)
class Sheet:
    """The boxes of a procedure on a grid, and how large the whole is."""

    places: Mapping[str, Place]

    @cached_property
    def columns(self) -> int:
        """How many boxes fit beside each other."""
        return max(column for column, _ in self.places.values()) + 1

    @cached_property
    def rows(self) -> int:
        """How many boxes fit below each other."""
        return max(row for _, row in self.places.values()) + 1

    @cached_property
    def gap(self) -> int:
        """The room for lanes between two columns."""
        return GAP if self.columns <= MANY else GAP - LANE

    @cached_property
    def box_width(self) -> int:
        """As wide as the sheet allows; narrower where there are many columns."""
        room = (WIDTH - 2 * MARGIN - (self.columns - 1) * self.gap) // self.columns
        return max(NARROWEST, min(WIDEST, room // 2 * 2))

    @cached_property
    def boxes(self) -> dict[str, Box]:
        """The rectangle of every state."""
        return {state: self._box(*place) for state, place in self.places.items()}

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the sheet."""
        far = self._box(self.columns - 1, self.rows - 1)
        return far.right + MARGIN, far.bottom + MARGIN

    def _box(self, column: int, row: int) -> Box:
        left = MARGIN + column * (self.box_width + self.gap)
        return Box(left, MARGIN + row * (HEIGHT + GAP), self.box_width, HEIGHT)


def arcs(procedure: Procedure) -> dict[Arc, list[str]]:
    """From which state to which other one a move leads, and the titles of those moves."""
    found: dict[Arc, list[str]] = {}
    for move in procedure.moves:
        for source in move.source:
            if move.dest is not None and move.dest != source:
                titles = found.setdefault((source.value, move.dest.value), [])
                titles += [move.title] if move.title not in titles else []
    return found


def births(procedure: Procedure) -> dict[str, list[str]]:
    """The states a row is born in, and the titles of the moves that bring it there."""
    found: dict[str, list[str]] = {}
    for move in procedure.moves:
        if not move.source and move.dest is not None:
            found.setdefault(move.dest.value, []).append(move.title)
    return found


def placed(procedure: Procedure) -> Sheet:
    """The grid of a procedure; a state the hand-made grid does not know sends all to layers."""
    states = [state.value for state in procedure.states]
    drawn = {
        name: (column, row)
        for row, line in enumerate(BY_HAND.get(procedure.noun, ()))
        for column, name in enumerate(line.split())
        if name != "."
    }
    return Sheet(drawn if drawn.keys() == set(states) else _layers(procedure, states))


def _layers(procedure: Procedure, states: list[str]) -> dict[str, Place]:
    forward = _forward(procedure, states)
    column: dict[str, int] = {}
    for state in forward:  # those before it come before it
        before = [column[s] for s in column if state in forward[s]]
        column[state] = max(before, default=-1) + 1
    filled: dict[int, int] = {}
    places = {}
    for state in states:
        row = filled.get(column[state], 0)
        places[state] = (column[state], row)
        filled[column[state]] = row + 1
    return places


def _forward(procedure: Procedure, states: list[str]) -> dict[str, list[str]]:
    """The arcs without those that lead back, in topological order of their sources."""
    leading = {s: [b for a, b in arcs(procedure) if a == s] for s in states}
    done: dict[str, list[str]] = {}

    def visit(state: str, above: frozenset[str]) -> None:
        ahead = [s for s in leading[state] if s not in above]
        for follower in ahead:
            if follower not in done:
                visit(follower, above | {follower})
        done[state] = ahead

    for state in (*births(procedure), *states):
        if state not in done:
            visit(state, frozenset({state}))
    return dict(reversed(done.items()))
