"""Holding the post, and letting go: who did so and when stays in the database."""

from guapai.errors import BadInput, NotAllowed
from guapai.people import Role
from guapai.text import Said, joined
from storage.database.work import Work
from storage.people import person as people
from storage.people.person import Person
from storage.upkeep import hold as holds
from storage.upkeep.hold import PERSONS_NEEDED, Held, HoldReason


def hold_post(work: Work, reason: HoldReason, note: str = "") -> int:
    """Let no letter out until it is released; the id of the hold. Safe to do twice."""
    return holds.begin(work, Held.post, reason, note)


def hold_sweep(work: Work, reason: HoldReason, note: str = "") -> int:
    """Let no rung be climbed until it is released; the id of the hold. Safe to do twice."""
    return holds.begin(work, Held.sweep, reason, note)


RELEASERS = frozenset(
    {
        *(Role.system_admin, Role.security_admin, Role.audit_admin),
        *(Role.commission_office, Role.commission_chair),
    }
)
"""Who may let go of what is held (own): whoever operates the system or answers for its letters."""


def require_releaser(work: Work, person: Person) -> None:
    """Raise NotAllowed for somebody who holds no post in which a hold may be let go."""
    if not any(p.role in RELEASERS for p in people.posts_of(work, person.id, work.now)):
        posts = joined("%(before)s、%(next)s", (Said(r.label) for r in sorted(RELEASERS)))
        said = Said("%(name)s不在可以解除暂停的岗位（%(roles)s）", name=person.name, roles=posts)
        raise NotAllowed(said)


def release(work: Work, what: Held, person_id: int, reason: HoldReason | None = None) -> int:
    """One person lets go of what is held (for one reason, or for any); how many holds still stand.

    A hold that needs two persons ends with the second one. Raises BadInput when nothing is held
    for that reason, or when this person has let go of all of it already.
    """
    standing = holds.locked(work, what)
    meant = [h for h in standing if reason is None or h.reason == reason]
    if not meant:
        raise BadInput(Said("%(what)s没有被暂停，无需解除", what=Said(what.label)))
    mine = [h for h in meant if h.released_by_1 != person_id]
    if not mine:
        raise BadInput("您已登记过解除，还须由另一人登记")
    left = len(standing)
    for hold in mine:
        first = hold.released_by_1 is None
        nth = "1" if first else "2"
        ends = not first or PERSONS_NEEDED[hold.reason] == 1
        values = {f"released_by_{nth}": person_id, f"released_at_{nth}": work.now}
        work.update(
            holds.TABLE,
            {"id": hold.id},
            {**values, "ended_at": work.now if ends else None},
            guarded="暂停已由他人解除，请刷新后再看",
        )
        left -= ends
    return left
