"""Taking a duty of one's post upon oneself, and giving it back; the history knows both."""

from actions.hand.case import Case, Row, open_case
from actions.hand.record import begin
from guapai.clock import local_date
from guapai.errors import Conflict, Missing, NotAllowed
from guapai.people import Actor
from guapai.text import Said
from storage import claim as claims
from storage.database.work import Work
from storage.people import person as people
from storage.people import session as sessions


def claim(work: Work, actor: Actor, duty_id: int, case_id: int) -> None:
    """Take a duty in hand. Raises Missing, NotAllowed, or Conflict when somebody else has it."""
    case, duty = _open(work, actor, duty_id, case_id)
    held = claims.of_duty(work, duty_id)
    if held is not None and held.person_id == actor.person_id:
        return
    if held is not None and _serves(work, held.person_id, duty):
        raise Conflict(Said("%(name)s已认领这一事项；如需接办，请先由其释放", name=held.name))
    record = begin(case, "duty", duty_id, "claim", duty.basis)
    if held is not None:  # who has left the post holds nothing in hand
        record.update(claims.TABLE, Row(id=held.id), {"released_at": work.now})
        work.flush()
    record.insert(
        claims.TABLE,
        {
            "id": work.take_id(),
            "case_id": case_id,
            "duty_id": duty_id,
            "person_id": actor.person_id,
            "at": work.now,
        },
    )
    record.write({})


def release(work: Work, actor: Actor, duty_id: int, case_id: int) -> None:
    """Give a duty back to the post. Raises Missing or NotAllowed."""
    case, duty = _open(work, actor, duty_id, case_id)
    held = claims.of_duty(work, duty_id)
    if held is None:
        return
    if held.person_id != actor.person_id:
        raise NotAllowed(Said("这一事项由%(name)s认领，只能由本人释放", name=held.name))
    record = begin(case, "duty", duty_id, "release", duty.basis)
    record.update(claims.TABLE, Row(id=held.id), {"released_at": work.now})
    record.write({})


def _serves(work: Work, person_id: int, duty: Row) -> bool:
    """Whether somebody can act today in the post that owes a duty."""
    person = people.get(work, person_id)
    seats = sessions.seats(work, person_id, local_date(work.now))
    owed = (duty.owner_role, duty.owner_id)
    return bool(person and person.active) and any(
        (s.role, s.organisation_id) == owed for s in seats
    )


def _open(work: Work, actor: Actor, duty_id: int, case_id: int) -> tuple[Case, Row]:
    """The locked case and the duty in it, which must be one of the actor's own post."""
    _, case = open_case(work, actor, case_id)
    found = [d for d in case.duties if d.id == duty_id]
    if not found:
        raise Missing("没有这一在办事项，可能已经办结")
    holder = actor.on_behalf_of if actor.on_behalf_of is not None else actor.person_id
    ours = (found[0].owner_id, found[0].owner_role) == (actor.organisation_id, actor.role)
    if not ours or holder not in case.in_post:
        raise NotAllowed("这一事项不归您的岗位办理")
    return case, found[0]
