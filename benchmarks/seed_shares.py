"""How often each lived case is copied: six in ten closed, every fifth open duty overdue, short ones more often."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.seed_life import Life, Rows

CLOSED, OVERDUE = 0.6, 0.2


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """What counts of a lived case; ``alike`` are as far as it is."""

    closed: bool
    events: int
    open_duties: int
    overdue: int
    alike: int

    @property
    def weight(self) -> float:
        """A long history is rarer than a short one, and no state crowds out the others."""
        crowd = 1 if self.closed else self.alike
        return float((20 + self.events) ** -1.8 / crowd**0.5)


def shares(life: Life, cases: int) -> list[int]:
    """How many copies of each lived case make so many cases."""
    now = f"{life.now:%Y-%m-%d %H:%M:%S.%f}"
    states = Counter(rows["cases"][0]["state"] for rows in life.cases)
    kinds = [_kind(rows, now, states) for rows in life.cases]
    closed = [k for k in kinds if k.closed]
    late = [k for k in kinds if not k.closed and k.overdue]
    early = [k for k in kinds if not k.closed and not k.overdue]
    part = _late_part(closed, late, early)
    sums = {
        id(k): share / sum(k.weight for k in group)
        for group, share in (
            (closed, CLOSED),
            (late, (1 - CLOSED) * part),
            (early, (1 - CLOSED) * (1 - part)),
        )
        for k in group
    }
    ends = [0.0]
    for kind in kinds:
        ends.append(ends[-1] + kind.weight * sums[id(kind)])
    marks = [round(cases * end / ends[-1]) for end in ends]
    return [b - a for a, b in pairwise(marks)]


def _kind(rows: Rows, now: str, states: Counter[str]) -> _Kind:
    due = [d["due_at"] for d in rows["duties"] if d["state"] == "open"]
    case = rows["cases"][0]
    return _Kind(
        closed=case["closed_at"] is not None,
        events=len(rows["events"]),
        open_duties=len(due),
        overdue=sum(at <= now for at in due),
        alike=states[case["state"]],
    )


def _late_part(closed: Sequence[_Kind], late: Sequence[_Kind], early: Sequence[_Kind]) -> float:
    """Which part of the open cases must have an overdue duty, so that the share of duties is met."""

    def missing(group: Sequence[_Kind]) -> float:
        weights = sum(k.weight for k in group)
        return sum(k.weight * (OVERDUE * k.open_duties - k.overdue) for k in group) / weights

    wanted = CLOSED * missing(closed) / (1 - CLOSED) + missing(early)
    return min(1.0, max(0.0, wanted / (missing(early) - missing(late))))
