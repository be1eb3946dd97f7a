"""How the arrows of a diagram run: along lanes between the boxes, bending and crossing little."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import pairwise

from portal.diagram.places import GAP, LANE, Arc, Box, Sheet

Point = tuple[int, int]
State = tuple[Point, Point]
"""A knot of the lattice and the direction in which it was reached."""

RIGHT, DOWN, LEFT, UP = (1, 0), (0, 1), (-1, 0), (0, -1)
ACROSS = (0, 22, -22, 44, -44)
BESIDE = (0, 12, -12)
CORNER = 20
BEND, LATE, CROSS, TOUCH, OFF_CENTRE = 40, 25, 30, 5000, 0.4
SHARED = 0.2
BUSY = 4
"""So many arrows into one state are drawn last, and join."""


class Lattice:
    """Where lines may run, and which do already."""

    def __init__(self, sheet: Sheet) -> None:
        self.boxes = sheet.boxes
        width, height = sheet.size
        beside, below = range(LANE, sheet.gap, LANE), range(LANE, GAP, LANE)
        xs, ys = set[int](), set[int]()
        for box in self.boxes.values():
            xs |= {at[0] for at, _, _ in self.ports(box)}
            ys |= {at[1] for at, _, _ in self.ports(box)}
            xs |= {box.right + lane for lane in beside} | {box.left - lane for lane in beside}
            ys |= {box.bottom + lane for lane in below} | {box.top - lane for lane in below}
        self.xs = sorted(x for x in xs if LANE <= x <= width - LANE)
        self.ys = sorted(y for y in ys if LANE <= y <= height - LANE)
        self.inside = {
            (x, y)
            for x in self.xs
            for y in self.ys
            if any(b.left <= x <= b.right and b.top <= y <= b.bottom for b in self.boxes.values())
        }
        self.used: dict[Point, list[tuple[str, Point, Point]]] = defaultdict(list)
        self.trunks: dict[str, set[tuple[Point, Point]]] = defaultdict(set)
        self._right = dict(pairwise(self.xs))
        self._down = dict(pairwise(self.ys))
        self._left = {b: a for a, b in pairwise(self.xs)}
        self._up = {b: a for a, b in pairwise(self.ys)}

    def beside(self, point: Point, way: Point) -> Point | None:
        """The next knot in a direction, if there is one."""
        x, y = point
        if way[0]:
            found = (self._right if way == RIGHT else self._left).get(x)
            return None if found is None else (found, y)
        found = (self._down if way == DOWN else self._up).get(y)
        return None if found is None else (x, found)

    def ports(self, box: Box) -> Iterator[tuple[Point, Point, float]]:
        """Where an arrow may touch a box: the knot, the way out, and what it costs."""
        x, y = box.middle
        for shift in (s for s in ACROSS if abs(s) + CORNER <= box.width // 2):
            yield (x + shift, box.top), UP, abs(shift) * OFF_CENTRE
            yield (x + shift, box.bottom), DOWN, abs(shift) * OFF_CENTRE
        for shift in BESIDE:
            yield (box.left, y + shift), LEFT, abs(shift) * OFF_CENTRE
            yield (box.right, y + shift), RIGHT, abs(shift) * OFF_CENTRE

    def meeting(self, net: str, point: Point, came: Point, goes: Point) -> float:
        """What it costs to pass a knot that others pass too."""
        cost = 0.0
        for other, was, went in self.used.get(point, ()):
            if other == net:
                continue
            plain = came == goes and was == went and came[0] != was[0] and came[1] != was[1]
            cost += CROSS if plain else TOUCH
        return cost

    def occupy(self, net: str, path: list[Point]) -> None:
        """Remember a line."""
        ways = [_way(a, b) for a, b in pairwise(path)]
        for at, came, goes in zip(path, [ways[0], *ways], [*ways, ways[-1]], strict=True):
            self.used[at].append((net, came, goes))
        self.trunks[net] |= set(pairwise(path))


def _way(a: Point, b: Point) -> Point:
    return (b[0] > a[0]) - (b[0] < a[0]), (b[1] > a[1]) - (b[1] < a[1])


def _turned(way: Point) -> Point:
    return -way[0], -way[1]


class _Search:
    """One arrow looks for the cheapest way."""

    def __init__(self, lattice: Lattice, arc: Arc) -> None:
        self.lattice = lattice
        self.net = arc[1]
        self.trunk = lattice.trunks[self.net]
        self.starts = list(lattice.ports(lattice.boxes[arc[0]]))
        self.ends = {
            (at, _turned(way)): cost for at, way, cost in lattice.ports(lattice.boxes[arc[1]])
        }
        self.best: dict[State, float] = {}
        self.before: dict[State, State] = {}
        self.queue: list[tuple[float, State]] = []

    def path(self) -> list[Point]:
        for at, way, cost in self.starts:
            self._offer((at, way), cost + self.lattice.meeting(self.net, at, way, way), None)
        while self.queue:
            cost, state = heappop(self.queue)
            if state in self.ends and state in self.before:
                return self._traced(state)
            if cost <= self.best[state]:
                self._expand(cost, state)
        raise ValueError(f"no way to {self.net}")

    def _offer(self, state: State, cost: float, before: State | None) -> None:
        if cost < self.best.get(state, float("inf")):
            self.best[state] = cost
            if before is not None:
                self.before[state] = before
            heappush(self.queue, (cost, state))

    def _expand(self, cost: float, state: State) -> None:
        at, came = state
        fresh = state not in self.before
        if at in self.lattice.inside and not fresh:
            return
        for goes in (came,) if fresh else (RIGHT, DOWN, LEFT, UP):
            there = self.lattice.beside(at, goes)
            if there is None or goes == _turned(came):
                continue
            if there in self.lattice.inside and (there, goes) not in self.ends:
                continue
            step = self._step(state, goes, there)
            if step is not None:
                self._offer((there, goes), cost + step, state)

    def _step(self, state: State, goes: Point, there: Point) -> float | None:
        at, came = state
        if (there, at) in self.trunk:
            return None
        length = abs(there[0] - at[0]) + abs(there[1] - at[1])
        joined = (at, there) in self.trunk
        cost = length * (SHARED if joined else 1.0)
        cost += self.lattice.meeting(self.net, at, came, goes)
        if came != goes and not (joined and self._on_trunk(state)):
            cost += BEND
        if (there, goes) in self.ends:
            cost += 0 if joined else self.ends[there, goes]
            cost += LATE if came != goes and length < 2 * LANE else 0
            cost += self.lattice.meeting(self.net, there, goes, goes)
        return cost

    def _on_trunk(self, state: State) -> bool:
        before = self.before.get(state)
        return before is not None and (before[0], state[0]) in self.trunk

    def _traced(self, state: State) -> list[Point]:
        path = [state[0]]
        while state in self.before:
            state = self.before[state]
            path.append(state[0])
        return path[::-1]


def born(sheet: Sheet, state: str) -> list[Point]:
    """The short arrow with which a life begins, beside its first state."""
    box = sheet.boxes[state]
    return [(box.left - shift, box.middle[1]) for shift in (2 * LANE, LANE, 0)]


def routed(sheet: Sheet, arcs: Iterable[Arc], births: Iterable[str]) -> dict[Arc, list[Point]]:
    """The corners of every arrow, from the edge of one box to the edge of another."""
    lattice = Lattice(sheet)
    for state in births:
        lattice.occupy(f"birth of {state}", born(sheet, state))
    wanted = list(arcs)
    into = {b: sum(1 for _, other in wanted if other == b) for _, b in wanted}

    def order(arc: Arc) -> tuple[bool, int, int]:
        (c, r), (d, s) = sheet.places[arc[0]], sheet.places[arc[1]]
        return into[arc[1]] > BUSY, (abs(c - d) + abs(r - s)), wanted.index(arc)

    found = {}
    for arc in sorted(wanted, key=order):
        path = _Search(lattice, arc).path()
        lattice.occupy(arc[1], path)
        found[arc] = _corners(path)
    return found


def _corners(path: list[Point]) -> list[Point]:
    inner = [
        b for a, b, c in zip(path, path[1:], path[2:], strict=False) if _way(a, b) != _way(b, c)
    ]
    return [path[0], *inner, path[-1]]
