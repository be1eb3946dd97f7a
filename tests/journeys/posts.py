"""Posts that are emptied at random, who holds them today, and who can act on a case."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from actions.act.prospect import Prospect, prospects
from demo.city import City
from guapai.clock import local_date
from guapai.people import Actor, Role
from law.place import above
from statemachines.nouns import PROCEDURES
from statemachines.side import LED, SIDE, UNIT
from storage import deferral, duty, hazard, listing
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people import person as people
from storage.people import staffing
from storage.people.staffing import Span

ENDS = {
    "void",
    "dismiss",
    "transfer_out",
    "settle_for_other",
    "remove_on_the_spot",
    "accept_shutdown",
}
"""Moves that end a case before it is treated."""
ROLES = (
    *(Role.inspector, Role.division_chief, Role.department_head),
    *(Role.commission_office, Role.commission_chair, Role.government, Role.enterprise_head),
)
"""Posts that are emptied."""
ROWS = {"listing": listing, "deferral": deferral}


class Posts:
    """The posts of a city during a walk."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.emptied: set[tuple[int, Role]] = set()

    def empty(self, work: Work, case_id: int, luck: Random) -> None:
        """Nobody holds a post of the case any more, from today on."""
        root = hazard.get(work, case_id)
        assert root is not None
        role = luck.choice(ROLES)
        organisation_id = getattr(root, LED[SIDE[role]])
        held = [(o, role) for o in (organisation_id,) if self.city.actors.get((o, role))]
        if held:
            self._empty(work, *luck.choice(held))

    def _empty(self, work: Work, organisation_id: int, role: Role) -> None:
        today = local_date(work.now)
        for holder in people.holders(work, organisation_id):
            if holder.role != role or holder.absent_id is not None:
                continue
            for post in staffing.posts_within(work, holder.person_id, Span(today, None)):
                if (post.organisation_id, post.role) == (organisation_id, role):
                    staffing.end_post(work, post.id, today - timedelta(days=1))
        self.emptied.add((organisation_id, role))

    def holders(self, work: Work, organisation_id: int, role: Role) -> list[Actor]:
        """Who may act in a post: those who hold it, and where nobody does, those of the next level."""
        if (organisation_id, role) not in self.emptied:
            return self.city.actors.get((organisation_id, role), [])
        below = organisations.get(work, organisation_id)
        assert below is not None
        up = organisations.at_place(work, below.kind, above(below.place_code), below.sector)
        return self.city.actors.get((up.id, role), []) if up else []


def nobody_can_act(work: Work, posts: Posts, case_id: int) -> bool:
    """Whether a case that is not at its end stands still: nobody takes it on, or does what is owed."""
    root = hazard.get(work, case_id)
    assert root is not None
    if root.state in PROCEDURES["hazard"].final:
        return False
    owed = {d.kind for d in duty.of_case(work, case_id) if d.state == "open"}
    return not any(
        _leads_on(p, owed)
        for actor in _about(work, posts, root)
        for p in prospects(work, actor, case_id)
    )


def owed_by_nobody(work: Work, posts: Posts, case_id: int) -> set[str]:
    """Open duties that nobody may meet today, though the tables have a move for it; the unit's left out:
    nobody steps in for the unit."""
    root = hazard.get(work, case_id)
    assert root is not None
    states = {("hazard", root.id): str(root.state)}
    for noun, store in ROWS.items():
        states |= {(noun, r.id): str(r.state) for r in store.of_case(work, case_id)}
    owed = {
        d.kind
        for d in duty.of_case(work, case_id)
        if d.state == "open" and d.side != UNIT and _can_be_met(d, states.get((d.noun, d.row_id)))
    }
    if not owed:
        return owed
    for actor in _about(work, posts, root):
        for found in prospects(work, actor, case_id):
            owed -= set(found.move.meets)
    return owed


def _can_be_met(owed: duty.Duty, state: str | None) -> bool:
    """Whether a move of people out of the present state of its row meets a duty."""
    moves = PROCEDURES[owed.noun].moves if state is not None else ()
    return any(
        owed.kind in m.meets and state in m.source and owed.owner_role in m.by for m in moves
    )


def _leads_on(prospect: Prospect, owed: set[str]) -> bool:
    """Whether a button works that takes the case on, or meets what is owed."""
    move = prospect.move
    onward = prospect.noun == "hazard" and move.dest is not None and move.name not in ENDS
    return prospect.open and (onward or bool(owed & set(move.meets)))


def _about(work: Work, posts: Posts, root: hazard.Hazard) -> Iterator[Actor]:
    """Everybody who has a part in a case today: one of each post, the unit first."""
    sides = {o for column in LED.values() if (o := getattr(root, column, None)) is not None}
    unit = getattr(root, LED[UNIT])
    for organisation_id in sorted(sides, key=lambda o: o != unit):
        for (of, role), _ in posts.city.actors.items():
            if of == organisation_id:
                yield from posts.holders(work, of, role)[:1]
