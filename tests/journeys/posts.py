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
from statemachines.side import LED, UNIT
from storage import duty, hazard
from storage.database.work import Work
from storage.people import organisation as organisations
from storage.people import person as people
from storage.people import staffing
from storage.people.staffing import Span

ENDS = {"void", "dismiss", "transfer_out", "shut_down"}
"""Moves that end a case before it is treated."""
ROLES = (Role.inspector, Role.division_chief, Role.department_head, Role.commission_office)
"""Posts that are emptied beside that of the chair: of a department and of a commission."""


class Posts:
    """The posts of a city during a walk."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.emptied: set[tuple[int, Role]] = set()

    def empty(self, work: Work, case_id: int, luck: Random) -> None:
        """Nobody holds a post of the case any more, from today on."""
        root = hazard.get(work, case_id)
        assert root is not None
        role = luck.choice([*ROLES, Role.commission_chair, Role.government])
        sides = [o for o in (root.department_id, root.commission_id, root.government_id) if o]
        held = [(o, role) for o in sides if self.city.actors.get((o, role))]
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
